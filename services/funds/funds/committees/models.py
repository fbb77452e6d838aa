"""Tables of committee members' terms and of meetings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundCommitteeMember(Base, table=True):
    """One term of one person on a fund's committee (กรรมการกองทุน)."""

    __tablename__ = "fund_committee_members"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    subject: str | None = Field(default=None, sa_column=Column(CODE))
    display_name: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(CODE, nullable=False))
    person_id: UUID | None = None
    household_id: UUID | None = None
    term_from: date
    term_to: date | None = None
    """The last day in office."""
    end_reason: str | None = Field(default=None, sa_column=Column(CODE))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class FundMeeting(Base, table=True):
    """A meeting of a fund with its minutes (การประชุมและรายงานการประชุม)."""

    __tablename__ = "fund_meetings"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    held_on: date
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    minutes_no: str = Field(sa_column=Column(CODE, nullable=False))
    place: str | None = Field(default=None, sa_column=Column(Text))
    present: int
    total: int
    decisions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_type: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
