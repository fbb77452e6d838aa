"""The tables of persons, their memberships and the sounds of names."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary, SmallInteger, Text
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


def _moment() -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=False)


class Person(Base, table=True):
    """A person of the registry (บุคคล); the citizen id is encrypted and found by its blind index."""

    __tablename__ = "persons"

    id: UUID = Field(primary_key=True)
    citizen_id_enc: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    citizen_id_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    prefix: str | None = Field(default=None, sa_column=Column(Text))
    first_name: str = Field(sa_column=Column(Text, nullable=False))
    last_name: str = Field(sa_column=Column(Text, nullable=False))
    first_name_key: str = Field(sa_column=Column(CODE, nullable=False))
    last_name_key: str = Field(sa_column=Column(CODE, nullable=False))
    sex: str | None = Field(default=None, sa_column=Column(CODE))
    birth_date: date | None = None
    died_on: date | None = None
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    """Present residence; the household's, kept here so that an area filter needs no join."""
    merged_into: UUID | None = None
    """The person this row was a duplicate of."""
    last_edition_year: int | None = Field(default=None, sa_column=Column(SmallInteger))
    """Survey edition that told something of her last (พ.ศ.); one that only confirms it writes nothing."""
    version: int = 1
    created_at: datetime = Field(sa_column=_moment())
    updated_at: datetime = Field(sa_column=_moment())


class Membership(Base, table=True):
    """A person in a household for a time (สมาชิกครัวเรือน); one household at a time, one head each."""

    __tablename__ = "memberships"

    id: UUID = Field(primary_key=True)
    person_id: UUID
    household_id: UUID
    relation: str = Field(sa_column=Column(CODE, nullable=False))
    valid_from: date
    valid_to: date | None = None
    """First day on which the person is not a member any more; equal to valid_from: she never was."""
    end_reason: str | None = Field(default=None, sa_column=Column(CODE))


class NameSound(Base, table=True):
    """How a first or last name sounds; once per distinct name."""

    __tablename__ = "name_sounds"

    name_key: str = Field(sa_column=Column(CODE, primary_key=True))
    sound: str = Field(sa_column=Column(CODE, nullable=False))
