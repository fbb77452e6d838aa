"""The worker keeps how late loans are, whatever the database does meanwhile."""

import asyncio
from datetime import date

import pytest
from structlog.testing import capture_logs

from funds.reports import keeping
from funds.reports.rules import last_month
from shared import clock
from shared.dates import fiscal_year
from shared.db import Database
from shared.testing.look import rows
from shared.testing.messaging import until
from tests.factories import a_fund

KEPT = "SELECT month, as_of, overdue, late_loans FROM fund_arrears_months ORDER BY month"


async def test_every_fund_has_the_ends_of_its_years_while_the_worker_runs(database: Database) -> None:
    async with database.transaction() as session:
        await a_fund(session, capital=1)  # booked in fiscal year 2568
        await a_fund(session)  # nothing is booked: nothing to tell of any year
    stop = asyncio.Event()

    async def kept() -> bool:
        return bool(await rows(database, KEPT))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keeping.run(database, stop=stop))
        await until(kept)
        stop.set()
    ended = fiscal_year(clock.business_date(clock.now())) - 1 - 543
    years = [date(year, 9, 30) for year in range(2025, ended + 1)]
    found = [tuple(row) for row in await rows(database, KEPT)]
    assert found == [(last_month(day), day, 0, 0) for day in years]


async def test_a_look_that_fails_is_told_and_made_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as session:
        await a_fund(session, capital=1)
    monkeypatch.setattr(keeping, "PAUSE", 0.01)
    broken = keeping._KEEP.replace("INTO fund_arrears_months", "INTO nowhere")  # noqa: SLF001  # a table that is away
    whole = keeping._KEEP  # noqa: SLF001
    monkeypatch.setattr(keeping, "_KEEP", broken)
    stop = asyncio.Event()

    async def kept() -> bool:
        monkeypatch.setattr(keeping, "_KEEP", whole)
        return bool(await rows(database, KEPT))

    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keeping.run(database, stop=stop))

            async def told() -> bool:
                return any(one["event"] == "arrears_not_kept" for one in logs)

            await until(told)
            await until(kept)
            stop.set()
