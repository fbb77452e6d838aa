"""Keeping how late loans were at the end of each fiscal year, so that a report need not count it again."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports.lateness import by_fund, then_by_loan
from shared import clock
from shared.dates import fiscal_bounds, fiscal_year
from shared.db import Database, driver

log = structlog.get_logger(__name__)

PAUSE: Final = 3_600.0
"""Seconds between looks."""
FUNDS: Final = 500
"""Funds counted in one transaction."""
MOST: Final = 100_000
"""Ends of years found in one look, which goes through all funds: few looks fill a whole country in."""

_LATER = """
    SELECT FROM journals AS later
    WHERE later.fund_id = kept.fund_id AND later.number > kept.counted_to
      AND later.business_date < kept.month + interval '1 month'
"""

# A year's row that no journal of the year came after counts all that is booked now.
_STILL_TRUE = f"""
UPDATE fund_arrears_months AS kept SET counted_to = books.last_number
FROM fund_books AS books
WHERE books.fund_id = kept.fund_id AND kept.counted_to < books.last_number AND NOT EXISTS ({_LATER})
"""  # noqa: S608  # our own constant texts

# Years that ended, from a fund's first entry on, with no row or with journals that its row does not count.
_DUE = f"""
SELECT books.fund_id, ended.month::date AS month
FROM fund_books AS books
CROSS JOIN LATERAL (
    SELECT min(month) AS first FROM ledger_months WHERE ledger_months.fund_id = books.fund_id
) AS began
CROSS JOIN generate_series($1::date - interval '30 years', $1::date, interval '1 year') AS ended (month)
LEFT JOIN fund_arrears_months AS kept ON kept.fund_id = books.fund_id AND kept.month = ended.month
WHERE ended.month >= began.first AND (kept.fund_id IS NULL OR EXISTS ({_LATER}))
ORDER BY ended.month DESC, books.fund_id LIMIT $2
"""  # noqa: S608  # our own constant texts

# Reads loans, schedules and instalments of loans, lines of the ledger, and write_offs.
_THEN = by_fund(then_by_loan(day="$2::date", funds="loan.fund_id = ANY($1::uuid[])"))
_KEEP = f"""
INSERT INTO fund_arrears_months AS kept
    (fund_id, month, area_code, as_of, late_loans, overdue, par30, par60, par90, counted_to)
SELECT books.fund_id, $3::date, books.area_code, $2::date, coalesce(late_loans, 0), coalesce(overdue, 0),
    coalesce(par30, 0), coalesce(par60, 0), coalesce(par90, 0), books.last_number
FROM fund_books AS books LEFT JOIN ({_THEN}) AS late USING (fund_id)
WHERE books.fund_id = ANY($1::uuid[])
ON CONFLICT (fund_id, month) DO UPDATE
SET as_of = excluded.as_of, late_loans = excluded.late_loans, overdue = excluded.overdue,
    par30 = excluded.par30, par60 = excluded.par60, par90 = excluded.par90, counted_to = excluded.counted_to
WHERE kept.counted_to <= excluded.counted_to
"""  # noqa: S608  # likewise


async def due(session: AsyncSession, *, day: date) -> list[tuple[date, list[UUID]]]:
    """Return months in which years before `day` ended with funds to be counted, some at a time.

    Ends that no journal of their year came after count all that is booked now.
    """
    connection = await driver(session)
    _, ended = fiscal_bounds(fiscal_year(day) - 1)
    await connection.execute(_STILL_TRUE)
    rows = await connection.fetch(_DUE, ended.replace(day=1), MOST)
    by_month: dict[date, list[UUID]] = {}
    for row in rows:
        by_month.setdefault(row["month"], []).append(row["fund_id"])
    return [
        (month, funds[at : at + FUNDS])
        for month, funds in by_month.items()
        for at in range(0, len(funds), FUNDS)
    ]


async def keep(session: AsyncSession, *, month: date, fund_ids: Sequence[UUID]) -> None:
    """Keep the end of a year, which is the end of a September, of some funds.

    A statement sees one moment: the journals counted are those up to the number that is written with them.
    """
    await (await driver(session)).execute(_KEEP, fund_ids, month.replace(day=30), month)


async def work(database: Database, *, day: date, stop: asyncio.Event) -> None:
    """Keep all ends of years before `day` that are not kept, until `stop` is set."""
    found = True
    while found and not stop.is_set():
        async with database.transaction() as session:
            parts = await due(session, day=day)
        found = sum(len(fund_ids) for _, fund_ids in parts) == MOST
        for month, fund_ids in parts:
            if stop.is_set():
                return
            async with database.transaction() as session:
                await keep(session, month=month, fund_ids=fund_ids)


async def run(database: Database, *, stop: asyncio.Event) -> None:
    """Keep the ends of years now and each hour until `stop` is set, whatever failed before."""
    while not stop.is_set():
        try:
            await work(database, day=clock.business_date(clock.now()), stop=stop)
        except Exception as error:  # noqa: BLE001  # the database may be away; the next hour does as well
            log.warning("arrears_not_kept", reason=type(error).__qualname__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await stop.wait()
