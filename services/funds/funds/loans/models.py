"""Tables of loans; `service.py` and `repayments` write them through the driver."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
RATE = Numeric(9, 6)


class Loan(Base, table=True):
    """A loan (สัญญาเงินกู้) with its running figures in satang.

    `outstanding` and `advance` are its parts of accounts 1100 and 2100. `next_due_on` is the day of the
    oldest instalment that is not settled; how late it is follows from it and the business day alone.
    """

    __tablename__ = "loans"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    application_id: UUID | None = None
    product_id: UUID
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    contract_no: str = Field(sa_column=Column(CODE, nullable=False))
    contract_date: date
    principal: int = Field(sa_column=Column(BigInteger, nullable=False))
    annual_rate: Decimal = Field(sa_column=Column(RATE, nullable=False))
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(default="contracted", sa_column=Column(CODE, nullable=False))
    reserved: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    disbursed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    outstanding: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    advance: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    written_off: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    recovered: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    schedule_no: int = 0
    base_no: int = 0
    next_due_on: date | None = None
    last_paid_on: date | None = None
    closed_on: date | None = None
    state_reason: str | None = Field(default=None, sa_column=Column(Text))
    contracted_by: str = Field(sa_column=Column(CODE, nullable=False))
    answerable_as: str | None = Field(default=None, sa_column=Column(CODE))
    """Who answers in the place of a borrower who died; None while she answers herself."""
    answerable: str | None = Field(default=None, sa_column=Column(Text))
    answerable_member_id: UUID | None = None
    answerable_phone: str | None = Field(default=None, sa_column=Column(CODE))
    answerable_since: date | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class LoanDisbursement(Base, table=True):
    """Money paid out on a loan (การจ่ายเงินกู้)."""

    __tablename__ = "loan_disbursements"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    paid_on: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    channel: str = Field(sa_column=Column(CODE, nullable=False))
    document_no: str = Field(sa_column=Column(CODE, nullable=False))
    journal_id: UUID
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class LoanSchedule(Base, table=True):
    """A schedule of a loan (ตารางผ่อนชำระ): who made it when and why.

    `base_no` is the last schedule that no repayment made, from which repayments are replayed.
    """

    __tablename__ = "loan_schedules"

    loan_id: UUID = Field(primary_key=True)
    schedule_no: int = Field(primary_key=True)
    base_no: int
    reason: str = Field(sa_column=Column(CODE, nullable=False))
    note: str | None = Field(default=None, sa_column=Column(Text))
    made_on: date
    advance: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    actor: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Instalment(Base, table=True):
    """An instalment (งวด) of a schedule, in satang."""

    __tablename__ = "instalments"

    loan_id: UUID = Field(primary_key=True)
    schedule_no: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    from_on: date
    """The first day of the time that it bears interest for."""
    due_on: date
    principal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    interest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    penalty: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    carried_penalty: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    paid_principal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    paid_interest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    paid_penalty: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    waived_interest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    penalty_until: date | None = None
    settled_on: date | None = None
    carried_interest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class LoanShare(Base, table=True):
    """What a member of a group has of its loan (ส่วนแบ่งของสมาชิก)."""

    __tablename__ = "loan_shares"

    loan_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))


class LoanFreeze(Base, table=True):
    """A time in which a loan bears no penalty and is not asked for (พักหนี้)."""

    __tablename__ = "loan_freezes"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    frozen_on: date
    thawed_on: date | None = None
    reason: str = Field(sa_column=Column(Text, nullable=False))
    frozen_by: str = Field(sa_column=Column(CODE, nullable=False))
    thawed_by: str | None = Field(default=None, sa_column=Column(CODE))
