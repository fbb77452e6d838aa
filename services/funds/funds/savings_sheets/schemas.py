"""What the API takes and gives about cut-off sheets."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.savings.schemas import Reason
from funds.savings_sheets.rules import Kind, State
from shared.money import BahtNotNegative, BahtOut
from shared.schemas import Schema


class NewSheetRow(Schema):
    """What a member has on the day."""

    member_id: UUID
    savings: BahtNotNegative = 0
    shares: BahtNotNegative = 0


class NewOpeningSheet(Schema):
    """The opening balances of a group (ใบตัดยอดยกมา); open loans come by `/v1/book-imports` instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on_day": "2025-12-31",
                    "cash": "500.00",
                    "bank": "6000.00",
                    "capital": "0.00",
                    "total_savings": "5200.00",
                    "total_shares": "1000.00",
                    "rows": [
                        {
                            "member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                            "savings": "5200.00",
                            "shares": "1000.00",
                        }
                    ],
                }
            ]
        }
    )

    id: UUID | None = None
    on_day: date
    cash: BahtNotNegative
    bank: BahtNotNegative
    capital: BahtNotNegative = 0
    """Given to the group; what the money is above all of this is its surplus."""
    total_savings: BahtNotNegative
    """As the sheet's last line says, which two persons sign: the rows must sum to it."""
    total_shares: BahtNotNegative
    rows: Annotated[list[NewSheetRow], Field(min_length=1, max_length=5_000)]


class NewAnnualSheet(Schema):
    """The end of a group's year (ปิดบัญชีประจำปี): balances are taken from the books."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on_day": "2025-12-31"}]})

    id: UUID | None = None
    on_day: date


class SheetReversal(Schema):
    """Why a signed sheet does not stand (กลับรายการใบตัดยอด)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "คัดลอกยอดจากสมุดผิดหน้า"}]})

    reason: Reason


class SheetOut(Schema):
    """A cut-off sheet (ใบตัดยอด)."""

    id: UUID
    fund_id: UUID
    kind: Kind
    on_day: date
    members: int
    savings: BahtOut
    shares: BahtOut
    state: State
    recorded_by: str
    signed_by: str | None
    signed_at: datetime | None
    journal_id: UUID | None
    journal_number: int | None
    """Of an opening its entry; of a year's end the fund's last entry when it was made."""
    reversed_on: date | None
    """Of an opening its own day, so that no balance of any day has anything of it."""
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class SheetRowOut(Schema):
    """A member on the sheet."""

    member_id: UUID
    member_no: str
    name: str
    savings: BahtOut
    shares: BahtOut
