"""Keeping how late loans were: a month's row of every fund is written anew until the month is over."""

import asyncio
import contextlib
from datetime import date
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports.rules import last_month
from shared import clock
from shared.db import Database, driver

log = structlog.get_logger(__name__)

PAUSE: Final = 3_600.0
"""Seconds between looks; a day's figures are kept anew whenever one is due."""

# Reads demand's loan_arrears and loans' loans. Every fund with books gets a row: none late is known then too.
_KEEP = """
INSERT INTO fund_arrears_months AS kept
    (fund_id, month, area_code, as_of, late_loans, overdue, par30, par60, par90)
SELECT books.fund_id, $1, books.area_code, $2, coalesce(late_loans, 0), coalesce(overdue, 0),
    coalesce(par30, 0), coalesce(par60, 0), coalesce(par90, 0)
FROM fund_books AS books
LEFT JOIN (
    SELECT late.fund_id, count(*) AS late_loans, sum(late.overdue_principal) AS overdue,
        coalesce(sum(loan.outstanding) FILTER (WHERE late.days_late > 30), 0) AS par30,
        coalesce(sum(loan.outstanding) FILTER (WHERE late.days_late > 60), 0) AS par60,
        coalesce(sum(loan.outstanding) FILTER (WHERE late.days_late > 90), 0) AS par90
    FROM loan_arrears AS late JOIN loans AS loan ON loan.id = late.loan_id
    WHERE late.days_late > 0 AND loan.outstanding > 0 GROUP BY late.fund_id
) AS counted USING (fund_id)
ON CONFLICT (fund_id, month) DO UPDATE
SET as_of = excluded.as_of, late_loans = excluded.late_loans, overdue = excluded.overdue,
    par30 = excluded.par30, par60 = excluded.par60, par90 = excluded.par90
WHERE kept.as_of <= excluded.as_of
"""


async def keep(session: AsyncSession, *, day: date) -> None:
    """Keep how late loans are as the row of `day`'s month; repeated, it says the newest of the month."""
    await (await driver(session)).execute(_KEEP, last_month(day), day)


async def run(database: Database, *, stop: asyncio.Event) -> None:
    """Keep the present month's figures now and each hour until `stop` is set, whatever failed before."""
    while not stop.is_set():
        try:
            async with database.transaction() as session:
                await keep(session, day=clock.business_date(clock.now()))
        except Exception as error:  # noqa: BLE001  # the database may be away; the next hour does as well
            log.warning("arrears_not_kept", reason=type(error).__qualname__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await stop.wait()
