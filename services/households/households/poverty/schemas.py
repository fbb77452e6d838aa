"""What the API says about poverty figures."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from households.poverty.rules import Dimension, IncomeBand
from shared.areas import AreaCode
from shared.money import BahtOut
from shared.schemas import Filters, Schema, Text

Count = int | None
"""Null: too few to be shown to the public."""


class SummaryFilters(Filters):
    """What a summary is asked."""

    area: AreaCode | Literal[""] | None = None
    """An area code; absent: all of the caller's areas."""
    edition: UUID | None = None
    """An imported edition; absent: the newest."""
    by: Literal["area", "dimension", "indicator"] = "area"


class EditionRef(Schema):
    """The edition that figures are of."""

    id: UUID
    source: str
    edition_year: int
    instrument: str


class Counts(Schema):
    """Poverty of an area's people (จำนวนคนจน)."""

    households: Count
    poor_households: Count
    """Households with at least one person who is survey poor."""
    persons: Count
    survey_poor: Count
    """Poor in at least one dimension (ตกเกณฑ์มิติใดมิติหนึ่ง)."""
    registered_poor: Count
    """Also on the state welfare register."""
    target_poor: Count
    """Also verified there (คนจนเป้าหมาย)."""


class AreaItem(Counts):
    """The figures of an area of the next level below."""

    area_code: str
    name_th: str | None


class DimensionItem(Schema):
    """Persons poor in a dimension."""

    dimension: Dimension
    survey_poor: Count
    target_poor: Count


class IndicatorItem(Schema):
    """Households or persons that failed an indicator."""

    indicator: str = Field(examples=["i22"])
    title: Text
    unit: Literal["household", "person"]
    dimension: Dimension | None
    failed: Count


class Summary(Schema):
    """Poverty figures of an edition, from counts made by its import (สรุปความยากจน)."""

    edition: EditionRef
    area: list[str]
    """The areas the total is of."""
    by: Literal["area", "dimension", "indicator"]
    total: Counts
    items: list[AreaItem] | list[DimensionItem] | list[IndicatorItem]
    suppressed: bool
    """Whether counts under five are left out."""


class HouseholdStatus(Schema):
    """A household's poverty status in an edition (สถานะความยากจนของครัวเรือน)."""

    edition_id: UUID
    source: str
    edition_year: int
    village_code: str
    members: Annotated[int, Field(description="As the household told the surveyor")]
    persons: int
    """Members whose rows were taken."""
    dimensions: list[Dimension]
    survey_poor: int
    target_poor: int
    income_band: IncomeBand
    income: BahtOut
    """A year, of all members together."""
    expenses: BahtOut


class HouseholdHistory(Schema):
    """A household's status in every edition, the newest first."""

    household_id: UUID
    items: list[HouseholdStatus]


class ThresholdOut(Schema):
    """A dated line of income, baht per person and year."""

    code: str
    baht: int
    valid_years: tuple[int, int]
    confidence: Literal["high", "medium", "low"]
    title: Text
    source: str


class Thresholds(Schema):
    """All lines."""

    items: list[ThresholdOut]
