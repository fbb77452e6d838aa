"""What the API takes and says about households."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from households.persons.rules import Relation
from households.persons.schemas import NewPerson, PersonOut
from households.registry.rules import MAX_MEMBERS, Origin, Status
from shared.areas import AreaCode, VillageCode
from shared.errors import invalid_value
from shared.schemas import Filters, Schema
from shared.thai import clean_text, normalise_digits


def _house_no(text: str) -> str:
    return normalise_digits(clean_text(text)).replace(" ", "")


HouseNo = Annotated[str, AfterValidator(_house_no), Field(min_length=1, max_length=40, examples=["123/4"])]
"""House number in the village (บ้านเลขที่); Thai digits are read too."""
HouseId = Annotated[str, Field(pattern=r"^[0-9]{11}$", examples=["34150000002"])]
Latitude = Annotated[float, Field(ge=-90, le=90, examples=[15.4665])]
Longitude = Annotated[float, Field(ge=-180, le=180, examples=[105.3537])]
Village = Annotated[VillageCode, Field(examples=["34150103"])]


class Place(Schema):
    """Where a house stands, WGS 84: both or neither."""

    lat: Latitude | None = None
    lon: Longitude | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise invalid_value("half_a_place", "ต้องระบุทั้งละติจูดและลองจิจูด", "needs both lat and lon")
        return self


class NewMember(Schema):
    """Somebody who joins a household: a new person, or one of the registry by id."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "relation": "child",
                    "person": {
                        "prefix": "ด.ช.",
                        "first_name": "มานะ",
                        "last_name": "สายทอง",
                        "sex": "M",
                        "birth_date": "2014-08-19",
                    },
                    "valid_from": "2026-01-05",
                }
            ]
        }
    )

    relation: Relation
    """To the head of the household (ความสัมพันธ์กับหัวหน้าครัวเรือน)."""
    person: NewPerson | None = None
    person_id: UUID | None = None
    valid_from: date | None = None
    """First day of the membership; today when absent."""
    end_previous: bool = False
    """For `person_id`: end the membership elsewhere on that day."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.person is None) == (self.person_id is None):
            raise invalid_value(
                "person_or_id", "ระบุ person หรือ person_id อย่างใดอย่างหนึ่ง", "needs either person or person_id"
            )
        return self


class NewHousehold(Place):
    """A household found in the field, with its members (ครัวเรือนนอกระบบ Re X-ray)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "village_code": "34110209",
                    "house_no": "308/8",
                    "lat": 15.2936,
                    "lon": 105.1909,
                    "members": [
                        {
                            "relation": "head",
                            "person": {
                                "prefix": "นาง",
                                "first_name": "บุญเรือน",
                                "last_name": "สายทอง",
                                "sex": "F",
                                "birth_date": "1974-02-05",
                            },
                        },
                        {
                            "relation": "child",
                            "person": {
                                "prefix": "ด.ช.",
                                "first_name": "มานะ",
                                "last_name": "สายทอง",
                                "sex": "M",
                                "birth_date": "2014-08-19",
                            },
                        },
                    ],
                }
            ]
        }
    )

    id: UUID | None = None
    """Made by the client for offline work; made here when absent."""
    house_id: HouseId | None = None
    house_no: HouseNo | None = None
    village_code: Village
    members: Annotated[list[NewMember], Field(min_length=1, max_length=MAX_MEMBERS)]
    """Exactly one is the head."""


class HouseholdPatch(Place):
    """A merge patch of a household (RFC 7396): a field that is absent stays, null clears it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"house_no": "308/9", "lat": 15.2937, "lon": 105.1911}]}
    )

    house_id: HouseId | None = None
    house_no: HouseNo | None = None


class Move(Schema):
    """A move to another village (ย้ายหมู่บ้าน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"village_code": "34110210", "moved_on": "2026-11-02", "house_no": "12"}]
        }
    )

    village_code: Village
    moved_on: date
    house_no: HouseNo | None = None
    """In the new village; unknown when absent."""


class Leave(Schema):
    """A member leaves (สมาชิกย้ายออก)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"left_on": "2026-11-02"}]})

    left_on: date
    """First day on which the person is not a member any more."""


class NewHead(Schema):
    """Another member becomes head (เปลี่ยนหัวหน้าครัวเรือน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"person_id": "01977f3e-6d00-7cc3-98c4-dc0c0c07398f", "former_head_is": "parent"}]
        }
    )

    person_id: UUID
    former_head_is: Annotated[Relation, Field(examples=["parent"])] = Relation.OTHER
    """What the former head, if still a member, is to the new one."""


class SplitMember(Schema):
    """A member who goes with the new household."""

    person_id: UUID
    relation: Relation


class Split(Place):
    """Members form a household of their own (แยกครัวเรือน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "split_on": "2026-11-02",
                    "house_no": "308/10",
                    "members": [{"person_id": "01977f3e-6d00-7cc3-98c4-dc0c0c07398f", "relation": "head"}],
                }
            ]
        }
    )

    id: UUID | None = None
    house_id: HouseId | None = None
    house_no: HouseNo | None = None
    split_on: date
    members: Annotated[list[SplitMember], Field(min_length=1, max_length=MAX_MEMBERS)]
    """Exactly one is the head of the new household."""


class HouseholdOut(Schema):
    """A household (ครัวเรือน)."""

    id: UUID
    house_id: str | None
    house_no: str | None
    village_code: str = Field(examples=["34150103"])
    lat: float | None
    lon: float | None
    origin: Origin
    status: Status
    merged_into: UUID | None
    last_edition_year: int | None = Field(examples=[2565])
    version: int
    created_at: datetime
    updated_at: datetime


class MemberOut(PersonOut):
    """A member, masked (สมาชิกครัวเรือน)."""

    relation: Relation
    valid_from: date
    valid_to: date | None


class HouseholdDetail(HouseholdOut):
    """A household with its present members, the head first."""

    needs_head: bool
    """Nobody is head: somebody must become it (ไม่มีหัวหน้าครัวเรือน)."""
    members: list[MemberOut]


class HouseholdFilters(Filters):
    """What households are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    origin: Origin | None = None
    status: Status | None = None
    """Only active ones when absent; all of them with `updated_since`."""
    q: Annotated[str | None, AfterValidator(_house_no), Field(min_length=1, max_length=40)] = None
    """House numbers (บ้านเลขที่) that begin like this; needs `area` of a district or below."""
    needs_head: bool | None = None
    """Only those without a head, or only those with one."""
    updated_since: AwareDatetime | None = None
    """Households changed since; closed and merged ones too, so that a copy can forget them."""
