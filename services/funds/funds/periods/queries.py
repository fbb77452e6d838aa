"""Every SELECT on closed periods."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.periods.models import LedgerPeriod
from shared.db import fetch

_PERIODS = LedgerPeriod.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _PERIODS.c if column.name not in {"area_code", "trial_balance"}]


async def page(
    session: AsyncSession, *, fund_id: UUID, after: date | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` periods of a fund, the newest first, from the first before `after`."""
    statement = select(*_SHOWN).where(_PERIODS.c.fund_id == fund_id)
    if after is not None:
        statement = statement.where(_PERIODS.c.period_to < after)
    return await fetch(session, statement.order_by(_PERIODS.c.period_to.desc()).limit(limit))


async def count(session: AsyncSession, *, fund_id: UUID) -> int:
    """Return how many periods of a fund are closed."""
    statement = select(func.count()).where(_PERIODS.c.fund_id == fund_id)
    return (await session.execute(statement)).scalar_one()


async def one(session: AsyncSession, fund_id: UUID, period_to: date) -> asyncpg.Record | None:
    """Return a period with its stored trial balance (JSON text: account, debit and credit in satang)."""
    statement = select(*_SHOWN, _PERIODS.c.trial_balance).where(
        _PERIODS.c.fund_id == fund_id, _PERIODS.c.period_to == period_to
    )
    rows = await fetch(session, statement)
    return rows[0] if rows else None
