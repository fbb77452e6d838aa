"""Tables of repayments; written by `service.py` through the driver."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Repayment(Base, table=True):
    """Money received on a loan (การรับชำระหนี้), in satang, as its own journal booked it.

    `advance` is what was kept ahead, or used of it where it is negative; `recovery` is money on a loan that
    is written off. `position` orders receipts of one day as they were recorded.
    """

    __tablename__ = "repayments"

    id: UUID = Field(primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    receipt_no: str = Field(sa_column=Column(CODE, nullable=False))
    paid_on: date
    booked_on: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    channel: str = Field(sa_column=Column(CODE, nullable=False))
    early: str = Field(sa_column=Column(CODE, nullable=False))
    recovery: bool = False
    principal: int = Field(sa_column=Column(BigInteger, nullable=False))
    interest: int = Field(sa_column=Column(BigInteger, nullable=False))
    penalty: int = Field(sa_column=Column(BigInteger, nullable=False))
    advance: int = Field(sa_column=Column(BigInteger, nullable=False))
    outstanding: int = Field(sa_column=Column(BigInteger, nullable=False))
    allocation: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    base_no: int
    batch_id: UUID | None = None
    note: str | None = Field(default=None, sa_column=Column(Text))
    journal_id: UUID
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RepaymentPart(Base, table=True):
    """What a member of a group brought of a repayment."""

    __tablename__ = "repayment_parts"

    repayment_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))


class LoanEntry(Base, table=True):
    """What was booked on a loan beside its repayments.

    An advance used when an instalment fell due, a refund of an advance, or what other repayments pay now
    that one came late or was reversed. The amounts add to what is repaid, and to what is kept ahead.
    """

    __tablename__ = "loan_entries"

    id: UUID = Field(primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    on_date: date
    principal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    interest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    penalty: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    advance: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    base_no: int
    repayment_id: UUID | None = None
    document_no: str | None = Field(default=None, sa_column=Column(CODE))
    channel: str | None = Field(default=None, sa_column=Column(CODE))
    journal_id: UUID
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    actor: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
