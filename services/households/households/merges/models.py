"""The table of merges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from households.db import Base


class Merge(Base, table=True):
    """A duplicate merged into the entry that is kept (รวมข้อมูลซ้ำ), with what undoes it."""

    __tablename__ = "merges"

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    kept_id: UUID
    dropped_id: UUID
    before: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    merged_by: str = Field(sa_column=Column(Text, nullable=False))
    merged_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    undone_by: str | None = Field(default=None, sa_column=Column(Text))
    undone_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
