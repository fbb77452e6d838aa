"""The table of days that the calendar of Thailand does not know, or takes for holidays wrongly."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundHoliday(Base, table=True):
    """A day that the calendar of Thailand does not know, or takes for a holiday wrongly."""

    __tablename__ = "fund_holidays"

    id: UUID = Field(primary_key=True)
    on_date: date
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    closed: bool
    name_th: str = Field(sa_column=Column(Text, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
