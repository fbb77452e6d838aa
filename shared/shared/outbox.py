"""The outbox: an event is a row committed with the fact it tells of, or neither exists (invariant 1).

The relay publishes the rows. In bulk work, `INSERT INTO outbox (id, type, subject, sequence, data,
correlation_id) SELECT …` in the same transaction does as well: `id` has a default, and
`data` must be what the event's class would write (tested by the service against the class). It calls
`announce`, so that the relay of the same process need not find it by polling.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Engine
from sqlalchemy.ext.asyncio import AsyncSession

from shared import context, rows
from shared.db import Database, driver
from shared.events import Event
from shared.ids import uuid7
from shared.rows import Row
from shared.sessions import after_commit

COLUMNS = ("id", "type", "subject", "sequence", "data", "correlation_id", "causation_id", "traceparent")

MAX_DATA = 200_000
"""Bytes of an event's data; consumers refuse envelopes above `events.MAX_ENVELOPE_BYTES`."""

_hints: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[URL, asyncio.Event]] = WeakKeyDictionary()


async def add(
    session: AsyncSession, fact: Event, *, subject: UUID, sequence: int, now: datetime | None = None
) -> UUID:
    """Add an event to the session's transaction and return its id.

    `subject` is the aggregate's id and `sequence` its version after the fact. Correlation, cause and
    trace come from `shared.context`; the time is the database's unless `now` is given.
    """
    written = row(fact, subject=subject, sequence=sequence, now=now)
    await rows.insert(session, written)
    announce(session)
    event_id: UUID = written.values["id"]
    return event_id


def row(fact: Event, *, subject: UUID, sequence: int, now: datetime | None = None) -> Row:
    """Return the same row for `rows.insert` together with the fact's own; who inserts it calls `announce`."""
    values = dict(zip(COLUMNS, _values(uuid7(), fact, subject, sequence), strict=True))
    return Row("outbox", values if now is None else {**values, "occurred_at": now})


async def insert_many(session: AsyncSession, facts: Iterable[tuple[Event, UUID, int]]) -> int:
    """Add many events, `(event, subject, sequence)`, by COPY; returns how many."""
    records = [_values(uuid7(), fact, subject, sequence) for fact, subject, sequence in facts]
    if records:
        connection = await driver(session)
        await connection.copy_records_to_table("outbox", records=records, columns=COLUMNS)
        announce(session)
    return len(records)


def hint(database: Database) -> asyncio.Event:
    """Return what is set when this process has committed events of the service whose database this is.

    Only a hint that spares the relay of the same process its wait: it polls nevertheless.
    """
    known = _hints.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault(database.url, asyncio.Event())


def _values(event_id: UUID, fact: Event, subject: UUID, sequence: int) -> tuple[Any, ...]:
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
    waiting = known.get(cast("Engine", session.sync_session.bind).engine.url) if known else None
    if waiting is not None:
        after_commit(session.sync_session, waiting.set)
