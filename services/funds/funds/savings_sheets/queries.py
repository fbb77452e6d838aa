"""Every SELECT on cut-off sheets; whoever asks has made sure that the fund is in the caller's areas."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.savings_sheets.models import SavingsSheet
from funds.savings_sheets.rules import Row
from shared.db import counted, driver, fetch, seek

_TABLE = SavingsSheet.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def page(
    session: AsyncSession, fund_id: UUID, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` sheets by id, from the first after `after`."""
    statement = seek(select(*_TABLE.c).where(_TABLE.c.fund_id == fund_id), _TABLE.c.id, after, limit=limit)
    return await fetch(session, statement)


async def count(session: AsyncSession, fund_id: UUID) -> int:
    """Return how many sheets there are."""
    return await counted(session, select(_TABLE.c.fund_id).where(_TABLE.c.fund_id == fund_id))


async def one(session: AsyncSession, fund_id: UUID, sheet_id: UUID) -> asyncpg.Record | None:
    """Return one sheet of a fund."""
    rows = await fetch(session, select(*_TABLE.c).where(_TABLE.c.id == sheet_id, _TABLE.c.fund_id == fund_id))
    return rows[0] if rows else None


# Names and numbers are the members' (fund_members).
_ROWS = """
SELECT row.member_id, member_no, name, savings, shares
FROM savings_sheet_rows AS row JOIN fund_members AS member ON member.id = row.member_id
WHERE sheet_id = $1 AND ($2::uuid IS NULL OR row.member_id > $2)
ORDER BY row.member_id LIMIT $3
"""


async def rows(
    session: AsyncSession, sheet_id: UUID, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` members of a sheet, from the first after `after`."""
    return list(await (await driver(session)).fetch(_ROWS, sheet_id, after, limit))


_ALL_ROWS = """
SELECT member_id, savings, shares FROM savings_sheet_rows WHERE sheet_id = $1 ORDER BY member_id
"""


async def all_rows(session: AsyncSession, sheet_id: UUID) -> list[Row]:
    """Return what everybody has on a sheet."""
    return [Row(*row) for row in await (await driver(session)).fetch(_ALL_ROWS, sheet_id)]


# The movements are the savings'; a reversed one is in the books until the day of its reversal.
_ON = """
SELECT member_id, sum(savings)::bigint AS savings, sum(shares)::bigint AS shares
FROM savings_movements
WHERE fund_id = $1 AND moved_on <= $2 AND (reversed_on IS NULL OR reversed_on > $2)
GROUP BY member_id HAVING sum(savings) <> 0 OR sum(shares) <> 0
ORDER BY member_id
"""


async def balances_on(session: AsyncSession, fund_id: UUID, *, on: date) -> list[Row]:
    """Return what everybody had at the end of a day."""
    return [Row(*row) for row in await (await driver(session)).fetch(_ON, fund_id, on)]


_ANNUAL = """
SELECT EXISTS (
    SELECT FROM savings_sheets WHERE fund_id = $1 AND kind = 'annual' AND state IN ('draft', 'signed'))
"""


async def a_year_stands(session: AsyncSession, fund_id: UUID) -> bool:
    """Tell whether a year-end sheet of a fund is recorded or signed."""
    return bool(await (await driver(session)).fetchval(_ANNUAL, fund_id))


# The table is the ledger's; a position in the books is all that is read here.
_LAST = "SELECT last_number FROM fund_books WHERE fund_id = $1"


async def last_number(session: AsyncSession, fund_id: UUID) -> int:
    """Return the number of the last entry in a fund's books, 0 before the first."""
    return int(await (await driver(session)).fetchval(_LAST, fund_id) or 0)
