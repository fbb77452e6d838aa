"""The daily run: what it writes, done again, after standstill, after a clock that was ahead."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.demand import daily, queries, service
from funds.demand.queries import Overdue
from funds.loans import queries as queries_of_loans
from funds.loans import service as loans
from funds.loans.rules import PlannedRow
from funds.repayments import quoting
from shared.db import Database, driver
from shared.testing.look import rows
from tests.factories import CHAIR, NOW, a_fund, a_loan
from tests.repayments.helpers import pay

LENT = NOW
FIRST_DUE = date(2026, 3, 1)
"""Of ten instalments, on the first of each month."""


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)


async def a_late_loan(session: AsyncSession, **changes: Any) -> UUID:
    fund = await a_fund(session, capital=50_000_000, now=LENT)
    terms = {"first_due": FIRST_DUE}
    return await a_loan(session, fund, now=LENT, terms=terms, **changes)


@pytest.fixture
async def loan_id(database: Database) -> UUID:
    async with database.transaction() as session:
        return await a_late_loan(session)


async def arrears(database: Database, loan_id: UUID) -> dict[str, Any]:
    found = await rows(database, "SELECT * FROM loan_arrears WHERE loan_id = $1", loan_id)
    return dict(found[0]) if found else {}


async def open_tasks(database: Database) -> list[tuple[str, date]]:
    found = await rows(database, "SELECT rule_code, due_on FROM demand_tasks WHERE state = 'open'")
    return sorted((row["rule_code"], row["due_on"]) for row in found)


async def overdue_events(database: Database) -> list[tuple[str, str]]:
    found = await rows(
        database,
        "SELECT data ->> 'previous_bucket' AS before, data ->> 'bucket' AS after FROM outbox "
        "WHERE type = 'funds.loan.overdue.v1' ORDER BY position",
    )
    return [(row["before"], row["after"]) for row in found]


async def test_a_loan_that_is_not_late_leaves_no_trace(database: Database, loan_id: UUID) -> None:
    done = await daily.work(database, now=at(FIRST_DUE))
    assert done is not None
    assert (done.loans, done.changed, done.tasks) == (1, 0, 0)
    assert await arrears(database, loan_id) == {}


async def test_the_first_day_late_opens_a_visit_and_is_told(database: Database, loan_id: UUID) -> None:
    day = FIRST_DUE + timedelta(days=1)
    await daily.work(database, now=at(day))
    found = await arrears(database, loan_id)
    assert (found["days_late"], found["bucket"], found["late_since"]) == (1, "1-30", day)
    assert found["outstanding"] == 10_000_000
    assert 0 < found["overdue_principal"] < found["overdue_total"]
    assert await open_tasks(database) == [("VISIT_1", day + timedelta(days=7))]
    assert await overdue_events(database) == [("current", "1-30")]


async def test_a_later_bucket_supersedes_the_tasks_of_the_one_before(
    database: Database, loan_id: UUID
) -> None:
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=1)))
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=31)))
    assert [code for code, _ in await open_tasks(database)] == ["LETTER_31"]
    closed = await rows(database, "SELECT outcome FROM demand_tasks WHERE state = 'cancelled'")
    assert [row["outcome"] for row in closed] == ["superseded"]
    changes = await rows(database, "SELECT bucket FROM arrears_changes ORDER BY as_of")
    assert [row["bucket"] for row in changes] == ["1-30", "31-60"]
    assert (await arrears(database, loan_id))["version"] == 2


async def test_tasks_of_a_loan_that_caught_up_say_whether_it_was_paid_or_decided_about(
    database: Database, loan_id: UUID
) -> None:
    now = at(FIRST_DUE + timedelta(days=5))
    async with database.transaction() as session:
        other = await a_late_loan(session)
    await daily.work(database, now=now)
    async with database.transaction() as session:
        loan = await queries_of_loans.locked(session, loan_id)
        assert loan is not None
        rows_now = [PlannedRow(now.date() + timedelta(days=60), loan.outstanding, 0)]
        by: dict[str, Any] = {"loan_id": loan_id, "reason": "น้ำท่วม", "actor": CHAIR, "now": now}
        await loans.reschedule(session, rows=rows_now, on=now.date(), **by)
        await service.look(session, loan_id, now=now)
        quote = await quoting.payoff(session, loan_id=other, on=None, principal=CHAIR, now=now)
        await pay(session, other, now.date(), quote.total, early="payoff")
    await daily.work(database, now=now + timedelta(days=1))
    ended = await rows(database, "SELECT loan_id, outcome FROM demand_tasks WHERE state = 'cancelled'")
    assert {row["loan_id"]: row["outcome"] for row in ended} == {loan_id: "decided", other: "paid"}


async def test_a_run_done_again_changes_nothing(database: Database, loan_id: UUID) -> None:
    day = FIRST_DUE + timedelta(days=40)
    await daily.work(database, now=at(day))
    before = (await arrears(database, loan_id), await open_tasks(database), await overdue_events(database))
    assert await daily.work(database, now=at(day)) is None
    again = await daily.run_day(database, day, now=at(day))
    assert (again.loans, again.changed, again.tasks) == (1, 0, 0)
    assert before == (
        await arrears(database, loan_id),
        await open_tasks(database),
        await overdue_events(database),
    )


async def test_one_run_after_a_standstill_leaves_what_a_run_each_day_leaves(database: Database) -> None:
    async with database.transaction() as session:
        each = await a_late_loan(session)
    for days in range(1, 46):
        await daily.work(database, now=at(FIRST_DUE + timedelta(days=days)))
    async with database.transaction() as session:
        once = await a_late_loan(session)
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=60)))
    kept = ("days_late", "bucket", "worst_days", "worst_bucket", "late_since", "overdue_total", "as_of")
    one, other = await arrears(database, each), await arrears(database, once)
    assert {name: one[name] for name in kept} == {name: other[name] for name in kept}
    tasks = await rows(database, "SELECT loan_id, rule_code FROM demand_tasks WHERE state = 'open'")
    assert {(row["loan_id"], row["rule_code"]) for row in tasks} == {
        (each, "LETTER_31"),
        (once, "LETTER_31"),
    }


async def test_after_a_standstill_the_days_between_are_covered_by_the_newest_run(
    database: Database, loan_id: UUID
) -> None:
    await daily.work(database, now=at(FIRST_DUE))
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=4)))
    found = await rows(database, "SELECT day, state FROM arrears_runs ORDER BY day")
    assert [(row["day"].day, row["state"]) for row in found] == [
        (1, "done"), (2, "covered"), (3, "covered"), (4, "covered"), (5, "done"),
    ]  # fmt: skip
    assert (await arrears(database, loan_id))["days_late"] == 4


async def test_a_run_goes_on_where_a_killed_process_left_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as session:
        made = sorted([await a_late_loan(session) for _ in range(3)])
    monkeypatch.setattr(daily, "CHUNK", 1)
    now = at(FIRST_DUE + timedelta(days=3))
    async with database.transaction() as session:
        await daily.plan(session, now=now)
    async with database.transaction() as session:
        await daily.step(session, day=now.date(), after=None, now=now, totals=daily.Totals())
    found = await rows(database, "SELECT state, after_loan, loans FROM arrears_runs")
    assert [tuple(row) for row in found] == [("waiting", made[0], 1)]
    done = await daily.work(database, now=now)
    assert done is not None
    assert done.loans == 2
    assert len(await rows(database, "SELECT 1 FROM loan_arrears")) == 3
    assert (await rows(database, "SELECT loans FROM arrears_runs"))[0]["loans"] == 3


async def test_a_clock_that_was_ahead_leaves_no_worse_bucket_behind(
    database: Database, loan_id: UUID
) -> None:
    day = FIRST_DUE + timedelta(days=10)
    await daily.work(database, now=at(day))
    await daily.work(database, now=at(day + timedelta(days=300)))
    assert (await arrears(database, loan_id))["worst_bucket"] == "180+"
    await daily.work(database, now=at(day + timedelta(days=1)))
    found = await arrears(database, loan_id)
    assert (found["days_late"], found["bucket"], found["worst_bucket"]) == (11, "1-30", "1-30")
    assert found["as_of"] == day + timedelta(days=1)
    days = await rows(database, "SELECT day FROM arrears_runs WHERE day > $1", day + timedelta(days=1))
    assert days == []


async def test_a_clock_that_was_ahead_leaves_tasks_and_news_as_they_were(
    database: Database, loan_id: UUID
) -> None:
    day = FIRST_DUE + timedelta(days=10)
    await daily.work(database, now=at(day))
    (before,) = await open_tasks(database)
    await daily.work(database, now=at(day + timedelta(days=300)))
    assert [code for code, _ in await open_tasks(database)] == ["MEDIATION_181"]
    await daily.work(database, now=at(day + timedelta(days=1)))
    assert await open_tasks(database) == [before]
    assert await overdue_events(database) == [
        ("current", "1-30"), ("1-30", "180+"), ("180+", "1-30"),
    ]  # fmt: skip
    versions = await rows(
        database, "SELECT sequence FROM outbox WHERE type = 'funds.loan.overdue.v1' ORDER BY position"
    )
    assert [row["sequence"] for row in versions] == sorted({row["sequence"] for row in versions})
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=31)))
    assert [code for code, _ in await open_tasks(database)] == ["LETTER_31"]
    assert (await arrears(database, loan_id))["late_since"] == FIRST_DUE + timedelta(days=1)


async def test_a_loan_that_is_less_late_keeps_its_tasks_and_one_that_falls_back_gets_its_own_again(
    database: Database, loan_id: UUID
) -> None:
    """The instalments of 1 March and 1 April are late on 5 April: 35 days, then 4 once March's is paid."""

    async def bring(day: date, instalment: int) -> None:
        async with database.transaction() as session:
            row = (await queries_of_loans.instalments(session, loan_id))[instalment]
            await pay(session, loan_id, day, row["principal"] + row["interest"] + 20_000, now=at(day))

    for days in (1, 35):
        await daily.work(database, now=at(FIRST_DUE + timedelta(days=days)))
    assert [code for code, _ in await open_tasks(database)] == ["LETTER_31"]
    await bring(date(2026, 4, 5), 0)
    await daily.work(database, now=at(date(2026, 4, 6)))
    found = await arrears(database, loan_id)
    assert (found["bucket"], found["worst_bucket"]) == ("1-30", "31-60")
    assert [code for code, _ in await open_tasks(database)] == ["LETTER_31"]
    await daily.work(database, now=at(date(2026, 5, 2)))  # April's is 31 days late
    assert [code for code, _ in await open_tasks(database)] == ["LETTER_31"]
    await daily.work(database, now=at(date(2026, 6, 2)))
    assert [code for code, _ in await open_tasks(database)] == ["MEETING_61"]
    await bring(date(2026, 6, 2), 1)
    for day in (date(2026, 6, 3), date(2026, 6, 5)):
        await daily.work(database, now=at(day))
    assert (await arrears(database, loan_id))["bucket"] == "31-60"
    assert [code for code, _ in await open_tasks(database)] == ["MEETING_61"]


