"""What the API takes and gives about access to capital."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.access.rules import PERSONS, Channel, Fit, Reach, Result, Why
from funds.known_households.schemas import Dimension, IncomeBand
from funds.registry.rules import Kind
from shared.areas import AreaCode, VillageCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema, Text

FiscalYear = Annotated[int, Field(ge=2500, le=2700, examples=[2569])]
Condition = Annotated[str, Field(pattern="^[0-9]{1,2}$", examples=["5"])]
Answers = Annotated[dict[Condition, bool | None], Field(min_length=1, max_length=20)]
Evidence = Annotated[FreeText, Field(min_length=1, max_length=2000)]
Persons = Annotated[int, Field(ge=1, le=200)]
Note = Annotated[FreeText, Field(min_length=1, max_length=1000)]


class Reason(Schema):
    """A reason by code and in words."""

    code: Why
    text: Text


class SuitingFund(Schema):
    """How a fund suits a household (กองทุนที่เหมาะสม)."""

    fund_id: UUID
    kind: Kind
    name: str
    fit: Fit
    why: list[Reason]


class PoorHousehold(Schema):
    """A poor household and how far it has come to a fund (ครัวเรือนยากจนกับการเข้าถึงแหล่งทุน)."""

    household_id: UUID
    village_code: VillageCode = Field(examples=["34190201"])
    certified: bool
    """On the target register now."""
    edition_year: int | None
    dimensions: list[Dimension]
    target_poor: int
    income_band: IncomeBand | None
    reach: Reach
    invited: Result | None
    """What came of the newest invitation."""
    funds: list[SuitingFund]
    """Funds of the village and of its tambon, the best first."""


class PoorHouseholdFilters(Filters):
    """Which poor households."""

    area: AreaCode | None = None
    """This area and all below it."""
    reach: Reach | None = Reach.NONE
    """Without a membership and without a loan, unless told otherwise."""
    certified: bool | None = None
    invited: bool | None = None


class VillageFigures(Schema):
    """What the data says of a village."""

    funds: int
    """Funds of the village and of its tambon."""
    poor: int
    """Households on the register or poor by the newest edition."""
    without_access: int
    """Of them without a membership and without a loan."""
    members_only: int
    certified_without_loan: int


class VillageSuggestion(VillageFigures):
    """A village with poor households who reach no fund, and what the data says of each condition."""

    area_code: VillageCode = Field(examples=["34190201"])
    suggested: dict[str, bool | None]


class SuggestionFilters(Filters):
    """Which villages."""

    area: AreaCode | None = None
    """This area and all below it."""


class NewAccessVillage(Schema):
    """A village's answers to the conditions (เงื่อนไขคัดเลือกหมู่บ้านเป้าหมาย)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area_code": "34190201",
                    "answers": {"1": True, "2": True, "3": False, "4": True, "5": True},
                    "evidence": "เวทีประชาคม 12 ม.ค. 2569",
                }
            ]
        }
    )

    id: UUID | None = None
    area_code: VillageCode
    fiscal_year: FiscalYear | None = None
    """The present one when absent."""
    answers: Answers
    """By the items of FUND_ACCESS_VILLAGE; null is not known. One that is true makes the village a target."""
    evidence: Evidence | None = None
    persons: Persons = PERSONS
    """People to invite."""


class AccessVillageChange(Schema):
    """A merge patch of a village's answers (RFC 7396); answers are given whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"evidence": "เวทีประชาคม 19 ม.ค. 2569"}]})

    answers: Answers = {}  # noqa: RUF012  # only ever read when it was given
    evidence: Evidence | None = None
    persons: Persons = PERSONS


class AccessVillageSummary(Schema):
    """A village's answers, in the list."""

    id: UUID
    area_code: VillageCode = Field(examples=["34190201"])
    fiscal_year: int
    answers: dict[str, bool | None]
    target: bool
    """It meets a condition."""
    persons: int
    invited: int
    joined: int
    """Became members, applied or borrowed."""
    evidence: str | None
    answered_by: str
    version: int
    created_at: datetime
    updated_at: datetime


class AccessVillageOut(AccessVillageSummary):
    """A village (หมู่บ้านเป้าหมาย) with what the data says and what came of its invitations."""

    figures: VillageFigures
    suggested: dict[str, bool | None]
    results: dict[Result, int]
    """Invitations by result."""
    reached: int
    """Invited households with a membership or a loan now, by the data."""


class AccessVillageFilters(Filters):
    """What villages are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fiscal_year: FiscalYear | None = None


class NewInvitation(Schema):
    """Somebody to invite (เชิญเข้าถึงแหล่งทุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "household_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11",
                    "invited_on": "2026-01-14",
                    "channel": "visit",
                }
            ]
        }
    )

    id: UUID | None = None
    household_id: UUID
    person_id: UUID | None = None
    """Surrogate id of who was spoken to, where several of a household are invited."""
    fund_id: UUID | None = None
    invited_on: date
    channel: Channel
    note: Note | None = None


class InvitationChange(Schema):
    """A merge patch of an invitation (RFC 7396): what came of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"result": "joined", "result_on": "2026-02-01"}]}
    )

    result: Result = Result.WAITING
    result_on: date | None = None
    note: Note | None = None


class InvitationOut(Schema):
    """An invitation (คำเชิญ)."""

    id: UUID
    village_id: UUID
    area_code: VillageCode
    household_id: UUID
    person_id: UUID | None
    fund_id: UUID | None
    invited_on: date
    channel: Channel
    result: Result
    result_on: date | None
    reach: Reach
    """How far the household has come by the data, whatever was written."""
    note: str | None
    invited_by: str
    version: int
    created_at: datetime
    updated_at: datetime


class InvitationFilters(Filters):
    """What invitations are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    village_id: UUID | None = None
    household_id: UUID | None = None
    result: Result | None = None
