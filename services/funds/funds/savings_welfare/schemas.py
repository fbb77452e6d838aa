"""What the API takes and gives about welfare."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.savings.rules import HeldAs
from funds.savings.schemas import DocumentNo
from funds.savings_welfare.rules import State, WelfareKind
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Filters, Schema

Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["ไม่เข้าเกณฑ์ของกลุ่ม"])]


class NewWelfare(Schema):
    """Welfare asked for a member (ขอสวัสดิการ)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "kind": "illness",
                    "happened_on": "2026-01-03",
                    "amount": "500.00",
                    "held_as": "cash",
                    "document_no": "สก 2/2569",
                }
            ]
        }
    )

    id: UUID | None = None
    member_id: UUID
    kind: WelfareKind
    happened_on: date
    amount: BahtPositive
    held_as: HeldAs
    document_no: DocumentNo


class NewWelfareDecision(Schema):
    """What a second person says (จ่าย ไม่อนุมัติ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "pay"}]})

    decision: Literal["pay", "reject"]
    paid_on: date | None = None
    """Business date of the entry; today when absent."""
    reason: Reason | None = None


class WelfareOut(Schema):
    """Welfare of a member (สวัสดิการ)."""

    id: UUID
    fund_id: UUID
    member_id: UUID
    kind: WelfareKind
    happened_on: date
    amount: BahtOut
    held_as: HeldAs
    document_no: str
    state: State
    requested_by: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    paid_on: date | None
    journal_id: UUID | None
    journal_number: int | None
    reversed_on: date | None
    """Where it was booked wrongly: by its mirror on this day."""
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class WelfareFilters(Filters):
    """What requests are listed."""

    state: State | None = None
    member_id: UUID | None = None
