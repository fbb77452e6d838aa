"""Every operation of the service x {no token, wrong scope, neighbour's area, own area}.

The operations are read from the service's routers: a new capability is in the first three tables at once.
A new noun in a path gets an example in `world`, a new write a body in `BODIES`.
"""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from households.app import ROUTERS, create_app
from households.settings import Settings
from shared import keyfiles
from shared.citizen import make_keys
from shared.db import Database
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer
from shared.testing.look import rows

OPERATIONS = sorted(
    (route.path, method, route.name)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)
FIGURES = ("/v1/feed-editions", "/v1/feed-pulls", "/v1/poverty/summary", "/v1/poverty/thresholds")
"""Of all areas together; what of them an area hides is tested in tests/feeds and tests/poverty."""
PUBLIC = ("/v1/areas", "/v1/instruments", *FIGURES)
"""Paths whose content is the same for everybody."""

PAIRS = "/v1/duplicates"
"""Pairs of one district, no list with pages; its neighbour is in tests/merges."""

VILLAGE, NEIGHBOUR = "34110209", "3419"
World = dict[str, str]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_household": lambda _: {"house_no": "7"},
    "move_household": lambda _: {"village_code": "34110210", "moved_on": "2026-01-05"},
    "split_household": lambda world: {
        "split_on": "2026-01-05",
        "members": [{"person_id": world["person_id"], "relation": "head"}],
    },
    "add_member": lambda _: {
        "relation": "child",
        "person": {"first_name": "มานี", "last_name": "ใจดี"},
    },
    "remove_member": lambda _: {"left_on": "2026-01-05"},
    "change_head": lambda world: {"person_id": world["person_id"], "former_head_is": "parent"},
    "change_person": lambda _: {"prefix": "นางสาว"},
    "record_death": lambda _: {"died_on": "2026-01-05"},
    "change_committee": lambda _: {"name_th": "ศจพ.อ."},
    "appoint_committee_member": lambda _: {
        "subject": "user:new",
        "display_name": "ใหม่",
        "term_from": "2026-01-01",
    },
    "change_committee_member": lambda _: {"term_to": "2026-12-31"},
    "declare_conflicts": lambda _: {"conflicts": []},
    "close_meeting": lambda _: {},
    "withdraw_case": lambda _: {"reason": "refused"},
    "advance_case": lambda _: {"to": "planned"},
}
"""Steps that need another state than the world's are in `cases/`, with the neighbour's side of each."""


def parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def about_one(path: str) -> bool:
    """Say whether the path leads to something that lies in an area."""
    return bool(parameters(path)) and not path.startswith(PUBLIC)


