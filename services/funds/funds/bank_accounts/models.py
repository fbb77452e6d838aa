"""The table of bank accounts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundBankAccount(Base, table=True):
    """A fund's bank account (บัญชีเงินฝากธนาคาร)."""

    __tablename__ = "fund_bank_accounts"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    bank_code: str = Field(sa_column=Column(CODE, nullable=False))
    account_no: str = Field(sa_column=Column(CODE, nullable=False))
    account_name: str = Field(sa_column=Column(Text, nullable=False))
    branch: str | None = Field(default=None, sa_column=Column(Text))
    opened_on: date | None = None
    closed_on: date | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
