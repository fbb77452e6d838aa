"""What the API takes and gives about local holidays."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema

Name = Annotated[FreeText, Field(min_length=1, max_length=200)]


class NewHoliday(Schema):
    """A day that the calendar of Thailand does not know, or a working day that it takes for a holiday."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"on_date": "2026-07-01", "area_code": "34", "closed": True, "name_th": "วันหยุดพิเศษ"}]
        }
    )

    id: UUID | None = None
    on_date: date
    area_code: AreaCode | None = None
    """The area it holds for and all below it; none is the whole country."""
    closed: bool = True
    """False: a working day after all."""
    name_th: Name


class HolidayOut(Schema):
    """A day of the local calendar."""

    id: UUID
    on_date: date
    area_code: str
    closed: bool
    name_th: str
    version: int
    created_at: datetime
    updated_at: datetime


class HolidayFilters(Filters):
    """Which days are listed."""

    area: AreaCode | None = None
    """Set for this area or one below it."""
    since: date | None = None
    until: date | None = None


class CalendarDay(Schema):
    """A day that no instalment falls due on, beside Saturdays and Sundays."""

    on_date: date
    name: str
    national: bool
    """Of the calendar of Thailand; otherwise set for the area."""


class CalendarOut(Schema):
    """The holidays of a year, as schedules of an area know them."""

    year: int
    area_code: str
    items: list[CalendarDay]
