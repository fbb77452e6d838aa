"""The relay: publishes a service's outbox and marks what the transport has confirmed.

One relay of a service is active at a time: each round takes an advisory lock that its transaction holds
until the events are marked, so a second process only waits its turn, a dead one gives way at once, and
nothing needs a session of its own (it works through PgBouncer in transaction mode). A round that ends
between the publish and the mark publishes again with the same ids; the inbox applies them once.
Rows are selected by state, never by last position: one that commits late is published late, not lost.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from shared import clock, event_metrics, inbox, outbox
from shared.bus.base import NotPublished, Publisher
from shared.db import Database, driver
from shared.events import Envelope

BATCH = 500
KEEP_PUBLISHED_DAYS = 7
"""Published events stay this long: from them a consumer's copy can be rebuilt (`republish`)."""
KEEP_APPLIED_DAYS = 90
"""Inbox rows stay this long: longer than anything can be delivered again."""

_PAUSE_AFTER_FAILURE = 1.0
_PRUNE_EVERY = 600.0
_QUIET_ROUNDS, _QUIET_FACTOR = 50, 4
"""After so many empty looks the relay looks less often, until it finds something."""
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('outbox relay'), hashtext(current_schema()))"
_WAITING = "SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1"
_SELECT = (
    "SELECT position, id, type, subject, sequence, data::text AS data, correlation_id, causation_id, "
    "traceparent, occurred_at FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT $1"
)
_MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY($1::bigint[])"

log = structlog.get_logger(__name__)


async def run(database: Database, bus: Publisher, *, stop: asyncio.Event) -> None:
    """Publish what is in the outbox until `stop` is set; what fails is tried again."""
    hint = outbox.hint(database)
    loop = asyncio.get_running_loop()
    prune_at = loop.time()
    failing = False
    quiet = 0
    while not stop.is_set():
        hint.clear()
        try:
            count = await publish(database, bus) if not quiet or await _waiting(database) else 0
            if loop.time() >= prune_at:
                prune_at = loop.time() + (_PRUNE_EVERY if await prune(database) == 0 else 0)
        except Exception as error:  # noqa: BLE001  # a relay outlives every outage of broker and database
            reason = str(error) if isinstance(error, NotPublished) else type(error).__qualname__
            log.log(logging.DEBUG if failing else logging.WARNING, "relay_waits", reason=reason)
            failing = True
            await _wait(stop, _PAUSE_AFTER_FAILURE)
            continue
        failing = False
        quiet = 0 if count else quiet + 1
        if count < BATCH:
            await _wait(hint, bus.poll if quiet < _QUIET_ROUNDS else bus.poll * _QUIET_FACTOR)


async def publish(database: Database, bus: Publisher, *, limit: int = BATCH) -> int:
    """Publish the oldest waiting events, at most `limit`, and mark them; returns how many.

    Returns 0 when another relay is at work. Raises `NotPublished` after marking those that got through.
    """
    refused: NotPublished | None = None
    async with database.transaction() as session:
        connection = await driver(session)
        if not await connection.fetchval(_LOCK):
            return 0
        rows = await connection.fetch(_SELECT, limit)
        if not rows:
            return 0
        try:
            await bus.publish([_envelope(row) for row in rows])
        except NotPublished as error:
            refused = error
        failed = refused.failures if refused else {}
        done = [row["position"] for row in rows if row["id"] not in failed]
        if done:
            await connection.execute(_MARK, done)
    _record(rows, len(done), clock.now())
    if refused is not None:
        raise refused
    return len(done)


async def republish(database: Database, *, types: Sequence[str]) -> int:
    """Let the relay publish again what of `types` the outbox still holds; returns how many.

    Consumers that have applied them skip them; a consumer whose copy is rebuilt has emptied its inbox.
    """
    async with database.transaction() as session:
        connection = await driver(session)
        done: str = await connection.execute(
            "UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL AND type = ANY($1::text[])",
            list(types),
        )
    return _count(done)


async def prune(database: Database, *, limit: int = 10_000) -> int:
    """Remove published events and inbox rows past their time, at most `limit` of each; returns how many."""
    async with database.transaction() as session:
        connection = await driver(session)
        done: str = await connection.execute(
            "DELETE FROM outbox WHERE position IN (SELECT position FROM outbox "
            "WHERE published_at < now() - make_interval(days => $1) ORDER BY position LIMIT $2)",
            KEEP_PUBLISHED_DAYS,
            limit,
        )
    return _count(done) + await inbox.prune(database, days=KEEP_APPLIED_DAYS, limit=limit)


def _envelope(row: asyncpg.Record) -> Envelope:
    return Envelope(
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        sequence=row["sequence"],
        time=row["occurred_at"],
        data=row["data"].encode(),
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        traceparent=row["traceparent"],
    )


async def _waiting(database: Database) -> bool:
    async with database.read() as session:
        connection = await driver(session)
        return await connection.fetchval(_WAITING) is not None


def _record(rows: Sequence[Any], done: int, now: datetime) -> None:
    service = rows[0]["type"].partition(".")[0]
    oldest = (now - rows[0]["occurred_at"]).total_seconds()
    event_metrics.published(service, done, len(rows) - done, oldest)


def _count(command_tag: str) -> int:
    return int(command_tag.rpartition(" ")[2])


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
