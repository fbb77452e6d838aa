"""Money paid ahead is used on each loan by itself, whatever becomes of the others."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from funds import due_work
from funds.loans import queries as loans
from funds.periods import service as periods
from funds.periods.schemas import NewPeriod
from funds.repayments import advances, service
from funds.repayments.advances import Used
from shared.db import Database, driver
from shared.testing.look import rows
from tests.factories import OFFICER, a_fund, a_loan
from tests.repayments.helpers import at, in_hand, pay, stands

FEBRUARY, MARCH, APRIL = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
AHEAD = 1_025_000 + 100_000
"""The first instalment of 10,250.00 and 1,000.00 towards the next."""


async def paid_ahead(database: Database, *, loans: int) -> list[UUID]:
    """Lend so many loans, each in a fund of its own, on which 1,000.00 was paid ahead."""
    made = []
    for _ in range(loans):
        async with database.transaction() as session:
            loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
            await pay(session, loan_id, FEBRUARY, AHEAD)
            made.append(loan_id)
    return made


async def left(database: Database) -> dict[UUID, int]:
    return {row["id"]: row["advance"] for row in await rows(database, "SELECT id, advance FROM loans")}


async def test_every_advance_is_used_once_on_the_day_its_instalment_falls_due(database: Database) -> None:
    made = await paid_ahead(database, loans=3)
    assert await advances.work(database, now=at(FEBRUARY)) == Used(0, 0, 0)
    done = await asyncio.gather(*(advances.work(database, now=at(MARCH)) for _ in range(4)))
    assert sum(one.used for one in done) == 3
    assert set((await left(database)).values()) == {0}
    kinds = await rows(database, "SELECT kind, advance FROM loan_entries")
    assert [(row["kind"], row["advance"]) for row in kinds] == [("advance_use", -100_000)] * 3
    async with database.transaction() as session:
        for loan_id in made:
            await stands(session, loan_id)


@pytest.mark.parametrize("early", ["next", "shorten", "lower"])
async def test_a_receipt_from_before_an_advance_was_used_pays_what_it_would_have_paid_then(
    session: AsyncSession, early: str
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    late, in_time = [await a_loan(session, fund, amount=9_000_000) for _ in range(2)]
    before = date(2026, 2, 10)
    by: dict[str, Any] = {"on": FEBRUARY, "actor": "system:test", "now": at(FEBRUARY)}
    for loan_id in (late, in_time):
        await pay(session, loan_id, date(2026, 1, 20), 400_000)
    await pay(session, in_time, before, 3_000_000, early=early)
    for loan_id in (late, in_time):
        await service.use_advance(session, loan_id=loan_id, **by)
    await pay(session, late, before, 3_000_000, early=early, now=at(FEBRUARY))
    assert (await stands(session, late)).outstanding == (await stands(session, in_time)).outstanding
    assert await in_hand(session, late) == await in_hand(session, in_time)


async def test_a_loan_that_others_hold_delays_no_other_and_is_used_at_the_next_look(
    database: Database,
) -> None:
    held, *others = await paid_ahead(database, loans=3)
    async with database.transaction() as session:
        assert await loans.locked(session, held) is not None
        done = await asyncio.wait_for(advances.work(database, now=at(MARCH), pauses=(0.0, 0.01)), 10)
    assert done == Used(2, 0, 1)
    assert await left(database) == {held: 100_000, **dict.fromkeys(others, 0)}
    assert await advances.work(database, now=at(MARCH)) == Used(1, 0, 0)


async def test_a_loan_that_is_busy_for_a_moment_is_used_before_the_day_is_counted(database: Database) -> None:
    (held,) = await paid_ahead(database, loans=1)
    async with database.transaction() as session:
        await loans.locked(session, held)
        working = asyncio.create_task(advances.work(database, now=at(MARCH)))
        await asyncio.sleep(0)
    assert (await working).busy == 0
    assert await left(database) == {held: 0}


async def test_a_loan_that_refuses_keeps_its_advance_and_the_others_are_used_and_counted(
    database: Database,
) -> None:
    refusing, *others = await paid_ahead(database, loans=3)
    async with database.transaction() as session:
        loan = await loans.locked(session, refusing)
        assert loan is not None
        new = NewPeriod(period_to=date(2026, 3, 31))
        await periods.close(session, fund_id=loan.fund_id, new=new, actor=OFFICER, now=at(APRIL))
    with capture_logs() as told:
        await due_work.count_the_day(database, now=at(MARCH))
    assert await left(database) == {refusing: 100_000, **dict.fromkeys(others, 0)}
    assert [one["loan"] for one in told if one["event"] == "advance_not_used"] == [str(refusing)]
    (counted,) = [one for one in told if one["event"] == "daily_run"]
    assert (counted["loans"], counted["advances_used"], counted["advances_refused"]) == (3, 2, 1)
    async with database.transaction() as session:
        await stands(session, refusing)


async def test_a_fault_on_one_loan_is_not_the_others(database: Database) -> None:
    broken, *others = await paid_ahead(database, loans=2)
    async with database.transaction() as session:
        await (await driver(session)).execute("UPDATE loans SET terms = '{}' WHERE id = $1", broken)
    assert await advances.work(database, now=at(MARCH)) == Used(1, 1, 0)
    assert await left(database) == {broken: 100_000, **dict.fromkeys(others, 0)}
