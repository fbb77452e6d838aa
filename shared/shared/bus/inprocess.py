"""The in-process transport: the same outbox, inbox, retry and dead letters as over RabbitMQ, no broker.

An event counts as published only when each consumer's own database has applied it or holds it in its
`deliveries` table, so killing the process at any moment loses nothing: what was not marked is published
again, what was applied is in the inbox, what failed is in `deliveries`.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from shared import clock, event_metrics, inbox
from shared.bus.base import DeadLetter, NotPublished, Unroutable
from shared.consumers import BATCH, Consumer
from shared.db import Database, driver
from shared.events import Envelope, decode, encode

_STORE = (
    "INSERT INTO deliveries (consumer, event_id, envelope, attempts, error, due_at, dead_at) "
    "VALUES ($1, $2, $3, 1, $4, $5, $6) ON CONFLICT DO NOTHING"
)
_DUE = (
    "SELECT event_id, envelope, attempts FROM deliveries "
    "WHERE consumer = $1 AND dead_at IS NULL AND due_at <= now() ORDER BY due_at, event_id LIMIT $2"
)
_DONE = "DELETE FROM deliveries WHERE consumer = $1 AND event_id = ANY($2::uuid[])"
_AGAIN = (
    "UPDATE deliveries SET attempts = attempts + 1, error = $3, due_at = $4, dead_at = $5 "
    "WHERE consumer = $1 AND event_id = $2"
)
_DEAD = (
    "SELECT event_id, envelope, attempts, error FROM deliveries "
    "WHERE consumer = $1 AND dead_at IS NOT NULL ORDER BY dead_at, event_id LIMIT $2"
)
_REPLAY = (
    "UPDATE deliveries SET dead_at = NULL, attempts = 0, due_at = now() "
    "WHERE consumer = $1 AND dead_at IS NOT NULL AND ($2::uuid IS NULL OR event_id = $2)"
)
_PAUSE_AFTER_FAILURE: Final = 1.0

log = structlog.get_logger(__name__)


class InProcessBus:
    """The transport of the embedded run.

    `consumers` are all consumers of all services: an event one of them wants is not published before that
    one is attached with its database, whatever order the services start in.
    """

    poll = 0.25  # the outbox's hint wakes the relay at once; polling finds what bulk statements added

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self._wanted: dict[str, list[Consumer]] = {}
        for consumer in consumers:
            for event_type in consumer.handlers:
                self._wanted.setdefault(event_type, []).append(consumer)
        self._attached: dict[str, tuple[Database, asyncio.Lock]] = {}

    def attach(self, consumers: Sequence[Consumer], database: Database) -> None:
        """Tell which database is that of `consumers`; `consume` does it too."""
        for consumer in consumers:
            known = self._attached.get(consumer.queue)
            if known is None or known[0] is not database:
                self._attached[consumer.queue] = (database, asyncio.Lock())

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Apply the events in every consumer that wants them, or store them there for later.

        An event nobody wants is done at once. Raises `NotPublished`.
        """
        batches: dict[str, tuple[Consumer, list[Envelope]]] = {}
        for envelope in envelopes:
            for consumer in self._wanted.get(envelope.type, ()):
                batches.setdefault(consumer.queue, (consumer, []))[1].append(envelope)
        failures: dict[UUID, BaseException] = {}
        for consumer, batch in batches.values():
            try:
                await self._deliver(consumer, batch)
            except Exception as error:  # noqa: BLE001  # whatever it is, these events stay in the outbox
                failures.update({envelope.id: error for envelope in batch})
        if failures:
            raise NotPublished(failures)

    async def consume(
        self, consumers: Sequence[Consumer], database: Database, *, stop: asyncio.Event
    ) -> None:
        """Attach the consumers and deliver again what failed and is due, until `stop` is set."""
        self.attach(consumers, database)
        try:
            while not stop.is_set():
                busy = False
                pause = self.poll
                for consumer in consumers:
                    try:
                        busy = await self.deliver_due(consumer) > 0 or busy
                    except Exception as error:  # noqa: BLE001  # outlives every outage of the database
                        log.warning("deliveries_wait", consumer=consumer.name, error=type(error).__qualname__)
                        pause = _PAUSE_AFTER_FAILURE
                if not busy:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await stop.wait()
        finally:
            for consumer in consumers:
                self._attached.pop(consumer.queue, None)

    async def deliver_due(self, consumer: Consumer) -> int:
        """Try again the failed events that are due, at most a batch; returns how many were tried."""
        database, lock = self._place(consumer)
        async with database.read() as session:
            rows = await (await driver(session)).fetch(_DUE, consumer.name, BATCH)
        if not rows:
            return 0
        attempts = {row["event_id"]: row["attempts"] for row in rows}
        async with lock:
            failures = await inbox.apply(database, consumer, [decode(row["envelope"]) for row in rows])
        failed = {failure.envelope.id for failure in failures}
        async with database.transaction() as session:
            connection = await driver(session)
            await connection.execute(_DONE, consumer.name, [key for key in attempts if key not in failed])
            for failure in failures:
                key = failure.envelope.id
                dead = failure.permanent or attempts[key] + 1 >= consumer.retry.deliveries
                now = clock.now()
                await connection.execute(
                    _AGAIN,
                    consumer.name,
                    key,
                    failure.error,
                    now + consumer.retry.delay,
                    now if dead else None,
                )
                event_metrics.handled(consumer.name, "dead" if dead else "delayed", 1)
        return len(rows)

    async def dead_letters(self, consumer: Consumer, *, limit: int = 100) -> list[DeadLetter]:
        """Return the oldest dead letters of an attached consumer."""
        database, _ = self._place(consumer)
        async with database.read() as session:
            rows = await (await driver(session)).fetch(_DEAD, consumer.name, limit)
        return [
            DeadLetter(
                consumer=consumer.name,
                event_id=row["event_id"],
                type=decode(row["envelope"]).type,
                attempts=row["attempts"],
                error=row["error"],
                body=row["envelope"],
            )
            for row in rows
        ]

    async def replay(self, consumer: Consumer, *, event_id: UUID | None = None) -> int:
        """Make dead letters due again, with their ids and no attempt counted; returns how many."""
        database, _ = self._place(consumer)
        async with database.transaction() as session:
            done: str = await (await driver(session)).execute(_REPLAY, consumer.name, event_id)
        return int(done.rpartition(" ")[2])

    async def close(self) -> None:
        """Hold nothing any more."""
        self._attached.clear()

    def _place(self, consumer: Consumer) -> tuple[Database, asyncio.Lock]:
        try:
            return self._attached[consumer.queue]
        except KeyError:
            raise Unroutable(f"{consumer.name} is not attached") from None

    async def _deliver(self, consumer: Consumer, envelopes: Sequence[Envelope]) -> None:
        database, lock = self._place(consumer)
        for start in range(0, len(envelopes), BATCH):
            async with lock:
                failures = await inbox.apply(database, consumer, envelopes[start : start + BATCH])
            if failures:
                await self._store(database, consumer, failures)

    async def _store(self, database: Database, consumer: Consumer, failures: Sequence[inbox.Failure]) -> None:
        now = clock.now()
        due: timedelta = consumer.retry.delay
        async with database.transaction() as session:
            connection = await driver(session)
            for failure in failures:
                dead = failure.permanent or consumer.retry.deliveries <= 1
                await connection.execute(
                    _STORE,
                    consumer.name,
                    failure.envelope.id,
                    encode(failure.envelope),
                    failure.error,
                    now + due,
                    now if dead else None,
                )
                event_metrics.handled(consumer.name, "dead" if dead else "delayed", 1)
