"""Tables of teams and their members."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class FundTeam(Base, table=True):
    """A district's team, standing while `valid_to` is empty."""

    __tablename__ = "fund_teams"

    id: UUID = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    valid_from: date
    valid_to: date | None = None
    """Its last day."""
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class FundTeamMember(Base, table=True):
    """Who has a role in a team."""

    __tablename__ = "fund_team_members"

    team_id: UUID = Field(primary_key=True)
    role: str = Field(sa_column=Column(CODE, primary_key=True))
    display_name: str = Field(sa_column=Column(Text, nullable=False))
    organisation: str | None = Field(default=None, sa_column=Column(Text))
    subject: str | None = Field(default=None, sa_column=Column(CODE))
