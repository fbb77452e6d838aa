"""Every SELECT on entries written by hand."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments.models import LedgerAdjustment
from funds.adjustments.rules import AdjustmentState
from shared.db import counted, fetch, seek

_TABLE = LedgerAdjustment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _TABLE.c if column.name != "area_code"]


def _listed(fund_id: UUID, state: AdjustmentState | None) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(_TABLE.c.fund_id == fund_id)
    return statement if state is None else statement.where(_TABLE.c.state == state.value)


async def page(
    session: AsyncSession, *, fund_id: UUID, state: AdjustmentState | None, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` entries of a fund, the newest first, from the first before `after`."""
    statement = seek(_listed(fund_id, state), _TABLE.c.id, after, limit=limit, descending=True)
    return await fetch(session, statement)


async def count(session: AsyncSession, *, fund_id: UUID, state: AdjustmentState | None) -> int:
    """Return how many entries the filters leave."""
    return await counted(session, _listed(fund_id, state))


async def one(
    session: AsyncSession, fund_id: UUID, adjustment_id: UUID, *, lock: bool = False
) -> asyncpg.Record | None:
    """Return an entry of a fund; `lock` keeps other decisions away until the end of the transaction."""
    statement = _listed(fund_id, None).where(_TABLE.c.id == adjustment_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


async def waiting(session: AsyncSession, fund_id: UUID, *, until: date) -> bool:
    """Tell whether entries dated up to a day wait for a decision."""
    statement = _listed(fund_id, AdjustmentState.PROPOSED).where(_TABLE.c.business_date <= until).limit(1)
    return bool(await fetch(session, statement))
