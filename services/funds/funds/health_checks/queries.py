"""Every SELECT on health checks; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from funds.health_checks.models import HealthCheck, HealthInstrument
from funds.health_checks.rules import CheckState
from funds.registry.rules import Kind
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_CHECKS = HealthCheck.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_EDITIONS = HealthInstrument.__table__  # type: ignore[attr-defined]  # likewise
_NAMES = table("funds", column("id"), column("name_th"))  # the registry's; its name beside the check
_KEY = (_CHECKS.c.area_code, _CHECKS.c.fiscal_year, _CHECKS.c.id)

_PREVIOUS = """
SELECT level, fiscal_year FROM health_checks
WHERE fund_id = $1 AND state = 'confirmed' AND level IS NOT NULL AND fiscal_year <> $2
ORDER BY fiscal_year DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose checks, where, of which year, kind, state and level."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    fiscal_year: int | None = None
    state: CheckState | None = None
    level: int | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = (
        select(*_CHECKS.c, _NAMES.c.name_th.label("fund_name"))
        .join(_NAMES, _NAMES.c.id == _CHECKS.c.fund_id)
        .where(
            within(_CHECKS.c.area_code, filters.areas),
            descends(_CHECKS.c.area_code, filters.area),
        )
    )
    for name in ("fund_id", "fund_kind", "fiscal_year", "state", "level"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(_CHECKS.c[name] == getattr(value, "value", value))
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, int, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` checks by area and year, from the first after `after`."""
    return await fetch(session, seek(_listed(filters), _KEY, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many checks the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, check_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return a check of the caller's areas, locked if it is to be changed."""
    statement = _listed(Filters(areas=areas)).where(_CHECKS.c.id == check_id)
    rows = await fetch(session, statement.with_for_update(of=_CHECKS) if lock else statement)
    return rows[0] if rows else None


async def another_level(session: AsyncSession, fund_id: UUID, *, year: int) -> asyncpg.Record | None:
    """Return the newest confirmed level of a fund beside a year's: `level, fiscal_year`."""
    return await (await driver(session)).fetchrow(_PREVIOUS, fund_id, year)


async def editions(session: AsyncSession, *, code: str | None = None) -> list[asyncpg.Record]:
    """Return the loaded editions' content, oldest first."""
    statement = select(_EDITIONS.c.content).order_by(_EDITIONS.c.code, _EDITIONS.c.edition)
    if code is not None:
        statement = statement.where(_EDITIONS.c.code == code)
    return await fetch(session, statement)
