"""What the API takes and gives about grants."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from funds.capital.rules import HeldAs
from funds.grants.rules import State, UseKind
from funds.products.rules import BorrowerKind
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.money import Baht, BahtOut, BahtPositive
from shared.schemas import Filters, Schema
from shared.thai import clean_text, normalise_digits


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


def _not_zero(amount: int) -> int:
    if amount == 0:
        raise invalid_value("amount_is_zero", "จำนวนเงินต้องไม่เป็นศูนย์", "the amount must not be zero")
    return amount


Number = Annotated[str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["อน 4/2569"])]
Item = Annotated[FreeText, Field(min_length=1, max_length=300, examples=["ค่าวิทยากรอบรมย้อมสีธรรมชาติ"])]
Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["จ่ายผิดบัญชี"])]


class NewGrant(Schema):
    """A payment of an approved grant (จ่ายเงินอุดหนุน), whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "document_no": "บจ 3/2569",
                    "paid_from": "bank",
                }
            ]
        }
    )

    id: UUID | None = None
    application_id: UUID
    grant_no: Number | None = None
    """Unique within the fund; the next running number when absent."""
    document_no: Number
    """Of the payment slip or receipt."""
    paid_on: date | None = None
    """Today when absent; not before the approval."""
    paid_from: HeldAs
    use_by: date | None = None
    """Until when its use is to be shown; 180 days from today when absent."""


class NewUse(Schema):
    """What part of the money was spent on (การใช้เงิน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "used_on": "2026-01-20",
                    "item": "ค่าวิทยากรอบรมย้อมสีธรรมชาติ",
                    "amount": "6000.00",
                    "document_no": "ใบเสร็จ 12/45",
                }
            ]
        }
    )

    id: UUID | None = None
    used_on: date
    item: Item
    amount: Annotated[Baht, AfterValidator(_not_zero)]
    """Below zero takes back what was written wrongly."""
    document_no: Number | None = None


class NewReturn(Schema):
    """Money that came back unused (คืนเงินอุดหนุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "500.00", "received_as": "bank", "document_no": "บร 9/2569"}]
        }
    )

    id: UUID | None = None
    returned_on: date | None = None
    """Today when absent."""
    amount: BahtPositive
    received_as: HeldAs
    document_no: Number


class GrantReversal(Schema):
    """Why a payment was booked wrongly (กลับรายการ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "จ่ายผิดบัญชี"}]})

    reason: Reason


class UseOut(Schema):
    """A use of a grant's money, or its return."""

    id: UUID
    kind: UseKind
    used_on: date
    item: str
    amount: BahtOut
    document_no: str | None
    journal_id: UUID | None
    """Of a return: its entry in the fund's books."""
    journal_number: int | None
    reverses: UUID | None
    """Below zero, of a return: the one that was booked wrongly."""
    file_type: str | None
    """None: no file attached."""
    file_sha256: str | None
    recorded_by: str
    recorded_at: datetime


class GrantRow(Schema):
    """A grant in the list (เงินอุดหนุน)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    application_id: UUID
    borrower_kind: BorrowerKind
    borrower_id: UUID
    borrower_name: str | None
    title: str
    """Of the project that was applied for."""
    grant_no: str
    document_no: str
    paid_on: date
    paid_from: HeldAs
    amount: BahtOut
    used: BahtOut
    """Shown by evidence."""
    returned: BahtOut
    left: BahtOut
    """Neither used nor come back, as far as is shown."""
    use_by: date
    state: State
    journal_id: UUID
    """The entry in the fund's books."""
    journal_number: int
    paid_by: str
    confirmed_by: str | None
    confirmed_on: date | None
    reversed_by: str | None
    reversed_on: date | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class GrantOut(GrantRow):
    """A grant with what became of it."""

    uses: list[UseOut]


class GrantFilters(Filters):
    """What grants are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    state: State | None = None
    borrower_id: UUID | None = None
    paid_from_day: date | None = None
    paid_to_day: date | None = None
    late: bool = False
    """Only those whose use should have been shown by now."""
    updated_since: AwareDatetime | None = None
