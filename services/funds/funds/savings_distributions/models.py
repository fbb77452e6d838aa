"""Tables of interest and dividends."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Numeric, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class SavingsDistribution(Base, table=True):
    """Interest or a dividend of a time (การจ่ายดอกเบี้ย เงินปันผล)."""

    __tablename__ = "savings_distributions"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    period_from: date
    period_to: date
    annual_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric(9, 6)))
    day_count: str | None = Field(default=None, sa_column=Column(CODE))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    paid_as: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(default="proposed", sa_column=Column(CODE, nullable=False))
    resolution: str = Field(sa_column=Column(Text, nullable=False))
    proposed_by: str = Field(sa_column=Column(CODE, nullable=False))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    posted_on: date | None = None
    journal_id: UUID | None = None
    journal_number: int | None = Field(default=None, sa_column=Column(BigInteger))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class DistributionPart(Base, table=True):
    """A member's part of it; satang times days, and satang."""

    __tablename__ = "savings_distribution_parts"

    distribution_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    baht_days: int = Field(sa_column=Column(BigInteger, nullable=False))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
