"""Tables of applications, their shares, guarantors, checks and decisions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Numeric, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Application(Base, table=True):
    """An application for a loan or a grant (คำขอ)."""

    __tablename__ = "applications"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    application_no: str = Field(sa_column=Column(CODE, nullable=False))
    product_id: UUID
    category: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    title: str = Field(sa_column=Column(Text, nullable=False))
    purpose: str = Field(sa_column=Column(CODE, nullable=False))
    plan: str | None = Field(default=None, sa_column=Column(Text))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    """What is asked for."""
    resolved_amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    """What the steps so far would give, where it is less."""
    annual_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric(9, 6)))
    months: int | None = Field(default=None, sa_column=Column(SmallInteger))
    instalments: int | None = Field(default=None, sa_column=Column(SmallInteger))
    budget: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    applied_on: date
    """The product's terms of this day hold."""
    authors: list[str] = Field(sa_column=Column(ARRAY(CODE), nullable=False))
    """Subjects who wrote it: they do not decide on it."""
    state: str = Field(default="draft", sa_column=Column(CODE, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    round: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    steps: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    step_no: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    """How many steps of the round have been taken."""
    risk: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    submitted_on: date | None = None
    approved_on: date | None = None
    valid_until: date | None = None
    due_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    """When the approval lapses."""
    reserved: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ApplicationShare(Base, table=True):
    """A group member's part of the amount."""

    __tablename__ = "application_shares"

    application_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    parts: int | None = None
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    resolved_amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    """Her part of what the steps would give, where it is less than was asked for."""


class ApplicationGuarantor(Base, table=True):
    """Who guarantees (ผู้ค้ำประกัน): a member of the fund, or somebody by name."""

    __tablename__ = "application_guarantors"

    application_id: UUID = Field(primary_key=True)
    number: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    member_id: UUID | None = None
    name: str | None = Field(default=None, sa_column=Column(Text))
    relation: str | None = Field(default=None, sa_column=Column(Text))


class ApplicationCheck(Base, table=True):
    """An item of the checklist before lending, as it was done last."""

    __tablename__ = "application_checks"

    application_id: UUID = Field(primary_key=True)
    item: str = Field(sa_column=Column(CODE, primary_key=True))
    done: bool
    done_on: date
    done_by: str = Field(sa_column=Column(Text, nullable=False))
    evidence: str | None = Field(default=None, sa_column=Column(Text))
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_type: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ApplicationDecision(Base, table=True):
    """What one step resolved; never changed."""

    __tablename__ = "application_decisions"

    id: UUID = Field(primary_key=True)
    application_id: UUID
    number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    round: int = Field(sa_column=Column(SmallInteger, nullable=False))
    step: str = Field(sa_column=Column(CODE, nullable=False))
    level: str = Field(sa_column=Column(CODE, nullable=False))
    decision: str = Field(sa_column=Column(CODE, nullable=False))
    subject: str = Field(sa_column=Column(CODE, nullable=False))
    decided_on: date
    meeting_id: UUID | None = None
    minutes_no: str | None = Field(default=None, sa_column=Column(CODE))
    minutes_on: date | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    """What it would give, where that is less than the step before it."""
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
