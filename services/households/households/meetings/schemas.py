"""What the API takes and gives about meetings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from households.meetings.rules import MeetingState
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Schema

Place = Annotated[str, Field(min_length=1, max_length=200, examples=["ห้องประชุมที่ว่าการอำเภอ"])]
MinutesNumber = Annotated[str, Field(min_length=1, max_length=50, examples=["3/2565"])]
Present = Annotated[list[UUID], Field(max_length=100)]


class ConflictDeclared(Schema):
    """A member's interest in a case: she does not decide on it (ส่วนได้เสีย)."""

    member_id: UUID
    case_id: UUID
    reason: Annotated[FreeText, Field(min_length=1, max_length=300, examples=["ญาติ"])]


Conflicts = Annotated[list[ConflictDeclared], Field(max_length=1000)]


class NewConflicts(Schema):
    """Conflicts declared while the meeting is held."""

    conflicts: Conflicts


class NewMeeting(Schema):
    """A meeting to record."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "committee_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "held_on": "2026-01-05",
                    "place": "ห้องประชุมที่ว่าการอำเภอ",
                    "minutes_number": "1/2569",
                    "present": ["01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11"],
                }
            ]
        }
    )

    id: UUID | None = None
    committee_id: UUID
    held_on: date
    """Day of the meeting, today or earlier."""
    place: Place
    minutes_number: MinutesNumber
    """Unique within the committee."""
    present: Annotated[Present, Field(default_factory=list)]
    """Ids of the committee's members who were present."""
    conflicts: Annotated[Conflicts, Field(default_factory=list)]


class MeetingChange(Schema):
    """What may change of a draft (merge patch); lists are replaced whole."""

    held_on: date = date.min
    place: Place = ""
    minutes_number: MinutesNumber = ""
    present: Annotated[Present, Field(default_factory=list)]
    conflicts: Annotated[Conflicts, Field(default_factory=list)]


class MeetingOut(Schema):
    """A meeting of a committee (การประชุม)."""

    id: UUID
    committee_id: UUID
    area_code: AreaCode
    held_on: date
    place: str
    minutes_number: str
    state: MeetingState
    version: int
    created_at: datetime
    updated_at: datetime


class MeetingDetail(MeetingOut):
    """A meeting with who was present, who declared what, and whether there is a quorum."""

    present: list[UUID]
    conflicts: list[ConflictDeclared]
    in_office: int
    """Members of the committee in office on the day."""
    quorum: bool
    """Whether those present make a quorum (ครบองค์ประชุม); a case may still miss it for its conflicts."""
