"""Tables of books taken over from workbooks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class BookImport(Base, table=True):
    """A fund's book to be taken over (การนำเข้าสมุดบัญชีเดิม); one standing a fund."""

    __tablename__ = "book_imports"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    cut_off_on: date
    product_id: UUID | None = None
    note: str | None = Field(default=None, sa_column=Column(Text))
    state: str = Field(default="open", sa_column=Column(CODE, nullable=False))
    file_name: str | None = Field(default=None, sa_column=Column(Text))
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    sent_by: str | None = Field(default=None, sa_column=Column(CODE))
    senders: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(CODE), nullable=False))
    """Whoever ever sent a file of it: none of them posts it."""
    sent_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    checked_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    checked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    error_count: int = 0
    warning_count: int = 0
    marked_key: str | None = Field(default=None, sa_column=Column(CODE))
    posted_by: str | None = Field(default=None, sa_column=Column(CODE))
    posted_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    journal_id: UUID | None = None
    journal_number: int | None = Field(default=None, sa_column=Column(BigInteger))
    version: int = 1
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class BookImportError(Base, table=True):
    """Something wrong with the file that was checked last."""

    __tablename__ = "book_import_errors"

    import_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sheet: str = Field(sa_column=Column(Text, nullable=False))
    line: int | None = None
    cell: str | None = Field(default=None, sa_column=Column(CODE))
    field: str | None = Field(default=None, sa_column=Column(CODE))
    code: str = Field(sa_column=Column(CODE, nullable=False))
    value: str | None = Field(default=None, sa_column=Column(Text))
