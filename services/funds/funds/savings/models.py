"""Tables of members' savings."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Numeric, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class SavingsRule(Base, table=True):
    """What a group resolved, in force from a day until its next resolution (ระเบียบกลุ่ม)."""

    __tablename__ = "savings_rules"

    fund_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    share_value: int = Field(sa_column=Column(BigInteger, nullable=False))
    min_pledge: int = Field(sa_column=Column(BigInteger, nullable=False))
    max_pledge: int | None = Field(default=None, sa_column=Column(BigInteger))
    min_balance: int = Field(sa_column=Column(BigInteger, nullable=False))
    max_shares: int | None = None
    withdrawals_per_month: int | None = None
    withdrawal_percent: int | None = None
    interest_rate: Decimal = Field(sa_column=Column(Numeric(9, 6), nullable=False))
    day_count: str = Field(default="ACT/365", sa_column=Column(CODE, nullable=False))
    resolution: str = Field(sa_column=Column(Text, nullable=False))
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SavingsPledge(Base, table=True):
    """What a member promised to save a month, from a month on (เงินสัจจะ)."""

    __tablename__ = "savings_pledges"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    member_id: UUID
    month_from: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SavingsAccount(Base, table=True):
    """What a member has in the group, in satang."""

    __tablename__ = "savings_accounts"

    member_id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    savings: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    shares: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_moved_on: date | None = None
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SavingsMovement(Base, table=True):
    """What moved a member's savings, with its journal; below zero it went out."""

    __tablename__ = "savings_movements"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    member_id: UUID
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    moved_on: date
    month: date | None = None
    savings: int = Field(sa_column=Column(BigInteger, nullable=False))
    shares: int = Field(sa_column=Column(BigInteger, nullable=False))
    held_as: str | None = Field(default=None, sa_column=Column(CODE))
    document_no: str | None = Field(default=None, sa_column=Column(Text))
    source_id: UUID | None = None
    journal_id: UUID
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
