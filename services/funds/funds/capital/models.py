"""The table of contributions of capital."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundCapital(Base, table=True):
    """A contribution of capital to a fund (เงินทุน), in satang, with the journal that books it."""

    __tablename__ = "fund_capital"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    contributed_on: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    origin: str = Field(sa_column=Column(CODE, nullable=False))
    held_as: str = Field(sa_column=Column(CODE, nullable=False))
    document_no: str = Field(sa_column=Column(CODE, nullable=False))
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
