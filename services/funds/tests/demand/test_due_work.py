"""What the worker does by the clock, all of it, on a real database."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from funds import due_work
from funds.notifications.adapters import Folder, Webhook
from funds.settings import Settings
from shared.db import Database
from shared.testing.look import rows
from tests.demand.debts import FIRST_DUE, a_late_loan
from tests.factories import a_fund, a_loan
from tests.repayments.helpers import pay


@pytest.fixture
def settings(settings_values: dict[str, Any], tmp_path: Path) -> Settings:
    return Settings(**{**settings_values, "notice_folder": tmp_path / "notices"})


async def test_a_look_counts_what_is_late_and_delivers_the_reminders(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    today = date(2026, 11, 20)
    now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    async with database.transaction() as session:
        _, late = await a_late_loan(session)
        fund = await a_fund(session, capital=50_000_000)
        upcoming = today + timedelta(days=10)
        await a_loan(session, fund, terms={"first_due": upcoming})
    way_out = due_work.adapter(settings)
    for _ in range(2):
        await due_work.look(database, way_out, now=now)
    (row,) = await rows(database, "SELECT loan_id, days_late FROM loan_arrears")
    assert (row["loan_id"], row["days_late"]) == (late, (today - FIRST_DUE).days)
    reminded = [json.loads(file.read_bytes())["data"] for file in (tmp_path / "notices").iterdir()]
    # Of the late loan's ten instalments one may be due within a month too.
    assert (upcoming.isoformat(), 15) in {(one["due_on"], one["days"]) for one in reminded}
    sent = await rows(database, "SELECT 1 FROM reminders WHERE state = 'sent'")
    assert len(reminded) == len(sent)
    (run,) = await rows(database, "SELECT day, state, loans FROM arrears_runs")
    assert (run["day"], run["state"], run["loans"]) == (today, "done", 2)


_LEFT = """
SELECT (SELECT count(*) FROM outbox) AS events, (SELECT count(*) FROM journals) AS journals,
    (SELECT count(*) FROM notification_attempts) AS attempts, (SELECT count(*) FROM demand_tasks) AS tasks,
    (SELECT count(*) FROM arrears_changes) AS changes, (SELECT sum(version) FROM loan_arrears) AS versions
"""


async def test_after_five_days_of_standstill_one_look_does_what_is_left_and_another_nothing(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)

    stopped, way_out = FIRST_DUE + timedelta(days=28), due_work.adapter(settings)
    back = stopped + timedelta(days=5)
    async with database.transaction() as session:
        _, late = await a_late_loan(session)
        fund = await a_fund(session, capital=50_000_000)
        terms = {"first_due": stopped + timedelta(days=3)}
        ahead = await a_loan(session, fund, terms=terms)
        await pay(session, ahead, date(2026, 1, 20), 100_000)
        reminded = await a_loan(session, fund, terms={"first_due": stopped + timedelta(days=12)})
    await due_work.look(database, way_out, now=at(stopped))
    assert (await rows(database, "SELECT bucket FROM loan_arrears"))[0]["bucket"] == "1-30"

    await due_work.look(database, way_out, now=at(back))
    runs = await rows(database, "SELECT day, state FROM arrears_runs ORDER BY day")
    assert [row["state"] for row in runs] == ["done", *["covered"] * 4, "done"]
    found = {row["loan_id"]: row for row in await rows(database, "SELECT * FROM loan_arrears")}
    assert (found[late]["days_late"], found[late]["bucket"]) == (33, "31-60")
    assert (found[ahead]["days_late"], found[ahead]["late_since"]) == (2, stopped + timedelta(days=4))
    open_tasks = await rows(database, "SELECT loan_id, rule_code FROM demand_tasks WHERE state = 'open'")
    assert {(row["loan_id"], row["rule_code"]) for row in open_tasks} == {
        (late, "LETTER_31"),
        (ahead, "VISIT_1"),
    }
    (used,) = await rows(database, "SELECT advance, penalty FROM loan_entries WHERE loan_id = $1", ahead)
    assert tuple(used) == (-100_000, 0)
    said = [json.loads(file.read_bytes())["data"] for file in (tmp_path / "notices").iterdir()]
    assert sorted(one["days"] for one in said if one["loan_id"] == str(reminded)) == [7, 15]

    left = await rows(database, _LEFT)
    for again in (at(back), at(back) + timedelta(hours=5)):  # restarted
        await due_work.look(database, due_work.adapter(settings), now=again)
    assert await rows(database, _LEFT) == left


async def test_the_worker_looks_until_it_is_stopped(database: Database, settings: Settings) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(due_work.run(settings, database, stop, pause=0.01))
    while not await rows(database, "SELECT 1 FROM arrears_runs"):
        assert not working.done()
    stop.set()
    await asyncio.wait_for(working, 10)


async def test_what_fails_at_one_look_is_tried_at_the_next() -> None:
    stop, looks = asyncio.Event(), 0

    async def act() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise RuntimeError("a fault of one day")
        stop.set()

    await asyncio.wait_for(due_work.until(stop, act, pause=0.001), 10)
    assert looks == 2


async def test_the_run_of_a_day_can_be_asked_for(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        await a_late_loan(session)
    day = date(2026, 3, 10)
    done = await due_work.run_day(settings, day)
    assert (done.loans, done.changed, done.tasks) == (1, 1, 1)
    (row,) = await rows(database, "SELECT days_late, as_of FROM loan_arrears")
    assert (row["days_late"], row["as_of"]) == (9, day)


def test_messages_go_to_the_webhook_else_to_a_folder(settings_values: dict[str, Any], tmp_path: Path) -> None:
    beside = Settings(**{**settings_values, "files_url": tmp_path.as_uri()})
    assert due_work.adapter(beside) == Folder(tmp_path / "notices")
    elsewhere = Settings(**{**settings_values, "files_url": "s3://bucket/files"})
    assert due_work.adapter(elsewhere) is None
    hooked = Settings(**{**settings_values, "notice_webhook_url": "https://example.org/notices"})
    assert isinstance(due_work.adapter(hooked), Webhook)
