"""Work that falls due by the clock: the daily run, reminders, messages on their way.

python -m funds.due_work [YYYY-MM-DD]     the daily run of a day (today), also one that was done before

The worker looks every few seconds; what is due is a row with `due_at`, claimed with SKIP LOCKED, so any
number of workers may look. Settings are the service's own, from the environment.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import structlog

from funds.deaths import service as deaths
from funds.demand import daily
from funds.notifications import service as notifications
from funds.notifications.adapters import Adapter, Folder, Webhook
from funds.reminders import service as reminders
from funds.repayments import advances
from funds.settings import Settings
from shared import clock, problems
from shared.db import Database

PAUSE: Final = 5.0
"""Seconds between two looks."""
REMINDED_EVERY: Final = 12
"""So many times as long between two looks for reminders, which go through all that is due within a month."""

log = structlog.get_logger(__name__)


def adapter(settings: Settings) -> Adapter | None:
    """Return the way out for messages: the webhook, else a folder, else none: then messages wait."""
    if settings.notice_webhook_url is not None:
        return Webhook(
            settings.notice_webhook_url,
            settings.notice_webhook_secret or "",
            allow_private=settings.notice_webhook_private,
        )
    if settings.notice_folder is not None:
        return Folder(settings.notice_folder)
    parts = urlsplit(settings.files_url)
    return Folder(Path(unquote(parts.path)) / "notices") if parts.scheme == "file" else None


async def look(database: Database, way_out: Adapter | None, *, now: datetime) -> None:
    """Do everything that is due, one after the other."""
    await count_the_day(database, now=now)
    await remind(database, now=now)
    await notifications.work(database, way_out, now=now)


async def count_the_day(database: Database, *, now: datetime) -> None:
    """Do the daily runs that are due: advances used, then loans counted, then deaths looked for."""
    async with database.transaction() as session:
        await daily.plan(session, now=now)
        new_day = await daily.waiting(session, now=now)
    if not new_day:
        return
    ahead = await advances.work(database, now=now)
    done = await daily.work(database, now=now)
    if done is not None:
        async with database.transaction() as session:
            missed = await deaths.look_for_missed(session, now=now)
        log.info(
            "daily_run",
            loans=done.loans,
            changed=done.changed,
            tasks=done.tasks,
            deaths=missed,
            advances_used=ahead.used,
            advances_refused=ahead.refused,
            advances_busy=ahead.busy,
        )


async def remind(database: Database, *, now: datetime) -> None:
    """Write the reminders that are due."""
    sent = await reminders.work(database, now=now)
    if sent.sent or sent.skipped:
        log.info("reminders", sent=sent.sent, skipped=sent.skipped)


async def run(settings: Settings, database: Database, stop: asyncio.Event, *, pause: float = PAUSE) -> None:
    """Look until `stop`; what fails is tried again at the next look, a database that is away waited for.

    Each kind of work goes its own round: a webhook that hangs, or a fault in one, delays none of the others.
    """
    way_out = adapter(settings)
    rounds: list[tuple[Callable[[], Awaitable[object]], float]] = [
        (lambda: count_the_day(database, now=clock.now()), pause),
        (lambda: remind(database, now=clock.now()), pause * REMINDED_EVERY),
        (lambda: notifications.work(database, way_out, now=clock.now()), pause),
    ]
    async with asyncio.TaskGroup() as tasks:
        for act, wait in rounds:
            tasks.create_task(until(stop, act, pause=wait))


async def until(stop: asyncio.Event, act: Callable[[], Awaitable[object]], *, pause: float) -> None:
    """Act again and again, with a pause in between, until `stop`."""
    failing = False
    while not stop.is_set():
        try:
            await act()
            failing = False
        except Exception as failure:  # noqa: BLE001  # one day's fault must not end the other work
            away = problems.is_away(failure)
            level = (logging.DEBUG if failing else logging.WARNING) if away else logging.ERROR
            log.log(level, "due_work_waits" if away else "due_work_failed", failure=failure)
            failing = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def run_day(settings: Settings, day: date | None) -> daily.Totals:
    """Do the daily run of a day, today's when none is given; what was paid ahead is used before."""
    now = clock.now()
    database = Database(settings.database_url, application_name="funds-daily", pool_size=2)
    try:
        await advances.work(database, now=now)
        return await daily.run_day(database, day or clock.business_date(now), now=now)
    finally:
        await database.close()


def main(arguments: list[str]) -> None:
    """Do the daily run from the command line."""
    try:
        day = date.fromisoformat(arguments[0]) if arguments else None
        done = asyncio.run(run_day(Settings(), day))
    except ValueError as error:
        sys.exit(f"usage: python -m funds.due_work [YYYY-MM-DD]: {error}")
    sys.stdout.write(f"{done.loans} loans, {done.changed} changed, {done.tasks} tasks opened\n")


if __name__ == "__main__":
    main(sys.argv[1:])
