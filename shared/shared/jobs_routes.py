"""`/v1/jobs/<service>`: the state, progress and result of long work, also as a stream of events."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response, StreamingResponse

from shared import clock, paging, problems
from shared.db import Database, ReadSession, driver
from shared.errors import NotFound
from shared.routing import Route
from shared.schemas import Filters, Schema
from shared.security import Principal, requires

State = Literal["queued", "running", "succeeded", "failed"]
_ENDED = ("succeeded", "failed")
_POLL = 0.5
_KEEP_ALIVE = 15.0
_LONGEST = 600.0
_COLUMNS = "id, kind, state, area, done, total, result, error, created_at, started_at, finished_at"
_VISIBLE = (
    "(owner = $1 OR EXISTS (SELECT 1 FROM unnest($2::text[]) AS prefix WHERE starts_with(area, prefix)))"
)
_FILTERED = "($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR kind = $4)"


class Progress(Schema):
    """How far a job is."""

    done: int
    total: int | None
    percent: float | None
    """Of the total, rounded half up to two places."""
    rows_per_second: int | None
    seconds_left: int | None


class Job(Schema):
    """Long work (งานเบื้องหลัง): what it is, how far it is, what came of it."""

    id: UUID
    kind: str
    state: State
    area: str
    progress: Progress
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    """A problem (RFC 9457) when the state is `failed`."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobFilters(Filters):
    """Filters of the list."""

    state: State | None = None
    kind: Annotated[str, Query(max_length=60)] | None = None


Reader = Annotated[Principal, requires("jobs:read")]