async def test_a_run_of_a_day_to_come_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="today"):
        await daily.run_day(database, FIRST_DUE + timedelta(days=1), now=at(FIRST_DUE))


async def test_a_frozen_loan_is_counted_late_but_not_demanded(database: Database, loan_id: UUID) -> None:
    now = at(FIRST_DUE + timedelta(days=5))
    async with database.transaction() as session:
        await loans.freeze(session, loan_id=loan_id, on=now.date(), reason="ผู้กู้เสียชีวิต", actor=CHAIR, now=now)
    await daily.work(database, now=now)
    assert (await arrears(database, loan_id))["days_late"] == 5
    assert await open_tasks(database) == []


async def test_par_by_sql_is_the_rule_over_the_same_loans(session: AsyncSession) -> None:
    for offset in (0, 20, 40, 70, 100):
        fund = await a_fund(session, capital=50_000_000, now=LENT)
        due = FIRST_DUE + timedelta(days=offset)
        await a_loan(session, fund, now=LENT, terms={"first_due": due}, amount=1_000_000 + 10_000 * offset)
    day = FIRST_DUE + timedelta(days=100)
    found = await service.portfolio(session, Overdue(areas=("34",), day=day))
    lent = await (await driver(session)).fetch("SELECT outstanding, next_due_on FROM loans")
    pairs = [(row["outstanding"], max((day - row["next_due_on"]).days, 0)) for row in lent]
    whole = sum(owed for owed, _ in pairs)
    assert found["outstanding"] == whole
    for one in found["at_risk"]:
        assert one["at_risk"] == sum(owed for owed, late in pairs if late > one["days"])
    assert sum(one["loans"] for one in found["buckets"]) == 5
    late = await queries.overdue(session, Overdue(areas=("34",), day=day), after=None, limit=10)
    assert found["overdue_principal"] == sum(row["overdue_principal"] for row in late)
    assert len(late) == 4


