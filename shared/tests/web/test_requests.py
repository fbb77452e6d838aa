"""One request: who calls, what is refused before a handler sees it, and when the commit happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.types import Message, Receive, Scope, Send

from shared.db import Database
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer


async def count_things(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM things"))).scalar_one())


async def test_the_commit_comes_before_the_first_byte_of_the_answer(
    app: FastAPI, api: httpx.AsyncClient
) -> None:
    order: list[str] = []
    engine = app.state.database.engine.sync_engine
    event.listen(engine, "commit", lambda _: order.append("commit"))

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            order.append(message["type"])
            await send(message)

        await app(scope, receive, note)

    transport = httpx.ASGITransport(watched)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service", headers=api.headers
    ) as watching:
        answer = await watching.post("/v1/things", json={"name": "first"})
    assert answer.status_code == 201
    assert order == ["commit", "http.response.start", "http.response.body"]


async def test_a_commit_that_fails_is_never_answered_as_success(
    api: httpx.AsyncClient, database: Database
) -> None:
    answer = await api.post("/v1/things", json={"name": "orphan", "parent": 999})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert await count_things(database) == 0


async def test_a_lost_database_is_answered_as_unavailable(
    api: httpx.AsyncClient, cluster: Cluster, database_name: str
) -> None:
    assert (await api.post("/v1/things", json={"name": "before"})).status_code == 201
    administrator = await asyncpg.connect(cluster.server.url())
    await administrator.execute(f'ALTER DATABASE "{database_name}" CONNECTION LIMIT 0')
    await administrator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", database_name
    )
    answer = await api.post("/v1/things", json={"name": "while away"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"

    await administrator.execute(f'ALTER DATABASE "{database_name}" CONNECTION LIMIT -1')
    await administrator.close()
    assert (await api.post("/v1/things", json={"name": "back"})).status_code == 201


async def test_an_unknown_fault_shows_nothing_but_the_request_id(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/things", json={"name": "broken"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "1001" not in answer.text


async def test_a_constraint_is_answered_by_its_own_refusal(api: httpx.AsyncClient) -> None:
    await api.post("/v1/things", json={"name": "twin"})
    answer = await api.post("/v1/things", json={"name": "twin"}, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    assert answer.json()["title"] == "The name is taken"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "twin" not in answer.text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        (None, "ไม่พบข้อมูล"),
        ("en", "Not found"),
        ("en-GB,th;q=0.5", "Not found"),
        ("th,en;q=0.9", "ไม่พบข้อมูล"),
        ("fr", "ไม่พบข้อมูล"),
        ("en;q=x", "ไม่พบข้อมูล"),
    ],
)
async def test_problems_are_thai_unless_english_is_wanted_more(
    api: httpx.AsyncClient, language: str | None, title: str
) -> None:
    headers = {} if language is None else {"Accept-Language": language}
    answer = await api.get("/v1/things/404", headers=headers)
    assert answer.json()["title"] == title


async def test_a_request_without_a_token_is_refused_on_every_route(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    paths = app.openapi()["paths"]
    seen = 0
    for path, operations in paths.items():
        for method in operations:
            address = path.replace("{thing_id}", "1").replace("{job_id}", "1")
            answer = await client.request(method, address, content=b"not even json")
            assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            seen += 1
    assert seen >= 9


async def test_a_token_without_the_scope_is_refused_by_name_of_the_scope(
    client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    headers = issuer.headers("funds", scopes=["households:write"])
    answer = await client.get("/v1/things", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.json()["scope"] == "areas:read"


async def test_a_token_for_another_service_is_refused(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    headers = issuer.headers("otop", scopes=["areas:read"])
    answer = await client.get("/v1/things", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


HOSTILE = [
    (b"{", "invalid_json"),
    (b'{"name": "a",}', "invalid_json"),
    (b'{"name": "a"} x', "invalid_json"),
    (b"\xef\xbb\xbf{}", "invalid_json"),
    (b'{"name": "\xff"}', "invalid_json"),
    (b'{"name": "\xed\xa0\x80"}', "invalid_json"),
    ('{"name": "ก"}'.encode("utf-16"), "invalid_json"),
    (b'{"name": "a\nb"}', "invalid_json"),
    (b'{"name": "a", "name": "b"}', "duplicate_key"),
    (b'{"tags": [{"x": 1, "x": 1}]}', "duplicate_key"),
    (b'{"name": "a", "n\\u0061me": "b"}', "duplicate_key"),
    (b'{"weight": NaN}', "invalid_number"),
    (b'{"weight": Infinity}', "invalid_number"),
    (b'{"weight": -Infinity}', "invalid_number"),
    (b'{"weight": 1e999}', "invalid_number"),
    (b'{"weight": ' + b"9" * 5000 + b"}", "invalid_number"),
    (b'{"parent": -' + b"9" * 20 + b"}", "invalid_number"),
    (b'{"name": "a\\u0000b"}', "invalid_character"),
    (b'{"na\\u0000me": "b"}', "invalid_character"),
    (b'{"name": "\\ud800"}', "invalid_character"),
    (b'{"name": "\\uDFFF\\uD800"}', "invalid_character"),
    (b'{"tags": ' + b"[" * 65 + b"]" * 65 + b"}", "too_deep"),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
    (b"[" * 200_000, "too_deep"),
]


@pytest.mark.parametrize(
    ("body", "code"), HOSTILE, ids=[f"{code}-{n}" for n, (_, code) in enumerate(HOSTILE)]
)
async def test_hostile_json_has_its_own_refusal(api: httpx.AsyncClient, body: bytes, code: str) -> None:
    answer = await api.post("/v1/things", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "required"),
        ({"name": ""}, "/name", "too_short"),
        ({"name": "x" * 61}, "/name", "too_long"),
        ({"name": 5}, "/name", "wrong_type"),
        ({"name": "UP"}, "/name", "not_lower_case"),
        ({"name": "a", "id": 1}, "/id", "unknown_field"),
        ({"name": "a", "1100100000123 สมชาย": 1}, "/*", "unknown_field"),
        ({"name": "a", "tags": ["b", 2]}, "/tags/1", "wrong_type"),
        ({"name": "a", "parent": "x"}, "/parent", "wrong_type"),
        ([], "", "wrong_type"),
    ],
)
async def test_a_wrong_field_is_named_by_pointer_and_code_never_by_value(
    api: httpx.AsyncClient, body: object, pointer: str, code: str
) -> None:
    answer = await api.post("/v1/things", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert "สมชาย" not in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "1849-12-31", "2150-01-01", "2569-01-15", "9999-12-31"])
async def test_a_day_of_no_year_that_is_meant_is_refused_wherever_it_stands(
    api: httpx.AsyncClient, day: str
) -> None:
    part = {"name": "part", "found_on": day}
    inside = (await api.post("/v1/things", json={"name": "whole", "made_of": [part]})).json()["errors"][0]
    assert (inside["pointer"], inside["code"]) == ("/made_of/0/found_on", "year_out_of_range")
    for address, name in [
        (f"/v1/things?updated_since={day}T00:00:00Z", "?updated_since"),
        (f"/v1/things/1?on={day}", "?on"),
    ]:
        error = (await api.get(address)).json()["errors"][0]
        assert (error["pointer"], error["code"]) == (name, "year_out_of_range")


@pytest.mark.parametrize("day", ["1850-01-01", "2026-01-15", "2149-12-31"])
async def test_a_day_of_our_time_is_taken(api: httpx.AsyncClient, day: str) -> None:
    assert (await api.post("/v1/things", json={"name": "a", "found_on": day})).status_code == 201
    assert (await api.get(f"/v1/things?updated_since={day}T00:00:00Z")).status_code == 200
    assert (await api.get("/v1/things/1", params={"on": day})).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/v1/things?areas=34", 422, "unknown_parameter"),
        ("/v1/things?area=34&limit=2&x=1", 422, "unknown_parameter"),
        ("/v1/things/1?fields=name", 422, "unknown_parameter"),
        ("/v1/things?limit=0", 422, "invalid_request"),
        ("/v1/things?limit=201", 422, "invalid_request"),
        ("/v1/things?area=a%00b", 400, "invalid_character"),
        ("/v1/things/%00", 400, "invalid_character"),
        ("/v1/things/x", 422, "invalid_request"),
        ("/v1/nothing", 404, "not_found"),
        ("/v1/things/", 404, "not_found"),
    ],
)
async def test_wrong_addresses_are_refused(
    api: httpx.AsyncClient, address: str, status: int, code: str
) -> None:
    answer = await api.get(address)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_wrong_method_is_refused_with_the_allowed_ones(api: httpx.AsyncClient) -> None:
    answer = await api.delete("/v1/things")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "allow" in answer.headers


async def test_json_over_one_mebibyte_is_refused_by_its_declared_length(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/things", json={"name": "x" * (1 << 20)})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_json_over_one_mebibyte_is_refused_while_it_streams(api: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65536

    headers = {"Content-Type": "application/json"}
    answer = await api.post("/v1/things", content=endless(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sent < 20


async def test_a_route_may_take_more_than_others(api: httpx.AsyncClient) -> None:
    small = await api.post("/v1/thing-files", files={"file": ("a.csv", b"x" * (3 << 20))})
    large = await api.post("/v1/thing-files", files={"file": ("a.csv", b"x" * (5 << 20))})
    assert (small.status_code, large.status_code) == (201, 413)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/v1/things", "text/plain"), ("/v1/things", ""), ("/v1/thing-files", "application/json")],
)
async def test_a_body_declared_as_something_else_is_refused(
    api: httpx.AsyncClient, path: str, content_type: str
) -> None:
    answer = await api.post(path, content=b'{"name": "a"}', headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_content_type")


async def test_a_compressed_body_is_refused(api: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await api.post("/v1/things", content=b"\x1f\x8b", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_content_type")


async def test_no_answer_may_be_kept_or_guessed_on_the_way(api: httpx.AsyncClient) -> None:
    for answer in (await api.get("/v1/things"), await api.get("/v1/things/9"), await api.get("/nothing")):
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_changes_need_the_version_that_was_seen(api: httpx.AsyncClient) -> None:
    made = await api.post("/v1/things", json={"name": "one"})
    address, tag = made.headers["location"], made.headers["etag"]
    codes = []
    for headers in ({}, {"If-Match": '"7"'}, {"If-Match": f"W/{tag}"}, {"If-Match": f'"9", {tag}'}):
        answer = await api.patch(address, json={"name": "two"}, headers=headers)
        codes.append((answer.status_code, answer.json()["code"] if answer.content else None))
    assert codes == [(428, "version_required"), (412, "stale_version"), (412, "stale_version"), (204, None)]
    seen = (await api.get(address)).headers["etag"]
    assert (await api.patch(address, json={"name": "three"}, headers={"If-Match": seen})).status_code == 204
    assert (await api.patch(address, json={"name": "four"}, headers={"If-Match": seen})).status_code == 412


async def test_an_answer_that_the_caller_has_is_not_sent_again(api: httpx.AsyncClient, things: None) -> None:
    assert things is None
    made = await api.post("/v1/things", json={"name": "one"})
    address = made.headers["location"]
    seen = (await api.get(address)).headers["etag"]
    for known in (seen, f'"x", {seen}', f"W/{seen}", "*"):
        answer = await api.get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", seen)
    for other in ('"1"', '"1.0000000000000000"', made.headers["etag"]):
        assert (await api.get(address, headers={"If-None-Match": other})).status_code == 200
    await api.patch(address, json={"name": "two"}, headers={"If-Match": seen})
    assert (await api.get(address, headers={"If-None-Match": seen})).json()["name"] == "two"


async def test_another_answer_of_the_same_version_is_sent(api: httpx.AsyncClient, database: Database) -> None:
    address = (await api.post("/v1/things", json={"name": "one"})).headers["location"]
    seen = (await api.get(address)).headers["etag"]
    async with database.transaction() as session:
        await session.execute(text("UPDATE things SET name = 'of another row'"))
    answer = await api.get(address, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


async def test_what_does_not_exist_is_not_unchanged(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/things/9", headers={"If-None-Match": "*"})).status_code == 404


async def test_every_write_leaves_an_audit_row_that_the_service_cannot_change(
    api: httpx.AsyncClient, database: Database
) -> None:
    await api.post(
        "/v1/things", json={"name": "seen"}, headers={"Purpose": "%E0%B8%8A%E0%B9%88%E0%B8%A7%E0%B8%A2"}
    )
    async with database.read() as session:
        row = (await session.execute(text("SELECT * FROM audit"))).one()
    assert (row.action, row.actor, row.client, row.purpose) == ("thing.made", "user:tester", "tests", "ช่วย")
    async with database.read() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text("UPDATE audit SET actor = 'nobody'"))


async def test_a_slow_upload_keeps_no_connection_from_others(
    settings_values: dict[str, Any],
    make_app: Callable[[dict[str, Any]], FastAPI],
    writer: dict[str, str],
) -> None:
    app = make_app({**settings_values, "pool_size": 1})
    go_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        await go_on.wait()
        yield b"a,b\r\n--x--\r\n"

    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=writer) as api,
    ):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        upload = asyncio.create_task(api.post("/v1/thing-files", content=slowly(), headers=headers))
        async with asyncio.timeout(30):
            assert (await api.get("/v1/things")).status_code == 200
            assert (await api.post("/v1/things", json={"name": "quick"})).status_code == 201
        assert not upload.done()
        go_on.set()
        assert (await upload).json() == {"bytes": 3}