async def list_jobs(
    session: ReadSession,
    principal: Reader,
    page: paging.PageParams,
    filters: Annotated[JobFilters, Query()],
    request: Request,
) -> Response:
    """List your own jobs and those of your areas, newest first. งานของท่านและของพื้นที่ของท่าน."""
    rows = await _list(session, principal=principal, page=page, filters=filters)
    shown = [_shown(row, request, now=clock.now()) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    total = await _count(session, principal=principal, filters=filters) if page.count else None
    key = [str(rows[page.limit - 1]["id"])] if more else None
    return paging.page(page, shown, next_key=key, total=total)


async def get_job(session: ReadSession, principal: Reader, job_id: UUID, request: Request) -> Response:
    """Return a job's state, progress and result. สถานะ ความคืบหน้า และผลของงาน."""
    row = await _find(session, job_id, principal=principal)
    shown = _shown(row, request, now=clock.now())
    return Response(paging.json_bytes(shown), media_type="application/json")


async def stream_job(
    session: ReadSession, principal: Reader, job_id: UUID, request: Request
) -> StreamingResponse:
    """Send the job at once, whenever it changes, and a last time at its end; then close.

    A client that reconnects gets the present state first, whatever `Last-Event-ID` it sends.

    ความคืบหน้าของงานแบบต่อเนื่องจนงานสิ้นสุด
    """
    row = await _find(session, job_id, principal=principal)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(row, request, principal)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def router(service: str) -> APIRouter:
    """Return the routes of one service's jobs."""
    made = APIRouter(
        prefix=f"/v1/jobs/{service}",
        tags=["jobs"],
        route_class=Route,
        responses=problems.responses(NotFound),
    )
    made.add_api_route(
        "",
        list_jobs,
        response_model=paging.Page[Job],
        operation_id=f"list_{service}_jobs",
        summary="Jobs, newest first (งานเบื้องหลัง)",
    )
    made.add_api_route(
        "/{job_id}",
        get_job,
        response_model=Job,
        operation_id=f"get_{service}_job",
        summary="One job (งานเบื้องหลังหนึ่งงาน)",
    )
    made.add_api_route(
        "/{job_id}/events",
        stream_job,
        response_class=StreamingResponse,
        responses={200: {"description": "A job per event", "content": {"text/event-stream": {}}}},
        operation_id=f"stream_{service}_job",
        summary="A job's progress as server-sent events (ความคืบหน้าของงาน)",
    )
    return made


async def _list(
    session: AsyncSession, *, principal: Principal, page: paging.Params, filters: JobFilters
) -> list[asyncpg.Record]:
    after = None if page.after is None else UUID(page.after[0])
    rows: list[asyncpg.Record] = await (await driver(session)).fetch(
        f"SELECT {_COLUMNS} FROM jobs WHERE {_VISIBLE} AND {_FILTERED} "  # noqa: S608 - our own texts
        "AND ($5::uuid IS NULL OR id < $5) ORDER BY id DESC LIMIT $6",
        principal.subject,
        list(principal.areas),
        filters.state,
        filters.kind,
        after,
        page.limit + 1,
    )
    return rows


async def _count(session: AsyncSession, *, principal: Principal, filters: JobFilters) -> int:
    count: int = await (await driver(session)).fetchval(
        f"SELECT count(*) FROM jobs WHERE {_VISIBLE} AND {_FILTERED}",  # noqa: S608 - our own texts
        principal.subject,
        list(principal.areas),
        filters.state,
        filters.kind,
    )
    return count


async def _find(session: AsyncSession, job_id: UUID, *, principal: Principal) -> asyncpg.Record:
    """Return a job the caller may see; raises NotFound."""
    row = await (await driver(session)).fetchrow(
        f"SELECT {_COLUMNS} FROM jobs WHERE {_VISIBLE} AND id = $3",  # noqa: S608 - our own texts
        principal.subject,
        list(principal.areas),
        job_id,
    )
    if row is None:
        raise NotFound
    return row


def _shown(row: asyncpg.Record, request: Request, *, now: datetime) -> dict[str, Any]:
    """Return a job as `Job` describes it, its error in the caller's language."""
    lang = problems.language(request.headers.get("accept-language"))
    error = None if row["error"] is None else row["error"][lang]
    return {
        **{name: row[name] for name in ("id", "kind", "state", "area")},
        "progress": progress(row, now=now),
        "result": row["result"],
        "error": error,
        **{name: row[name] for name in ("created_at", "started_at", "finished_at")},
    }


def progress(row: asyncpg.Record, *, now: datetime) -> dict[str, Any]:
    """Return how far a job is, how fast and how long it will still take at that pace."""
    done, total, started = row["done"], row["total"], row["started_at"]
    seconds = ((row["finished_at"] or now) - started).total_seconds() if started else 0.0
    pace = done / seconds if seconds > 0 and done else None
    percent = None
    if total:
        percent = (Decimal(100 * done) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)
    left = None
    if row["state"] == "running" and pace and total:
        left = round(max(total - done, 0) / pace)
    return {
        "done": done,
        "total": total,
        "percent": None if percent is None else float(percent),
        "rows_per_second": None if pace is None else round(pace),
        "seconds_left": left,
    }


async def _events(row: asyncpg.Record, request: Request, principal: Principal) -> AsyncIterator[bytes]:
    """Yield an event for every change until the job has ended, the service stops or ten minutes are over."""
    database: Database = request.app.state.database
    waited, silent, number, last = 0.0, 0.0, 0, b""
    yield b"retry: 2000\n\n"
    while True:
        data = paging.json_bytes(_shown(row, request, now=clock.now()))
        key = paging.json_bytes([row["state"], row["done"], row["total"]])
        if key != last:
            number += 1
            kind = b"end" if row["state"] in _ENDED else b"progress"
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind, data)
            last, silent = key, 0.0
        elif silent >= _KEEP_ALIVE:
            yield b": still there\n\n"
            silent = 0.0
        over = waited >= _LONGEST or getattr(request.app.state, "stopping", False)
        if row["state"] in _ENDED or over:
            return
        await asyncio.sleep(_POLL)
        waited, silent = waited + _POLL, silent + _POLL
        async with database.read() as session:
            try:
                row = await _find(session, row["id"], principal=principal)
            except NotFound:
                return
