"""What the API takes and gives about capital."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.capital.rules import CapitalOrigin, HeldAs
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Schema
from shared.thai import clean_text, normalise_digits


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


DocumentNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["พช 0409/1234"])
]
Note = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["เงินทุนจัดสรรงวดแรก"])]


class NewCapital(Schema):
    """A contribution to book (รับเงินทุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contributed_on": "2025-10-15",
                    "amount": "280000.00",
                    "origin": "state",
                    "held_as": "bank",
                    "document_no": "พช 0409/1234",
                }
            ]
        }
    )

    id: UUID | None = None
    contributed_on: date
    """Business date of the entry, today or earlier."""
    amount: BahtPositive
    origin: CapitalOrigin
    held_as: HeldAs
    document_no: DocumentNumber
    """Of the letter, order or slip that proves it; unique within the fund."""
    note: Note | None = None


class CapitalReversal(Schema):
    """Why a contribution was booked wrongly (กลับรายการ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "บันทึกซ้ำ"}]})

    reason: Note
    reversed_on: date | None = None
    """Business date of the reversal; today when absent."""


class CapitalOut(Schema):
    """A contribution of capital (เงินทุน)."""

    id: UUID
    fund_id: UUID
    contributed_on: date
    amount: BahtOut
    origin: CapitalOrigin
    held_as: HeldAs
    document_no: str
    note: str | None
    journal_id: UUID
    """The entry in the fund's books."""
    journal_number: int
    recorded_by: str
    reversed_on: date | None
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    created_at: datetime
    updated_at: datetime
