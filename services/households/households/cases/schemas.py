"""What the API takes and gives about target cases."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from households.cases.rules import Origin, State, WithdrawReason
from shared.areas import AreaCode, VillageCode
from shared.free_text import FreeText
from shared.money import Baht
from shared.schemas import Filters, Schema

Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["รายได้เกินเกณฑ์"])]
Notes = Annotated[FreeText, Field(max_length=2000)]
CaseIds = Annotated[list[UUID], Field(min_length=1, max_length=5000)]


class NewCase(Schema):
    """A household to accompany, one that an edition marks or that the team found (Re X-ray)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "household_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30",
                    "origin": "field",
                    "found_reason": "บ้านไม่มั่นคง รายได้ไม่พอ",
                }
            ]
        }
    )

    id: UUID | None = None
    """Made by the client, or by the service."""
    household_id: UUID
    origin: Origin = Origin.FIELD
    edition_id: UUID | None = None
    """The edition that marks the household as target poor; with `origin: feed` only."""
    found_reason: Reason | None = None
    """Why the team found the household in need."""


class OpeningFromEdition(Schema):
    """Cases to open for the target-poor households of an edition."""

    edition_id: UUID
    area: Annotated[AreaCode, Field(examples=["3415"])]
    criteria: Literal["target_poor"] = "target_poor"


class Facts(Schema):
    """What the team saw at the household; each only where known."""

    lives_here: bool | None = None
    income_per_person: Annotated[Baht | None, Field(examples=["24500.00"])] = None
    """Baht a person and year."""
    able_to_work: Annotated[int, Field(ge=0, le=50)] | None = None
    """Members able to work."""
    welfare_card: bool | None = None
    """Somebody of the household holds the state welfare card."""


class Verification(Schema):
    """The team's finding at the household (การตรวจสอบข้อมูล)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "developable": True,
                    "notes": "อยู่อาศัยจริง ทำงานได้",
                    "facts": {"lives_here": True, "income_per_person": "24500.00", "able_to_work": 2},
                }
            ]
        }
    )

    developable: bool
    """Can live better by work and help (พัฒนาได้); if not, the household is referred to welfare."""
    notes: Notes | None = None
    facts: Annotated[Facts, Field(default_factory=Facts)]


class CaseVerification(Verification):
    """The finding at one household of many."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"case_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20", "developable": True}]
        }
    )

    case_id: UUID


class Verifications(Schema):
    """Findings at many households; all are taken or none."""

    verifications: Annotated[list[CaseVerification], Field(min_length=1, max_length=1000)]


class Proposals(Schema):
    """Verified cases to propose to the district committee; all are taken or none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"case_ids": ["01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20"]}]}
    )

    case_ids: CaseIds


class Rejection(Schema):
    """Why the team in the field rejects a case."""

    reason: Reason


class Withdrawal(Schema):
    """Why a household leaves its way."""

    reason: WithdrawReason


class Reopening(Schema):
    """Why a closed case begins anew."""

    reason: Reason


class Appeal(Schema):
    """Grounds of the appeal against a committee's rejection (อุทธรณ์)."""

    reason: Reason


class Progress(Schema):
    """The next step with a certified household."""

    to: Literal["planned", "assisted", "followed"]
    reason: Reason | None = None


class CaseFilters(Filters):
    """What cases are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    state: State | None = None
    origin: Origin | None = None
    committee_id: UUID | None = None
    """The committee that decided last."""
    edition_id: UUID | None = None
    household_id: UUID | None = None
    updated_since: AwareDatetime | None = None
    """Cases changed since, for copies: take a minute off, a change may commit late. None is ever removed."""


class CaseOut(Schema):
    """A target case (ครัวเรือนเป้าหมาย)."""

    id: UUID
    household_id: UUID
    village_code: VillageCode
    origin: Origin
    state: State
    edition_id: UUID | None
    developable: bool | None
    appealed: bool
    committee_id: UUID | None
    """The committee that decided last."""
    resolution_id: UUID | None
    decided_on: date | None
    certified_on: date | None
    """Day of the meeting that put it on the target register; kept after it left."""
    version: int
    created_at: datetime
    updated_at: datetime


class CaseDetail(CaseOut):
    """A target case with what the team found."""

    found_reason: str | None
    facts: Facts
    notes: str | None
    verified_by: str | None
    proposed_by: str | None
    appealed_by: str | None
    reason: str | None
    """Of the last step, where it had one."""


class JobStarted(Schema):
    """Work that goes on after the answer."""

    job_id: UUID
    location: str
    """Where its progress and result are."""


class CaseState(Schema):
    """Where a case stands after a request."""

    id: UUID
    state: State
    version: int


class CaseStates(Schema):
    """Where the cases of a bulk request stand now, in the request's order."""

    items: list[CaseState]


class TransitionOut(Schema):
    """One step of a case's history."""

    version: int
    step: str
    from_state: State | None
    to_state: State
    actor: str
    reason: str | None
    resolution_id: UUID | None
    at: datetime


class Transitions(Schema):
    """A case's history, first step first."""

    items: list[TransitionOut]


def detail(row: dict[str, Any]) -> CaseDetail:
    """Return the answer made of a case's row."""
    return CaseDetail(**{**row, "facts": Facts(**row["facts"])}, appealed=row["appealed_by"] is not None)
