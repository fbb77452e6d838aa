"""Tables of members, groups and who is in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundMember(Base, table=True):
    """A member of a fund (สมาชิกกองทุน)."""

    __tablename__ = "fund_members"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    member_no: str = Field(sa_column=Column(CODE, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    name_key: str = Field(sa_column=Column(CODE, nullable=False))
    phone: str | None = Field(default=None, sa_column=Column(CODE))
    person_id: UUID | None = None
    household_id: UUID | None = None
    joined_on: date
    left_on: date | None = None
    """The first day on which she was no member any more."""
    leave_reason: str | None = Field(default=None, sa_column=Column(CODE))
    state: str = Field(default="active", sa_column=Column(CODE, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class BorrowerGroup(Base, table=True):
    """A group of members that borrows together (กลุ่มสมาชิก)."""

    __tablename__ = "borrower_groups"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    formed_on: date
    dissolved_on: date | None = None
    """The first day on which it stood no more."""
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class GroupMember(Base, table=True):
    """A member's time in a group."""

    __tablename__ = "group_members"

    id: UUID = Field(primary_key=True)
    group_id: UUID
    member_id: UUID
    role: str = Field(default="member", sa_column=Column(CODE, nullable=False))
    joined_on: date
    left_on: date | None = None
    """The first day on which she was not in the group any more."""
