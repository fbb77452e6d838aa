"""The service stands: it is healthy, describes itself, serves its instruments and runs its worker."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from funds import worker
from funds.app import ROUTERS
from funds.settings import Settings
from shared.bus import InProcessBus
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer

OPERATIONS = [
    (path, method, route.name)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for path, method in [(route.path.replace("{code}", "ANY_FORM"), next(iter(route.methods or ())))]
]


@pytest.mark.parametrize(("path", "method", "name"), OPERATIONS, ids=[name for *_, name in OPERATIONS])
async def test_nobody_gets_in_without_the_right_token(
    officer: Caller, issuer: TestIssuer, path: str, method: str, name: str
) -> None:
    bare = await officer.client.request(method, path)
    assert (bare.status_code, bare.json()["code"]) == (401, "token_missing"), name
    elsewhere = issuer.headers("gateway", scopes=SCOPES)
    foreign = await officer.client.request(method, path, headers=elsewhere)
    assert (foreign.status_code, foreign.json()["code"]) == (401, "token_invalid"), name
    needless = officer.only(frozenset(SCOPES) - {"areas:read", "funds:read"})
    answer = await needless.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), name


async def test_it_is_live_and_ready(officer: Caller) -> None:
    for path in ("/health/live", "/health/ready"):
        assert (await officer.get(path)).status_code == 200, path


def test_every_operation_names_its_scope_and_its_problems(app: FastAPI) -> None:
    operations = [
        operation
        for path, methods in app.openapi()["paths"].items()
        if path.startswith("/v1/")
        for operation in methods.values()
    ]
    assert operations
    for operation in operations:
        assert operation["security"], operation["operationId"]
        assert operation["summary"], operation["operationId"]
        assert {"401", "403"} <= set(operation["responses"]), operation["operationId"]


async def test_it_lists_the_instruments_it_ships_and_gives_each_whole(officer: Caller) -> None:
    listed = (await officer.get("/v1/instruments/funds")).json()["items"]
    assert len(listed) >= 2
    for one in listed:
        whole = (await officer.get(f"/v1/instruments/funds/{one['code']}")).json()
        assert whole["title"]["th"] == one["title"]["th"]
        assert whole["groups"] or whole["levels"], one["code"]


async def test_an_unknown_instrument_is_named_as_such(officer: Caller) -> None:
    answer = await officer.get("/v1/instruments/funds/NO_SUCH_FORM")
    assert (answer.status_code, answer.json()["code"]) == (404, "instrument_not_found")


async def test_the_worker_runs_until_it_is_told_to_stop(settings_values: dict[str, Any]) -> None:
    settings, stop = Settings(**settings_values), asyncio.Event()
    running = asyncio.create_task(worker.run(settings, InProcessBus(worker.CONSUMERS), stop))
    await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 10)
