"""Tables of hand-overs, what was counted in them and who signed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundHandover(Base, table=True):
    """A hand-over protocol (บันทึกการส่งมอบงาน)."""

    __tablename__ = "fund_handovers"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    handed_on: date
    reason: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(default="draft", sa_column=Column(CODE, nullable=False))
    books: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    documents: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    explanation: str | None = Field(default=None, sa_column=Column(Text))
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    signed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class HandoverBalance(Base, table=True):
    """One account of a hand-over, in satang: counted, and as the ledger said on the day."""

    __tablename__ = "fund_handover_balances"

    handover_id: UUID = Field(primary_key=True)
    account: str = Field(sa_column=Column(CODE, primary_key=True))
    counted: int = Field(sa_column=Column(BigInteger, nullable=False))
    booked: int = Field(sa_column=Column(BigInteger, nullable=False))


class HandoverSignature(Base, table=True):
    """One side's signature under a version of the protocol."""

    __tablename__ = "fund_handover_signatures"

    handover_id: UUID = Field(primary_key=True)
    side: str = Field(sa_column=Column(CODE, primary_key=True))
    subject: str = Field(sa_column=Column(CODE, nullable=False))
    display_name: str = Field(sa_column=Column(Text, nullable=False))
    handover_version: int
    signed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
