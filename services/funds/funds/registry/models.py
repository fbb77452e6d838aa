"""The table of funds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class Fund(Base, table=True):
    """A community fund (กองทุนชุมชน)."""

    __tablename__ = "funds"

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_column=Column(CODE, nullable=False))
    name_th: str = Field(sa_column=Column(Text, nullable=False))
    name_en: str | None = Field(default=None, sa_column=Column(Text))
    name_key: str = Field(sa_column=Column(CODE, nullable=False))
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    founded_on: date | None = None
    state: str = Field(default="active", sa_column=Column(CODE, nullable=False))
    state_since: date
    state_reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
