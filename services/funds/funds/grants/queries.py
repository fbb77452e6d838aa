"""Every SELECT on grants; a caller sees those of her areas.

The project's title is the applications', borrowers' names are the members' (fund_members, borrower_groups):
a list reads them in its own statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import column, table

from funds.grants.models import Grant
from funds.grants.rules import State
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_TABLE = Grant.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_APPLICATIONS = table("applications", column("id"), column("title"))
_NAME = (
    "CASE grants.borrower_kind "
    "WHEN 'member' THEN (SELECT name FROM fund_members WHERE fund_members.id = grants.borrower_id) "
    "WHEN 'group' THEN (SELECT name FROM borrower_groups WHERE borrower_groups.id = grants.borrower_id) END"
)
_LISTED = [
    *(one for one in _TABLE.c if one.name != "product_id"),
    (_TABLE.c.amount - _TABLE.c.used - _TABLE.c.returned).label("left"),
    _APPLICATIONS.c.title,
    literal_column(_NAME).label("borrower_name"),
]
_USES = "SELECT * FROM grant_uses WHERE grant_id = $1 ORDER BY recorded_at, id"
_NUMBER = """
SELECT coalesce(max(grant_no::bigint), 0) + 1 FROM grants WHERE fund_id = $1 AND grant_no ~ '^[0-9]{1,15}$'
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose grants, where, of which days and state."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    state: State | None = None
    borrower_id: UUID | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    late_on: date | None = None
    updated_since: datetime | None = None


def _filtered(columns: Sequence[Any], wanted: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = (
        select(*columns)
        .select_from(_TABLE.join(_APPLICATIONS, _APPLICATIONS.c.id == _TABLE.c.application_id))
        .where(within(_TABLE.c.area_code, wanted.areas), descends(_TABLE.c.area_code, wanted.area))
    )
    for name in ("fund_id", "state", "borrower_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_TABLE.c[name] == value)
    if wanted.paid_from is not None:
        statement = statement.where(_TABLE.c.paid_on >= wanted.paid_from)
    if wanted.paid_to is not None:
        statement = statement.where(_TABLE.c.paid_on <= wanted.paid_to)
    if wanted.late_on is not None:
        open_still = (_TABLE.c.state == State.PAID.value) & (_TABLE.c.use_by < wanted.late_on)
        statement = statement.where(open_still)
    if wanted.updated_since is not None:
        statement = statement.where(_TABLE.c.updated_at >= wanted.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` grants by area and id, from the first after `after`."""
    key = (_TABLE.c.area_code, _TABLE.c.id)
    return await fetch(session, seek(_filtered(_LISTED, filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many grants the filters leave."""
    return await counted(session, _filtered([literal_column("1")], filters))


async def one(session: AsyncSession, grant_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a grant of the caller's areas."""
    rows = await fetch(session, _filtered(_LISTED, Filters(areas)).where(_TABLE.c.id == grant_id))
    return rows[0] if rows else None


async def locked(session: AsyncSession, grant_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a grant of the caller's areas, locked until the transaction ends."""
    statement = select(*_TABLE.c).where(_TABLE.c.id == grant_id, within(_TABLE.c.area_code, areas))
    rows = await fetch(session, statement.with_for_update())
    return rows[0] if rows else None


async def uses(session: AsyncSession, grant_id: UUID) -> list[asyncpg.Record]:
    """Return what became of a grant's money, in the order it was recorded."""
    return list(await (await driver(session)).fetch(_USES, grant_id))


async def next_number(session: AsyncSession, fund_id: UUID) -> str:
    """Return the number after the highest one that is only digits; the caller holds the fund's lock."""
    return str(await (await driver(session)).fetchval(_NUMBER, fund_id))
