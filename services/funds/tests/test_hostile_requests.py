"""Whatever is asked about things that exist, the answer is one that the OpenAPI document declares.

tests/contracts asks the same of an empty database; here each request is about the things of `world.py`, and
nearly right. Nothing that a request does stays: each finds the same world.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zlib import crc32

import jsonschema
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from funds.app import create_app
from funds.settings import Settings
from shared import keyfiles
from shared.citizen import make_keys
from shared.db import Database, driver
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer
from tests.hostile import TEXTS, Hostile
from tests.world import BODIES, FILES, QUERIES, ROUTES, World, addressed

REQUESTS = 20
"""Of each operation."""
OPERATIONS = sorted(
    (route.path, method, name) for name, route in ROUTES.items() for method in route.methods or ()
)
_NONE = str(UUID(int=1))
_ELSEWHERE = {"code": "X", "year": "2569", "job_id": _NONE, "holiday_id": _NONE, "product_id": _NONE}
"""Names of paths to what lies in no area."""
_FILES = (b"", b"%PDF-", b"\x00", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n")


class _Undone(Exception):  # noqa: N818  # it ends what went well
    pass


class Unchanged(Database):
    """Does all of a transaction but its commit."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session whose work is checked as at a commit, then undone."""
        try:
            async with super().transaction() as session:
                yield session
                await session.flush()
                await (await driver(session)).execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _Undone  # noqa: TRY301  # what ends it is part of it
        except _Undone:
            return


@pytest.fixture(scope="module")
async def hostile_app(
    cluster: Cluster,
    service: str,
    read_only: str,
    issuer: TestIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[FastAPI]:
    """Build the service on the world's database, so that nothing it does stays."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    make_keys(folder)
    keyfiles.make(folder / keyfiles.CURSOR_KEY)
    url = cluster.url(service, read_only)
    settings = Settings(
        environment="test",
        database_url=url,
        secrets_folder=folder,
        internal_jwks=issuer.jwks,
        files_url=f"file://{folder}/files",
    )
    database = Unchanged(url, application_name="tests")
    app = create_app(settings, database=database)
    async with app.router.lifespan_context(app):
        yield app
    await database.close()


@pytest.fixture(scope="module")
async def everybody(hostile_app: FastAPI, issuer: TestIssuer) -> AsyncIterator[Caller]:
    """Call with every right there is, in the whole country."""
    transport = ASGITransport(hostile_app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://service") as client:
        yield Caller(client, issuer, "funds", scopes=frozenset(SCOPES))


@pytest.mark.parametrize(("path", "method", "name"), OPERATIONS, ids=[name for *_, name in OPERATIONS])
async def test_every_answer_is_one_that_is_declared(
    hostile_app: FastAPI, everybody: Caller, filled: tuple[str, World], path: str, method: str, name: str
) -> None:
    document, world = hostile_app.openapi(), filled[1]
    operation = document["paths"][path][method.lower()]
    hostile = Hostile(document, [one for one in world.values() if len(one) == 36], seed=crc32(name.encode()))
    taken = [hostile.resolved(one) for one in operation.get("parameters", ())]
    parameters = [one for one in taken if one["in"] == "query"]
    for number, options in enumerate(requests(hostile, operation, name, world)):
        query = hostile.query(parameters if number else (), QUERIES.get(name, {}))
        address = address_of(hostile, path, name, world, whole=hostile.random.random() < 0.9)
        try:
            answer = await everybody.request(method, address, params=query, **options)
        except UnicodeEncodeError:  # the client itself refuses half a letter
            continue
        check(document, operation, answer, f"{method} {address} {query} {options}")


def requests(hostile: Hostile, operation: Any, name: str, world: World) -> list[dict[str, Any]]:
    """Return what is sent with an operation: nothing, files, or bodies that get worse and worse."""
    headers = {"If-Match": "*", "Accept-Language": "en"}
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        right = FILES.get(name, ("x.pdf", b"%PDF-1.7 x", "application/pdf"))
        files = [right, *((hostile.random.choice(TEXTS[2:18]), one, right[2]) for one in _FILES)]
        return [{"headers": headers, "files": {"file": file}} for file in files]
    (media,) = content or ("",)
    if not media:
        return [{"headers": headers}] * (REQUESTS if operation.get("parameters") else 1)
    schema = content[media]["schema"]
    valid = BODIES[name](world) if name in BODIES else hostile.value(schema)
    headers["Content-Type"] = media
    bodies = hostile.bodies(schema, valid, count=REQUESTS)
    return [{"headers": headers, "content": json.dumps(body).encode()} for body in bodies]


def address_of(hostile: Hostile, path: str, name: str, world: World, *, whole: bool) -> str:
    """Return where an operation's thing is, or nearly."""
    if whole:
        return addressed(path, name, {**_ELSEWHERE, **world})
    address = path
    for part in path.split("/"):
        if part.startswith("{"):
            thing = quote(hostile.random.choice((*hostile.ids, *TEXTS[1:18])), safe="") or "x"
            address = address.replace(part, thing)
    return address


def check(document: Any, operation: Any, answer: Response, request: str) -> None:
    """See that an answer's status, code and shape are declared."""
    shown = f"{request[:3000]}\n-> {answer.status_code} {answer.text[:800]}"
    declared = operation["responses"].get(str(answer.status_code))
    assert answer.status_code < 500, shown
    assert declared is not None, shown
    media = answer.headers.get("content-type", "").partition(";")[0]
    if answer.content:
        assert media in declared["content"], shown
    if media == "application/problem+json":
        assert answer.json()["code"] in declared["content"][media]["examples"], shown
    elif media == "application/json":
        schema = {**declared["content"][media]["schema"], "components": document["components"]}
        jsonschema.validate(answer.json(), schema)
