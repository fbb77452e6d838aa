"""Tables of grants and of what their money was used for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Grant(Base, table=True):
    """A grant that was paid (เงินอุดหนุน)."""

    __tablename__ = "grants"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    application_id: UUID
    product_id: UUID
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    grant_no: str = Field(sa_column=Column(CODE, nullable=False))
    document_no: str = Field(sa_column=Column(CODE, nullable=False))
    paid_on: date
    paid_from: str = Field(sa_column=Column(CODE, nullable=False))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    used: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    returned: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    use_by: date
    state: str = Field(default="paid", sa_column=Column(CODE, nullable=False))
    journal_id: UUID
    journal_number: int = Field(sa_column=Column(BigInteger, nullable=False))
    paid_by: str = Field(sa_column=Column(CODE, nullable=False))
    confirmed_by: str | None = Field(default=None, sa_column=Column(CODE))
    confirmed_on: date | None = None
    reversed_by: str | None = Field(default=None, sa_column=Column(CODE))
    reversed_on: date | None = None
    reversal_reason: str | None = Field(default=None, sa_column=Column(Text))
    reversal_journal_id: UUID | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class GrantUse(Base, table=True):
    """What part of a grant was spent on, or came back."""

    __tablename__ = "grant_uses"

    id: UUID = Field(primary_key=True)
    grant_id: UUID
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    used_on: date
    item: str = Field(sa_column=Column(Text, nullable=False))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    document_no: str | None = Field(default=None, sa_column=Column(CODE))
    journal_id: UUID | None = None
    journal_number: int | None = Field(default=None, sa_column=Column(BigInteger))
    reverses: UUID | None = None
    """The return that was booked wrongly."""
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_type: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
