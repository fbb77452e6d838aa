"""What the API takes and gives about committees."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from households.committees.rules import Level, Role
from shared.areas import AreaCode
from shared.schemas import Schema

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["ศจพ.อ. ตระการพืชผล"])]
Subject = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$", examples=["user:district-chair"])
]
OrderNumber = Annotated[str, Field(min_length=1, max_length=100, examples=["อบ 0017/1234"])]


_EXAMPLE: dict[str, Any] = {
    "level": "district",
    "area_code": "3411",
    "name_th": "ศจพ.อ. ตระการพืชผล",
    "appointment_order": "อบ 0017/1234",
    "appointed_on": "2025-10-01",
    "members": [
        {
            "subject": "user:chair",
            "display_name": "นายอำเภอ",
            "role": "chair",
            "term_from": "2025-10-01",
        },
        {
            "subject": "user:secretary",
            "display_name": "พัฒนาการอำเภอ",
            "role": "secretary",
            "term_from": "2025-10-01",
        },
    ],
}


class CommitteeName(Schema):
    """A committee's name; the English one is optional."""

    th: str
    en: str | None


class NewMember(Schema):
    """A member to appoint for a term."""

    id: UUID | None = None
    """Made by the client, or by the service."""
    subject: Subject
    """The member's user id, as tokens name it."""
    display_name: Annotated[str, Field(min_length=1, max_length=200, examples=["นายอำเภอ"])]
    role: Role = Role.MEMBER
    household_id: UUID | None = None
    """The member's own household: she does not decide on it."""
    term_from: date
    """First day in office."""
    term_to: date | None = None
    """Last day in office; null while it runs on."""


class MemberChange(Schema):
    """What may change of a member (merge patch)."""

    display_name: Annotated[str, Field(min_length=1, max_length=200)] = ""
    role: Role = Role.MEMBER
    household_id: UUID | None = None
    term_to: date | None = None


class NewCommittee(Schema):
    """A committee to set up, with its first members."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    level: Level
    area_code: Annotated[AreaCode, Field(examples=["3415"])]
    name_th: Name
    name_en: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    appointment_order: OrderNumber | None = None
    """Number of the appointment order (คำสั่งแต่งตั้ง)."""
    appointed_on: date | None = None
    members: Annotated[list[NewMember], Field(max_length=100, default_factory=list)]


class CommitteeChange(Schema):
    """What may change of a committee (merge patch)."""

    name_th: Name = ""
    name_en: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    appointment_order: OrderNumber | None = None
    appointed_on: date | None = None
    dissolved_on: date | None = None


class MemberOut(Schema):
    """A member's term."""

    id: UUID
    subject: str
    display_name: str
    role: Role
    household_id: UUID | None
    term_from: date
    term_to: date | None


class CommitteeOut(Schema):
    """A committee (ศจพ.จ. ศจพ.อ. ทีมปฏิบัติการตำบล กม.)."""

    id: UUID
    level: Level
    area_code: AreaCode
    name: CommitteeName
    appointment_order: str | None
    appointed_on: date | None
    dissolved_on: date | None
    chair: str | None
    """Display name of today's chair (ประธาน)."""
    secretary: str | None
    """Display name of today's secretary (เลขานุการ)."""
    version: int
    created_at: datetime
    updated_at: datetime


class CommitteeDetail(CommitteeOut):
    """A committee with all its members' terms, by first day."""

    members: list[MemberOut]
