"""Tables of following borrowers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FollowAssignment(Base, table=True):
    """A committee member answers for a borrower (กรรมการผู้รับผิดชอบ); one at a time."""

    __tablename__ = "follow_assignments"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    term_id: UUID
    starts_on: date
    ends_on: date | None = None
    """The first day on which she does not answer any more."""
    assigned_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class FollowVisit(Base, table=True):
    """A visit to a borrower (การเยี่ยมติดตาม)."""

    __tablename__ = "follow_visits"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_kind: str = Field(sa_column=Column(CODE, nullable=False))
    borrower_id: UUID
    loan_id: UUID | None = None
    visited_on: date
    met: bool
    project_state: str = Field(sa_column=Column(CODE, nullable=False))
    findings: str = Field(sa_column=Column(Text, nullable=False))
    next_visit_on: date | None = None
    file_key: str | None = Field(default=None, sa_column=Column(CODE))
    file_type: str | None = Field(default=None, sa_column=Column(CODE))
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = Field(default=None, sa_column=Column(CODE))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class FollowForum(Base, table=True):
    """A forum where borrowers tell how their projects go (เวทีแลกเปลี่ยนเรียนรู้)."""

    __tablename__ = "follow_forums"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    held_on: date
    place: str = Field(sa_column=Column(Text, nullable=False))
    borrowers: int
    participants: int
    topics: str = Field(sa_column=Column(Text, nullable=False))
    summary: str | None = Field(default=None, sa_column=Column(Text))
    recorded_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
