"""Tables of messages and of the attempts to deliver them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Notification(Base, table=True):
    """A message to a borrower, to be delivered once (ข้อความแจ้งผู้กู้)."""

    __tablename__ = "notifications"

    id: UUID = Field(primary_key=True)
    purpose: str = Field(sa_column=Column(CODE, nullable=False))
    subject_id: UUID
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    message: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(default="waiting", sa_column=Column(CODE, nullable=False))
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class NotificationAttempt(Base, table=True):
    """An attempt to deliver a message, with its proof (หลักฐานการส่ง)."""

    __tablename__ = "notification_attempts"

    notification_id: UUID = Field(primary_key=True)
    attempt: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    adapter: str = Field(sa_column=Column(CODE, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ok: bool
    status: int | None = Field(default=None, sa_column=Column(SmallInteger))
    error: str | None = Field(default=None, sa_column=Column(CODE))
    proof: str | None = Field(default=None, sa_column=Column(Text))
