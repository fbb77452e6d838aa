"""The table of write-offs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class LoanWriteOff(Base, table=True):
    """A loan taken out of the books, proposed by one person and decided by another (ตัดหนี้สูญ)."""

    __tablename__ = "loan_write_offs"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    meeting_id: UUID | None = None
    state: str = Field(default="proposed", sa_column=Column(CODE, nullable=False))
    principal: int | None = Field(default=None, sa_column=Column(BigInteger))
    written_off_on: date | None = None
    journal_id: UUID | None = None
    proposed_by: str = Field(sa_column=Column(CODE, nullable=False))
    decided_by: str | None = Field(default=None, sa_column=Column(CODE))
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    decision_reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
