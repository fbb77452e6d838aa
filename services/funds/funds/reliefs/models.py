"""The table of reliefs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class LoanRelief(Base, table=True):
    """A restructuring of a loan, proposed by one person and decided by another (ปรับปรุงโครงสร้างหนี้)."""

    __tablename__ = "loan_reliefs"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    meeting_id: UUID | None = None
    state: str = Field(default="proposed", sa_column=Column(CODE, nullable=False))
    proposed_by: str = Field(sa_column=Column(CODE, nullable=False))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    decision_reason: str | None = Field(default=None, sa_column=Column(Text))
    schedule_before: int | None = Field(default=None, sa_column=Column(SmallInteger))
    schedule_after: int | None = Field(default=None, sa_column=Column(SmallInteger))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
