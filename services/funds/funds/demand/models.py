"""Tables of arrears, of the daily runs that write them, and of tasks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class ArrearsRun(Base, table=True):
    """The daily run of a business day."""

    __tablename__ = "arrears_runs"

    day: date = Field(primary_key=True)
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str = Field(default="waiting", sa_column=Column(CODE, nullable=False))
    after_loan: UUID | None = None
    loans: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    changed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    tasks: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    finished_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class LoanArrears(Base, table=True):
    """How late a loan is, for every loan that ever was late."""

    __tablename__ = "loan_arrears"

    loan_id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    days_late: int
    bucket: str = Field(sa_column=Column(CODE, nullable=False))
    worst_days: int
    worst_bucket: str = Field(sa_column=Column(CODE, nullable=False))
    late_since: date | None = None
    oldest_due_on: date | None = None
    watch_until: date | None = None
    overdue_principal: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_total: int = Field(sa_column=Column(BigInteger, nullable=False))
    outstanding: int = Field(sa_column=Column(BigInteger, nullable=False))
    as_of: date
    version: int = 1
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ArrearsChange(Base, table=True):
    """A day on which a loan's bucket changed."""

    __tablename__ = "arrears_changes"

    loan_id: UUID = Field(primary_key=True)
    as_of: date = Field(primary_key=True)
    bucket: str = Field(sa_column=Column(CODE, nullable=False))
    days_late: int
    overdue_total: int = Field(sa_column=Column(BigInteger, nullable=False))


class DemandTask(Base, table=True):
    """Something to do about a loan that is late, or whose borrower died (งานติดตามทวงถาม)."""

    __tablename__ = "demand_tasks"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    rule_code: str | None = Field(default=None, sa_column=Column(CODE))
    late_since: date | None = None
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    bucket: str = Field(sa_column=Column(CODE, nullable=False))
    opened_on: date
    due_on: date
    state: str = Field(default="open", sa_column=Column(CODE, nullable=False))
    outcome: str | None = Field(default=None, sa_column=Column(CODE))
    note: str | None = Field(default=None, sa_column=Column(Text))
    document_no: str | None = Field(default=None, sa_column=Column(Text))
    promised_on: date | None = None
    promised_amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_type: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    opened_by: str = Field(sa_column=Column(CODE, nullable=False))
    closed_by: str | None = Field(default=None, sa_column=Column(CODE))
    closed_on: date | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
