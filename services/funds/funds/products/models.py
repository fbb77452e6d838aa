"""Tables of products and their dated terms."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from funds.db import Base

CODE = Text(collation="C")


class FundProduct(Base, table=True):
    """A kind of money that a kind of fund gives (ประเภทเงิน)."""

    __tablename__ = "fund_products"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_column=Column(CODE, nullable=False))
    fund_kind: str = Field(sa_column=Column(CODE, nullable=False))
    category: str = Field(sa_column=Column(CODE, nullable=False))
    borrower: str = Field(sa_column=Column(CODE, nullable=False))
    name_th: str = Field(sa_column=Column(Text, nullable=False))
    name_en: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class FundProductVersion(Base, table=True):
    """A product's terms from a day on; never changed."""

    __tablename__ = "fund_product_versions"

    product_id: UUID = Field(primary_key=True, foreign_key="fund_products.id")
    valid_from: date = Field(primary_key=True)
    offered: bool
    annual_rate: Decimal = Field(sa_column=Column(Numeric(9, 6), nullable=False))
    """Per cent a year; a copy of the terms' for lists."""
    max_amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    """Satang; a copy likewise."""
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """`schemas.TermsOfProduct` as it is written outside."""
    source: str = Field(sa_column=Column(Text, nullable=False))
    confidence: str = Field(sa_column=Column(CODE, nullable=False))
    shipped: bool
    created_by: str | None = Field(default=None, sa_column=Column(CODE))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
