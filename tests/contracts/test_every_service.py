"""Every service stands: it is healthy, lets nobody in unasked, describes itself, runs its worker."""

import asyncio
import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from embedded.layout import SERVICES
from shared.bus import InProcessBus
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer

NAME = re.compile(r'"#/components/schemas/(\w+)"')
BOUNDS = {"pattern", "maxLength", "enum", "const", "format", "contentMediaType"}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Name the service under test: each of them in turn."""
    name: str = request.param
    return name


@pytest.fixture
def app(service: str, settings_values: dict[str, Any]) -> FastAPI:
    """Build the service's app on a database of the test's own."""
    settings = import_module(f"{service}.settings").Settings(**settings_values)
    built: FastAPI = import_module(f"{service}.app").create_app(settings)
    return built


@pytest.fixture
def everybody(client: httpx.AsyncClient, issuer: TestIssuer, service: str) -> Caller:
    """Call with every right there is, in the whole country."""
    return Caller(client, issuer, service, scopes=frozenset(SCOPES))


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation; names in the path are filled in."""
    for path, methods in app.openapi()["paths"].items():
        if path.startswith("/v1/"):
            for method, operation in methods.items():
                yield method.upper(), re.sub(r"\{.*?\}", "ANY", path), operation


async def test_nobody_gets_in_without_the_right_token(
    app: FastAPI, everybody: Caller, issuer: TestIssuer
) -> None:
    elsewhere = issuer.headers("gateway", scopes=SCOPES)
    for method, path, operation in operations(app):
        name = operation["operationId"]
        bare = await everybody.client.request(method, path)
        assert (bare.status_code, bare.json()["code"]) == (401, "token_missing"), name
        foreign = await everybody.client.request(method, path, headers=elsewhere)
        assert (foreign.status_code, foreign.json()["code"]) == (401, "token_invalid"), name
        needed = {scope for way in operation["security"] for scopes in way.values() for scope in scopes}
        assert needed, name
        for scope in needed:
            answer = await everybody.only(frozenset(SCOPES) - {scope}).request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), name


def test_every_operation_names_its_problems(app: FastAPI) -> None:
    described = [operation for _, _, operation in operations(app)]
    assert described
    for operation in described:
        assert operation["summary"], operation["operationId"]
        assert {"401", "403"} <= set(operation["responses"]), operation["operationId"]


def test_every_text_of_a_body_has_its_bounds_in_the_document(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    sent, seen = [one.get("requestBody", {}) for _, _, one in operations(app)], set[str]()
    while sent:
        for name in NAME.findall(json.dumps(sent.pop())):
            if name not in seen:
                seen.add(name)
                sent.append(schemas[name])
    free = {f"{name}.{field}" for name in seen for field in unbounded(schemas[name])}
    assert free <= {"Text.th", "Text.en"}  # of a form's edition, which only the department loads


def unbounded(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the fields of a schema that take any text at all."""
    for field, one in schema.get("properties", {}).items():
        ways = one.get("anyOf", [one])
        for way in (way.get("items", way) for way in ways):
            if way.get("type") == "string" and not BOUNDS & set(way):
                yield field


async def test_it_is_live_and_ready(everybody: Caller) -> None:
    for path in ("/health/live", "/health/ready"):
        assert (await everybody.get(path)).status_code == 200, path


async def test_it_lists_the_instruments_it_ships_and_gives_each_whole(
    everybody: Caller, service: str
) -> None:
    listed = (await everybody.get(f"/v1/instruments/{service}")).json()["items"]
    assert listed
    for one in listed:
        whole = (await everybody.get(f"/v1/instruments/{service}/{one['code']}")).json()
        assert whole["title"]["th"] == one["title"]["th"]
        assert whole["groups"] or whole["levels"], one["code"]


async def test_an_unknown_instrument_is_named_as_such(everybody: Caller, service: str) -> None:
    answer = await everybody.get(f"/v1/instruments/{service}/NO_SUCH_FORM")
    assert (answer.status_code, answer.json()["code"]) == (404, "instrument_not_found")


async def test_the_worker_runs_until_it_is_told_to_stop(
    service: str, settings_values: dict[str, Any]
) -> None:
    worker, stop = import_module(f"{service}.worker"), asyncio.Event()
    settings = import_module(f"{service}.settings").Settings(**settings_values)
    running = asyncio.create_task(worker.run(settings, InProcessBus(worker.CONSUMERS), stop))
    await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 10)
