"""Messages written with what they tell of, and delivered by a worker until the adapter has a proof.

Some messages are claimed together and stay locked while they are delivered, several at the same time; their
proofs are committed together. A process that dies in between delivers them again under the same ids, by
which file and receiver know them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from funds.notifications import queries
from funds.notifications.adapters import Adapter, NotDelivered, Proof, encode
from funds.notifications.rules import PAUSES, Message, Purpose, State, pause, text
from shared.db import Database, driver
from shared.ids import uuid7

log = structlog.get_logger(__name__)

_ADD = """
INSERT INTO notifications (id, purpose, subject_id, fund_id, area_code, borrower_kind, borrower_id, message,
    due_at, created_at, updated_at)
SELECT told.*, $9, $9, $9 FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
    $7::uuid[], $8::jsonb[]) AS told
ON CONFLICT (purpose, subject_id) DO NOTHING
"""
_SETTLE = """
WITH tried AS (
    SELECT * FROM unnest($3::uuid[], $4::smallint[], $5::bool[], $6::smallint[], $7::text[], $8::text[],
        $9::text[], $10::timestamptz[]) AS t (id, attempt, ok, status, error, proof, state, due_at)
), kept AS (
    INSERT INTO notification_attempts (notification_id, attempt, adapter, at, ok, status, error, proof)
    SELECT id, attempt, $1, $2, ok, status, error, proof FROM tried
)
UPDATE notifications AS told SET state = tried.state, due_at = coalesce(tried.due_at, told.due_at),
    attempts = tried.attempt, delivered_at = CASE WHEN tried.ok THEN $2 END, updated_at = $2
FROM tried WHERE told.id = tried.id
"""
_REPLAY = """
UPDATE notifications SET state = 'waiting', due_at = $3, delivered_at = NULL, updated_at = $3
WHERE purpose = $1 AND subject_id = $2
"""
AT_ONCE: Final = 8
"""Messages on their way at the same time."""
CLAIMED: Final = 4 * AT_ONCE
"""Messages in one transaction: as many as a receiver that hangs may hold up."""
MAX_AT_ONCE: Final = 200
"""Messages of one look; then the worker looks whether it is to stop."""
_LONGEST: Final = timedelta(seconds=max(PAUSES))


class _Tried(NamedTuple):
    """What came of an attempt to deliver a message."""

    id: UUID
    attempt: int
    ok: bool
    status: int | None
    error: str | None
    proof: str | None
    state: str
    due_at: datetime | None


async def add(session: AsyncSession, messages: Sequence[Message], *, now: datetime) -> None:
    """Write messages to be delivered; one that exists for its purpose and subject stays as it is."""
    if not messages:
        return
    await (await driver(session)).execute(
        _ADD,
        [uuid7() for _ in messages],
        [one.purpose.value for one in messages],
        [one.subject_id for one in messages],
        [one.fund_id for one in messages],
        [one.area_code for one in messages],
        [one.borrower_kind for one in messages],
        [one.borrower_id for one in messages],
        [orjson.dumps(one.facts).decode() for one in messages],
        now,
    )


async def replay(session: AsyncSession, purpose: Purpose, subject_id: Any, *, now: datetime) -> None:
    """Let a message be delivered again, whatever became of it."""
    await (await driver(session)).execute(_REPLAY, purpose.value, subject_id, now)


async def work(database: Database, adapter: Adapter | None, *, now: datetime) -> int:
    """Deliver what is due, at most MAX_AT_ONCE messages; returns how many got through.

    Without an adapter messages wait.
    """
    delivered = done = 0
    while adapter is not None and done < MAX_AT_ONCE:
        async with database.transaction() as session:
            tried = await deliver_some(session, adapter, now=now)
        if not tried:
            break
        done, delivered = done + len(tried), delivered + sum(tried)
    return delivered


async def deliver_some(session: AsyncSession, adapter: Adapter, *, now: datetime) -> list[bool]:
    """Deliver the next messages that are due; tells of each whether it got through, of none when none is.

    A message whose time is further away than any pause was put off by a clock that was ahead: it is due.
    """
    connection = await driver(session)
    rows = await connection.fetch(queries.CLAIM, now, now + _LONGEST, CLAIMED)
    if not rows:
        return []
    people = await queries.recipients(session, [row["id"] for row in rows])
    gate = asyncio.Semaphore(AT_ONCE)

    async def attempt(row: asyncpg.Record) -> _Tried:
        async with gate:
            return await _try(adapter, row, people[row["id"]], now=now)

    tried = await asyncio.gather(*(attempt(row) for row in rows))
    columns = (list(column) for column in zip(*tried, strict=True))
    await connection.execute(_SETTLE, adapter.name, now, *columns)
    return [one.ok for one in tried]


async def _try(
    adapter: Adapter, row: asyncpg.Record, people: Sequence[asyncpg.Record], *, now: datetime
) -> _Tried:
    """Try to deliver a message; whatever is wrong with one stops no other."""
    number, message_id = row["attempts"] + 1, row["id"]
    status, final = None, False
    try:
        proof: Proof = await adapter.send(message_id, encode(message(row, people)), now=now)
    except NotDelivered as failure:
        error, status, final = failure.error, failure.status, failure.final
    except Exception as failure:  # noqa: BLE001  # tried again later, and told
        error = type(failure).__name__
    else:
        return _Tried(message_id, number, True, proof.status, None, proof.text, State.DELIVERED.value, None)  # noqa: FBT003  # by their places
    wait = None if final else pause(number)
    state = State.FAILED if wait is None else State.WAITING
    log.warning("notification_not_delivered", notification=str(message_id), attempt=number, error=error)
    due_at = None if wait is None else now + wait
    return _Tried(message_id, number, False, status, error, None, state.value, due_at)  # noqa: FBT003  # likewise


def message(row: asyncpg.Record, people: Sequence[asyncpg.Record]) -> dict[str, Any]:
    """Return a message as it leaves, with the names and phones of those whom it is for."""
    facts = row["message"] if isinstance(row["message"], dict) else orjson.loads(row["message"])
    return {
        "type": f"funds.{row['purpose']}",
        "timestamp": row["created_at"].isoformat(),
        "data": {
            "id": str(row["id"]),
            "subject_id": str(row["subject_id"]),
            "fund_id": str(row["fund_id"]),
            "area_code": row["area_code"],
            "borrower": {"kind": row["borrower_kind"], "id": str(row["borrower_id"])},
            "recipients": [_recipient(one) for one in people],
            "text": text(facts),
            **facts,
        },
    }


def _recipient(one: Mapping[str, Any]) -> dict[str, Any]:
    member_id = one["member_id"]
    return {
        "member_id": None if member_id is None else str(member_id),
        "name": one["name"],
        "phone": one["phone"],
    }
