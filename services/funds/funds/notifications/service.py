"""Messages written with what they tell of, and delivered by a worker until the adapter has a proof.

A message is claimed and stays locked while it is delivered; its proof is committed at once. A process that
dies in between delivers it again under the same id, by which file and receiver know it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from funds.notifications import queries
from funds.notifications.adapters import Adapter, NotDelivered, encode
from funds.notifications.rules import Message, Purpose, State, pause, text
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
_TRIED = """
INSERT INTO notification_attempts (notification_id, attempt, adapter, at, ok, status, error, proof)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SETTLE = """
UPDATE notifications SET state = $2, due_at = coalesce($3, due_at), attempts = attempts + 1,
    delivered_at = $4, updated_at = $5
WHERE id = $1
"""
_REPLAY = """
UPDATE notifications SET state = 'waiting', due_at = $3, delivered_at = NULL, updated_at = $3
WHERE purpose = $1 AND subject_id = $2
"""
MAX_AT_ONCE: Final = 200
"""Messages of one look; then the worker looks at its other work."""


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
    delivered = 0
    if adapter is None:
        return 0
    for _ in range(MAX_AT_ONCE):
        async with database.transaction() as session:
            got = await deliver_next(session, adapter, now=now)
        if got is None:
            break
        delivered += got
    return delivered


async def deliver_next(session: AsyncSession, adapter: Adapter, *, now: datetime) -> bool | None:
    """Deliver the next message that is due; tells whether it got through, None when there is none."""
    connection = await driver(session)
    row = await connection.fetchrow(queries.CLAIM, now)
    if row is None:
        return None
    attempt = row["attempts"] + 1
    try:
        proof = await adapter.send(row["id"], encode(await message(session, row)), now=now)
    except NotDelivered as failure:
        wait = None if failure.final else pause(attempt)
        state = State.FAILED if wait is None else State.WAITING
        log.warning(
            "notification_not_delivered", notification=str(row["id"]), attempt=attempt, error=failure.error
        )
        tried: tuple[Any, ...] = (False, failure.status, failure.error, None)
        await connection.execute(_SETTLE, row["id"], state.value, now + wait if wait else None, None, now)
    else:
        tried = (True, proof.status, None, proof.text)
        await connection.execute(_SETTLE, row["id"], State.DELIVERED.value, None, now, now)
    await connection.execute(_TRIED, row["id"], attempt, adapter.name, now, *tried)
    return bool(tried[0])


async def message(session: AsyncSession, row: asyncpg.Record) -> dict[str, Any]:
    """Return a message as it leaves, with the names and phones of those whom it is for."""
    facts = row["message"] if isinstance(row["message"], dict) else orjson.loads(row["message"])
    people = await queries.recipients(
        session, row["borrower_kind"], row["borrower_id"], fund_id=row["fund_id"]
    )
    return {
        "type": f"funds.{row['purpose']}",
        "timestamp": row["created_at"].isoformat(),
        "data": {
            "id": str(row["id"]),
            "subject_id": str(row["subject_id"]),
            "fund_id": str(row["fund_id"]),
            "area_code": row["area_code"],
            "borrower": {"kind": row["borrower_kind"], "id": str(row["borrower_id"])},
            "recipients": [
                {"member_id": str(one["member_id"]), "name": one["name"], "phone": one["phone"]}
                for one in people
            ],
            "text": text(facts),
            **facts,
        },
    }