def named(operations: list[tuple[str, str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("path", "method"),
        [(path, method) for path, method, _ in operations],
        ids=[name for _, _, name in operations],
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doorstep(
    issuer: TestIssuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """Client of an app without a database: whoever is refused at the door never gets that far."""
    secrets: Path = tmp_path_factory.mktemp("secrets")
    make_keys(secrets)
    keyfiles.make(secrets / keyfiles.CURSOR_KEY)
    settings = Settings(
        environment="test",
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
        secrets_folder=secrets,
        internal_jwks=issuer.jwks,
        files_url=f"file://{secrets}",
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


@pytest.fixture
def officer(officer: Caller) -> Caller:
    """Let the officer do everything that needs no purpose and no export."""
    nouns = ("cases:read", "cases:write", "cases:approve", "committees:read", "committees:write")
    return officer.may(*nouns, "meetings:write")


@pytest.fixture
async def world(officer: Caller) -> World:
    """Make one of everything that a path names, in the officer's district."""
    members = [
        {
            "relation": relation,
            "valid_from": "2026-01-01",
            "person": {"first_name": "สมชาย", "last_name": "ใจดี", "birth_date": "1970-01-01"},
        }
        for relation in ("head", "child")
    ]
    answer = await officer.post("/v1/households", {"village_code": VILLAGE, "members": members})
    body = answer.json()
    decided = await certification(officer, body["id"])
    return {"household_id": body["id"], "person_id": body["members"][1]["id"], "code": VILLAGE, **decided}


async def certification(officer: Caller, household_id: str) -> World:
    """Certify the household: a case, a committee with its member, a meeting and its resolution."""
    member = {"subject": "user:chair", "display_name": "นายอำเภอ", "term_from": "2025-01-01"}
    committee = {"level": "district", "area_code": "3411", "name_th": "ศจพ.อ.", "members": [member]}
    set_up = (await officer.post("/v1/committees", committee)).json()
    proposer, member_id = officer.named("user:proposer"), set_up["members"][0]["id"]
    case_id = (await proposer.post("/v1/cases", {"household_id": household_id})).json()["id"]
    await proposer.post(f"/v1/cases/{case_id}/verification", {"developable": True})
    await proposer.post("/v1/cases/proposals", {"case_ids": [case_id]})
    day = {"held_on": "2026-01-05", "place": "ที่ว่าการอำเภอ", "minutes_number": "1/2569"}
    meeting = {**day, "committee_id": set_up["id"], "present": [member_id]}
    meeting_id = (await officer.post("/v1/meetings", meeting)).json()["id"]
    await officer.post(f"/v1/meetings/{meeting_id}/opening", {})
    resolution = {"resolution_no": "1", "decisions": [{"case_id": case_id, "decision": "certified"}]}
    answer = await officer.post(f"/v1/meetings/{meeting_id}/resolutions", resolution)
    return {
        "committee_id": set_up["id"],
        "member_id": member_id,
        "case_id": case_id,
        "meeting_id": meeting_id,
        "resolution_id": answer.json()["id"],
    }


@named(OPERATIONS)
async def test_nobody_gets_in_without_a_token(doorstep: httpx.AsyncClient, path: str, method: str) -> None:
    answer = await doorstep.request(method, filled(path, {}), json={} if method != "GET" else None)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


@named(OPERATIONS)
async def test_every_other_scope_together_opens_no_operation(
    doorstep: httpx.AsyncClient, issuer: TestIssuer, path: str, method: str
) -> None:
    app = doorstep._transport.app  # type: ignore[attr-defined]  # noqa: SLF001
    operation = app.openapi()["paths"][path][method.lower()]
    needed = {scope for one in operation["security"] for scopes in one.values() for scope in scopes}
    assert needed, "an operation names its scope"
    stranger = Caller(doorstep, issuer, "households", scopes=frozenset(SCOPES) - needed)
    answer = await stranger.request(method, filled(path, {}), json={} if method != "GET" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@named(OPERATIONS)
async def test_a_token_for_another_service_opens_nothing(
    doorstep: httpx.AsyncClient, issuer: TestIssuer, path: str, method: str
) -> None:
    stranger = Caller(doorstep, issuer, "funds", scopes=frozenset(SCOPES))
    answer = await stranger.request(method, filled(path, {}), json={} if method != "GET" else None)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


ABOUT_ONE = [
    (path, method, name)
    for path, method, name in OPERATIONS
    if about_one(path) and (method == "GET" or name in BODIES)
]


@pytest.mark.parametrize(("path", "method", "name"), ABOUT_ONE, ids=[name for _, _, name in ABOUT_ONE])
async def test_what_lies_in_an_area_does_not_exist_for_the_neighbour_and_is_audited_for_the_owner(
    officer: Caller, database: Database, world: World, path: str, method: str, name: str
) -> None:
    options = options_of(name, method, world)
    (before,) = await rows(database, "SELECT count(*) FROM audit")
    neighbour = officer.where(NEIGHBOUR)
    hidden = await neighbour.request(method, filled(path, world), **options)
    assert hidden.status_code == 404, hidden.text
    nowhere = officer.where()
    assert (await nowhere.request(method, filled(path, world), **options)).status_code == 404
    (unseen,) = await rows(database, "SELECT count(*) FROM audit")
    assert unseen["count"] == before["count"]
    seen = await officer.request(method, filled(path, world), **options)
    assert seen.status_code < 400, seen.text
    (after,) = await rows(database, "SELECT count(*) FROM audit")
    assert after["count"] == before["count"] + 1


LISTS = [
    (path, method, name)
    for path, method, name in OPERATIONS
    if method == "GET" and not parameters(path) and not path.startswith((*PUBLIC, PAIRS))
]


@named(LISTS)
@pytest.mark.usefixtures("world")
async def test_a_list_shows_the_neighbour_nothing_not_even_a_count(
    officer: Caller, path: str, method: str
) -> None:
    answer = await officer.where(NEIGHBOUR).request(method, path, params={"count": "true"})
    assert (answer.json()["items"], answer.json()["total"]) == ([], 0)
    own = await officer.request(method, path, params={"count": "true"})
    assert own.json()["items"]
    assert own.json()["total"] == len(own.json()["items"])


def options_of(name: str, method: str, world: World) -> dict[str, Any]:
    if method == "GET":
        return {}
    headers = {"If-Match": '"1"'} if method in {"PATCH", "PUT", "DELETE"} else {}
    return {"json": BODIES[name](world), "headers": headers}


def filled(path: str, world: World) -> str:
    """Return the path with its parameters; any id where none is needed."""
    return re.sub(r"{(\w+)}", lambda found: world.get(found[1], str(uuid4())), path)
