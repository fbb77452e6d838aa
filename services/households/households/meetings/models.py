"""Tables of meetings and of the rule of quorum."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class QuorumRuleRow(Base, table=True):
    """The share of members that makes a quorum (องค์ประชุม), from a day on."""

    __tablename__ = "quorum_rules"

    valid_from: date = Field(primary_key=True)
    numerator: int = Field(sa_column=Column(SmallInteger, nullable=False))
    denominator: int = Field(sa_column=Column(SmallInteger, nullable=False))
    strict: bool
    source: str = Field(sa_column=Column(Text, nullable=False))


class Meeting(Base, table=True):
    """A committee's meeting (การประชุม); `area_code` is the committee's."""

    __tablename__ = "meetings"

    id: UUID = Field(primary_key=True)
    committee_id: UUID = Field(foreign_key="committees.id")
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    held_on: date
    place: str = Field(sa_column=Column(Text, nullable=False))
    minutes_number: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(default="draft", sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class MeetingAttendee(Base, table=True):
    """A member in office who was present (ผู้เข้าประชุม)."""

    __tablename__ = "meeting_attendees"

    meeting_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)


class MeetingConflict(Base, table=True):
    """A present member's declared interest in a case (การแจ้งส่วนได้เสีย)."""

    __tablename__ = "meeting_conflicts"

    meeting_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    reason: str = Field(sa_column=Column(Text, nullable=False))
