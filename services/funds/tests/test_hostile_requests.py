"""Whatever is asked about things that exist, the answer is one that the OpenAPI document declares.

tests/contracts asks the same of an empty database; here each request is about the things of `world.py`, and
nearly right. Nothing that a request does stays: each finds the same world.
"""

import json
from typing import Any
from urllib.parse import quote
from zlib import crc32

import jsonschema
import pytest
from fastapi import FastAPI
from httpx import Response

from shared.testing.caller import Caller
from tests.hostile import TEXTS, Hostile
from tests.world import BODIES, ELSEWHERE, EVERY_OPERATION, FILES, QUERIES, World, addressed

REQUESTS = 20
"""Of each operation."""
_FILES = (b"", b"%PDF-", b"\x00", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("path", "method", "name"), EVERY_OPERATION, ids=[name for *_, name in EVERY_OPERATION]
)
async def test_every_answer_is_one_that_is_declared(
    unchanged_app: FastAPI, everybody: Caller, filled: tuple[str, World], path: str, method: str, name: str
) -> None:
    document, world = unchanged_app.openapi(), filled[1]
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
        return addressed(path, name, {**ELSEWHERE, **world})
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
