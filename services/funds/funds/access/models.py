"""Tables of target villages and invitations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class AccessVillage(Base, table=True):
    """A village's answers to the conditions in a fiscal year."""

    __tablename__ = "access_villages"

    id: UUID = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    fiscal_year: int = Field(sa_column=Column(SmallInteger, nullable=False))
    answers: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    evidence: str | None = Field(default=None, sa_column=Column(Text))
    persons: int = Field(sa_column=Column(SmallInteger, nullable=False))
    answered_by: str = Field(sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class AccessInvitation(Base, table=True):
    """One person of a household invited to a fund (คำเชิญ)."""

    __tablename__ = "access_invitations"

    id: UUID = Field(primary_key=True)
    village_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    household_id: UUID
    person_id: UUID | None = None
    fund_id: UUID | None = None
    invited_on: date
    channel: str = Field(sa_column=Column(CODE, nullable=False))
    result: str = Field(default="waiting", sa_column=Column(CODE, nullable=False))
    result_on: date | None = None
    note: str | None = Field(default=None, sa_column=Column(Text))
    invited_by: str = Field(sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
