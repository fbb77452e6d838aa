"""Every operation of the service x {neighbour's area, own area, sent twice}, read from the service's routers.

A new capability is here as soon as its router is; what it needs stands in `world.py`. That nobody gets in
without a token or with a scope missing is tested for every service in tests/contracts; what hostile
requests are answered in test_hostile_requests.py.
"""

import csv
import io
from collections.abc import AsyncIterator
from inspect import signature
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from httpx import Response

from funds.settings import Settings
from funds.worker import work
from shared import jobs
from shared.db import Database
from shared.exports import CSV, XLSX
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from shared.testing.look import rows
from tests import beginnings
from tests.world import (
    AREA,
    BODIES,
    FILES,
    FIRST,
    FORMS,
    NEIGHBOUR,
    OPERATIONS,
    PAGED,
    PLACES,
    QUERIES,
    ROUTES,
    World,
    addressed,
)

ABOUT_ONE = [one for one in OPERATIONS if "{" in one[0]]
"""They lead to something that lies in an area."""
LISTS = [(path, name) for path, name in PAGED if "{" not in path]
"""Totals and charts of reports are none: tests/reports."""
REFUSED = {(404, False), (403, False)}
"""An area is named by whom it is hidden from, or not hers; a scope she has."""
TAKEN = [(path, name) for path, name in PAGED if CSV in str(ROUTES[name].responses.get(200))]
"""Lists that are files too."""


@pytest.fixture
def owner(officer: Caller) -> Caller:
    """Let the officer of the world's district do everything but take away lists and see all of persons."""
    return officer.only(frozenset(SCOPES) - {"export", "pii:read", "admin"}).where(AREA)


@pytest.fixture
def world(filled: tuple[str, World]) -> World:
    """Return the names of what the database holds."""
    return dict(filled[1])


@pytest.fixture
def settings(settings_values: dict[str, Any]) -> Settings:
    """Return the settings of the service and of its worker."""
    return Settings(**settings_values)


@pytest.fixture
async def database_name(
    request: pytest.FixtureRequest, cluster: Cluster, filled: tuple[str, World], read_only: str
) -> AsyncIterator[str]:
    """Name a database that holds the world: of the test's own where it changes something."""
    about = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    changes = {*FIRST, *beginnings.BODIES}
    if about.get("method", "GET") == "GET" and about.get("name") not in changes:
        yield read_only
        return
    name = await cluster.copy(filled[0])
    yield name
    await cluster.drop(name)


@pytest.mark.parametrize(("path", "method", "name"), ABOUT_ONE, ids=[name for *_, name in ABOUT_ONE])
async def test_what_lies_in_an_area_does_not_exist_for_the_neighbour(
    owner: Caller, database: Database, settings: Settings, world: World, path: str, method: str, name: str
) -> None:
    owner = owner.where(PLACES.get(name, AREA))
    given = await prepared(owner, database, settings, world, name)
    address, options = asked(path, method, name, world)
    if name in FORMS:
        options |= FORMS[name](given)
    before = await audited(database)
    for stranger in (owner.where(NEIGHBOUR), owner.where()):
        hidden = await stranger.request(method, address, **options)
        assert hidden.status_code == 404, hidden.text
    assert await audited(database) == before
    seen = await owner.request(method, address, **options)
    assert seen.status_code < 400, seen.text
    assert method == "GET" or await audited(database) > before
    if ROUTES[name].claims_key:
        await is_done_once(owner, database, address, options, seen)


@pytest.mark.parametrize("name", sorted(beginnings.BODIES))
async def test_nothing_is_begun_in_the_neighbours_area(
    owner: Caller, database: Database, world: World, name: str
) -> None:
    address, options = asked(ROUTES[name].path, "POST", name, world)
    before = await audited(database)
    for stranger in (owner.where(NEIGHBOUR), owner.where()):
        refused = await stranger.request("POST", address, **options)
        assert (refused.status_code, refused.json()["code"] == "scope_missing") in REFUSED, refused.text
    assert await audited(database) == before
    seen = await owner.request("POST", address, **options)
    assert seen.status_code < 400, seen.text
    assert await audited(database) > before
    await is_done_once(owner, database, address, options, seen)


async def prepared(owner: Caller, database: Database, settings: Settings, world: World, name: str) -> bytes:
    """Let somebody else do what has to be done before an operation; returns the last answer."""
    given = b""
    for step in FIRST.get(name, ()):
        method = "".join(ROUTES[step].methods or ())  # each has one
        address, options = asked(ROUTES[step].path, method, step, world, about=name)
        done = await owner.named("user:another").request(method, address, **options)
        assert done.status_code < 400, done.text
        await jobs.run_pending(database, work(settings))
        given = done.content
    return given


