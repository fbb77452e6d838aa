"""Long work: its effect and its state are one, its progress is visible, and no worker's death loses it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message

from shared import clock, context, jobs
from shared.db import Database
from shared.errors import Conflict
from shared.testing.identity import TestIssuer, principal


class HeaderMissing(Conflict):
    """The file has no header."""

    code = "header_missing"
    title_th, title_en = "ไม่มีหัวตาราง", "There is no header"


async def start(database: Database, kind: str, *, area: str = "34") -> UUID:
    async with database.transaction() as session:
        return await jobs.start(
            session, kind=kind, arguments={"n": 3}, principal=principal(), area=area, now=clock.now()
        )


async def row(database: Database, job: UUID) -> Any:
    async with database.read() as session:
        return (await session.execute(text("SELECT * FROM jobs WHERE id = :id"), {"id": job})).one()


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT name FROM things ORDER BY name"))).scalars())


async def add_thing(job: jobs.JobContext, name: str) -> None:
    await job.session.execute(text("INSERT INTO things (name) VALUES (:name)"), {"name": name})


async def until(check: Any) -> None:
    async with asyncio.timeout(20):
        while not await check():  # noqa: ASYNC110 - a row in a database has no event
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("things")
async def test_a_job_does_its_work_and_keeps_its_result(database: Database) -> None:
    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "made")
        await job.progress(3, 3)
        return {"n": job.arguments["n"], "by": job.principal.subject}

    job = await start(database, "make")
    assert await jobs.run_pending(database, {"make": work}) == 1
    found = await row(database, job)
    assert (found.state, found.result, found.done) == ("succeeded", {"n": 3, "by": "user:tester"}, 3)
    assert found.finished_at >= found.started_at
    assert await names(database) == ["made"]


@pytest.mark.usefixtures("things")
async def test_a_refused_job_keeps_the_problem_and_none_of_its_work(database: Database) -> None:
    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "made")
        raise HeaderMissing

    job = await start(database, "make")
    await jobs.run_pending(database, {"make": work})
    found = await row(database, job)
    assert (found.state, found.error["en"]["code"], found.error["th"]["title"]) == (
        "failed",
        "header_missing",
        "ไม่มีหัวตาราง",
    )
    assert await names(database) == []


@pytest.mark.usefixtures("things")
async def test_a_job_that_breaks_is_tried_again_and_fails_after_three_times(database: Database) -> None:
    attempts = []

    async def work(job: jobs.JobContext) -> dict[str, Any]:
        attempts.append(job.attempt)
        raise RuntimeError

    async def ended() -> bool:
        async with database.transaction() as session:  # the pause between two attempts is over
            await session.execute(text("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 s'"))
        await jobs.run_pending(database, {"make": work})
        return bool((await row(database, job)).state == "failed")

    job = await start(database, "make")
    await until(ended)
    assert attempts == [1, 2, 3]
    assert (await row(database, job)).error["en"]["code"] == "internal_error"


@pytest.mark.usefixtures("things")
async def test_a_job_of_a_dead_worker_is_done_by_another_exactly_once(database: Database) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "by the first")
        begun.set()
        await never.wait()
        return {}

    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "by the second")
        return {"attempt": job.attempt}

    job = await start(database, "make")
    dead = asyncio.create_task(jobs.run_pending(database, {"make": hang}))
    await begun.wait()
    dead.cancel()
    await asyncio.wait({dead})
    assert await jobs.run_pending(database, {"make": work}) == 0  # still leased to the first
    async with database.transaction() as session:
        await session.execute(text("UPDATE jobs SET lease_until = clock_timestamp()"))
    assert await jobs.run_pending(database, {"make": work}) == 1
    assert (await row(database, job)).result == {"attempt": 2}
    assert await names(database) == ["by the second"]


@pytest.mark.usefixtures("things")
async def test_a_worker_that_lost_its_lease_commits_nothing(database: Database) -> None:
    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "too late")
        async with database.transaction() as session:  # another worker claims it meanwhile
            await session.execute(text("UPDATE jobs SET worker = gen_random_uuid(), attempts = 2"))
        return {}

    job = await start(database, "make")
    await jobs.run_pending(database, {"make": work})
    assert (await row(database, job)).state == "running"
    assert await names(database) == []


@pytest.mark.usefixtures("things")
async def test_a_stopped_worker_gives_its_job_back_at_once(database: Database) -> None:
    begun, never, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "half")
        begun.set()
        await never.wait()
        return {}

    job = await start(database, "make")
    worker = asyncio.create_task(jobs.run(database, {"make": work}, stop))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(worker, 10)
    found = await row(database, job)
    assert (found.state, found.attempts) == ("queued", 0)
    assert await names(database) == []


@pytest.mark.usefixtures("things")
async def test_ten_workers_never_take_the_same_job(database: Database) -> None:
    seen: list[UUID] = []

    async def work(job: jobs.JobContext) -> dict[str, Any]:
        seen.append(job.id)
        return {}

    started = [await start(database, "make") for _ in range(20)]
    await asyncio.gather(*(jobs.run_pending(database, {"make": work}) for _ in range(4)))
    assert sorted(seen) == sorted(started)


@pytest.mark.usefixtures("things")
async def test_what_a_job_causes_belongs_to_the_request_that_started_it(database: Database) -> None:
    seen = []

    async def work(_: jobs.JobContext) -> dict[str, Any]:
        seen.append(context.correlation_id.get())
        return {}

    with context.caused_by(event_id=None, correlation="the-story", trace=None):
        await start(database, "make")
    await jobs.run_pending(database, {"make": work})
    assert seen == ["the-story"]


async def test_progress_is_visible_while_the_job_runs_and_streamed_to_its_end(
    app: FastAPI, api: httpx.AsyncClient, database: Database
) -> None:
    go_on = asyncio.Event()

    async def work(job: jobs.JobContext) -> dict[str, Any]:
        await add_thing(job, "in the job")
        await job.progress(21, 82)
        await go_on.wait()
        await job.progress(82)
        return {"rows": 82}

    answer = await api.post("/v1/thing-jobs", json={"kind": "count", "area": "34"})
    address = answer.headers["location"]
    working = asyncio.create_task(jobs.run_pending(database, {"count": work}))

    async def shown() -> bool:
        return bool((await api.get(address)).json()["progress"]["done"] == 21)

    await until(shown)
    job = (await api.get(address)).json()
    assert (job["state"], job["progress"]["percent"]) == ("running", 25.61)
    assert job["progress"]["seconds_left"] > 0
    assert await names(database) == []

    listening = Listener(app, address, api.headers["authorization"])
    streaming = asyncio.create_task(listening.run())
    await asyncio.wait_for(listening.first.wait(), 20)
    go_on.set()
    await working
    await asyncio.wait_for(streaming, 20)
    events = [event async for event in parse(listening.body.decode())]
    assert (events[0][0], events[0][1]["progress"]["done"]) == ("progress", 21)
    assert events[-1][0] == "end"
    assert events[-1][1]["result"] == {"rows": 82}
    assert events[-1][1]["progress"]["percent"] == 100


class Listener:
    """A client that reads a stream while it comes; httpx's transport would wait for its end."""

    def __init__(self, app: FastAPI, address: str, authorization: str) -> None:
        self.app, self.body, self.first, self.asked = app, b"", asyncio.Event(), False
        headers = {"authorization": authorization, "last-event-id": "7"}
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": f"{address}/events",
            "raw_path": f"{address}/events".encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }

    async def run(self) -> None:
        await self.app(self.scope, self.receive, self.send)

    async def receive(self) -> Message:
        if self.asked:
            await asyncio.Event().wait()  # the client stays
        self.asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        self.body += message.get("body", b"")
        if b"event:" in self.body:
            self.first.set()


