"""Approvals not taken up in time lapse; fifty at once on the last money never promise too much."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from funds.applications import deciding, lapsing, queries, service
from funds.applications.decision_schemas import NewDecision
from funds.applications.errors import ApplicationNotApproved, BorrowerHasOpenLoan
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.errors import OverCapital
from shared.db import Database
from shared.testing.look import rows
from shared.testing.messaging import until
from tests.factories import (
    APPROVER,
    NOW,
    OFFICER,
    a_checked_application,
    a_decider,
    a_fund,
    a_group,
    a_submitted_application,
    an_approved_application,
)

AFTER = NOW + timedelta(days=91)
MINUTES = {"number": "1/2569", "held_on": "2026-01-15"}
LAST_STEP = NewDecision.model_validate({"decision": "approve", "minutes": MINUTES})
RECOMMEND = NewDecision.model_validate({"decision": "recommend", "minutes": MINUTES})


async def test_an_approval_lapses_after_its_last_day_and_frees_its_money(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    lapsing_one = await an_approved_application(session, fund)
    taken = await an_approved_application(session, fund)
    await service.take_up(session, application_id=taken, actor=APPROVER, now=NOW)
    assert await lapsing.lapse_due(session, now=NOW + timedelta(days=90)) == 0
    assert await lapsing.lapse_due(session, now=AFTER) == 1
    row = await queries.one(session, lapsing_one, areas=("",))
    assert row is not None
    assert (row["state"], row["reserved"]) == ("expired", 0)
    assert await books.cash(session, fund.id) == (30_000_000, 10_000_000, 20_000_000)
    assert await lapsing.lapse_due(session, now=AFTER) == 0


async def test_what_is_due_lapses_in_parts_until_nothing_is_left(session: AsyncSession) -> None:
    funds = [await a_fund(session, capital=20_000_000) for _ in range(2)]
    for fund in funds:
        await an_approved_application(session, fund)
        await an_approved_application(session, fund)
    assert [await lapsing.lapse_due(session, now=AFTER, limit=3) for _ in range(3)] == [3, 1, 0]
    for fund in funds:
        assert (await books.cash(session, fund.id)).reserved == 0


async def test_several_workers_let_each_approval_lapse_once(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        for _ in range(8):
            await an_approved_application(session, fund, amount=1_000_000)

    async def work() -> int:
        async with database.transaction() as session:
            return await lapsing.lapse_due(session, now=AFTER, limit=3)

    done = sum(await asyncio.gather(*(work() for _ in range(4))))
    async with database.transaction() as session:
        done += await lapsing.lapse_due(session, now=AFTER)
        assert done == 8
        assert (await books.cash(session, fund.id)).reserved == 0


async def test_an_approval_is_either_taken_up_or_lapses(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        ids = [await an_approved_application(session, fund, amount=1_000_000) for _ in range(6)]

    async def take(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
        except ApplicationNotApproved:
            return 0
        return 1

    async def lapse() -> int:
        async with database.transaction() as session:
            return await lapsing.lapse_due(session, now=AFTER)

    taken, *lapsed = await asyncio.gather(
        asyncio.gather(*(take(one) for one in ids)), lapse(), lapse(), lapse()
    )
    async with database.transaction() as session:
        late = await lapsing.lapse_due(session, now=AFTER)
        assert sum(taken) + sum(lapsed) + late == 6
        assert (await books.cash(session, fund.id)).reserved == 1_000_000 * sum(taken)


async def test_the_worker_lets_approvals_lapse_and_stops_when_told(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        await an_approved_application(session, fund)
    stop = asyncio.Event()
    worker = asyncio.create_task(lapsing.run(database, stop, pause=0.01))

    async def lapsed() -> bool:
        (row,) = await rows(database, "SELECT state FROM applications")
        return bool(row["state"] == "expired")

    await until(lapsed)
    stop.set()
    await worker


async def test_fifty_approvals_at_once_promise_no_more_than_there_is(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=33_000_000)
        group = [await a_group(session, fund, size=3) for _ in range(50)]
        ids = [await a_submitted_application(session, fund, borrower=one, amount=1_000_000) for one in group]
        for application_id in ids:
            for step in ("tambon", "district"):
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=application_id,
                    new=RECOMMEND,
                    actor=a_decider(step, fund, step),
                    now=NOW,
                )

    async def approve(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=application_id,
                    new=LAST_STEP,
                    actor=APPROVER,
                    now=NOW,
                )
        except OverCapital:
            return 0
        return 1

    assert sum(await asyncio.gather(*(approve(one) for one in ids))) == 33
    async with database.transaction() as session:
        assert await books.cash(session, fund.id) == (33_000_000, 33_000_000, 0)
    found = await rows(
        database, "SELECT state, count(*) AS n FROM applications GROUP BY state ORDER BY state"
    )
    assert [(row["state"], row["n"]) for row in found] == [("approved", 33), ("recommended", 17)]


async def test_one_application_approved_by_many_at_once_is_approved_once(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", capital=28_000_000)
        application_id = await a_submitted_application(session, fund, amount=5_000_000)
        await deciding.decide(
            session,
            if_match="*",
            application_id=application_id,
            new=RECOMMEND,
            actor=a_decider("chair", fund, "village"),
            now=NOW,
        )

    async def approve(number: int) -> int:
        try:
            async with database.transaction() as session:
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=application_id,
                    new=LAST_STEP,
                    actor=a_decider(f"officer{number}", fund, "district"),
                    now=NOW,
                )
        except Exception:  # noqa: BLE001  # whatever refuses it
            return 0
        return 1

    assert sum(await asyncio.gather(*(approve(number) for number in range(10)))) == 1
    async with database.transaction() as session:
        assert (await books.cash(session, fund.id)).reserved == 5_000_000


async def test_two_applications_of_one_borrower_at_once_give_her_one_loan(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=28_000_000)
        group = await a_group(session, fund)
        ids = [await a_checked_application(session, fund, borrower=group, amount=1_000_000) for _ in range(2)]
    async with database.transaction() as here, database.transaction() as there:
        # Two offices hand them in at the same moment, neither sees the other's.
        for session, application_id in zip((here, there), ids, strict=True):
            await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    async with database.transaction() as session:
        for application_id in ids:
            for step in ("tambon", "district"):
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=application_id,
                    new=RECOMMEND,
                    actor=a_decider(step, fund, step),
                    now=NOW,
                )

    async def approve(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=application_id,
                    new=LAST_STEP,
                    actor=APPROVER,
                    now=NOW,
                )
        except BorrowerHasOpenLoan:
            return 0
        return 1

    assert sum(await asyncio.gather(*(approve(one) for one in ids))) == 1
    async with database.transaction() as session:
        assert (await books.cash(session, fund.id)).reserved == 1_000_000


async def test_books_that_refuse_do_not_end_the_worker(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        await an_approved_application(session, fund)
        await ledger.release(session, fund_id=fund.id, amount=10_000_000)
    stop = asyncio.Event()
    with capture_logs() as told:
        worker = asyncio.create_task(lapsing.run(database, stop, pause=0.01))

        async def refused() -> bool:
            return any(one["event"] == "approvals_not_lapsed" for one in told)

        await until(refused)
    async with database.transaction() as session:
        await ledger.reserve(session, fund_id=fund.id, amount=10_000_000)

    async def lapsed() -> bool:
        (row,) = await rows(database, "SELECT state FROM applications")
        return bool(row["state"] == "expired")

    await until(lapsed)
    stop.set()
    await worker
