"""SELECTs on journals and their lines: what an auditor follows a figure down to.

A reversal counts to the kind of what it reverses, so that the lines of a kind sum to the figure of a report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_JOURNAL = """
SELECT journal.id, journal.number, journal.kind, journal.document_kind, journal.document_id,
    journal.document_no, journal.business_date, journal.value_date, journal.recorded_at, journal.actor,
    journal.memo, journal.reverses, undone.id AS reversed_by, journal.total
FROM journals AS journal LEFT JOIN journals AS undone ON undone.reverses = journal.id
"""
_JOURNALS = (
    _JOURNAL
    + """
WHERE journal.fund_id = $1 AND journal.number > $2
  AND ($4::date IS NULL OR journal.business_date >= $4) AND ($5::date IS NULL OR journal.business_date <= $5)
  AND ($6::text IS NULL OR journal.kind = $6) AND ($7::uuid IS NULL OR journal.document_id = $7)
  AND ($8::text IS NULL OR journal.document_no = $8) AND ($9::bigint IS NULL OR journal.number <= $9)
ORDER BY journal.number LIMIT $3
"""
)
_ONE = _JOURNAL + "WHERE journal.fund_id = $1 AND journal.id = $2"
_COUNT = """
SELECT count(*) FROM journals
WHERE fund_id = $1 AND ($2::date IS NULL OR business_date >= $2) AND ($3::date IS NULL OR business_date <= $3)
  AND ($4::text IS NULL OR kind = $4) AND ($5::uuid IS NULL OR document_id = $5)
  AND ($6::text IS NULL OR document_no = $6) AND ($7::bigint IS NULL OR number <= $7)
"""
_LINES_OF = """
SELECT line_no, account, debit, credit, loan_id, member_id FROM journal_lines
WHERE journal_id = $1 ORDER BY line_no
"""

_OWN_SIDE = "sum(CASE WHEN account < '2' OR account >= '5' THEN debit - credit ELSE credit - debit END)"
_SHOWN = """
SELECT line.business_date, line.number, line.line_no, line.journal_id, journal.kind, journal.document_kind,
    journal.document_id, journal.document_no, journal.memo, line.account, line.debit, line.credit,
    line.loan_id, line.member_id"""
_AT = "OVER (PARTITION BY account ORDER BY business_date, number, line_no)"

# The balance runs over all lines of the account, also over those that the filters leave out: of a loan's or
# member's part, and of what the books said at a number, over each of them.
_LINES_OF_PART = f"""
{_SHOWN}, line.balance::bigint AS balance
FROM (
    SELECT *, {_OWN_SIDE} {_AT} AS balance
    FROM journal_lines
    WHERE fund_id = $1 AND account = ANY($2) AND ($3::uuid IS NULL OR loan_id = $3)
      AND ($4::uuid IS NULL OR member_id = $4) AND ($6::date IS NULL OR business_date <= $6)
      AND ($8::bigint IS NULL OR number <= $8)
) AS line
JOIN journals AS journal ON journal.id = line.journal_id
LEFT JOIN journals AS original ON original.id = journal.reverses
WHERE ($5::date IS NULL OR line.business_date >= $5)
  AND ($7::text[] IS NULL OR coalesce(original.kind, journal.kind) = ANY($7))
  AND ($9::date IS NULL OR (line.business_date, line.number, line.line_no) > ($9, $10, $11))
