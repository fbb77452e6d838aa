"""Long work as rows: started in a request's transaction, claimed by a worker, done at least once.

The body of a job runs in one transaction that ends with the job's own success, so its effect and its state
cannot differ. Progress and the lease are written beside it on another connection. A worker that dies leaves
a lease that runs out; the job is then claimed again, and what the first worker did was never committed.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from shared import context, problems
from shared.db import Database, driver
from shared.errors import Refusal
from shared.ids import uuid7
from shared.security import Principal

LEASE: Final = 60.0
"""Seconds for which a job is a worker's without a sign of life."""
MAX_ATTEMPTS: Final = 3
_BEAT = 0.5
_IDLE = 0.25
_PAUSE_AFTER_FAILURE = 1.0

log = structlog.get_logger(__name__)


class LeaseLost(Exception):  # noqa: N818 - named after the fact
    """Another worker has the job now; nothing of this attempt may be committed."""


@dataclass(slots=True)
class JobContext:
    """What the body of a job works with."""

    id: UUID
    kind: str
    arguments: dict[str, Any]
    area: str
    principal: Principal
    """Who started the job, with the rights of that moment."""
    database: Database
    session: AsyncSession
    """The transaction of the whole job; committed with the state `succeeded`."""
    attempt: int
    done: int = 0
    total: int | None = None
    """Rows done of all; written twice a second, visible while the transaction runs."""

    async def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job is, and let the rest of the worker breathe. Never waits for the database."""
        self.done = done
        self.total = total if total is not None else self.total
        await asyncio.sleep(0)


Work = Callable[[JobContext], Awaitable[dict[str, Any]]]
"""The body of a kind of job: returns the result, a JSON object, or raises a Refusal that fails the job."""


async def start(
    session: AsyncSession,
    *,
    kind: str,
    arguments: Mapping[str, Any],
    principal: Principal,
    area: str,
    now: datetime,
) -> UUID:
    """Queue a job in this transaction and return its id; `area` is whose officers may see it.

    Arguments and result are shown to whoever sees the job: ids and options, no personal data.
    """
    await session.flush()
    job_id = uuid7()
    caller = {
        "subject": principal.subject,
        "client": principal.client,
        "scopes": sorted(principal.scopes),
        "areas": list(principal.areas),
        "roles": list(principal.roles),
        "request_id": principal.request_id,
        "purpose": principal.purpose,
    }
    await (await driver(session)).execute(
        "INSERT INTO jobs (id, kind, state, area, owner, caller, arguments, correlation_id, traceparent, "
        "created_at) VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, $8, $9)",
        job_id,
        kind,
        area,
        principal.subject,
        _json(caller),
        _json(dict(arguments)),
        context.correlation_id.get(),
        context.traceparent.get(),
        now,
    )
    return job_id


def _json(value: Any) -> str:
    """Encode a parameter; on the way back SQLAlchemy's codec on the connection has decoded it already."""
    return orjson.dumps(value, default=str).decode()


# --- the worker's side --------------------------------------------------------------------------------

_CLAIM = """
UPDATE jobs SET state = 'running', worker = $1, attempts = attempts + 1, done = 0,
  started_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE id = (
  SELECT id FROM jobs
  WHERE kind = ANY ($3) AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
  ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, area, caller, arguments, attempts, correlation_id, traceparent
"""
_MINE = "id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'"


@dataclass(slots=True)
class _Claim:
    """A job under this worker's lease."""

    worker: UUID
    row: asyncpg.Record
    database: Database
    finishing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def key(self) -> tuple[UUID, UUID, int]:
        """Return what tells this attempt from any other."""
        return self.row["id"], self.worker, self.row["attempts"]

    async def update(self, changes: str, *values: Any) -> bool:
        """Change the row on a connection of its own; False when the lease is another's."""
        async with self.database.transaction() as session:
            return await self.update_in(session, changes, *values)

    async def update_in(self, session: AsyncSession, changes: str, *values: Any) -> bool:
        """Change the row in this transaction; False when the lease is another's."""
        statement = f"UPDATE jobs SET {changes} WHERE {_MINE}"  # noqa: S608 - our own constant texts
        done: str = await (await driver(session)).execute(statement, *self.key, *values)
        return done == "UPDATE 1"


async def run(
    database: Database, kinds: Mapping[str, Work], stop: asyncio.Event, *, lease: float = LEASE
) -> None:
    """Work on jobs of these kinds until `stop`; the job in hand is then given back.

    A database that is away is waited for; a job that lost it goes on once its lease has run out.
    """
    worker = uuid7()
    while not stop.is_set():
        try:
            await _work(database, worker, kinds, stop, lease=lease)
        except Exception as failure:
            if not problems.is_away(failure):
                raise
            log.warning("jobs_wait", failure=failure)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE_AFTER_FAILURE)


