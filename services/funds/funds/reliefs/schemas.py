"""What the API takes and gives about reliefs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.rates import Rate
from funds.reliefs.rules import ReliefKind, ReliefState
from funds.schedules.rules import Period
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Filters, Schema

Reason = Annotated[FreeText, Field(min_length=1, max_length=2_000, examples=["น้ำท่วมพื้นที่เพาะปลูก"])]


class RescheduleTerms(Schema):
    """The principal owed, laid out anew; the loan's own method and conventions stay."""

    kind: Literal["reschedule"]
    instalments: int = Field(ge=1, le=1_200, examples=[12])
    every: int = Field(default=1, ge=1, le=366)
    period: Period = Period.MONTH
    first_due: date
    grace_principal: int = Field(default=0, ge=0, le=1_199)
    """First instalments without principal."""
    annual_rate: Rate | None = None
    """Per cent a year; the loan's when absent, never more."""


class GraceTerms(Schema):
    """Every instalment to come moves by some months, its amount stays."""

    kind: Literal["grace"]
    months: int = Field(ge=1, le=24, examples=[3])


class WaiverTerms(Schema):
    """So much interest is not asked for any more, of the oldest instalments first."""

    kind: Literal["interest_waiver"]
    amount: BahtPositive


class PartOfMember(Schema):
    """What a member takes over of the group's principal."""

    member_id: UUID
    amount: BahtPositive


class SplitTerms(Schema):
    """The group's debt becomes the members' own; the parts sum to the principal that is owed."""

    kind: Literal["split"]
    parts: Annotated[list[PartOfMember], Field(min_length=2, max_length=200)]


class SettlementTerms(Schema):
    """One sum on one day; what is beyond it of interest and penalty is given up."""

    kind: Literal["settlement"]
    amount: BahtPositive
    due_on: date


ReliefTerms = Annotated[
    RescheduleTerms | GraceTerms | WaiverTerms | SplitTerms | SettlementTerms, Field(discriminator="kind")
]


class NewRelief(Schema):
    """A relief to propose (เสนอผ่อนปรน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"terms": {"kind": "grace", "months": 3}, "reason": "น้ำท่วมพื้นที่เพาะปลูก"}]
        }
    )

    id: UUID | None = None
    terms: ReliefTerms
    reason: Reason
    meeting_id: UUID | None = None
    """The committee's meeting that agreed to it."""


class ReliefDecision(Schema):
    """What the second person says."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "approve"}]})

    decision: Literal["approve", "reject"]
    reason: Reason | None = None


class PlannedOut(Schema):
    """An instalment of the schedule that the relief makes or made."""

    due_on: date
    principal: BahtOut
    interest: BahtOut
    penalty: BahtOut


class ReliefOut(Schema):
    """A relief of a loan (คำขอผ่อนปรนหนี้)."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    kind: ReliefKind
    terms: dict[str, Any]
    reason: str
    meeting_id: UUID | None
    state: ReliefState
    proposed_by: str
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    schedule_before: int | None
    """Number of the schedule that was in force before; it stays readable."""
    schedule_after: int | None
    version: int
    created_at: datetime
    updated_at: datetime


class ReliefDetail(ReliefOut):
    """A relief with the schedule it would make if it were approved now."""

    preview: list[PlannedOut]
    """Empty once it is decided (read the loan's schedules), and for a waiver or a split."""


class ReliefFilters(Filters):
    """Which reliefs."""

    state: ReliefState | None = None
