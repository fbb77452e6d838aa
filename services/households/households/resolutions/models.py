"""Tables of resolutions and their decisions; rows are only added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class Resolution(Base, table=True):
    """A meeting's resolution over many cases (มติที่ประชุม)."""

    __tablename__ = "resolutions"

    id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meetings.id")
    resolution_no: str = Field(sa_column=Column(CODE, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class DecisionRow(Base, table=True):
    """What a resolution decided about one case, and how many members could decide on it."""

    __tablename__ = "decisions"

    resolution_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    decision: str = Field(sa_column=Column(CODE, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    voters: int = Field(sa_column=Column(SmallInteger, nullable=False))