async def _work(
    database: Database, worker: UUID, kinds: Mapping[str, Work], stop: asyncio.Event, *, lease: float
) -> None:
    while not stop.is_set():
        claim = await _claim(database, worker, kinds, lease)
        if claim is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _IDLE)
            continue
        work = asyncio.ensure_future(_perform(claim, kinds[claim.row["kind"]], lease))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
            await claim.update("state = 'queued', attempts = attempts - 1, worker = NULL")
        else:
            work.result()


async def run_pending(database: Database, kinds: Mapping[str, Work], *, lease: float = LEASE) -> int:
    """Work on jobs until none can be claimed, and return how many; for tests and command lines."""
    worker, count = uuid7(), 0
    while (claim := await _claim(database, worker, kinds, lease)) is not None:
        await _perform(claim, kinds[claim.row["kind"]], lease)
        count += 1
    return count


async def _claim(database: Database, worker: UUID, kinds: Mapping[str, Work], lease: float) -> _Claim | None:
    async with database.transaction() as session:
        row = await (await driver(session)).fetchrow(_CLAIM, worker, lease, list(kinds))
    return None if row is None else _Claim(worker, row, database)


async def _perform(claim: _Claim, work: Work, lease: float) -> None:
    """Run a claimed job to one of its ends; only a lost database leaves it to the lease."""
    row = claim.row
    with context.caused_by(event_id=None, correlation=row["correlation_id"], trace=row["traceparent"]):
        try:
            await _attempt(claim, work, lease)
        except LeaseLost:
            log.warning("job_lease_lost", job=str(row["id"]), kind=row["kind"])
        except Refusal as refusal:
            await _fail(claim, refusal)
        except Exception as failure:  # noqa: BLE001 - whatever a job raises, the worker goes on
            log.error("job_failed", job=str(row["id"]), kind=row["kind"], failure=failure)  # noqa: TRY400
            if row["attempts"] >= MAX_ATTEMPTS:
                await _fail(claim, problems.to_refusal(failure, constraints={}))
            else:
                await claim.update(
                    "lease_until = clock_timestamp() + make_interval(secs => $4)", 2.0 * row["attempts"]
                )


async def _attempt(claim: _Claim, work: Work, lease: float) -> None:
    row = claim.row
    caller = row["caller"]
    principal = Principal(
        **{**caller, "scopes": frozenset(caller["scopes"])}
        | {"areas": tuple(caller["areas"]), "roles": tuple(caller["roles"])}
    )
    async with claim.database.transaction() as session:
        job = JobContext(
            id=row["id"],
            kind=row["kind"],
            arguments=row["arguments"],
            area=row["area"],
            principal=principal,
            database=claim.database,
            session=session,
            attempt=row["attempts"],
        )
        working = asyncio.ensure_future(work(job))
        beating = asyncio.ensure_future(_beat(claim, job, lease))
        try:
            await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():  # only a lost lease or a lost database ends the beat first
                beating.result()
                raise LeaseLost
            result = working.result()
        finally:
            for task in (working, beating):
                task.cancel()
            await asyncio.gather(working, beating, return_exceptions=True)
        await session.flush()
        finished = await claim.update_in(
            session,
            "state = 'succeeded', finished_at = clock_timestamp(), lease_until = NULL, "
            "result = $4, done = $5, total = $6",
            _json(result),
            job.done if job.total is None else job.total,
            job.total,
        )
        if not finished:
            raise LeaseLost


async def _beat(claim: _Claim, job: JobContext, lease: float) -> None:
    """Write progress twice a second and the lease before it runs out, until cancelled; LeaseLost ends it."""
    shown: tuple[int, int | None] = (0, None)
    quiet = 0.0
    while True:
        await asyncio.sleep(_BEAT)
        quiet += _BEAT
        now_at = (job.done, job.total)
        if now_at == shown and quiet < lease / 3:
            continue
        changes = "done = $4, total = $5, lease_until = clock_timestamp() + make_interval(secs => $6)"
        if not await claim.update(changes, *now_at, lease):
            raise LeaseLost
        shown, quiet = now_at, 0.0


async def _fail(claim: _Claim, refusal: Refusal) -> None:
    error = {lang: problems.document(refusal, lang=lang) for lang in ("th", "en")}
    await claim.update(
        "state = 'failed', finished_at = clock_timestamp(), lease_until = NULL, error = $4", _json(error)
    )
