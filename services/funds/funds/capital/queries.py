"""Every SELECT on capital; whoever asks has made sure that the fund is in the caller's areas."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.capital.models import FundCapital
from shared.db import counted, fetch, seek

_TABLE = FundCapital.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _TABLE.c if column.name != "area_code"]


async def page(
    session: AsyncSession, *, fund_id: UUID, after: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` contributions by day and id, reversed ones too, from the first after `after`."""
    key = (_TABLE.c.contributed_on, _TABLE.c.id)
    statement = seek(select(*_SHOWN).where(_TABLE.c.fund_id == fund_id), key, after, limit=limit)
    return await fetch(session, statement)


async def count(session: AsyncSession, *, fund_id: UUID) -> int:
    """Return how many contributions there are."""
    return await counted(session, select(_TABLE.c.fund_id).where(_TABLE.c.fund_id == fund_id))


async def one(
    session: AsyncSession, *, fund_id: UUID, capital_id: UUID, lock: bool = False
) -> asyncpg.Record | None:
    """Return a contribution, locked if it is to be changed."""
    statement = select(*_SHOWN).where(_TABLE.c.id == capital_id, _TABLE.c.fund_id == fund_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None
