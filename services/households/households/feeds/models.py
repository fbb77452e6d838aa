"""Tables of editions, their files and pulls. What is written by the million is in the migration alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class FeedEdition(Base, table=True):
    """One survey year of one source (ข้อมูล TPMAP / จปฐ. ปี …); not changed any more once closed."""

    __tablename__ = "feed_editions"

    id: UUID = Field(primary_key=True)
    source: str = Field(sa_column=Column(CODE, nullable=False))
    edition_year: int = Field(sa_column=Column(SmallInteger, nullable=False))
    """Buddhist era."""
    instrument: str = Field(sa_column=Column(CODE, nullable=False))
    state: str = Field(default="open", sa_column=Column(CODE, nullable=False))
    """open, imported, awaiting_approval, closed."""
    manifest: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    """What the files sent next must be; used up by the import that takes them."""
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    uploaded_by: str | None = Field(default=None, sa_column=Column(CODE))
    approved_by: str | None = Field(default=None, sa_column=Column(CODE))
    approved_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
    imported_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
    closed_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class FeedFile(Base, table=True):
    """A file that was sent for an edition (ไฟล์ข้อมูล)."""

    __tablename__ = "feed_files"

    id: UUID = Field(primary_key=True)
    edition_id: UUID
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    """households, persons, welfare."""
    name: str = Field(sa_column=Column(Text, nullable=False))
    """As we call it: its kind and the ending that tells its format."""
    storage_key: str = Field(sa_column=Column(CODE, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(sa_column=Column(CODE, nullable=False))
    rows: int | None = Field(default=None, sa_column=Column(BigInteger))
    """How many rows it has, known once it was read."""
    state: str = Field(default="uploaded", sa_column=Column(CODE, nullable=False))
    """uploaded, imported, replaced (by a newer one before it was read), refused."""
    refusal: str | None = Field(default=None, sa_column=Column(CODE))
    areas: list[str] = Field(sa_column=Column(ARRAY(CODE), nullable=False))
    """Areas of whoever sent it: rows elsewhere are not taken."""
    uploaded_by: str = Field(sa_column=Column(CODE, nullable=False))
    uploaded_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    imported_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))


class FeedPull(Base, table=True):
    """A file fetched from its source's address (การดึงข้อมูล)."""

    __tablename__ = "feed_pulls"

    id: UUID = Field(primary_key=True)
    edition_id: UUID
    url: str = Field(sa_column=Column(Text, nullable=False))
    token_enc: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    state: str = Field(default="queued", sa_column=Column(CODE, nullable=False))
    """queued, running, fetched, unchanged, failed."""
    problem: str | None = Field(default=None, sa_column=Column(CODE))
    etag: str | None = Field(default=None, sa_column=Column(Text))
    last_modified: str | None = Field(default=None, sa_column=Column(Text))
    size: int | None = Field(default=None, sa_column=Column(BigInteger))
    sha256: str | None = Field(default=None, sa_column=Column(CODE))
    job_id: UUID | None = None
    requested_by: str = Field(sa_column=Column(CODE, nullable=False))
    areas: list[str] = Field(sa_column=Column(ARRAY(CODE), nullable=False))
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(MOMENT))