async def is_done_once(
    owner: Caller, database: Database, address: str, options: dict[str, Any], seen: Response
) -> None:
    """See that what was done is answered again without being done, and only to the same request."""
    done = await audited(database)
    again = await owner.request("POST", address, **options)
    assert (again.status_code, again.content) == (seen.status_code, seen.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await owner.request("POST", address, **{**options, "params": {"calendar": "be"}})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await audited(database) == done


@pytest.mark.parametrize(("path", "name"), LISTS, ids=[name for _, name in LISTS])
async def test_a_list_shows_the_neighbour_nothing_not_even_a_count(
    owner: Caller, world: World, path: str, name: str
) -> None:
    wanted = {"count": "true", **QUERIES.get(name, {})}
    assert (await listed(owner, path, **wanted))["items"], f"{name} needs a maker: {sorted(world)}"
    for stranger in (owner.where(NEIGHBOUR), owner.where()):
        hidden = await listed(stranger, path, **wanted)
        assert (hidden["items"], hidden["total"]) == ([], 0)


@pytest.mark.parametrize(("path", "name"), PAGED, ids=[name for _, name in PAGED])
async def test_a_list_read_row_by_row_is_the_whole_list(
    owner: Caller, database: Database, settings: Settings, world: World, path: str, name: str
) -> None:
    await prepared(owner, database, settings, world, name)
    address, wanted = addressed(path, name, world), QUERIES.get(name, {})
    here: dict[str, str] | None = wanted
    whole = await listed(owner, address, limit="200", count="true", **wanted)
    assert whole["next"] is None
    assert whole["total"] == len(whole["items"]) > 0
    found = []
    while here is not None:
        one = await listed(owner, address, limit="1", **here)
        found += one["items"]
        here = {**wanted, "cursor": one["next"]} if one["next"] else None
    assert found == whole["items"]


@pytest.mark.parametrize(("path", "name"), TAKEN, ids=[name for _, name in TAKEN])
async def test_a_list_taken_away_is_the_list_that_is_shown(
    owner: Caller, world: World, path: str, name: str
) -> None:
    address, wanted = addressed(path, name, world), QUERIES.get(name, {})
    shown = (await listed(owner, address, limit="200", **wanted))["items"]
    headers = {"Accept": CSV, "Accept-Language": "en"}
    text = await owner.may("export").request("GET", address, headers=headers, params=wanted)
    assert [alike(row, item) for row, item in zip(csv.DictReader(io.StringIO(text.text)), shown, strict=True)]
    headers["Accept"] = XLSX
    file = await owner.may("export").request("GET", address, headers=headers, params=wanted)
    book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True)
    assert [len(list(sheet.values)) - 1 for sheet in book.worksheets] == [len(shown)]


def alike(row: dict[str, str], item: dict[str, Any]) -> bool:
    """See that a row of a file says what the list says under the same names."""
    told = {name: value for name, value in item.items() if isinstance(value, str) and name in row}
    assert {name: row[name] for name in told} == told
    return bool(told)


async def test_an_unknown_id_is_answered_as_a_neighbours(owner: Caller, world: World) -> None:
    address = f"/v1/funds/{world['fund_id']}"
    hidden = (await owner.where(NEIGHBOUR).get(address)).json()
    unknown = (await owner.get(f"/v1/funds/{uuid4()}")).json()
    assert {**hidden, "request_id": ""} == {**unknown, "request_id": ""}


async def audited(database: Database) -> int:
    """Return how many audit rows there are."""
    (row,) = await rows(database, "SELECT count(*) FROM audit")
    found: int = row["count"]
    return found


async def listed(caller: Caller, address: str, **wanted: str) -> dict[str, Any]:
    """Return a page of a list."""
    answer = await caller.get(address, **wanted)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def asked(path: str, method: str, name: str, world: World, *, about: str = "") -> tuple[str, dict[str, Any]]:
    """Return an operation's address, about the thing of another operation or its own, and httpx's options."""
    headers = {"If-Match": "*"} if "if_match" in signature(ROUTES[name].endpoint).parameters else {}
    address = addressed(path, about or name, world)
    if method == "GET":
        return address, {"params": QUERIES.get(name, {})}
    if ROUTES[name].claims_key:
        headers["Idempotency-Key"] = name
    file = FILES.get(f"{about}.{name}", FILES.get(name))
    if file is not None:
        return address, {"files": {"file": file}, "headers": headers}
    if name in FORMS or method == "DELETE":
        return address, {"headers": headers}
    return address, {"headers": headers, "json": BODIES[name](world)}
