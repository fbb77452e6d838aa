"""The local copy's tables; written set-based by `service.py`, rebuilt by replaying the events."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class KnownHousehold(Base, table=True):
    """A household as the households service last told of it."""

    __tablename__ = "known_households"

    household_id: UUID = Field(primary_key=True)
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    location_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    edition_id: UUID | None = None
    edition_year: int | None = Field(default=None, sa_column=Column(SmallInteger))
    dimensions: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(CODE), nullable=False))
    survey_poor: int = 0
    target_poor: int = 0
    income_band: str | None = Field(default=None, sa_column=Column(CODE))
    status_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    certified: bool = False
    certified_on: date | None = None
    case_id: UUID | None = None
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class KnownCase(Base, table=True):
    """A target case that was certified, or left the register, at least once."""

    __tablename__ = "known_cases"

    case_id: UUID = Field(primary_key=True)
    household_id: UUID
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    certified: bool
    certified_on: date | None = None
    sequence: int = Field(sa_column=Column(BigInteger, nullable=False))


class KnownDeath(Base, table=True):
    """A person who died, by surrogate id."""

    __tablename__ = "known_deaths"

    person_id: UUID = Field(primary_key=True)
    household_id: UUID | None = None
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    died_on: date
    sequence: int = Field(sa_column=Column(BigInteger, nullable=False))
