"""Every operation of the service x {neighbour's area, own area}, read from the service's routers.

A new capability is here as soon as its router is; what it needs stands in `world.py`. That nobody gets in
without a token or with a scope missing is tested for every service in tests/contracts.
"""

import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from funds.app import ROUTERS
from shared.db import Database
from shared.routing import Route
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.world import AREA, BODIES, FILES, HEADERS, MAKERS, NEIGHBOUR, PUBLIC, QUERIES, STATES, World

OPERATIONS = sorted(
    (route.path, method, route.name)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and not route.path.startswith(PUBLIC)
    for method in route.methods or ()
)
ABOUT_ONE = [one for one in OPERATIONS if "{" in one[0]]
"""They lead to something that lies in an area."""
PAGED = {
    route.name
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, Route) and route.wants.page is not None
}
LISTS = [(path, name) for path, _, name in OPERATIONS if name in PAGED and "{" not in path]
"""Totals and charts of reports are none: tests/reports."""


@pytest.fixture
def owner(officer: Caller) -> Caller:
    """Let the officer of the world's area do everything but take away lists and see everything of persons."""
    return officer.only(frozenset(SCOPES) - {"export", "pii:read", "admin"}).where(AREA)


@pytest.fixture
async def world(database: Database) -> World:
    """Make one of everything that a path names."""
    made: World = {}
    async with database.transaction() as session:
        for make in MAKERS:
            made |= await make(session, made)
    return made


@pytest.mark.parametrize(("path", "method", "name"), ABOUT_ONE, ids=[name for *_, name in ABOUT_ONE])
async def test_what_lies_in_an_area_does_not_exist_for_the_neighbour(
    owner: Caller, database: Database, world: World, path: str, method: str, name: str
) -> None:
    if name in STATES:
        pytest.skip(STATES[name])
    address, options = filled(path, world), options_of(name, method, world)
    before = await audited(database)
    for stranger in (owner.where(NEIGHBOUR), owner.where()):
        hidden = await stranger.request(method, address, **options)
        assert hidden.status_code == 404, hidden.text
    assert await audited(database) == before
    seen = await owner.request(method, address, **options)
    assert seen.status_code < 400, seen.text
    assert method == "GET" or await audited(database) > before


@pytest.mark.parametrize(("path", "name"), LISTS, ids=[name for _, name in LISTS])
@pytest.mark.usefixtures("world")
async def test_a_list_shows_the_neighbour_nothing_not_even_a_count(
    owner: Caller, path: str, name: str
) -> None:
    wanted = {"count": "true", **QUERIES.get(name, {})}
    own = (await owner.get(path, **wanted)).json()
    if not own["items"]:
        pytest.skip(f"the world has nothing for {name}: a maker is missing in world.py")
    assert own["total"] == len(own["items"])
    for stranger in (owner.where(NEIGHBOUR), owner.where()):
        hidden = (await stranger.get(path, **wanted)).json()
        assert (hidden["items"], hidden["total"]) == ([], 0)


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


def options_of(name: str, method: str, world: World) -> dict[str, Any]:
    """Return what httpx sends with an operation; skips a write that has no body in world.py."""
    headers = dict(HEADERS.get(name, {}))
    if method == "GET":
        return {"params": QUERIES.get(name, {}), "headers": headers}
    if method in {"PATCH", "PUT", "DELETE"}:
        headers["If-Match"] = "*"
    if name in FILES:
        return {"files": {"file": FILES[name]}, "headers": headers}
    if method == "DELETE":
        return {"headers": headers}
    if name not in BODIES:
        pytest.skip(f"{name} has no body in world.py")
    return {"json": BODIES[name](world), "headers": headers}


def filled(path: str, world: World) -> str:
    """Return the path with its parameters; skips one that has no example in world.py."""

    def example(found: re.Match[str]) -> str:
        value = world.get(f"{found[1]}.{found[2]}") or world.get(found[2])
        if value is None:
            pytest.skip(f"the world has no {found[2]}: a maker is missing in world.py")
        return f"{found[1]}/{value}"

    return re.sub(r"([^/]+)/{(\w+)}", example, path)
