"""What the API takes and gives about a fund's own settings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.rates import Rate, RateOut
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Filters, Schema

ProductCode = Annotated[
    str, Field(min_length=3, max_length=50, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["WOMENS_REVOLVING"])
]
Small = Annotated[int, Field(ge=1, le=1200)]


class NewFundSetting(Schema):
    """What a fund resolves for a product from a day on; what is absent stays as it was (ระเบียบกองทุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "product_code": "WOMENS_REVOLVING",
                    "valid_from": "2026-12-01",
                    "annual_rate": "2.00",
                    "max_months": 18,
                    "source": "มติที่ประชุมใหญ่ ครั้งที่ 1/2569",
                }
            ]
        }
    )

    id: UUID | None = None
    product_code: ProductCode
    valid_from: date
    """Today or later."""
    annual_rate: Rate | None = None
    """Per cent a year; at most the product's."""
    penalty_rate: Rate | None = None
    """Per cent a year on overdue principal; at most the product's."""
    max_amount: BahtPositive | None = None
    max_months: Small | None = None
    max_instalments: Small | None = None
    min_group_size: Annotated[int, Field(ge=1, le=200)] | None = None
    meeting_id: UUID | None = None
    """The fund's meeting that resolved it."""
    source: Annotated[FreeText, Field(min_length=1, max_length=300)]


class FundSettingOut(Schema):
    """What a fund resolved for a product from a day on."""

    id: UUID
    fund_id: UUID
    product_code: str
    valid_from: date
    annual_rate: RateOut | None
    penalty_rate: RateOut | None
    max_amount: BahtOut | None
    max_months: int | None
    max_instalments: int | None
    min_group_size: int | None
    meeting_id: UUID | None
    source: str
    created_by: str
    created_at: datetime


class SettingFilters(Filters):
    """What settings are listed."""

    product_code: ProductCode | None = None
