"""Every SELECT on interest and dividends; whoever asks has made sure that the fund is in her areas."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.savings_distributions.rules import Kind
from shared.db import driver

_SHOWN = """
SELECT distribution.*,
    (
        SELECT count(*) FROM savings_distribution_parts AS part
        WHERE part.distribution_id = distribution.id AND part.amount > 0
    ) AS members
FROM savings_distributions AS distribution
WHERE fund_id = $1
"""
_PAGE = _SHOWN + " AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"
_ONE = _SHOWN + " AND id = $2"
_COUNT = "SELECT count(*) FROM savings_distributions WHERE fund_id = $1"


async def page(
    session: AsyncSession, fund_id: UUID, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` distributions by id, from the first after `after`."""
    return list(await (await driver(session)).fetch(_PAGE, fund_id, after, limit))


async def count(session: AsyncSession, fund_id: UUID) -> int:
    """Return how many distributions there are."""
    return int(await (await driver(session)).fetchval(_COUNT, fund_id))


async def one(session: AsyncSession, fund_id: UUID, distribution_id: UUID) -> asyncpg.Record | None:
    """Return one distribution of a fund."""
    return await (await driver(session)).fetchrow(_ONE, fund_id, distribution_id)


_OVERLAPPING = """
SELECT EXISTS (
    SELECT FROM savings_distributions
    WHERE fund_id = $1 AND kind = $2 AND state <> 'rejected' AND reversed_on IS NULL
      AND period_from <= $4 AND period_to >= $3)
"""


async def overlapping(session: AsyncSession, fund_id: UUID, kind: Kind, *, since: date, until: date) -> bool:
    """Tell whether a day of a time is shared out already, or proposed; the caller holds the fund's lock."""
    return bool(await (await driver(session)).fetchval(_OVERLAPPING, fund_id, kind.value, since, until))


# Names and numbers are the members' (fund_members).
_PARTS = """
SELECT part.member_id, member_no, name, baht_days, amount
FROM savings_distribution_parts AS part JOIN fund_members AS member ON member.id = part.member_id
WHERE distribution_id = $1 AND ($2::uuid IS NULL OR part.member_id > $2)
ORDER BY part.member_id LIMIT $3
"""
_COUNT_PARTS = "SELECT count(*) FROM savings_distribution_parts WHERE distribution_id = $1"


async def parts(
    session: AsyncSession, distribution_id: UUID, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` members' parts, from the first after `after`."""
    return list(await (await driver(session)).fetch(_PARTS, distribution_id, after, limit))


async def count_parts(session: AsyncSession, distribution_id: UUID) -> int:
    """Return how many members have a part."""
    return int(await (await driver(session)).fetchval(_COUNT_PARTS, distribution_id))


_KEPT = "SELECT member_id, baht_days, amount FROM savings_distribution_parts WHERE distribution_id = $1"


async def kept(session: AsyncSession, distribution_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Return the parts as they were proposed: satang times days, and satang."""
    rows = await (await driver(session)).fetch(_KEPT, distribution_id)
    return {row["member_id"]: (row["baht_days"], row["amount"]) for row in rows}


# The movements are the savings'. A day's money is what is there at its end: a deposit bears from its day on.
_DAYS = """
SELECT member_id, sum({held} * ($3::date - greatest(moved_on, $2::date) + 1))::bigint AS days
FROM savings_movements
WHERE fund_id = $1 AND moved_on <= $3 AND reversed_on IS NULL
GROUP BY member_id
HAVING sum({held} * ($3::date - greatest(moved_on, $2::date) + 1)) > 0
ORDER BY member_id
"""
_BY_KIND = {Kind.INTEREST: _DAYS.format(held="savings"), Kind.DIVIDEND: _DAYS.format(held="shares")}


async def held(
    session: AsyncSession, fund_id: UUID, kind: Kind, *, since: date, until: date
) -> list[tuple[UUID, int]]:
    """Return what every member held in a time, in satang times days: savings, or shares of a dividend."""
    rows = await (await driver(session)).fetch(_BY_KIND[kind], fund_id, since, until)
    return [(row["member_id"], row["days"]) for row in rows]
