"""What the API takes and gives about interest and dividends."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.rates import RateOut
from funds.savings_distributions.rules import Kind, PaidAs, State
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Schema

Words = Annotated[FreeText, Field(min_length=1, max_length=300, examples=["มติที่ประชุมใหญ่สามัญ 1/2569"])]


class NewDistribution(Schema):
    """Interest or a dividend to propose (เสนอจ่ายดอกเบี้ย เงินปันผล)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "interest",
                    "period_from": "2025-01-01",
                    "period_to": "2025-12-31",
                    "resolution": "มติที่ประชุมใหญ่สามัญ 1/2569",
                },
                {
                    "kind": "dividend",
                    "period_from": "2025-01-01",
                    "period_to": "2025-12-31",
                    "amount": "12000.00",
                    "paid_as": "savings",
                    "resolution": "มติที่ประชุมใหญ่สามัญ 1/2569",
                },
            ]
        }
    )

    id: UUID | None = None
    kind: Kind
    period_from: date
    period_to: date
    """Last day of the period, today or earlier."""
    amount: BahtPositive | None = None
    """Of a dividend; interest comes of the rate that the group resolved for the last day."""
    paid_as: PaidAs = PaidAs.SAVINGS
    resolution: Words


class NewDistributionDecision(Schema):
    """What a second person says (อนุมัติ ไม่อนุมัติ)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "post", "posted_on": "2026-01-10"}]}
    )

    decision: Literal["post", "reject"]
    posted_on: date | None = None
    """Business date of the entry, not before the period's end; today when absent."""
    reason: Words | None = None


class DistributionOut(Schema):
    """Interest or a dividend of a time."""

    id: UUID
    fund_id: UUID
    kind: Kind
    period_from: date
    period_to: date
    annual_rate: RateOut | None
    day_count: str | None = Field(examples=["ACT/365"])
    """How days bear interest; a day's money is what is there at its end."""
    amount: BahtOut
    members: int
    """Who get something."""
    paid_as: PaidAs
    state: State
    resolution: str
    proposed_by: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    posted_on: date | None
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


class PartOut(Schema):
    """A member's part."""

    member_id: UUID
    member_no: str
    name: str
    baht_days: str = Field(examples=["365000.00"])
    """Baht times the days that they were there."""
    amount: BahtOut
