"""Every SELECT on funds; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.registry.models import Fund
from funds.registry.rules import Kind, State
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek
from shared.thai import name_key

_FUNDS = Fund.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _FUNDS.c if column.name not in {"name_key", "created_by"}]

# Asked by every other operation of the service: not built anew each time. The same filter as `within`.
_FACTS = """
SELECT id, kind, area_code, state, version, name_th FROM funds
WHERE id = $1 AND EXISTS (SELECT FROM unnest($2::text[]) AS area WHERE starts_with(area_code, area))
"""
_LOCKED = _FACTS + "FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose funds, where, of which kind and state."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    kind: Kind | None = None
    state: State | None = None
    q: str | None = None
    updated_since: datetime | None = None


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(
        within(_FUNDS.c.area_code, filters.areas), descends(_FUNDS.c.area_code, filters.area)
    )
    if filters.kind is not None:
        statement = statement.where(_FUNDS.c.kind == filters.kind.value)
    if filters.state is not None:
        statement = statement.where(_FUNDS.c.state == filters.state.value)
    elif filters.updated_since is None:
        statement = statement.where(_FUNDS.c.state != State.CLOSED.value)
    if filters.updated_since is not None:
        statement = statement.where(_FUNDS.c.updated_at >= filters.updated_since)
    if filters.q is not None:
        statement = statement.where(_FUNDS.c.name_key.contains(name_key(filters.q), autoescape=True))
    return statement


# Terms are the committees' own; whether somebody ever had one is asked here.
_SAT_ON = "SELECT EXISTS (SELECT FROM fund_committee_members WHERE fund_id = $1 AND subject = $2)"


async def sat_on(session: AsyncSession, fund_id: UUID, *, subject: str) -> bool:
    """Tell whether somebody sits on a fund's committee, or sat on it once."""
    return bool(await (await driver(session)).fetchval(_SAT_ON, fund_id, subject))


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` funds by area and id, from the first after `after`."""
    key = (_FUNDS.c.area_code, _FUNDS.c.id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many funds the filters leave."""
    return await counted(session, _listed(filters))


async def one(session: AsyncSession, fund_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a fund of the caller's areas as the API shows it, in whatever state."""
    rows = await fetch(
        session, select(*_SHOWN).where(_FUNDS.c.id == fund_id, within(_FUNDS.c.area_code, areas))
    )
    return rows[0] if rows else None


async def fund(
    session: AsyncSession, fund_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return what others need of a fund of the caller's areas.

    `id, kind, area_code, state, version, name_th`. `lock` keeps other changes of the fund's own rows
    (committee, members' numbers) away until the end of the transaction; rows that only refer to it may
    still be added.
    """
    connection = await driver(session)
    return await connection.fetchrow(_LOCKED if lock else _FACTS, fund_id, list(areas))
