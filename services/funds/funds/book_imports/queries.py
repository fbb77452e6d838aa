"""Every SELECT on books taken over; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports.models import BookImport, BookImportError
from funds.book_imports.rules import State
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_IMPORTS = BookImport.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ERRORS = BookImportError.__table__  # type: ignore[attr-defined]  # likewise


@dataclass(frozen=True, slots=True)
class Imports:
    """Whose imports, where, of which fund and state."""

    areas: Sequence[str]
    area: str = ""
    fund_id: UUID | None = None
    state: State | None = None


def _listed(wanted: Imports) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_IMPORTS.c).where(
        within(_IMPORTS.c.area_code, wanted.areas), descends(_IMPORTS.c.area_code, wanted.area)
    )
    if wanted.fund_id is not None:
        statement = statement.where(_IMPORTS.c.fund_id == wanted.fund_id)
    if wanted.state is not None:
        statement = statement.where(_IMPORTS.c.state == wanted.state.value)
    return statement


async def page(
    session: AsyncSession, wanted: Imports, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` imports by id, from the first after `after`."""
    return await fetch(session, seek(_listed(wanted), _IMPORTS.c.id, after, limit=limit))


async def count(session: AsyncSession, wanted: Imports) -> int:
    """Return how many imports there are."""
    return await counted(session, _listed(wanted))


async def one(
    session: AsyncSession, import_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return an import of the caller's areas."""
    statement = select(*_IMPORTS.c).where(_IMPORTS.c.id == import_id, within(_IMPORTS.c.area_code, areas))
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


async def errors(
    session: AsyncSession, import_id: UUID, *, after: int | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` errors of an import in the order of the workbook, after a position."""
    statement = select(*_ERRORS.c).where(_ERRORS.c.import_id == import_id)
    if after is not None:
        statement = statement.where(_ERRORS.c.position > after)
    return await fetch(session, statement.order_by(_ERRORS.c.position).limit(limit))


# The table is the members'; read here to tell who of a register is a member already.
_MEMBERS = "SELECT id, member_no, name_key FROM fund_members WHERE fund_id = $1 AND state = 'active'"


async def members(session: AsyncSession, fund_id: UUID) -> list[asyncpg.Record]:
    """Return the fund's present members: `id`, `member_no`, `name_key`."""
    return list(await (await driver(session)).fetch(_MEMBERS, fund_id))


# The table is the copy of what households tells; here for the lines of a register that name a household.
_HOUSEHOLDS = "SELECT household_id, certified FROM known_households WHERE starts_with(village_code, $1)"


async def households(session: AsyncSession, area_code: str) -> dict[UUID, bool]:
    """Return the households that are known in an area, and whether each is on the target register."""
    rows = await (await driver(session)).fetch(_HOUSEHOLDS, area_code)
    return {row["household_id"]: row["certified"] for row in rows}


# The table is the registry's; the job knows only the import.
_KIND = "SELECT kind FROM funds WHERE id = $1"


async def kind(session: AsyncSession, fund_id: UUID) -> str:
    """Return the kind of a fund."""
    return str(await (await driver(session)).fetchval(_KIND, fund_id))


# The table is the registry's; here for workbooks that name several funds.
_NAMED = """
SELECT id, area_code, name_th FROM funds
WHERE kind = $1 AND state <> 'closed'
  AND EXISTS (SELECT FROM unnest($2::text[]) AS area WHERE starts_with(area_code, area))
"""


async def named(session: AsyncSession, kind: str, *, areas: Sequence[str]) -> list[asyncpg.Record]:
    """Return the funds of a kind in the caller's areas: `id`, `area_code`, `name_th`."""
    return list(await (await driver(session)).fetch(_NAMED, kind, list(areas)))


async def standing_of(session: AsyncSession, fund_id: UUID) -> asyncpg.Record | None:
    """Return a fund's import that is neither posted nor cancelled."""
    standing = select(*_IMPORTS.c).where(
        _IMPORTS.c.fund_id == fund_id,
        _IMPORTS.c.state != State.POSTED.value,
        _IMPORTS.c.state != State.CANCELLED.value,
    )
    rows = await fetch(session, standing)
    return rows[0] if rows else None


# The tables are the products'; read here for the ones that a kind of fund lends on a day.
_LENT = """
SELECT id FROM fund_products AS products
WHERE fund_kind = $1 AND category IN ('loan', 'interest_free_loan')
  AND EXISTS (SELECT FROM fund_product_versions WHERE product_id = products.id AND valid_from <= $2)
"""


async def lent(session: AsyncSession, kind: str, *, on: object) -> list[UUID]:
    """Return the products that funds of a kind lend on a day."""
    rows = await (await driver(session)).fetch(_LENT, kind, on)
    return [row["id"] for row in rows]
