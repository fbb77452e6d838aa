"""The table of deaths of borrowers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class BorrowerDeath(Base, table=True):
    """An open loan of somebody who died, and who answers for it (หนี้ของผู้เสียชีวิต)."""

    __tablename__ = "borrower_deaths"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    person_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    died_on: date
    frozen: bool
    task_id: UUID
    state: str = Field(default="open", sa_column=Column(CODE, nullable=False))
    decision: str | None = Field(default=None, sa_column=Column(CODE))
    answerable: str | None = Field(default=None, sa_column=Column(Text))
    answerable_member_id: UUID | None = None
    answerable_phone: str | None = Field(default=None, sa_column=Column(CODE))
    note: str | None = Field(default=None, sa_column=Column(Text))
    meeting_id: UUID | None = None
    proposed_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    rejected_by: str | None = Field(default=None, sa_column=Column(CODE))
    rejection_reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
