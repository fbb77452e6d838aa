"""What the API takes and gives about entries written by hand."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.adjustments.rules import AdjustmentState, ByHand, Decision
from funds.ledger.rules import Account, JournalKind
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut
from shared.schemas import Filters, Schema

_EXAMPLE: dict[str, Any] = {
    "kind": "expense",
    "business_date": "2026-01-10",
    "document_no": "บส 12/2569",
    "memo": "ค่ากระดาษและหมึกพิมพ์",
    "lines": [
        {"account": "5300", "debit": "200.00"},
        {"account": "1000", "credit": "200.00"},
    ],
}
DocumentNo = Annotated[str, Field(min_length=1, max_length=100)]


class NewLine(Schema):
    """One side of an entry: a debit or a credit."""

    account: Account
    debit: BahtNotNegative = 0
    credit: BahtNotNegative = 0


class NewAdjustment(Schema):
    """An entry to propose; another person posts it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    """Made by the client, or by the service."""
    kind: ByHand
    business_date: date
    document_no: DocumentNo | None = None
    """The number on the voucher (ใบสำคัญ)."""
    memo: Annotated[FreeText, Field(min_length=1, max_length=500)]
    """What it is for."""
    lines: Annotated[list[NewLine], Field(min_length=2, max_length=50)]


class NewReversal(Schema):
    """A journal written by hand that is to be undone; another person posts the reversal."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"business_date": "2026-01-12", "memo": "ลงซ้ำ"}]}
    )

    id: UUID | None = None
    business_date: date
    memo: Annotated[FreeText, Field(min_length=1, max_length=500)]


class NewDecision(Schema):
    """What the second person decides."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "post"}]})

    decision: Decision
    reason: Annotated[FreeText, Field(min_length=1, max_length=500)] | None = None
    """Needed to reject; kept and shown."""


class AdjustmentFilters(Filters):
    """Which entries written by hand."""

    state: AdjustmentState | None = None


class AdjustmentLine(Schema):
    """One side of a proposed entry."""

    account: Account
    debit: BahtOut
    credit: BahtOut


class AdjustmentOut(Schema):
    """An entry written by hand (รายการปรับปรุง)."""

    id: UUID
    fund_id: UUID
    kind: JournalKind
    business_date: date
    document_no: str | None
    memo: str
    lines: list[AdjustmentLine]
    """Of a reversal: the lines of what it reverses, with their sides exchanged."""
    reverses: UUID | None
    state: AdjustmentState
    proposed_by: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    journal_id: UUID | None
    """The journal, once it is posted."""
    version: int
    created_at: datetime
    updated_at: datetime
