"""What the API takes and says about persons."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from households.persons.rules import EndReason, Relation
from shared import citizen
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.schemas import Filters, Schema
from shared.thai import clean_text, name_key

Sex = Literal["M", "F"]


def _citizen_id(text: str) -> str:
    digits = citizen.normalise(text)
    if not citizen.valid(digits):
        raise invalid_value("invalid_citizen_id", "เลขประจำตัวประชาชนไม่ถูกต้อง", "is not a valid citizen id")
    return digits


def _name(text: str) -> str:
    cleaned = clean_text(text)
    if not name_key(cleaned):
        raise invalid_value("not_a_name", "ไม่ใช่ชื่อ", "is not a name")
    return cleaned


CitizenId = Annotated[str, AfterValidator(_citizen_id), Field(max_length=40, examples=["1-2345-67890-12-1"])]
"""Citizen id (เลขประจำตัวประชาชน) of 13 digits with its check digit; dashes and Thai digits are read too."""

Name = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=100)]
Prefix = Annotated[str, AfterValidator(clean_text), Field(max_length=40, examples=["นาง"])]


class NewPerson(Schema):
    """A person to register (บุคคล)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "prefix": "นาง",
                    "first_name": "บุญเรือน",
                    "last_name": "สายทอง",
                    "sex": "F",
                    "birth_date": "1974-02-05",
                }
            ]
        }
    )

    id: UUID | None = None
    """Made by the client for offline work; made here when absent."""
    citizen_id: CitizenId | None = None
    """May be absent: some people found in the field have none."""
    prefix: Prefix | None = None
    first_name: Name = Field(examples=["บุญเรือน"])
    last_name: Name = Field(examples=["สายทอง"])
    sex: Sex | None = None
    birth_date: date | None = None


class PersonPatch(Schema):
    """A merge patch of a person (RFC 7396): a field that is absent stays, null clears it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"prefix": "นางสาว", "birth_date": "1974-02-15"}]}
    )

    prefix: Prefix | None = None
    first_name: Name = ""
    last_name: Name = ""
    sex: Sex | None = None
    birth_date: date | None = None


class Lookup(Schema):
    """Who has this citizen id? In a body, since addresses are logged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"citizen_id": "1-2345-67890-12-1"}]})

    citizen_id: CitizenId


class Death(Schema):
    """A death (การเสียชีวิต)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"died_on": "2026-11-02"}]})

    died_on: date = Field(examples=["2026-11-02"])


class PersonOut(Schema):
    """A person, masked (บุคคล ข้อมูลปกปิดบางส่วน)."""

    id: UUID
    prefix: str | None
    first_name: str
    last_name: str
    sex: Sex | None
    birth_year: int | None = Field(examples=[1974])
    """Common era; the full date only with `full=true`."""
    citizen_id: str | None = Field(examples=["x-xxxx-xxxxx-12-1"])
    """Masked, unless asked for with `full=true`; null when none is known."""
    died_on: date | None
    village_code: str = Field(examples=["34150103"])
    household_id: UUID | None
    """Where the person is a member now."""
    version: int
    updated_at: datetime


class MembershipOut(Schema):
    """A membership (การเป็นสมาชิกครัวเรือน)."""

    household_id: UUID
    relation: Relation
    valid_from: date
    valid_to: date | None
    """First day on which the person was not a member any more."""
    end_reason: EndReason | None


class PersonDetail(PersonOut):
    """A person with all memberships, newest first; `birth_date` only with `full=true`."""

    birth_date: date | None = None
    memberships: list[MembershipOut]


class DeathOut(Schema):
    """What a recorded death means for the household."""

    person: PersonOut
    household_id: UUID | None
    household_needs_head: bool
    """The head has died: the household needs another one (ไม่มีหัวหน้าครัวเรือน)."""


class PersonFilters(Filters):
    """What persons are listed."""

    name: Annotated[str | None, Field(min_length=1, max_length=200, examples=["นายสมชาย ใจดี"])] = None
    """First and last name, or the beginning of either; a title does not matter. Where nobody is spelt like
    that, persons whose name sounds like it."""
    area: AreaCode | None = None
    """This area and all below it."""
    updated_since: AwareDatetime | None = None
    """Persons changed since."""
