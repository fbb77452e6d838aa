"""The table of closed periods; rows are only added, the figures in them are the database's own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class LedgerPeriod(Base, table=True):
    """A closed period with the trial balance that the database counted from the lines when it closed."""

    __tablename__ = "ledger_periods"

    fund_id: UUID = Field(primary_key=True)
    period_to: date = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    period_from: date | None = None
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    last_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    trial_balance: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    closed_by: str = Field(sa_column=Column(CODE, nullable=False))
    closed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
