"""The outbox: an event is a row committed with the fact it tells of, or neither exists (invariant 1).

The relay publishes the rows. In bulk work, `INSERT INTO outbox (id, type, subject, sequence, data,
correlation_id) SELECT …` in the same transaction does as well: `id` has a default, and
`data` must be what the event's class would write (tested by the service against the class). It calls
`announce`, so that the relay of the same process need not find it by polling.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as SyncSession

from shared import context
from shared.db import Database, driver
from shared.events import Event
from shared.ids import uuid7

COLUMNS = ("id", "type", "subject", "sequence", "data", "correlation_id", "causation_id", "traceparent")

MAX_DATA = 200_000
"""Bytes of an event's data; consumers refuse envelopes above `events.MAX_ENVELOPE_BYTES`."""

_INSERT = (
    "INSERT INTO outbox (id, type, subject, sequence, data, correlation_id, causation_id, traceparent, "
    "occurred_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, clock_timestamp()))"
)

_hints: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[URL, asyncio.Event]] = WeakKeyDictionary()


async def add(
    session: AsyncSession, fact: Event, *, subject: UUID, sequence: int, now: datetime | None = None
) -> UUID:
    """Add an event to the session's transaction and return its id.

    `subject` is the aggregate's id and `sequence` its version after the fact. Correlation, cause and
    trace come from `shared.context`; the time is the database's unless `now` is given.
    """
    event_id = uuid7()
    connection = await driver(session)
    await connection.execute(_INSERT, *_row(event_id, fact, subject, sequence), now)
    announce(session)
    return event_id


async def insert_many(session: AsyncSession, facts: Iterable[tuple[Event, UUID, int]]) -> int:
    """Add many events, `(event, subject, sequence)`, by COPY; returns how many."""
    rows = [_row(uuid7(), fact, subject, sequence) for fact, subject, sequence in facts]
    if rows:
        connection = await driver(session)
        await connection.copy_records_to_table("outbox", records=rows, columns=COLUMNS)
        announce(session)
    return len(rows)


def hint(database: Database) -> asyncio.Event:
    """Return what is set when this process has committed events of the service whose database this is.

    Only a hint that spares the relay of the same process its wait: it polls nevertheless.
    """
    known = _hints.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault(database.url, asyncio.Event())


def _row(event_id: UUID, fact: Event, subject: UUID, sequence: int) -> tuple[Any, ...]:
    data = fact.model_dump_json()
    size = len(data.encode())
    if size > MAX_DATA:
        raise ValueError(f"{fact.type}: {size} bytes of data, more than a consumer takes")
    story = context.correlation_id.get() or context.request_id.get() or str(event_id)
    return (
        event_id,
        fact.type,
        subject,
        sequence,
        data,
        story,
        context.causation_id.get(),
        context.traceparent.get(),
    )


def announce(session: AsyncSession) -> None:
    """Wake the relay of this process when the session commits; bulk statements of one's own call it."""
    known = _hints.get(asyncio.get_running_loop())
    waiting = known.get(session.sync_session.get_bind().engine.url) if known else None
    if waiting is None or session.info.get("outbox_hint"):
        return
    session.info["outbox_hint"] = True

    def tell(_session: SyncSession) -> None:
        waiting.set()

    event.listen(session.sync_session, "after_commit", tell)
