"""Tables of health checks and of the editions that the department loads."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class HealthInstrument(Base, table=True):
    """A loaded edition of a form; the shipped edition is number 1."""

    __tablename__ = "health_instruments"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(CODE, nullable=False))
    edition: int
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    loaded_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class HealthCheck(Base, table=True):
    """A fund's check of a fiscal year (ผลตรวจสุขภาพกองทุน)."""

    __tablename__ = "health_checks"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    fund_kind: str = Field(sa_column=Column(CODE, nullable=False))
    fiscal_year: int = Field(sa_column=Column(SmallInteger, nullable=False))
    checked_on: date
    instrument: str = Field(sa_column=Column(CODE, nullable=False))
    edition: int
    incomplete: bool
    state: str = Field(default="draft", sa_column=Column(CODE, nullable=False))
    answers: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reported: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    passed: int | None = Field(default=None, sa_column=Column(SmallInteger))
    items: int | None = Field(default=None, sa_column=Column(SmallInteger))
    level: int | None = Field(default=None, sa_column=Column(SmallInteger))
    mandatory_failed: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    missing: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    open_findings: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    remarks: str | None = Field(default=None, sa_column=Column(Text))
    recorded_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    confirmed_by: str | None = Field(default=None, sa_column=Column(CODE))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
