"""What the API takes and gives about books taken over."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import ConfigDict, Field

from funds.book_imports.rules import Part, State
from funds.registry.rules import Kind
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtOut
from shared.schemas import Filters, Schema, Text

Note = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["สมุดลูกหนี้เล่ม 2"])]


class NewBookImport(Schema):
    """A book to take over (นำเข้าสมุดบัญชีเดิม)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "cut_off_on": "2025-09-30",
                    "note": "สมุดลูกหนี้เล่ม 2",
                }
            ]
        }
    )

    id: UUID | None = None
    fund_id: UUID
    cut_off_on: date
    """Day of the balances (วันตัดยอด): the opening entry is booked on it."""
    product_id: UUID | None = None
    """On whose conventions the open loans run on; the one that the fund's kind lends when absent."""
    note: Note | None = None


class WorkbookOfSeveral(Schema):
    """A workbook with the books of several funds of one kind (ไฟล์เดียวหลายกองทุน)."""

    file: UploadFile
    """.xlsx without macros, at most 15 MiB and 400 sheets."""
    kind: Kind
    cut_off_on: date
    """Day of the balances (วันตัดยอด), the same for all."""
    product_id: UUID | None = None
    """On whose conventions the open loans run on; the one that the kind lends when absent."""


class BookFile(Schema):
    """The workbook that was sent last."""

    name: str
    size: int
    sha256: str
    sent_by: str
    sent_at: datetime


class FoundTable(Schema):
    """A table as it was found."""

    part: Part
    sheet: str
    heading_row: int
    rows: int
    columns: dict[str, str] = Field(examples=[{"name": "B", "outstanding": "G"}])
    """Fields with their columns."""
    ignored: list[str]
    """Headings that mean nothing here: nothing of these columns is taken."""


class AgreementOut(Schema):
    """A control account: the sum of its register beside the balances."""

    account: str = Field(examples=["1100"])
    register_total: BahtOut
    balance: BahtOut
    agrees: bool


class BookResult(Schema):
    """What the last check found."""

    tables: list[FoundTable]
    ignored_sheets: list[str]
    members: int
    new_members: int
    loans: int
    settled: int
    """Debtors of whom nothing is left: not taken over."""
    debit: BahtOut
    credit: BahtOut
    agreements: list[AgreementOut]
    truncated: bool
    """There is more wrong than is kept."""


class BookImportOut(Schema):
    """A book that is taken over (การนำเข้าสมุดบัญชีเดิม)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["34190101"])
    cut_off_on: date
    product_id: UUID | None
    note: str | None
    state: State
    file: BookFile | None
    checked_at: datetime | None
    result: BookResult | None
    error_count: int
    warning_count: int
    """What is only to be looked at: it keeps nothing from being posted."""
    marked_copy: bool
    """A copy with the faulty cells coloured can be had."""
    posted_by: str | None
    posted_at: datetime | None
    journal_id: UUID | None
    journal_number: int | None
    """Of the opening entry, in the fund's books."""
    created_by: str
    version: int
    created_at: datetime
    updated_at: datetime


class BookErrorOut(Schema):
    """Something wrong with the workbook."""

    position: int
    sheet: str
    row: int | None
    """Of the sheet, as the spreadsheet program counts; none where it is the sheet's."""
    cell: str | None = Field(examples=["G7"])
    column: str | None = Field(examples=["outstanding"])
    """The field."""
    code: str = Field(examples=["not_an_amount"])
    severity: Literal["error", "warning"]
    """A book with warnings alone can be posted."""
    value: str | None
    """What stands there; none of personal fields, which the marked copy shows."""
    text: Text
    """What is wrong, in words."""


class BookJob(Schema):
    """Work that was begun: see `Location`."""

    job_id: UUID


class BookImportFilters(Filters):
    """What imports are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    state: State | None = None
