"""The inbox: an event's effect and the row that says so are in one transaction (invariants 2 and 4).

`apply` is the one place where events meet handlers, the same for both transports.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock, context, event_metrics
from shared.consumers import Consumer, Handler
from shared.db import Database, driver
from shared.events import Envelope, PermanentFailure, Received

_CLAIM = (
    "INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)
# SQLSTATE of connection, log-in, missing database, resources, operator (not 57014, a cancelled query)
_UNAVAILABLE_CLASSES = ("08", "28", "3D", "53", "57P")

log = structlog.get_logger(__name__)


class Unavailable(Exception):  # noqa: N818  # named after the fact
    """The consumer's database cannot be reached: no event's fault, so it counts as no attempt."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that was not applied; `error` names the exception's class, never its text."""

    envelope: Envelope
    error: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    envelope: Envelope
    handler: Handler[Any]
    received: Received[Any]


async def apply(database: Database, consumer: Consumer, envelopes: Sequence[Envelope]) -> list[Failure]:
    """Apply a batch in one transaction, or one by one when that fails; returns what was not applied.

    Raises `Unavailable` when the database cannot be reached.
    """
    ready: list[_Ready] = []
    failures: list[Failure] = []
    for envelope in envelopes:
        outcome = _read(consumer, envelope)
        if isinstance(outcome, Failure):
            failures.append(outcome)
        else:
            ready.append(outcome)
    if len(ready) > 1:
        try:
            await _transaction(database, consumer, ready)
        except Exception as error:  # noqa: BLE001  # whatever it is, one by one tells which event it was
            _raise_unavailable(consumer, error)
            log.info("batch_failed", consumer=consumer.name, events=len(ready), error=_name(error))
        else:
            ready = []
    for one in ready:
        failure = await _one(database, consumer, one)
        if failure is not None:
            failures.append(failure)
    for failure in failures:
        log.warning(
            "event_failed",
            consumer=consumer.name,
            event_id=str(failure.envelope.id),
            type=failure.envelope.type,
            error=failure.error,
            permanent=failure.permanent,
        )
    return failures


async def prune(database: Database, *, days: int, limit: int = 10_000) -> int:
    """Forget events applied more than `days` ago, at most `limit`; returns how many."""
    async with database.transaction() as session:
        connection = await driver(session)
        done: str = await connection.execute(
            "DELETE FROM inbox WHERE (consumer, event_id) IN (SELECT consumer, event_id FROM inbox "
            "WHERE applied_at < now() - make_interval(days => $1) LIMIT $2)",
            days,
            limit,
        )
    return int(done.rpartition(" ")[2])


def _read(consumer: Consumer, envelope: Envelope) -> _Ready | Failure:
    handler = consumer.handlers.get(envelope.type)
    if handler is None:
        return Failure(envelope, "NoHandler", permanent=True)
    try:
        data = handler.model.model_validate_json(envelope.data)
    except ValidationError as error:
        places = sorted({".".join(map(str, item["loc"])) for item in error.errors(include_input=False)})
        return Failure(envelope, f"ValidationError at {', '.join(places)}"[:200], permanent=True)
    received: Received[BaseModel] = Received(
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        sequence=envelope.sequence,
        data=data,
        time=envelope.time,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
    )
    return _Ready(envelope, handler, received)


async def _one(database: Database, consumer: Consumer, one: _Ready) -> Failure | None:
    retry = consumer.retry
    for attempt in range(retry.tries):
        if attempt:
            await asyncio.sleep(retry.pause * 2 ** (attempt - 1))
        try:
            await _transaction(database, consumer, [one])
        except (PermanentFailure, ValidationError) as error:
            return Failure(one.envelope, _name(error), permanent=True)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises, the event must be settled
            _raise_unavailable(consumer, error)
            failure = Failure(one.envelope, _name(error), permanent=False)
        else:
            return None
    return failure


async def _transaction(database: Database, consumer: Consumer, batch: Sequence[_Ready]) -> None:
    """Claim the events in the inbox and run the handlers of those that were not there."""
    async with database.transaction() as session:
        connection = await driver(session)
        ids = [one.envelope.id for one in batch]
        fresh = {row["event_id"] for row in await connection.fetch(_CLAIM, consumer.name, ids)}
        now = clock.now()
        applied = 0
        for handler, run in _runs(batch, fresh):
            with _cause(run):
                await _call(session, handler, run)
            applied += len(run)
    event_metrics.handled(consumer.name, "applied", applied)
    event_metrics.handled(consumer.name, "duplicate", len(batch) - applied)
    for one in batch:
        event_metrics.delay(consumer.name, (now - one.envelope.time).total_seconds())


async def _call(session: AsyncSession, handler: Handler[Any], run: Sequence[Received[Any]]) -> None:
    await handler.apply(session, run, now=clock.now())
    await session.flush()  # its errors belong to this handler, and the next one reads what it wrote


def _runs(batch: Sequence[_Ready], fresh: set[UUID]) -> Iterator[tuple[Handler[Any], list[Received[Any]]]]:
    """Yield consecutive events of one type, each event once, those already applied left out."""
    unseen = set(fresh)
    first: list[_Ready] = []
    for one in batch:
        if one.envelope.id in unseen:
            unseen.discard(one.envelope.id)
            first.append(one)
    for _, group in groupby(first, key=lambda one: one.envelope.type):
        run = list(group)
        handler = run[0].handler
        if handler.emits:
            yield from ((handler, [one.received]) for one in run)
        else:
            yield handler, [one.received for one in run]


def _cause(run: Sequence[Received[Any]]) -> AbstractContextManager[None]:
    first = run[0]
    alone = len(run) == 1
    shared_story = all(event.correlation_id == first.correlation_id for event in run)
    return context.caused_by(
        event_id=first.id if alone else None,
        correlation=first.correlation_id if shared_story else None,
        trace=first.traceparent if alone else None,
    )


def _raise_unavailable(consumer: Consumer, error: Exception) -> None:
    if _is_unavailable(error):
        event_metrics.database_away(consumer.name)
        raise Unavailable(_name(error)) from error


def _is_unavailable(error: BaseException) -> bool:
    if isinstance(error, exc.DBAPIError):
        original = error.orig
        return error.connection_invalidated or (original is not None and _is_unavailable(original))
    if isinstance(error, exc.EmulatedDBAPIException) and error.__cause__ is not None:
        return _is_unavailable(error.__cause__)
    if isinstance(error, exc.TimeoutError | ConnectionError):
        return True
    if isinstance(error, asyncpg.InterfaceError):  # asyncpg's for misuse too, which waiting does not cure
        return "closed" in str(error)
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_UNAVAILABLE_CLASSES)


def _name(error: BaseException) -> str:
    return type(error).__qualname__