ORDER BY line.business_date, line.number, line.line_no LIMIT $12
"""  # noqa: S608  # our own texts

# Of a whole account: from the sums of the days before the page on, so that no page reads all lines.
_LINES_OF_ACCOUNT = f"""
WITH shown AS (
    SELECT found.* FROM unnest($2::text[]) AS wanted (account) CROSS JOIN LATERAL (
        {_SHOWN}
        FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
        LEFT JOIN journals AS original ON original.id = journal.reverses
        WHERE line.fund_id = $1 AND line.account = wanted.account
          AND ($3::date IS NULL OR line.business_date >= $3)
          AND ($4::date IS NULL OR line.business_date <= $4)
          AND ($5::text[] IS NULL OR coalesce(original.kind, journal.kind) = ANY($5))
          AND ($6::date IS NULL OR (line.business_date, line.number, line.line_no) > ($6, $7, $8))
        ORDER BY line.business_date, line.number, line.line_no LIMIT $9
    ) AS found ORDER BY business_date, number, line_no LIMIT $9
), span AS (
    SELECT min(business_date) AS first, max(business_date) AS last FROM shown
), before AS (
    SELECT account, {_OWN_SIDE} AS amount FROM ledger_days
    WHERE fund_id = $1 AND account = ANY($2) AND day < (SELECT first FROM span) GROUP BY account
), counted AS (
    SELECT journal_id, line_no, account, {_OWN_SIDE} {_AT} AS amount FROM journal_lines
    WHERE fund_id = $1 AND account = ANY($2)
      AND business_date BETWEEN (SELECT first FROM span) AND (SELECT last FROM span)
)
SELECT shown.*, (coalesce(before.amount, 0) + counted.amount)::bigint AS balance
FROM shown JOIN counted USING (journal_id, line_no)
LEFT JOIN before ON before.account = shown.account
ORDER BY shown.business_date, shown.number, shown.line_no
"""  # noqa: S608  # likewise
_COUNT_LINES = """
SELECT count(*) FROM journal_lines AS line
JOIN journals AS journal ON journal.id = line.journal_id
LEFT JOIN journals AS original ON original.id = journal.reverses
WHERE line.fund_id = $1 AND line.account = ANY($2) AND ($3::uuid IS NULL OR line.loan_id = $3)
  AND ($4::uuid IS NULL OR line.member_id = $4) AND ($5::date IS NULL OR line.business_date >= $5)
  AND ($6::date IS NULL OR line.business_date <= $6)
  AND ($7::text[] IS NULL OR coalesce(original.kind, journal.kind) = ANY($7))
  AND ($8::bigint IS NULL OR line.number <= $8)
"""


@dataclass(frozen=True, slots=True)
class JournalFilters:
    """Which journals of a fund."""

    fund_id: UUID
    first: date | None = None
    last: date | None = None
    kind: str | None = None
    document_id: UUID | None = None
    document_no: str | None = None
    until_number: int | None = None

    def values(self) -> tuple[Any, ...]:
        """Return what the statements take after the fund."""
        return (self.first, self.last, self.kind, self.document_id, self.document_no, self.until_number)


@dataclass(frozen=True, slots=True)
class LineFilters:
    """Which lines of a fund's accounts; of one loan or member only where it is named."""

    fund_id: UUID
    accounts: Sequence[str]
    loan_id: UUID | None = None
    member_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    kinds: Sequence[str] = ()
    """None is all of them."""
    until_number: int | None = None
    """Of journals up to this number, whenever they were booked."""

    @property
    def of_part(self) -> bool:
        """Tell whether the balances are others than the account's own."""
        return any(one is not None for one in (self.loan_id, self.member_id, self.until_number))

    def values(self) -> tuple[Any, ...]:
        """Return what the statements take."""
        return (
            self.fund_id,
            list(self.accounts),
            self.loan_id,
            self.member_id,
            self.first,
            self.last,
            list(self.kinds) or None,
            self.until_number,
        )


async def journals(
    session: AsyncSession, *, filters: JournalFilters, after: Sequence[Any] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` journals by number, from the first after `after`."""
    number = 0 if after is None else int(after[0])
    connection = await driver(session)
    return list(await connection.fetch(_JOURNALS, filters.fund_id, number, limit, *filters.values()))


async def count_journals(session: AsyncSession, *, filters: JournalFilters) -> int:
    """Return how many journals the filters leave."""
    return int(await (await driver(session)).fetchval(_COUNT, filters.fund_id, *filters.values()))


async def journal(session: AsyncSession, fund_id: UUID, journal_id: UUID) -> Mapping[str, Any] | None:
    """Return a journal of a fund with its `lines`."""
    connection = await driver(session)
    found = await connection.fetchrow(_ONE, fund_id, journal_id)
    if found is None:
        return None
    return {**found, "lines": await connection.fetch(_LINES_OF, journal_id)}


async def lines(
    session: AsyncSession, *, filters: LineFilters, after: Sequence[Any] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` lines by date, number and place, each with its account's balance after it."""
    place = (None, None, None) if after is None else tuple(after)
    if isinstance(place[0], str):
        place = (date.fromisoformat(place[0]), *place[1:])
    connection = await driver(session)
    if filters.of_part:
        return list(await connection.fetch(_LINES_OF_PART, *filters.values(), *place, limit))
    fund_id, accounts, _, _, first, last, kinds, _ = filters.values()
    given = (fund_id, accounts, first, last, kinds)
    return list(await connection.fetch(_LINES_OF_ACCOUNT, *given, *place, limit))


async def count_lines(session: AsyncSession, *, filters: LineFilters) -> int:
    """Return how many lines the filters leave."""
    return int(await (await driver(session)).fetchval(_COUNT_LINES, *filters.values()))
