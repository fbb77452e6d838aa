"""Every SELECT on reliefs; whoever asks has looked for the loan in the caller's areas."""

from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reliefs.models import LoanRelief
from funds.reliefs.rules import ReliefState
from shared.db import counted, fetch, seek

_TABLE = LoanRelief.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


def _listed(loan_id: UUID, state: ReliefState | None) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_TABLE.c).where(_TABLE.c.loan_id == loan_id)
    return statement if state is None else statement.where(_TABLE.c.state == state.value)


async def page(
    session: AsyncSession, loan_id: UUID, *, state: ReliefState | None, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` reliefs of a loan, the newest first, from the first before `after`."""
    statement = seek(_listed(loan_id, state), _TABLE.c.id, after, limit=limit, descending=True)
    return await fetch(session, statement)


async def count(session: AsyncSession, loan_id: UUID, *, state: ReliefState | None) -> int:
    """Return how many reliefs there are."""
    return await counted(session, _listed(loan_id, state))


async def one(
    session: AsyncSession, loan_id: UUID, relief_id: UUID, *, lock: bool = False
) -> asyncpg.Record | None:
    """Return a loan's relief; `lock` keeps other decisions away until the end of the transaction."""
    statement = _listed(loan_id, None).where(_TABLE.c.id == relief_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None
