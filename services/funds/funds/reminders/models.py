"""The table of reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, SmallInteger, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Reminder(Base, table=True):
    """A reminder of an instalment, so many days before it is due (การแจ้งเตือน)."""

    __tablename__ = "reminders"

    id: UUID = Field(primary_key=True)
    loan_id: UUID
    schedule_no: int = Field(sa_column=Column(SmallInteger, nullable=False))
    number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    days: int = Field(sa_column=Column(SmallInteger, nullable=False))
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    due_on: date
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str = Field(default="planned", sa_column=Column(CODE, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(CODE))
    amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    decided_on: date | None = None
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
