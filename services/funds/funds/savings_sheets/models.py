"""Tables of cut-off sheets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class SavingsSheet(Base, table=True):
    """Everybody's balance on a day (ใบตัดยอด), in satang."""

    __tablename__ = "savings_sheets"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    on_day: date
    members: int
    savings: int = Field(sa_column=Column(BigInteger, nullable=False))
    shares: int = Field(sa_column=Column(BigInteger, nullable=False))
    balances: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(default="draft", sa_column=Column(CODE, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    signed_by: str | None = Field(default=None, sa_column=Column(CODE))
    signed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    journal_id: UUID | None = None
    journal_number: int | None = Field(default=None, sa_column=Column(BigInteger))
    reversed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SavingsSheetRow(Base, table=True):
    """What a member has on the day, in satang."""

    __tablename__ = "savings_sheet_rows"

    sheet_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    savings: int = Field(sa_column=Column(BigInteger, nullable=False))
    shares: int = Field(sa_column=Column(BigInteger, nullable=False))
