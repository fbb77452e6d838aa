"""The figures, set-based, from projections; each statement says whose tables it reads.

Of the ledger: fund_books, ledger_months. Of the registry: funds; of members: fund_members; of loans: loans,
instalments, loan_disbursements; of grants: grants. How late loans are: `lateness.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports import lateness
from funds.reports.rules import DIGITS, By, Figure, last_month, ranges
from shared.db import driver


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose figures, where, of which fiscal year and kind of fund."""

    areas: Sequence[str]
    """The caller's areas."""
    first: date
    """Of the fiscal year."""
    last: date
    today: date
    area: str = ""
    kind: str | None = None

    @property
    def current(self) -> bool:
        """Tell whether the year still runs."""
        return self.last >= self.today

    @property
    def as_of(self) -> date:
        """Return the day the figures are of: the year's last, or today."""
        return min(self.last, self.today)

    def values(self) -> tuple[Any, ...]:
        """Return what the statement takes first."""
        lows, highs = ranges(self.areas, self.area)
        months = (last_month(self.first), last_month(self.last))
        return (lows, highs, self.kind, *months, self.last, self.first, self.as_of)


# $1 lows and $2 highs of areas, $3 kind of fund, $4 and $5 first and last month, $6 last and $7 first day,
# $8 the day that lateness is of.
_PER_FUND = """
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[]) AS one (low, high)),
books AS (
    SELECT books.fund_id, books.area_code
    FROM seen JOIN fund_books AS books ON books.area_code >= seen.low AND books.area_code < seen.high
    WHERE $3::text IS NULL OR books.kind = $3
), ledger AS (
    SELECT sums.fund_id,
        sum(debit - credit) FILTER (WHERE account = '1100' AND kind = 'disbursement' AND month >= $4) AS lent,
        sum(credit - debit) FILTER (
            WHERE account = '1100' AND kind IN ('repayment', 'advance') AND month >= $4) AS repaid,
        sum(debit - credit) FILTER (WHERE account = '1100') AS outstanding,
        sum(credit - debit) FILTER (WHERE account = '1100' AND kind = 'write_off' AND month >= $4)
            AS written_off,
        sum(credit - debit) FILTER (WHERE account = '4000' AND kind <> 'closing' AND month >= $4) AS interest,
        sum(debit - credit) FILTER (WHERE account = '5000' AND kind = 'grant' AND month >= $4) AS grants,
        sum(credit - debit) FILTER (WHERE account = '3000') AS capital,
        sum(debit - credit) FILTER (WHERE account IN ('1000', '1010')) AS money
    FROM seen JOIN ledger_months AS sums ON sums.area_code >= seen.low AND sums.area_code < seen.high
    WHERE sums.month <= $5
    GROUP BY sums.fund_id
), arrears AS (__ARREARS__), members AS (
    SELECT fund_id, count(*) AS members
    FROM seen JOIN fund_members AS member ON member.area_code >= seen.low AND member.area_code < seen.high
    WHERE member.joined_on <= $6 AND (member.left_on IS NULL OR member.left_on > $6)
    GROUP BY fund_id
), lending AS (
    SELECT paid.fund_id, count(DISTINCT paid.loan_id) AS loans
    FROM seen JOIN loan_disbursements AS paid ON paid.area_code >= seen.low AND paid.area_code < seen.high
    WHERE paid.paid_on BETWEEN $7 AND $6 AND paid.reversed_on IS NULL
    GROUP BY paid.fund_id
), giving AS (
    SELECT given.fund_id, count(*) AS grants_made
    FROM seen JOIN grants AS given ON given.area_code >= seen.low AND given.area_code < seen.high
    WHERE given.paid_on BETWEEN $7 AND $6 AND given.state <> 'reversed'
    GROUP BY given.fund_id
), per_fund AS (
    SELECT books.fund_id, books.area_code, coalesce(lent, 0) AS lent, coalesce(repaid, 0) AS repaid,
        coalesce(outstanding, 0) AS outstanding, coalesce(written_off, 0) AS written_off,
        coalesce(interest, 0) AS interest, coalesce(grants, 0) AS grants, coalesce(capital, 0) AS capital,
        coalesce(money, 0) AS money, coalesce(members, 0) AS members, coalesce(loans, 0) AS loans,
        coalesce(grants_made, 0) AS grants_made, coalesce(late_loans, 0) AS late_loans,
        coalesce(overdue, 0) AS overdue, coalesce(par30, 0) AS par30, coalesce(par60, 0) AS par60,
        coalesce(par90, 0) AS par90
    FROM books
    LEFT JOIN ledger USING (fund_id) LEFT JOIN arrears USING (fund_id) LEFT JOIN members USING (fund_id)
    LEFT JOIN lending USING (fund_id) LEFT JOIN giving USING (fund_id)
)
"""
_SUMS = """
    count(*) AS funds,
    coalesce(sum(members), 0)::bigint AS members, coalesce(sum(loans), 0)::bigint AS loans,
    coalesce(sum(grants_made), 0)::bigint AS grants_made, coalesce(sum(lent), 0)::bigint AS lent,
    coalesce(sum(repaid), 0)::bigint AS repaid, coalesce(sum(interest), 0)::bigint AS interest,
    coalesce(sum(grants), 0)::bigint AS grants, coalesce(sum(written_off), 0)::bigint AS written_off,
    coalesce(sum(capital), 0)::bigint AS capital, coalesce(sum(money), 0)::bigint AS money,
    coalesce(sum(outstanding), 0)::bigint AS outstanding,
    coalesce(sum(late_loans), 0)::bigint AS late_loans, coalesce(sum(overdue), 0)::bigint AS overdue,
    coalesce(sum(par30), 0)::bigint AS par30, coalesce(sum(par60), 0)::bigint AS par60,
    coalesce(sum(par90), 0)::bigint AS par90,
    count(DISTINCT area_code) FILTER (WHERE outstanding > 0) AS villages,
    count(DISTINCT area_code) FILTER (WHERE outstanding > 0)
        - count(DISTINCT area_code) FILTER (WHERE outstanding > 0 AND overdue > 0) AS zero_overdue_villages
"""
_AREAS = """
SELECT left(area_code, $9) AS code, NULL::uuid AS fund_id, NULL::text AS name, __SUMS__
FROM per_fund WHERE $10::text IS NULL OR left(area_code, $9) > $10
GROUP BY left(area_code, $9) ORDER BY 1 LIMIT $11
"""
_FUNDS = """
SELECT area_code AS code, per_fund.fund_id, min(fund.name_th) AS name, __SUMS__
FROM per_fund LEFT JOIN (SELECT id, name_th FROM funds) AS fund ON fund.id = per_fund.fund_id
WHERE $9::text IS NULL OR (area_code, per_fund.fund_id) > ($9, $10::uuid)
GROUP BY area_code, per_fund.fund_id ORDER BY 1, 2 LIMIT $11
"""
_TOTAL = "SELECT __SUMS__ FROM per_fund"
_COUNT_AREAS = "SELECT count(DISTINCT left(area_code, $9)) FROM per_fund"

