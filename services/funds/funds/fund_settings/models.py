"""The table of funds' own settings; rows are only added."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Numeric, SmallInteger, Text
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundSetting(Base, table=True):
    """What a fund resolved for a product from a day on (ระเบียบของกองทุน); None leaves what held before."""

    __tablename__ = "fund_settings"

    id: UUID = Field(primary_key=True)
    fund_id: UUID
    area_code: str = Field(sa_column=Column(CODE, nullable=False))
    product_code: str = Field(sa_column=Column(CODE, nullable=False))
    valid_from: date
    annual_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric(9, 6)))
    penalty_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric(9, 6)))
    max_amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    max_months: int | None = Field(default=None, sa_column=Column(SmallInteger))
    max_instalments: int | None = Field(default=None, sa_column=Column(SmallInteger))
    min_group_size: int | None = Field(default=None, sa_column=Column(SmallInteger))
    meeting_id: UUID | None = None
    source: str = Field(sa_column=Column(Text, nullable=False))
    created_by: str = Field(sa_column=Column(CODE, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
