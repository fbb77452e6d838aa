"""The table of areas."""

from datetime import date, datetime

from sqlalchemy import Column, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from households.db import Base

CODE = Text(collation="C")


class Area(Base, table=True):
    """A province, district, tambon or village (จังหวัด อำเภอ ตำบล หมู่บ้าน); a code never changes meaning."""

    __tablename__ = "areas"

    code: str = Field(sa_column=Column(CODE, primary_key=True))
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    parent_code: str | None = Field(default=None, sa_column=Column(CODE))
    name_th: str = Field(sa_column=Column(Text, nullable=False))
    name_en: str | None = Field(default=None, sa_column=Column(Text))
    name_key: str = Field(sa_column=Column(CODE, nullable=False))
    name_parts: list[str] = Field(sa_column=Column(ARRAY(CODE), nullable=False))
    sort_key: str = Field(sa_column=Column(CODE, nullable=False))
    lat: float | None = None
    lon: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """First day on which the code is not used any more."""
    successors: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(CODE), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
