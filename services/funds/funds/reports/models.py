"""The one table of reports: how late each fund's loans were at the end of each fiscal year."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field

from funds.db import Base


class FundArrearsMonth(Base, table=True):
    """Overdue principal and outstanding of late loans of a fund at the end of a month (September); satang."""

    __tablename__ = "fund_arrears_months"

    fund_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    area_code: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    as_of: date
    late_loans: int
    overdue: int = Field(sa_column=Column(BigInteger, nullable=False))
    par30: int = Field(sa_column=Column(BigInteger, nullable=False))
    par60: int = Field(sa_column=Column(BigInteger, nullable=False))
    par90: int = Field(sa_column=Column(BigInteger, nullable=False))
    counted_to: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    """Number of the fund's last journal that is counted; one of that year that came later makes it void."""
