"""The table of households."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class Household(Base, table=True):
    """A household of the registry (ครัวเรือน), from a survey feed or found in the field."""

    __tablename__ = "households"

    id: UUID = Field(primary_key=True)
    house_id: str | None = Field(default=None, sa_column=Column(CODE, unique=True))
    """House registration number of 11 digits (รหัสประจำบ้าน); stable over editions."""
    house_no: str | None = Field(default=None, sa_column=Column(Text))
    """House number in the village (บ้านเลขที่)."""
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    lat: float | None = None
    lon: float | None = None
    origin: str = Field(sa_column=Column(CODE, nullable=False))
    status: str = Field(default="active", sa_column=Column(CODE, nullable=False))
    merged_into: UUID | None = None
    """The household this one was a duplicate of."""
    last_edition_year: int | None = Field(default=None, sa_column=Column(SmallInteger))
    """Newest survey edition that wrote here (พ.ศ.); an older one changes nothing."""
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
