"""SELECTs on books and balances; a caller sees those of her areas. Journals and lines: `reading.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import Date, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import rules
from funds.ledger.errors import BooksNotFound
from funds.ledger.models import FundBooks
from funds.ledger.rules import Sums
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_BOOKS = FundBooks.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


_OPENED_ON = cast(func.timezone("UTC", _BOOKS.c.opened_at) + timedelta(hours=7), Date)
"""The business day in Thailand."""


class Cash(NamedTuple):
    """What a fund has, in satang: on hand and at the bank, kept back of it, and what is left."""

    cash: int
    reserved: int
    available: int


_CASH = "SELECT cash, reserved, cash - reserved FROM fund_books WHERE fund_id = $1"
_SUMS = "SELECT coalesce(sum(debit), 0)::bigint AS debit, coalesce(sum(credit), 0)::bigint AS credit FROM "
_ALL = _SUMS + "ledger_months WHERE fund_id = $1 AND account = $2"
_UNTIL = _SUMS + "ledger_days WHERE fund_id = $1 AND account = $2 AND day <= $3"
_BY_ACCOUNT = "SELECT account, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit FROM "
_ALL_ACCOUNTS = _BY_ACCOUNT + "ledger_months WHERE fund_id = $1 GROUP BY account"
_ALL_ACCOUNTS_UNTIL = _BY_ACCOUNT + "ledger_days WHERE fund_id = $1 AND day <= $2 GROUP BY account"
_OF_LOAN = (
    _SUMS + "journal_lines WHERE loan_id = $4 AND fund_id = $1 AND account = $2 "
    "AND ($3::date IS NULL OR business_date <= $3)"
)
_OF_MEMBER = (
    _SUMS + "journal_lines WHERE member_id = $4 AND fund_id = $1 AND account = $2 "
    "AND ($3::date IS NULL OR business_date <= $3)"
)


async def cash(session: AsyncSession, fund_id: UUID) -> Cash:
    """Return a fund's money now; raises BooksNotFound."""
    row = await (await driver(session)).fetchrow(_CASH, fund_id)
    if row is None:
        raise BooksNotFound
    return Cash(*row)


async def balance(  # one question with three ways to narrow it
    session: AsyncSession,
    fund_id: UUID,
    account: rules.Account,
    *,
    on: date | None = None,
    loan_id: UUID | None = None,
    member_id: UUID | None = None,
) -> int:
    """Return an account's balance on its own side, in satang, at the end of a day or over all.

    With a loan or a member: of that part of the account. A fund without books has 0.
    """
    connection = await driver(session)
    if loan_id is not None:
        row = await connection.fetchrow(_OF_LOAN, fund_id, account.value, on, loan_id)
    elif member_id is not None:
        row = await connection.fetchrow(_OF_MEMBER, fund_id, account.value, on, member_id)
    elif on is None:
        row = await connection.fetchrow(_ALL, fund_id, account.value)
    else:
        row = await connection.fetchrow(_UNTIL, fund_id, account.value, on)
    assert row is not None  # noqa: S101  # an aggregate has one row
    return rules.balance(account, row["debit"], row["credit"])


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose books, where, of which kind, and silent since before which day."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    kind: str | None = None
    silent_since: date | None = None
    fund_id: UUID | None = None


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    available = (_BOOKS.c.cash - _BOOKS.c.reserved).label("available")
    statement: Select[tuple[object, ...]] = select(*_BOOKS.c, available).where(
        within(_BOOKS.c.area_code, filters.areas), descends(_BOOKS.c.area_code, filters.area)
    )
    if filters.fund_id is not None:
        statement = statement.where(_BOOKS.c.fund_id == filters.fund_id)
    if filters.kind is not None:
        statement = statement.where(_BOOKS.c.kind == filters.kind)
    if filters.silent_since is not None:
        last = func.coalesce(_BOOKS.c.last_business_date, _OPENED_ON)
        statement = statement.where(last < filters.silent_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` books by area and fund, from the first after `after`."""
    key = (_BOOKS.c.area_code, _BOOKS.c.fund_id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many books the filters leave."""
    return await counted(session, _listed(filters))


async def books(session: AsyncSession, fund_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record:
    """Return a fund's books in the caller's areas; raises BooksNotFound."""
    rows = await fetch(session, _listed(Filters(areas=areas, fund_id=fund_id)))
    if not rows:
        raise BooksNotFound
    return rows[0]


# An entry that was reversed and its mirror leave nothing.
_STANDING = """
SELECT number FROM journals AS booked
WHERE fund_id = $1 AND reverses IS NULL AND id IS DISTINCT FROM $2
  AND NOT EXISTS (SELECT FROM journals AS mirror WHERE mirror.reverses = booked.id)
ORDER BY number LIMIT 1
"""


async def standing(session: AsyncSession, fund_id: UUID, *, beside: UUID | None = None) -> int | None:
    """Return the number of a fund's first entry that stands, beside one journal; None where nothing does."""
    found: int | None = await (await driver(session)).fetchval(_STANDING, fund_id, beside)
    return found


async def sums(session: AsyncSession, fund_id: UUID, *, on: date | None = None) -> dict[str, Sums]:
    """Return both sides of every account of a fund that was ever used, at the end of a day or over all."""
    connection = await driver(session)
    if on is None:
        rows = await connection.fetch(_ALL_ACCOUNTS, fund_id)
    else:
        rows = await connection.fetch(_ALL_ACCOUNTS_UNTIL, fund_id, on)
    return {row["account"]: Sums(row["debit"], row["credit"]) for row in rows}