# A fiscal year begins in October: three months on, its months lie in one calendar year.
_YEARS = """
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[]) AS one (low, high)), years AS (
    SELECT extract(year FROM month + interval '3 months')::int + 543 AS fiscal_year,
        coalesce(sum(debit - credit) FILTER (WHERE account = '1100' AND kind = 'disbursement'), 0) AS lent,
        coalesce(sum(credit - debit) FILTER (
            WHERE account = '1100' AND kind IN ('repayment', 'advance')), 0) AS repaid,
        coalesce(sum(debit - credit) FILTER (WHERE account = '1100'), 0) AS change,
        coalesce(sum(debit - credit) FILTER (WHERE account = '5000' AND kind = 'grant'), 0) AS grants
    FROM seen JOIN ledger_months AS sums ON sums.area_code >= seen.low AND sums.area_code < seen.high
    WHERE $3::text IS NULL OR fund_id IN (SELECT fund_id FROM fund_books WHERE kind = $3)
    GROUP BY 1
)
SELECT fiscal_year, lent::bigint AS lent, repaid::bigint AS repaid, grants::bigint AS grants,
    (sum(change) OVER (ORDER BY fiscal_year))::bigint AS outstanding
FROM years WHERE fiscal_year <= $4 ORDER BY fiscal_year
"""


async def rows(
    session: AsyncSession, *, filters: Filters, by: By, after: Sequence[Any] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` rows by code (and fund), from the first after `after`; amounts in satang."""
    connection = await driver(session)
    if by is By.FUND:
        place = (None, None) if after is None else (after[0], UUID(str(after[1])))
        return list(await connection.fetch(_statement(filters, _FUNDS), *filters.values(), *place, limit))
    code = None if after is None else after[0]
    statement = _statement(filters, _AREAS)
    return list(await connection.fetch(statement, *filters.values(), DIGITS[by], code, limit))


async def largest(
    session: AsyncSession, *, filters: Filters, by: By, figure: Figure, limit: int
) -> list[asyncpg.Record]:
    """Return the `limit` rows with most of a figure, the largest first; amounts in satang."""
    connection, most = await driver(session), f"ORDER BY {figure.value} DESC, 1"
    if by is By.FUND:
        statement = _statement(filters, _FUNDS.replace("ORDER BY 1, 2", f"{most}, 2"))
        return list(await connection.fetch(statement, *filters.values(), None, None, limit))
    statement = _statement(filters, _AREAS.replace("ORDER BY 1", most))
    return list(await connection.fetch(statement, *filters.values(), DIGITS[by], None, limit))


async def count(session: AsyncSession, *, filters: Filters, by: By) -> int:
    """Return how many rows there are."""
    connection = await driver(session)
    if by is By.FUND:
        return int(
            await connection.fetchval(_statement(filters, "SELECT count(*) FROM per_fund"), *filters.values())
        )
    return int(await connection.fetchval(_statement(filters, _COUNT_AREAS), *filters.values(), DIGITS[by]))


async def total(session: AsyncSession, *, filters: Filters) -> asyncpg.Record:
    """Return the figures of everything together."""
    row = await (await driver(session)).fetchrow(_statement(filters, _TOTAL), *filters.values())
    assert row is not None  # noqa: S101  # an aggregate has one row
    return row


async def years(
    session: AsyncSession, *, areas: Sequence[str], area: str, kind: str | None, last: int
) -> list[asyncpg.Record]:
    """Return lent, repaid, grants, and outstanding at the end, of fiscal years with entries, up to `last`."""
    lows, highs = ranges(areas, area)
    return list(await (await driver(session)).fetch(_YEARS, lows, highs, kind, last))


def _statement(filters: Filters, of: str) -> str:
    arrears = lateness.LIVE if filters.current else lateness.AT_YEAR_END
    return _PER_FUND.replace("__ARREARS__", arrears) + of.replace("__SUMS__", _SUMS)
