"""Every SELECT on local holidays; a calendar is everybody's to read."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import Text, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds.holidays.models import FundHoliday
from shared.areas import descends
from shared.db import fetch

_HOLIDAYS = FundHoliday.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def page(
    session: AsyncSession,
    *,
    area: str,
    since: date,
    until: date,
    after: tuple[date, str] | None = None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return the days set for an area and all below it, by day."""
    key = (_HOLIDAYS.c.on_date, _HOLIDAYS.c.area_code)
    statement = (
        select(*_HOLIDAYS.c)
        .where(descends(_HOLIDAYS.c.area_code, area), _HOLIDAYS.c.on_date.between(since, until))
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(*key) > after)
    return await fetch(session, statement)


async def above(session: AsyncSession, area_code: str) -> Sequence[asyncpg.Record]:
    """Return the days set for an area or one that it lies in, those of the smaller area last."""
    area = bindparam("area", area_code, Text)
    statement = (
        select(_HOLIDAYS.c.on_date, _HOLIDAYS.c.closed, _HOLIDAYS.c.name_th)
        .where(func.starts_with(area, _HOLIDAYS.c.area_code))
        .order_by(func.char_length(_HOLIDAYS.c.area_code))
    )
    return await fetch(session, statement)


async def one(session: AsyncSession, holiday_id: UUID) -> asyncpg.Record | None:
    """Return a day of the local calendar."""
    rows = await fetch(session, select(*_HOLIDAYS.c).where(_HOLIDAYS.c.id == holiday_id))
    return rows[0] if rows else None