async def parse(body: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    for block in body.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            yield fields["event"], json.loads(fields["data"])


async def test_a_job_is_seen_by_its_owner_and_by_officers_of_its_area_only(
    api: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    address = (await api.post("/v1/thing-jobs", json={"kind": "count", "area": "3415"})).headers["location"]
    seen = {}
    for who, areas in {"officer": ["34"], "neighbour": ["35"], "below": ["341501"], "nobody": []}.items():
        headers = issuer.headers("funds", scopes=["jobs:read"], areas=areas, sub=f"user:{who}")
        one, listed = (
            await api.get(address, headers=headers),
            await api.get("/v1/jobs/funds", headers=headers),
        )
        events = await api.get(f"{address}/events", headers=headers) if one.status_code == 404 else one
        seen[who] = (one.status_code, events.status_code, len(listed.json()["items"]))
    assert seen == {
        "officer": (200, 200, 1),
        "neighbour": (404, 404, 0),
        "below": (404, 404, 0),
        "nobody": (404, 404, 0),
    }
    owner = issuer.headers("funds", scopes=["jobs:read"], areas=[])
    assert (await api.get(address, headers=owner)).json()["state"] == "queued"


async def test_jobs_are_listed_newest_first_in_pages(api: httpx.AsyncClient) -> None:
    made = [
        (await api.post("/v1/thing-jobs", json={"kind": "count", "area": "34"})).headers["location"][-36:]
        for _ in range(3)
    ]
    first = (await api.get("/v1/jobs/funds?limit=2&state=queued")).json()
    rest = (await api.get(f"/v1/jobs/funds?limit=2&state=queued&cursor={first['next']}")).json()
    assert [job["id"] for job in first["items"] + rest["items"]] == made[::-1]
    assert (await api.get("/v1/jobs/funds?state=failed")).json()["items"] == []
