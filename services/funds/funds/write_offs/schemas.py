"""What the API takes and gives about write-offs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.free_text import FreeText
from shared.money import BahtOut
from shared.schemas import Schema

Reason = Annotated[FreeText, Field(min_length=1, max_length=2_000, examples=["ผู้กู้เสียชีวิต ไม่มีทายาท"])]


class NewWriteOff(Schema):
    """A write-off to propose (เสนอตัดหนี้สูญ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "ผู้กู้เสียชีวิต ไม่มีทายาท"}]})

    id: UUID | None = None
    reason: Reason
    meeting_id: UUID | None = None
    """The meeting that agreed to it."""


class WriteOffDecision(Schema):
    """What the second person says."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "approve"}]})

    decision: Literal["approve", "reject"]
    reason: Reason | None = None


class WriteOffOut(Schema):
    """A write-off of a loan (การตัดหนี้สูญ); what comes in on it afterwards is a recovery."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    reason: str
    meeting_id: UUID | None
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    principal: BahtOut | None
    """What left the books; the borrower owes it all the same."""
    recovered: BahtOut
    """What came in since."""
    written_off_on: date | None
    journal_id: UUID | None
    proposed_by: str
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
