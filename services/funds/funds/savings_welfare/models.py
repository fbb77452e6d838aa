"""The table of welfare."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class SavingsWelfare(Base, table=True):
    """Welfare asked for a member (คำขอสวัสดิการ)."""

    __tablename__ = "savings_welfare"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    member_id: UUID
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    happened_on: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    held_as: str = Field(sa_column=Column(CODE, nullable=False))
    document_no: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default="requested", sa_column=Column(CODE, nullable=False))
    requested_by: str = Field(sa_column=Column(CODE, nullable=False))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    paid_on: date | None = None
    journal_id: UUID | None = None
    journal_number: int | None = Field(default=None, sa_column=Column(BigInteger))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
