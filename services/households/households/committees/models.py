"""Tables of committees and their members."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class Committee(Base, table=True):
    """A poverty-eradication centre, tambon team or village committee (ศจพ. ทีมปฏิบัติการ กม.)."""

    __tablename__ = "committees"

    id: UUID = Field(primary_key=True)
    level: str = Field(sa_column=Column(CODE, nullable=False))
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    name_th: str = Field(sa_column=Column(Text, nullable=False))
    name_en: str | None = Field(default=None, sa_column=Column(Text))
    appointment_order: str | None = Field(default=None, sa_column=Column(Text))
    appointed_on: date | None = None
    dissolved_on: date | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CommitteeMember(Base, table=True):
    """One term of one person on a committee; changes count as the committee's."""

    __tablename__ = "committee_members"

    id: UUID = Field(primary_key=True)
    committee_id: UUID = Field(foreign_key="committees.id")
    subject: str = Field(sa_column=Column(CODE, nullable=False))
    display_name: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(CODE, nullable=False))
    household_id: UUID | None = None
    term_from: date
    term_to: date | None = None
    """The last day in office."""
