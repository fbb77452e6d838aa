"""Tables of findings and of the daily looks at all funds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")
MOMENT = DateTime(timezone=True)


class FundFinding(Base, table=True):
    """A failing found in a fund (ข้อค้นพบ), open until `closed_on`."""

    __tablename__ = "fund_findings"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    fund_kind: str = Field(sa_column=Column(CODE, nullable=False))
    code: str = Field(sa_column=Column(CODE, nullable=False))
    source: str = Field(sa_column=Column(CODE, nullable=False))
    fact: str = Field(sa_column=Column(CODE, nullable=False))
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    note: str | None = Field(default=None, sa_column=Column(Text))
    opened_on: date
    recorded_by: str | None = Field(default=None, sa_column=Column(CODE))
    closed_on: date | None = None
    closed_by: str | None = Field(default=None, sa_column=Column(CODE))
    """None: its cause was gone."""
    close_reason: str | None = Field(default=None, sa_column=Column(Text))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    updated_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))


class FindingRun(Base, table=True):
    """A look at all funds on a business day, and what it opened and closed."""

    __tablename__ = "finding_runs"

    run_on: date = Field(primary_key=True)
    opened: int
    closed: int
    done_at: datetime = Field(sa_column=Column(MOMENT, nullable=False))
