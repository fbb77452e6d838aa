"""Tables of target cases and their history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class CaseRow(Base, table=True):
    """A target case (ครัวเรือนเป้าหมาย): a household on its way from found to out of poverty."""

    __tablename__ = "cases"

    id: UUID = Field(primary_key=True)
    household_id: UUID
    village_code: str = Field(sa_column=Column(CODE, nullable=False))
    origin: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(sa_column=Column(CODE, nullable=False))
    edition_id: UUID | None = None
    found_reason: str | None = Field(default=None, sa_column=Column(Text))
    developable: bool | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    notes: str | None = Field(default=None, sa_column=Column(Text))
    verified_by: str | None = Field(default=None, sa_column=Column(CODE))
    proposed_by: str | None = Field(default=None, sa_column=Column(CODE))
    appealed_by: str | None = Field(default=None, sa_column=Column(CODE))
    committee_id: UUID | None = None
    resolution_id: UUID | None = None
    decided_on: date | None = None
    certified_on: date | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CaseTransition(Base, table=True):
    """One step of a case; rows are only added."""

    __tablename__ = "case_transitions"

    id: UUID = Field(primary_key=True)
    case_id: UUID
    version: int
    step: str = Field(sa_column=Column(CODE, nullable=False))
    from_state: str | None = Field(default=None, sa_column=Column(CODE))
    to_state: str = Field(sa_column=Column(CODE, nullable=False))
    actor: str = Field(sa_column=Column(CODE, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    resolution_id: UUID | None = None
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
