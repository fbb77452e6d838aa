"""Every SELECT on findings; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings.causes import CAUSES
from funds.findings.models import FundFinding
from funds.findings.rules import Failing, Seen, Source
from funds.registry.rules import Kind
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_TABLE = FundFinding.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_NAMES = table("funds", column("id"), column("name_th"))  # the registry's; its name beside the finding
_SHOWN = [column for column in _TABLE.c if column.name != "fact"]
_KEY = (_TABLE.c.area_code, _TABLE.c.id)
_CODES = """
SELECT DISTINCT code FROM fund_findings WHERE fund_id = $1 AND closed_on IS NULL ORDER BY code
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose findings, where, of which fund, failing and source, open or closed, since when."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    code: str | None = None
    source: Source | None = None
    open: bool | None = True
    opened_from: date | None = None
    opened_to: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the data needs: the day, limits and caps (JSON), and which funds."""

    on: date
    limits: str
    caps: str
    area: str = ""
    fund_id: UUID | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = (
        select(*_SHOWN, _NAMES.c.name_th.label("fund_name"))
        .join(_NAMES, _NAMES.c.id == _TABLE.c.fund_id)
        .where(within(_TABLE.c.area_code, filters.areas), descends(_TABLE.c.area_code, filters.area))
    )
    for name in ("fund_id", "fund_kind", "code", "source"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(_TABLE.c[name] == getattr(value, "value", value))
    if filters.open is not None:
        closed = _TABLE.c.closed_on
        statement = statement.where(closed.is_(None) if filters.open else closed.is_not(None))
    if filters.opened_from is not None:
        statement = statement.where(_TABLE.c.opened_on >= filters.opened_from)
    if filters.opened_to is not None:
        statement = statement.where(_TABLE.c.opened_on <= filters.opened_to)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` findings by area, from the first after `after`."""
    return await fetch(session, seek(_listed(filters), _KEY, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many findings the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, finding_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return a finding of the caller's areas, open or closed, locked if it is to be changed."""
    statement = _listed(Filters(areas=areas, open=None)).where(_TABLE.c.id == finding_id)
    rows = await fetch(session, statement.with_for_update(of=_TABLE) if lock else statement)
    return rows[0] if rows else None


async def open_codes(session: AsyncSession, fund_id: UUID) -> list[str]:
    """Return the codes of a fund's open findings."""
    return [row["code"] for row in await (await driver(session)).fetch(_CODES, fund_id)]


async def seen(session: AsyncSession, failing: Failing, look: Look) -> list[Seen]:
    """Return what the data shows of a failing today."""
    rows = await (await driver(session)).fetch(
        CAUSES[failing], look.on, look.limits, look.caps, look.area, look.fund_id
    )
    return [Seen(row["fund_id"], row["fact"], row["detail"]) for row in rows]
