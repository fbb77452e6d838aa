"""What the API takes and gives about checks, risk and decisions, and an application whole."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.applications.rules import Decision
from funds.applications.schemas import ApplicationRow, DocumentNumber, Name, Reason, Shares
from funds.products.rules import StepKind, StepLevel
from funds.products.schemas import StepCode
from funds.rates import RateOut
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Schema

ItemCode = Annotated[str, Field(min_length=1, max_length=20, examples=["P.1"])]
Evidence = Annotated[FreeText, Field(min_length=1, max_length=1000, examples=["ภาพถ่ายการลงพื้นที่ 12 ม.ค. 69"])]


class CheckedItem(Schema):
    """An item of the checklist: who did it, when, and what shows it."""

    item: ItemCode
    done: bool = True
    """False takes back what was recorded by mistake."""
    done_on: date
    done_by: Annotated[Name, Field(examples=["นางบุญมี ใจดี"])]
    evidence: Evidence | None = None


class CheckedItems(Schema):
    """Items of the checklist before lending (รายการป้องกัน); those not named stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "item": "P.3",
                            "done_on": "2026-01-12",
                            "done_by": "นางบุญมี ใจดี",
                            "evidence": "ลงพื้นที่กลุ่มทอผ้าบ้านโนนจิก พบสมาชิก 5 คน",
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[list[CheckedItem], Field(min_length=1, max_length=20)]


class RiskAnswers(Schema):
    """Answers to the risk form (ประเมินความเสี่ยง): points by item, 0 is no risk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"answers": {"R.1": 0, "R.2": 1, "R.3": 1, "R.4": 0, "R.5": 1, "R.6": 0}}]
        }
    )

    answers: Annotated[
        dict[ItemCode, Annotated[int, Field(ge=0, le=100)]], Field(min_length=1, max_length=50)
    ]
    """Of LOAN_RISK (`/v1/instruments/funds/LOAN_RISK`), every item."""


class NewMinutes(Schema):
    """Minutes of a body that is not the fund's own committee: its number and day."""

    number: DocumentNumber
    held_on: date


class NewDecision(Schema):
    """What the present step resolves (มติ)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "recommend",
                    "step": "TAMBON_WORKING_GROUP",
                    "minutes": {"number": "3/2569", "held_on": "2026-01-14"},
                },
                {
                    "decision": "approve",
                    "amount": "80000.00",
                    "reason": "ใช้สีย้อมที่มีอยู่แล้ว",
                    "minutes": {"number": "3/2569", "held_on": "2026-01-14"},
                },
            ]
        }
    )

    id: UUID | None = None
    decision: Decision
    step: StepCode | None = None
    """The step that the caller saw; refused when somebody has decided meanwhile."""
    decided_on: date | None = None
    """Today when absent."""
    meeting_id: UUID | None = None
    """A meeting of the fund (`/v1/funds/{fund_id}/meetings`)."""
    minutes: NewMinutes | None = None
    """Of a sub-committee's meeting; ignored with `meeting_id`."""
    amount: BahtPositive | None = None
    """What the step would give, where it is less than was asked for or the step before would give."""
    shares: Shares = Field(default_factory=list)
    """Of a smaller amount; absent, each member's share becomes smaller in proportion."""
    reason: Reason | None = None
    """Needed to return or reject, and to give less."""
    valid_until: date | None = None
    """Last day of an approval; 90 days from today when absent."""


class BudgetLineOut(Schema):
    """What part of the money is for."""

    item: str
    amount: BahtOut


class ShareOut(Schema):
    """A member's share of a group's amount."""

    member_id: UUID
    member_no: str
    name: str
    parts: int | None
    amount: BahtOut
    resolved_amount: BahtOut
    """Her share of what the steps so far would give."""


class GuarantorOut(Schema):
    """Who guarantees."""

    number: int
    member_id: UUID | None
    name: str
    relation: str | None


class StepOut(Schema):
    """A step of the chain."""

    code: str
    level: StepLevel
    kind: StepKind
    taken: bool


class CheckOut(Schema):
    """An item of the checklist as it is recorded."""

    item: str
    done: bool
    done_on: date
    done_by: str
    evidence: str | None
    file_type: str | None
    """None: no file attached."""
    file_sha256: str | None
    recorded_by: str
    recorded_at: datetime


class RiskOut(Schema):
    """The risk as it was scored."""

    instrument: str
    version: int
    answers: dict[str, int]
    score: str = Field(examples=["3.00"])
    percent: str | None = Field(examples=["15.00"])
    level: str | None = Field(examples=["LOW"])
    scored_by: str
    scored_at: datetime


class DecisionOut(Schema):
    """What a step resolved."""

    id: UUID
    number: int
    round: int
    step: str
    level: StepLevel
    decision: Decision
    subject: str
    decided_on: date
    meeting_id: UUID | None
    minutes_no: str | None
    minutes_on: date | None
    reason: str | None
    amount: BahtOut | None
    """What it would give, where that is less than the step before it."""
    recorded_at: datetime


class ApplicationOut(ApplicationRow):
    """An application whole (คำขอ)."""

    plan: str | None
    annual_rate: RateOut | None
    """Only where another rate than the fund's own is asked for."""
    months: int | None
    instalments: int | None
    budget: list[BudgetLineOut]
    authors: list[str]
    reason: str | None
    """Of the return, rejection or cancellation that it stands in."""
    round: int
    """How often it was submitted."""
    shares: list[ShareOut]
    guarantors: list[GuarantorOut]
    steps: list[StepOut]
    checks: list[CheckOut]
    missing: list[str]
    """What of the checklist is not done yet; nothing for a grant."""
    risk: RiskOut | None
    decisions: list[DecisionOut]
