"""Every SELECT on members' savings. Whoever asks has made sure that the fund is in the caller's areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.savings.models import SavingsMovement, SavingsPledge, SavingsRule
from funds.savings.rules import UNRESOLVED, Holding, Kind, SavingsRules, lowest
from shared.db import counted, driver, fetch, seek

_RULES = SavingsRule.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PLEDGES = SavingsPledge.__table__  # type: ignore[attr-defined]  # likewise
_MOVEMENTS = SavingsMovement.__table__  # type: ignore[attr-defined]  # likewise


async def rules(session: AsyncSession, fund_id: UUID, *, on: date) -> SavingsRules:
    """Return what a group's resolutions say on a day."""
    statement = select(*_RULES.c).where(_RULES.c.fund_id == fund_id, _RULES.c.valid_from <= on)
    rows = await fetch(session, statement.order_by(_RULES.c.valid_from.desc()).limit(1))
    if not rows:
        return UNRESOLVED
    row = rows[0]
    names = ("share_value", "min_pledge", "max_pledge", "min_balance", "max_shares")
    more = ("withdrawals_per_month", "withdrawal_percent", "valid_from")
    return SavingsRules(
        interest_rate=rates.of_column(row["interest_rate"]), **{name: row[name] for name in (*names, *more)}
    )


async def all_rules(session: AsyncSession, fund_id: UUID) -> list[asyncpg.Record]:
    """Return all of a group's resolutions, the newest first."""
    columns = [column for column in _RULES.c if column.name not in {"fund_id", "area_code"}]
    statement = select(*columns).where(_RULES.c.fund_id == fund_id)
    return await fetch(session, statement.order_by(_RULES.c.valid_from.desc()))


