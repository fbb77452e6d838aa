"""Tables of clinics, their stops and the cases that come to them."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class Clinic(Base, table=True):
    """A day on which a district's team goes out (คลินิกเคลื่อนที่)."""

    __tablename__ = "clinics"

    id: UUID = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    held_on: date
    title: str = Field(sa_column=Column(Text, nullable=False))
    team_id: UUID
    agenda: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(default="planned", sa_column=Column(CODE, nullable=False))
    state_reason: str | None = Field(default=None, sa_column=Column(Text))
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class ClinicStop(Base, table=True):
    """A place where funds of several villages come together (จุดให้บริการ)."""

    __tablename__ = "clinic_stops"

    clinic_id: UUID = Field(primary_key=True)
    number: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    place: str = Field(sa_column=Column(Text, nullable=False))
    starts_at: time | None = None


class ClinicCase(Base, table=True):
    """A fund at a stop, and what it was advised (คำแนะนำ)."""

    __tablename__ = "clinic_cases"

    clinic_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    stop: int = Field(sa_column=Column(SmallInteger, nullable=False))
    attended: int | None = None
    advice: str | None = Field(default=None, sa_column=Column(Text))
    advised_by: str | None = Field(default=None, sa_column=Column(CODE))
    advised_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
