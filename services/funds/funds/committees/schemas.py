"""What the API takes and gives about committees of funds and their meetings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.committees.rules import EndReason, MeetingKind, Role
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema
from shared.thai import clean_text, normalise_digits


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


DisplayName = Annotated[
    FreeText, AfterValidator(clean_text), Field(min_length=1, max_length=200, examples=["นางบุญมี ใจดี"])
]
Subject = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$", examples=["user:boonmee"])]
MinutesNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=50, examples=["3/2568"])
]
Place = Annotated[FreeText, Field(min_length=1, max_length=200, examples=["ศาลากลางหมู่บ้าน"])]


class NewFundCommitteeMember(Schema):
    """A member to appoint for a term (แต่งตั้งกรรมการกองทุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "display_name": "นางบุญมี ใจดี",
                    "role": "treasurer",
                    "subject": "user:boonmee",
                    "term_from": "2025-10-01",
                    "term_to": "2027-09-30",
                }
            ]
        }
    )

    id: UUID | None = None
    display_name: DisplayName
    role: Role = Role.MEMBER
    subject: Subject | None = None
    """Her user id, as tokens name it, when she has one."""
    person_id: UUID | None = None
    """Her surrogate id in the households service, when known."""
    household_id: UUID | None = None
    """Her own household, on which she does not decide."""
    term_from: date
    """First day in office."""
    term_to: date | None = None
    """Last day in office; null while it runs on."""


class FundCommitteeMemberChange(Schema):
    """A merge patch of a term; another seat is another term."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"term_to": "2026-03-31", "end_reason": "resigned"}]}
    )

    display_name: DisplayName = ""
    subject: Subject | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    term_to: date | None = None
    end_reason: EndReason | None = None


class FundCommitteeMemberOut(Schema):
    """A term on a fund's committee (กรรมการกองทุน)."""

    id: UUID
    fund_id: UUID
    display_name: str
    role: Role
    subject: str | None
    person_id: UUID | None
    household_id: UUID | None
    term_from: date
    term_to: date | None
    end_reason: EndReason | None
    version: int
    created_at: datetime
    updated_at: datetime


class CommitteeFilters(Filters):
    """Whose terms are listed."""

    on: date | None = None
    """Only who is in office on that day; all terms when absent."""


class Decision(Schema):
    """One thing that a meeting decided (มติ)."""

    number: Annotated[str, AfterValidator(_number), Field(min_length=1, max_length=20, examples=["1"])]
    text: Annotated[FreeText, Field(min_length=1, max_length=2000, examples=["เห็นชอบให้กู้ยืม 3 ราย"])]


Decisions = Annotated[list[Decision], Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class NewFundMeeting(Schema):
    """A meeting to record (บันทึกการประชุม)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "held_on": "2026-01-05",
                    "kind": "committee",
                    "minutes_no": "1/2569",
                    "place": "ศาลากลางหมู่บ้าน",
                    "present": 7,
                    "total": 9,
                    "decisions": [{"number": "1", "text": "เห็นชอบให้กู้ยืม 3 ราย"}],
                }
            ]
        }
    )

    id: UUID | None = None
    held_on: date
    """Day of the meeting, today or earlier."""
    kind: MeetingKind
    minutes_no: MinutesNumber
    """Unique within the fund."""
    place: Place | None = None
    present: Count
    total: Annotated[int, Field(ge=1, le=100_000)]
    """How many belong: committee members in office, or members of the fund."""
    decisions: Annotated[Decisions, Field(default_factory=list)]


class FundMeetingChange(Schema):
    """A merge patch of a meeting; its day and kind stay, since decisions rest on them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"present": 8}]})

    minutes_no: MinutesNumber = ""
    place: Place | None = None
    present: Count = 0
    total: Annotated[int, Field(ge=1, le=100_000)] = 1
    decisions: Annotated[Decisions, Field(default_factory=list)]


class MinutesFile(Schema):
    """The signed minutes as a file."""

    media_type: str = Field(examples=["application/pdf"])
    size: int
    """Bytes."""
    sha256: str


class FundMeetingOut(Schema):
    """A meeting of a fund (การประชุมกองทุน)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    held_on: date
    kind: MeetingKind
    minutes_no: str
    place: str | None
    present: int
    total: int
    quorum: bool
    """Whether more than half were present (ครบองค์ประชุม)."""
    decisions: list[Decision]
    file: MinutesFile | None
    recorded_by: str
    version: int
    created_at: datetime
    updated_at: datetime


class MeetingFilters(Filters):
    """What meetings are listed."""

    kind: MeetingKind | None = None
    held_from: date | None = None
    held_to: date | None = None