async def pledges(
    session: AsyncSession, fund_id: UUID, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` pledges by id, from the first after `after`."""
    columns = [column for column in _PLEDGES.c if column.name != "area_code"]
    statement = seek(select(*columns).where(_PLEDGES.c.fund_id == fund_id), _PLEDGES.c.id, after, limit=limit)
    return await fetch(session, statement)


async def count_pledges(session: AsyncSession, fund_id: UUID) -> int:
    """Return how many pledges there are."""
    return await counted(session, select(_PLEDGES.c.fund_id).where(_PLEDGES.c.fund_id == fund_id))


async def pledge(session: AsyncSession, pledge_id: UUID) -> asyncpg.Record:
    """Return one pledge."""
    return (await fetch(session, select(*_PLEDGES.c).where(_PLEDGES.c.id == pledge_id)))[0]


_HOLDINGS = """
SELECT member_id, savings, shares FROM savings_accounts WHERE fund_id = $1 AND member_id = ANY($2)
"""


async def holdings(session: AsyncSession, fund_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Holding]:
    """Return what members have; those who never saved are not there."""
    rows = await (await driver(session)).fetch(_HOLDINGS, fund_id, list(ids))
    return {row["member_id"]: Holding(row["savings"], row["shares"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Movements:
    """Movements of one fund."""

    fund_id: UUID
    member_id: UUID | None = None
    kind: Kind | None = None
    moved_from: date | None = None
    moved_to: date | None = None


def _listed(wanted: Movements) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_MOVEMENTS.c).where(
        _MOVEMENTS.c.fund_id == wanted.fund_id
    )
    if wanted.member_id is not None:
        statement = statement.where(_MOVEMENTS.c.member_id == wanted.member_id)
    if wanted.kind is not None:
        statement = statement.where(_MOVEMENTS.c.kind == wanted.kind.value)
    if wanted.moved_from is not None:
        statement = statement.where(_MOVEMENTS.c.moved_on >= wanted.moved_from)
    if wanted.moved_to is not None:
        statement = statement.where(_MOVEMENTS.c.moved_on <= wanted.moved_to)
    return statement


async def movements(
    session: AsyncSession, *, wanted: Movements, after: tuple[UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` movements by id, from the first after `after`."""
    statement = _listed(wanted).order_by(_MOVEMENTS.c.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(_MOVEMENTS.c.id) > after)
    return await fetch(session, statement)


async def count(session: AsyncSession, wanted: Movements) -> int:
    """Return how many movements there are."""
    return await counted(session, _listed(wanted))


async def movement(session: AsyncSession, fund_id: UUID, movement_id: UUID) -> asyncpg.Record | None:
    """Return one movement of a fund."""
    statement = select(*_MOVEMENTS.c).where(_MOVEMENTS.c.id == movement_id, _MOVEMENTS.c.fund_id == fund_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


_KNOWN = """
SELECT id, fund_id, member_id, kind, moved_on, month, savings, shares, held_as, document_no
FROM savings_movements WHERE id = ANY($1)
"""
_DOCUMENTED = """
SELECT member_id FROM savings_movements
WHERE fund_id = $1 AND document_no = $2 AND member_id = ANY($3) AND reversed_on IS NULL
"""
_WITHDRAWN = """
SELECT count(*) FROM savings_movements
WHERE member_id = $1 AND kind = 'withdrawal' AND reversed_on IS NULL
  AND moved_on >= $2 AND moved_on < $2 + interval '1 month'
"""
_BY_DAY = """
SELECT member_id, day, sum(savings)::bigint AS savings, sum(shares)::bigint AS shares
FROM (
    SELECT member_id, moved_on AS day, savings, shares FROM savings_movements WHERE member_id = ANY($1)
    UNION ALL
    SELECT member_id, reversed_on, -savings, -shares FROM savings_movements
    WHERE member_id = ANY($1) AND reversed_on IS NOT NULL
) AS moved
GROUP BY member_id, day ORDER BY member_id, day
"""


async def known(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Return the movements that have these ids, of whatever fund."""
    return {row["id"]: row for row in await (await driver(session)).fetch(_KNOWN, list(ids))}


async def documented(
    session: AsyncSession, fund_id: UUID, document_no: str, ids: Sequence[UUID]
) -> set[UUID]:
    """Return those members whom a document names already."""
    rows = await (await driver(session)).fetch(_DOCUMENTED, fund_id, document_no, list(ids))
    return {row["member_id"] for row in rows}


async def least(session: AsyncSession, ids: Sequence[UUID], *, since: date) -> dict[UUID, Holding]:
    """Return the least that members have at the end of any day from one on, as the books have it.

    A reversal counts on its own day.
    """
    moved: dict[UUID, list[tuple[date, Holding]]] = {one: [] for one in ids}
    for row in await (await driver(session)).fetch(_BY_DAY, list(ids)):
        moved[row["member_id"]].append((row["day"], Holding(row["savings"], row["shares"])))
    return {one: lowest(days, since) for one, days in moved.items()}


async def withdrawn(session: AsyncSession, member_id: UUID, *, month: date) -> int:
    """Return how often a member withdrew in a month."""
    return int(await (await driver(session)).fetchval(_WITHDRAWN, member_id, month))


# Names and numbers are the members' (fund_members): one statement reads a whole list.
_ACCOUNTS = """
SELECT accounts.member_id, accounts.fund_id, accounts.area_code, members.member_no, members.name,
    members.state, accounts.savings, accounts.shares, coalesce(pledge.amount, 0) AS pledge,
    accounts.last_moved_on, accounts.updated_at
FROM savings_accounts AS accounts
JOIN fund_members AS members ON members.id = accounts.member_id
LEFT JOIN LATERAL (
    SELECT amount FROM savings_pledges
    WHERE member_id = accounts.member_id AND month_from <= $2 ORDER BY month_from DESC LIMIT 1
) AS pledge ON true
WHERE accounts.fund_id = $1
"""
_PAGE = (
    _ACCOUNTS
    + """
  AND ($3::uuid IS NULL OR accounts.member_id > $3)
  AND ($4 OR accounts.savings > 0 OR accounts.shares > 0)
ORDER BY accounts.member_id LIMIT $5
"""
)
_ONE = _ACCOUNTS + " AND accounts.member_id = $3"
_COUNT = """
SELECT count(*) FROM savings_accounts WHERE fund_id = $1 AND ($2 OR savings > 0 OR shares > 0)
"""


async def accounts(
    session: AsyncSession, *, fund_id: UUID, on: date, empty: bool, after: tuple[UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` accounts by member, with the pledge of a day."""
    connection = await driver(session)
    found = await connection.fetch(_PAGE, fund_id, on, None if after is None else after[0], empty, limit)
    return list(found)


async def count_accounts(session: AsyncSession, fund_id: UUID, *, empty: bool) -> int:
    """Return how many accounts there are."""
    return int(await (await driver(session)).fetchval(_COUNT, fund_id, empty))


async def account(
    session: AsyncSession, fund_id: UUID, member_id: UUID, *, on: date
) -> asyncpg.Record | None:
    """Return a member's account."""
    return await (await driver(session)).fetchrow(_ONE, fund_id, on, member_id)


_STATEMENT = """
SELECT moved_on, kind, document_no, savings, shares, journal_number, reversed_on
FROM savings_movements
WHERE member_id = $1 AND reversed_on IS NULL AND ($2::date IS NULL OR moved_on <= $2)
ORDER BY moved_on, id
"""


async def statement(session: AsyncSession, member_id: UUID, *, until: date | None) -> list[asyncpg.Record]:
    """Return a member's movements that stand, until a day."""
    return list(await (await driver(session)).fetch(_STATEMENT, member_id, until))


# Who is on a month's sheet: members with a pledge for it, and who brought something for it.
_SHEET = """
SELECT members.id AS member_id, members.member_no, members.name, coalesce(pledge.amount, 0) AS pledge,
    coalesce(paid.savings, 0)::bigint AS savings, coalesce(paid.shares, 0)::bigint AS shares
FROM fund_members AS members
LEFT JOIN LATERAL (
    SELECT amount FROM savings_pledges
    WHERE member_id = members.id AND month_from <= $2 ORDER BY month_from DESC LIMIT 1
) AS pledge ON members.state = 'active'
LEFT JOIN (
    SELECT member_id, sum(savings) AS savings, sum(shares) AS shares FROM savings_movements
    WHERE fund_id = $1 AND month = $2 AND reversed_on IS NULL GROUP BY member_id
) AS paid ON paid.member_id = members.id
WHERE members.fund_id = $1 AND (pledge.amount > 0 OR paid.member_id IS NOT NULL)
ORDER BY length(members.member_no), members.member_no
"""


async def sheet(session: AsyncSession, fund_id: UUID, *, month: date) -> list[dict[str, Any]]:
    """Return who promised and who brought what for a month, by member number."""
    return [dict(row) for row in await (await driver(session)).fetch(_SHEET, fund_id, month)]
