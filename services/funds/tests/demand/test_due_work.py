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
