"""Every SELECT on welfare; whoever asks has made sure that the fund is in the caller's areas."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.savings_welfare.models import SavingsWelfare
from funds.savings_welfare.rules import State
from shared.db import counted, fetch, seek

_TABLE = SavingsWelfare.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of one fund."""

    fund_id: UUID
    state: State | None = None
    member_id: UUID | None = None


def _listed(wanted: Requests) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_TABLE.c).where(_TABLE.c.fund_id == wanted.fund_id)
    if wanted.state is not None:
        statement = statement.where(_TABLE.c.state == wanted.state.value)
    if wanted.member_id is not None:
        statement = statement.where(_TABLE.c.member_id == wanted.member_id)
    return statement


async def page(
    session: AsyncSession, wanted: Requests, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` requests by id, from the first after `after`."""
    return await fetch(session, seek(_listed(wanted), _TABLE.c.id, after, limit=limit))


async def count(session: AsyncSession, wanted: Requests) -> int:
    """Return how many requests there are."""
    return await counted(session, _listed(wanted))


async def one(session: AsyncSession, fund_id: UUID, welfare_id: UUID) -> asyncpg.Record | None:
    """Return one request of a fund."""
    statement = select(*_TABLE.c).where(_TABLE.c.id == welfare_id, _TABLE.c.fund_id == fund_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None
