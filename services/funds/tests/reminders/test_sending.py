"""Reminders on a real database: once each through restarts, standstill and clocks that jump."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from funds.loans import queries
from funds.loans import service as loans
from funds.loans.rules import PlannedRow
from funds.reminders import service
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from shared.db import Database
from shared.money import baht
from shared.testing.look import rows
from tests.factories import CHAIR, a_fund, a_loan
from tests.repayments.helpers import pay

DUE = date(2026, 3, 31)


def at(day: date, hour: int = 3) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


def before(days: int, hour: int = 3) -> datetime:
    return at(DUE - timedelta(days=days), hour)


@pytest.fixture
async def loan_id(database: Database) -> UUID:
    """Lend ten instalments, the first due on 31 March, lent on 15 January."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=50_000_000)
        return await a_loan(session, fund, terms={"first_due": DUE})


async def decided(database: Database) -> list[tuple[int, str, str | None]]:
    found = await rows(
        database, "SELECT days, state, reason FROM reminders WHERE due_on = $1 ORDER BY days DESC", DUE
    )
    return [(row["days"], row["state"], row["reason"]) for row in found]


async def sent(database: Database) -> list[int]:
    return [days for days, state, _ in await decided(database) if state == "sent"]


async def messages(database: Database) -> int:
    counts = await rows(
        database,
        "SELECT (SELECT count(*) FROM notifications) AS messages, "
        "(SELECT count(*) FROM outbox WHERE type = 'funds.reminder.due.v1') AS events",
    )
    assert counts[0]["messages"] == counts[0]["events"]
    return int(counts[0]["messages"])


async def test_a_borrower_is_reminded_thirty_fifteen_and_seven_days_before(
    database: Database, loan_id: UUID
) -> None:
    del loan_id
    for days in range(40, -1, -1):
        await service.work(database, now=before(days))
    assert await decided(database) == [(30, "sent", None), (15, "sent", None), (7, "sent", None)]
    own = await rows(database, "SELECT decided_on FROM reminders WHERE due_on = $1 ORDER BY decided_on", DUE)
    assert [(DUE - row["decided_on"]).days for row in own] == [30, 15, 7]


async def test_reminders_go_out_at_eight_in_the_morning(database: Database, loan_id: UUID) -> None:
    del loan_id
    await service.work(database, now=before(30, hour=0))
    assert await sent(database) == []
    await service.work(database, now=before(30, hour=1))
    assert await sent(database) == [30]


async def test_looking_again_sends_nothing_again(database: Database, loan_id: UUID) -> None:
    del loan_id
    for _ in range(3):
        await service.work(database, now=before(30))
    assert await messages(database) == 1


async def test_after_a_standstill_only_the_nearest_is_sent_and_the_others_are_recorded(
    database: Database, loan_id: UUID
) -> None:
    del loan_id
    await service.work(database, now=before(10))
    assert await decided(database) == [
        (30, "skipped", "nearer"),
        (15, "sent", None),
        (7, "planned", None),
    ]


async def test_a_standstill_over_the_due_date_reminds_of_it_no_more(
    database: Database, loan_id: UUID
) -> None:
    del loan_id
    await service.work(database, now=before(31))
    await service.work(database, now=at(DUE + timedelta(days=2)))
    assert {(state, reason) for _, state, reason in await decided(database)} == {("skipped", "past")}


async def test_a_paid_instalment_is_not_reminded_of(database: Database, loan_id: UUID) -> None:
    await service.work(database, now=before(30))
    async with database.transaction() as session:
        paid = NewRepayment.model_validate(
            {
                "loan_id": loan_id,
                "receipt_no": "1",
                "paid_on": before(20).date(),
                "amount": "50000.00",
                "channel": "bank",
                "early": "next",
            }
        )
        await repayments.record(session, new=paid, actor=CHAIR, now=before(20))
    await service.work(database, now=before(15))
    assert await sent(database) == [30]
    assert (15, "skipped") in {(days, state) for days, state, _ in await decided(database)}