async def test_a_frozen_loan_is_at_risk_and_one_that_is_written_off_is_in_no_portfolio(
    session: AsyncSession,
) -> None:
    now = at(FIRST_DUE + timedelta(days=31))
    on_time, frozen, gone = [await a_late_loan(session, amount=amount * 100_000) for amount in (30, 10, 50)]
    first = (await queries_of_loans.instalments(session, on_time))[0]
    await pay(session, on_time, FIRST_DUE, first["principal"] + first["interest"])
    by: dict[str, Any] = {"on": now.date(), "reason": "ผู้กู้เสียชีวิต", "actor": CHAIR, "now": now}
    await loans.freeze(session, loan_id=frozen, **by)
    await loans.write_off(session, loan_id=gone, **by)
    found = await service.portfolio(session, Overdue(areas=("34",), day=now.date()))
    assert (found["loans"], found["frozen"], found["outstanding"]) == (2, 1, 2_700_000 + 1_000_000)
    par30, par60, _ = found["at_risk"]
    assert (par30["at_risk"], par30["percent"]) == (1_000_000, "27.03")  # the whole principal of the late one
    assert par60["at_risk"] == 0


async def test_a_receipt_recorded_weeks_late_takes_back_the_days_that_were_none(
    database: Database, loan_id: UUID
) -> None:
    """The money came on the due date, the receipt into the books 41 days later; one of April a day late."""

    async def bring(day: date, instalment: int, *, recorded: date) -> None:
        async with database.transaction() as session:
            row = (await queries_of_loans.instalments(session, loan_id))[instalment]
            await pay(session, loan_id, day, row["principal"] + row["interest"] + 5_000, now=at(recorded))

    await daily.work(database, now=at(FIRST_DUE + timedelta(days=31)))
    assert (await arrears(database, loan_id))["worst_bucket"] == "31-60"
    await bring(FIRST_DUE, 0, recorded=FIRST_DUE + timedelta(days=31))
    await daily.work(database, now=at(FIRST_DUE + timedelta(days=32)))
    found = await arrears(database, loan_id)
    assert (found["days_late"], found["worst_days"], found["worst_bucket"]) == (1, 1, "1-30")
    await bring(date(2026, 4, 3), 1, recorded=date(2026, 4, 3))
    await daily.work(database, now=at(date(2026, 4, 20)))
    assert (await arrears(database, loan_id))["worst_days"] == 2
    told = await rows(database, "SELECT bucket FROM arrears_changes ORDER BY as_of")
    assert [row["bucket"] for row in told] == ["31-60", "1-30", "current"]
