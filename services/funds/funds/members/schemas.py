"""What the API takes and gives about members of funds and their groups."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from funds.members.rules import GroupRole, LeaveReason, MemberState, phone_digits
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.schemas import Filters, Schema
from shared.thai import clean_text, name_key, normalise_digits


def _name(text: str) -> str:
    cleaned = clean_text(text)
    if not name_key(cleaned):
        raise invalid_value("not_a_name", "ไม่ใช่ชื่อ", "is not a name")
    return cleaned


def _phone(text: str) -> str:
    try:
        return phone_digits(text)
    except ValueError:
        raise invalid_value("not_a_phone", "ไม่ใช่หมายเลขโทรศัพท์", "is not a Thai phone number") from None


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


Name = Annotated[
    FreeText, AfterValidator(_name), Field(min_length=1, max_length=200, examples=["นางสาวมาลี สายทอง"])
]
Phone = Annotated[str, AfterValidator(_phone), Field(max_length=40, examples=["081-234-5678"])]
MemberNumber = Annotated[str, AfterValidator(_number), Field(min_length=1, max_length=30, examples=["17"])]
GroupName = Annotated[
    str, AfterValidator(clean_text), Field(min_length=1, max_length=200, examples=["กลุ่มทอผ้าบ้านโนนสวน"])
]


class NewFundMember(Schema):
    """Somebody who joins a fund (สมัครสมาชิก)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "นางสาวมาลี สายทอง", "phone": "081-234-5678", "joined_on": "2025-10-01"}]
        }
    )

    id: UUID | None = None
    member_no: MemberNumber | None = None
    """Unique within the fund, also after she left; the next free number when absent."""
    name: Name
    phone: Phone | None = None
    person_id: UUID | None = None
    """Her surrogate id in the households service, when known; never a citizen id."""
    household_id: UUID | None = None
    joined_on: date


class FundMemberChange(Schema):
    """A merge patch of a member (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "081-234-5679"}]})

    member_no: MemberNumber = ""
    name: Name = ""
    phone: Phone | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None


class Leaving(Schema):
    """A member leaves the fund (พ้นสมาชิกภาพ)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"left_on": "2026-01-05", "reason": "resigned"}]}
    )

    left_on: date
    """First day on which she is no member any more."""
    reason: LeaveReason


class FundMemberOut(Schema):
    """A member of a fund (สมาชิกกองทุน); the phone masked, unless asked for with `full=true`."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    member_no: str
    name: str
    phone: str | None = Field(examples=["xxxxxx5678"])
    person_id: UUID | None
    household_id: UUID | None
    joined_on: date
    left_on: date | None
    leave_reason: LeaveReason | None
    state: MemberState
    version: int
    created_at: datetime
    updated_at: datetime


class MemberFilters(Filters):
    """What members are listed."""

    state: MemberState | None = None
    """Only present ones when absent; all of them with `updated_since` or `on`."""
    q: Annotated[str | None, Field(min_length=1, max_length=100, examples=["มาลี"])] = None
    """Part of the name, or a member number."""
    updated_since: AwareDatetime | None = None
    """Members changed since, those who left too."""
    on: date | None = None
    """Who was a member at the end of this day."""


class NewGroupMember(Schema):
    """A member of the fund who joins a group."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10", "role": "chair"}]
        }
    )

    member_id: UUID
    role: GroupRole = GroupRole.MEMBER
    joined_on: date | None = None
    """First day in the group; the group's own when absent at its forming, else today."""


class NewBorrowerGroup(Schema):
    """A group to form (ตั้งกลุ่มสมาชิก)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "กลุ่มทอผ้าบ้านโนนสวน",
                    "formed_on": "2025-10-01",
                    "members": [{"member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10", "role": "chair"}],
                }
            ]
        }
    )

    id: UUID | None = None
    name: GroupName
    formed_on: date
    members: Annotated[list[NewGroupMember], Field(max_length=200, default_factory=list)]


class BorrowerGroupChange(Schema):
    """A merge patch of a group; `dissolved_on` ends it and everybody's time in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "กลุ่มทอผ้าไหมบ้านโนนสวน"}]})

    name: GroupName = ""
    dissolved_on: date | None = None


class GroupLeaving(Schema):
    """A member leaves a group (ออกจากกลุ่ม)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"left_on": "2026-01-05"}]})

    left_on: date
    """First day on which she is not in the group any more."""


class GroupMemberOut(Schema):
    """A member's time in a group."""

    member_id: UUID
    member_no: str
    name: str
    role: GroupRole
    joined_on: date
    left_on: date | None


class BorrowerGroupOut(Schema):
    """A group of members that borrows together (กลุ่มสมาชิก)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    name: str
    formed_on: date
    dissolved_on: date | None
    size: int
    """Members in it now."""
    version: int
    created_at: datetime
    updated_at: datetime


class BorrowerGroupDetail(BorrowerGroupOut):
    """A group with everybody's time in it."""

    members: list[GroupMemberOut]


class GroupFilters(Filters):
    """What groups are listed."""

    dissolved: bool = False
    """Also those that stand no more."""
    updated_since: AwareDatetime | None = None
    """Groups changed since, or whose members did; dissolved ones too."""