async def test_a_reminder_names_what_is_still_to_be_brought_after_what_was_paid_ahead(
    database: Database, loan_id: UUID
) -> None:
    async with database.transaction() as session:
        rows_now = await queries.instalments(session, loan_id)
        whole, following = [row["principal"] + row["interest"] for row in rows_now[:2]]
        await pay(session, loan_id, before(31).date(), 100_000, early="next")
    await service.work(database, now=before(30))
    (first,) = await rows(database, "SELECT amount FROM reminders WHERE due_on = $1 AND days = 30", DUE)
    assert first["amount"] == whole - 100_000
    next_due = rows_now[1]["due_on"]
    await service.work(database, now=at(next_due - timedelta(days=30)))
    (second,) = await rows(database, "SELECT amount FROM reminders WHERE due_on = $1 AND days = 30", next_due)
    assert second["amount"] == following
    (said,) = await rows(
        database, "SELECT message ->> 'amount' AS amount FROM notifications WHERE message ->> 'due_on' = $1",
        DUE.isoformat(),
    )  # fmt: skip
    assert said["amount"] == baht(whole - 100_000)


async def test_a_frozen_loan_is_not_reminded_of(database: Database, loan_id: UUID) -> None:
    async with database.transaction() as session:
        await loans.freeze(
            session, loan_id=loan_id, on=before(31).date(), reason="เสียชีวิต", actor=CHAIR, now=before(31)
        )
    await service.work(database, now=before(30))
    assert (await decided(database))[0] == (30, "skipped", "frozen")


async def test_a_clock_that_was_ahead_loses_no_reminder(database: Database, loan_id: UUID) -> None:
    del loan_id
    await service.work(database, now=before(31))
    await service.work(database, now=at(DUE + timedelta(days=60)))
    assert await sent(database) == []
    for days in range(31, 0, -1):
        await service.work(database, now=before(days))
    assert await sent(database) == [30, 15, 7]


async def test_a_clock_that_was_behind_sends_no_reminder_twice(database: Database, loan_id: UUID) -> None:
    del loan_id
    for days in (30, 15, 30, 28, 15, 14):
        await service.work(database, now=before(days))
    assert await sent(database) == [30, 15]
    assert await messages(database) == 2


async def test_many_workers_send_each_reminder_once(database: Database) -> None:
    async with database.transaction() as session:
        for _ in range(4):
            fund = await a_fund(session, capital=50_000_000)
            await a_loan(session, fund, terms={"first_due": DUE})
    await asyncio.gather(*(service.work(database, now=before(30)) for _ in range(5)))
    assert await messages(database) == 4


async def test_a_worker_that_dies_before_its_commit_has_sent_nothing(
    database: Database, loan_id: UUID
) -> None:
    del loan_id
    async with database.transaction() as session:
        await service.plan(session, now=before(30))

    async def killed() -> None:
        async with database.transaction() as session:
            assert await service.send_due(session, now=before(30)) is not None
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await killed()
    assert await messages(database) == 0
    await service.work(database, now=before(30))
    assert await messages(database) == 1


async def test_another_schedule_with_the_same_due_date_is_not_reminded_of_again(
    database: Database, loan_id: UUID
) -> None:
    await service.work(database, now=before(30))
    async with database.transaction() as session:
        facts = await queries.locked(session, loan_id)
        assert facts is not None
        rows_now = [PlannedRow(DUE, facts.outstanding, 0)]
        await loans.reschedule(
            session,
            loan_id=loan_id,
            rows=rows_now,
            reason="น้ำท่วม",
            on=before(30).date(),
            actor=CHAIR,
            now=before(30),
        )
    for days in (30, 20, 15):
        await service.work(database, now=before(days))
    found = await rows(
        database, "SELECT days, count(*) AS n FROM reminders WHERE state = 'sent' GROUP BY days"
    )
    assert {row["days"]: row["n"] for row in found} == {30: 1, 15: 1}
