"""Approvals that nobody took up in time lapse, and their money is free again: rows with a due time."""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from shared import audit, clock, problems
from shared.db import Database, driver
from shared.errors import Refusal
from shared.security import Principal

PAUSE: Final = 60.0
"""Seconds between two looks at what is due."""
BATCH: Final = 200

log = structlog.get_logger(__name__)

_ITSELF = Principal(
    subject="service:funds", client=None, scopes=frozenset(), areas=("",), roles=(), request_id=""
)

# An approval that is being taken up is locked and skipped: it is contracted when its turn comes again.
_LAPSE = """
WITH due AS (
    SELECT id, fund_id, reserved FROM applications
    WHERE state = 'approved' AND due_at <= $1
    ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
), lapsed AS (
    UPDATE applications SET state = 'expired', reserved = 0, due_at = NULL, version = version + 1,
        updated_at = $1
    FROM due WHERE applications.id = due.id
    RETURNING applications.id
)
SELECT due.id, due.fund_id, due.reserved FROM due JOIN lapsed USING (id)
"""


async def lapse_due(session: AsyncSession, *, now: datetime, limit: int = BATCH) -> int:
    """Let up to `limit` approvals lapse whose last day is over; returns how many. Repeated, it does the rest.

    Two workers share the rows and never meet on one; the funds' books are locked in the order of their ids.
    """
    rows = await (await driver(session)).fetch(_LAPSE, now, limit)
    if not rows:
        return 0
    ids = [row["id"] for row in rows]
    await audit.record(session, principal=_ITSELF, action="application.lapse", subjects=ids, now=now)
    free = Counter[UUID]()
    for row in rows:
        free[row["fund_id"]] += row["reserved"]
    for fund_id in sorted(free):
        await ledger.release(session, fund_id=fund_id, amount=free[fund_id])
    return len(rows)


async def run(database: Database, stop: asyncio.Event, *, pause: float = PAUSE) -> None:
    """Let approvals lapse when they are due, until `stop`; a database that is away is waited for.

    Books that refuse (they would have to be wrong) are told in the log and asked again: the rest of the
    worker goes on.
    """
    while not stop.is_set():
        lapsed = 0
        try:
            async with database.transaction() as session:
                lapsed = await lapse_due(session, now=clock.now())
            if lapsed:
                log.info("approvals_lapsed", count=lapsed)
        except Refusal as refusal:
            log.error("approvals_not_lapsed", code=refusal.code)  # noqa: TRY400  # the code says it
        except Exception as failure:
            if not problems.is_away(failure):
                raise
            log.warning("approvals_wait", failure=failure)
        if lapsed < BATCH:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
