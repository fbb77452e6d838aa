"""Tables of the books; written by `service.py` through the driver, projections by the database's triggers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundBooks(Base, table=True):
    """The running figures of a fund's books; `cash` is on hand and at the bank together, in satang."""

    __tablename__ = "fund_books"

    fund_id: UUID = Field(primary_key=True)
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    last_number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    cash: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reserved: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_business_date: date | None = None
    closed_until: date | None = None
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Journal(Base, table=True):
    """One journal (รายการบัญชี) with its three dates and the document that proves it."""

    __tablename__ = "journals"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    document_kind: str = Field(sa_column=Column(CODE, nullable=False))
    document_id: UUID
    document_no: str | None = Field(default=None, sa_column=Column(Text))
    business_date: date
    value_date: date
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    actor: str = Field(sa_column=Column(CODE, nullable=False))
    memo: str | None = Field(default=None, sa_column=Column(Text))
    reverses: UUID | None = None
    line_count: int = Field(sa_column=Column(SmallInteger, nullable=False))
    total: int = Field(sa_column=Column(BigInteger, nullable=False))


class JournalLine(Base, table=True):
    """One line of a journal, in satang; fund, number and date are the journal's."""

    __tablename__ = "journal_lines"

    journal_id: UUID = Field(primary_key=True)
    line_no: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    fund_id: UUID
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    business_date: date
    account: str = Field(sa_column=Column(CODE, nullable=False))
    debit: int = Field(sa_column=Column(BigInteger, nullable=False))
    credit: int = Field(sa_column=Column(BigInteger, nullable=False))
    loan_id: UUID | None = None
    member_id: UUID | None = None


class LedgerDay(Base, table=True):
    """Sums of lines by account and business date."""

    __tablename__ = "ledger_days"

    fund_id: UUID = Field(primary_key=True)
    account: str = Field(sa_column=Column(CODE, primary_key=True))
    day: date = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    debit: int = Field(sa_column=Column(BigInteger, nullable=False))
    credit: int = Field(sa_column=Column(BigInteger, nullable=False))


class LedgerMonth(Base, table=True):
    """Sums of lines by month, account and kind of journal; a reversal counts to the kind it reverses."""

    __tablename__ = "ledger_months"

    fund_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    account: str = Field(sa_column=Column(CODE, primary_key=True))
    kind: str = Field(sa_column=Column(CODE, primary_key=True))
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    debit: int = Field(sa_column=Column(BigInteger, nullable=False))
    credit: int = Field(sa_column=Column(BigInteger, nullable=False))
