"""Calendars for schedules, and what areas set in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.holidays import queries
from funds.holidays.errors import HolidayAreaNotYours, HolidayNotFound
from funds.holidays.models import FundHoliday
from funds.holidays.rules import Calendar, national
from funds.holidays.schemas import CalendarDay, NewHoliday
from shared import audit, etags
from shared.areas import covers
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row
from shared.security import Principal

_TABLE = FundHoliday.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def calendar(session: AsyncSession, *, area_code: str) -> Calendar:
    """Return the holidays of an area ("" is the whole country); the word of the smallest area counts."""
    rows = await queries.above(session, area_code)
    return Calendar({row["on_date"]: row["closed"] for row in rows})


async def year(session: AsyncSession, *, year: int, area_code: str) -> list[CalendarDay]:
    """Return an area's holidays of a year, by day."""
    days = {day: CalendarDay(on_date=day, name=name, national=True) for day, name in national(year).items()}
    for row in await queries.above(session, area_code):
        day: date = row["on_date"]
        if day.year != year:
            continue
        if row["closed"]:
            days[day] = CalendarDay(on_date=day, name=row["name_th"], national=False)
        else:
            days.pop(day, None)
    return [days[day] for day in sorted(days)]


async def add(session: AsyncSession, *, new: NewHoliday, actor: Principal, now: datetime) -> UUID:
    """Set a day for an area; returns its id.

    Raises HolidayAreaNotYours and, by its constraints, HolidayExists.
    """
    area_code = new.area_code or ""
    if not covers(actor.areas, area_code):
        raise HolidayAreaNotYours(pointer="/area_code")
    holiday_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=holiday_id,
        on_date=new.on_date,
        area_code=area_code,
        closed=new.closed,
        name_th=new.name_th,
        created_at=now,
        updated_at=now,
    )
    await audit.record(session, principal=actor, action="fund_holiday.add", subjects=[holiday_id], now=now)
    return holiday_id


async def remove(
    session: AsyncSession, *, holiday_id: UUID, if_match: str, actor: Principal, now: datetime
) -> None:
    """Take a day back; schedules that exist keep their dates.

    Raises HolidayNotFound, HolidayAreaNotYours, StaleVersion.
    """
    found = await queries.one(session, holiday_id)
    if found is None:
        raise HolidayNotFound
    if not covers(actor.areas, found["area_code"]):
        raise HolidayAreaNotYours
    etags.check(if_match, found["version"])
    await (await driver(session)).execute("DELETE FROM fund_holidays WHERE id = $1", holiday_id)
    await audit.record(session, principal=actor, action="fund_holiday.remove", subjects=[holiday_id], now=now)
