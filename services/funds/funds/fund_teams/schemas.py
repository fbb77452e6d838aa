"""What the API takes and gives about teams."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.fund_teams.rules import TeamRole
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema
from shared.thai import clean_text

DistrictCode = Annotated[str, Field(pattern="^[0-9]{4}$", examples=["3419"])]
Name = Annotated[
    FreeText, AfterValidator(clean_text), Field(min_length=1, max_length=200, examples=["นางสาวอรทัย ใจดี"])
]


class TeamMember(Schema):
    """Who has a role in a team (ผู้ร่วมทีม)."""

    role: TeamRole
    display_name: Name
    organisation: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    subject: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """User id, when she has one."""


Members = Annotated[list[TeamMember], Field(min_length=1, max_length=10)]


class NewFundTeam(Schema):
    """A team of four to form (ตั้งทีมคู่หู คู่คิด)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "district": "3419",
                    "valid_from": "2025-10-01",
                    "members": [
                        {"role": "community_developer", "display_name": "นางสาวอรทัย ใจดี"},
                        {"role": "savings_expert", "display_name": "นายสมชาย มั่นคง"},
                        {"role": "poverty_fund_expert", "display_name": "นางบุญมี ศรีสุข"},
                        {"role": "fund_centre_committee", "display_name": "นายคำดี ทองคำ"},
                    ],
                }
            ]
        }
    )

    id: UUID | None = None
    district: DistrictCode
    valid_from: date
    members: Members


class FundTeamChange(Schema):
    """A merge patch of a team (RFC 7396); members are given whole, a team that has ended stays ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"valid_to": "2026-09-30"}]})

    valid_to: date | None = None
    members: Members = []  # noqa: RUF012  # only ever read when it was given


class FundTeamOut(Schema):
    """A district's team (ทีมคู่หู คู่คิด)."""

    id: UUID
    district: DistrictCode
    valid_from: date
    valid_to: date | None
    members: list[TeamMember]
    version: int
    created_at: datetime
    updated_at: datetime


class FundTeamFilters(Filters):
    """What teams are listed."""

    area: AreaCode | None = None
    """The district, or the province with its districts."""
    on: date | None = None
    """Only those that stand on this day."""
