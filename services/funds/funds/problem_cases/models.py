"""Tables of problem cases, their frozen figures, rounds of survey and debtors."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class ProblemCase(Base, table=True):
    """A fund under treatment (กองทุนที่มีปัญหา)."""

    __tablename__ = "problem_cases"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    fund_kind: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(default="opened", sa_column=Column(CODE, nullable=False))
    opened_on: date
    opened_by: str = Field(sa_column=Column(CODE, nullable=False))
    failings: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    cause: str = Field(sa_column=Column(Text, nullable=False))
    plan: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB))
    planned_by: str | None = Field(default=None, sa_column=Column(CODE))
    ended_on: date | None = None
    ended_by: str | None = Field(default=None, sa_column=Column(CODE))
    end_reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class ProblemFigures(Base, table=True):
    """What the fund's books said at a moment of its case, in satang; only added."""

    __tablename__ = "problem_figures"

    case_id: UUID = Field(primary_key=True)
    round: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    """0 when it was opened, else the round of the survey."""
    as_of: date
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    capital: int = Field(sa_column=Column(BigInteger, nullable=False))
    cash: int = Field(sa_column=Column(BigInteger, nullable=False))
    outstanding: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_principal: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_interest: int = Field(sa_column=Column(BigInteger, nullable=False))
    written_off: int = Field(sa_column=Column(BigInteger, nullable=False))
    open_loans: int
    overdue_loans: int
    taken_by: str = Field(sa_column=Column(CODE, nullable=False))
    taken_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class ProblemFigureLoan(Base, table=True):
    """A loan that frozen figures count, in satang; only added."""

    __tablename__ = "problem_figure_loans"

    case_id: UUID = Field(primary_key=True)
    round: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    loan_id: UUID = Field(primary_key=True)
    outstanding: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_principal: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue_interest: int = Field(sa_column=Column(BigInteger, nullable=False))
    written_off: int = Field(sa_column=Column(BigInteger, nullable=False))
    oldest_due_on: date | None = None


class ProblemSurvey(Base, table=True):
    """A round of the debtor survey (การสำรวจลูกหนี้)."""

    __tablename__ = "problem_surveys"

    case_id: UUID = Field(primary_key=True)
    round: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    begun_by: str = Field(sa_column=Column(CODE, nullable=False))
    begun_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    completed_by: str | None = Field(default=None, sa_column=Column(CODE))
    completed_on: date | None = None


class ProblemDebtor(Base, table=True):
    """What the survey of one loan brought, in satang."""

    __tablename__ = "problem_debtors"

    case_id: UUID = Field(primary_key=True)
    round: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    loan_id: UUID = Field(primary_key=True)
    surveyed_on: date
    booked: int = Field(sa_column=Column(BigInteger, nullable=False))
    overdue: int = Field(sa_column=Column(BigInteger, nullable=False))
    acknowledged: int | None = Field(default=None, sa_column=Column(BigInteger))
    answer: str = Field(sa_column=Column(CODE, nullable=False))
    cause: str | None = Field(default=None, sa_column=Column(CODE))
    promised: int | None = Field(default=None, sa_column=Column(BigInteger))
    promised_on: date | None = None
    note: str | None = Field(default=None, sa_column=Column(Text))
    surveyed_by: str = Field(sa_column=Column(CODE, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
