"""The table of entries written by hand."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class LedgerAdjustment(Base, table=True):
    """An entry written by hand: proposed by one person, posted or rejected by another."""

    __tablename__ = "ledger_adjustments"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    business_date: date
    document_no: str | None = Field(default=None, sa_column=Column(Text))
    memo: str = Field(sa_column=Column(Text, nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    reverses: UUID | None = None
    state: str = Field(default="proposed", sa_column=Column(CODE, nullable=False))
    proposed_by: str = Field(sa_column=Column(CODE, nullable=False))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    journal_id: UUID | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
