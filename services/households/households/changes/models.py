"""The table of changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from households.db import Base


class Change(Base, table=True):
    """One change of a household or person (ประวัติการเปลี่ยนแปลง); rows are only added."""

    __tablename__ = "registry_changes"

    id: UUID = Field(primary_key=True)
    subject: UUID
    """The household or person changed."""
    version: int
    """Its version after the change."""
    kind: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """What was changed: field → [before, after], or ids and dates; never a citizen id."""
    actor: str = Field(sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
