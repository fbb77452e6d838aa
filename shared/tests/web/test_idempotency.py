"""The same POST again: one effect, one answer, whatever the network does."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from shared import clock
from shared.db import Database
from shared.testing.identity import TestIssuer

KEY = {"Idempotency-Key": "a-key-of-the-client"}


async def things(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM things"))).scalar_one())


async def stored(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM idempotency_keys"))).scalar_one())


async def test_the_same_request_again_gets_the_same_answer_and_no_second_effect(
    api: httpx.AsyncClient, database: Database
) -> None:
    first = await api.post("/v1/things", json={"name": "once"}, headers=KEY)
    again = await api.post("/v1/things", json={"name": "once"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await things(database) == 1


async def test_without_a_key_nothing_is_stored(api: httpx.AsyncClient, database: Database) -> None:
    await api.post("/v1/things", json={"name": "once"})
    assert await stored(database) == 0


async def test_the_same_key_with_another_body_is_refused(api: httpx.AsyncClient) -> None:
    await api.post("/v1/things", json={"name": "once"}, headers=KEY)
    answer = await api.post("/v1/things", json={"name": "twice"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_two_callers_may_use_the_same_key(
    api: httpx.AsyncClient, issuer: TestIssuer, database: Database
) -> None:
    await api.post("/v1/things", json={"name": "mine"}, headers=KEY)
    other = issuer.headers("funds", scopes=["households:write"], sub="user:other")
    answer = await api.post("/v1/things", json={"name": "hers"}, headers={**KEY, **other})
    assert answer.json()["name"] == "hers"
    assert await things(database) == 2


async def test_of_two_requests_at_once_only_one_works(
    app: FastAPI, api: httpx.AsyncClient, database: Database
) -> None:
    app.state.entered, app.state.go_on = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(api.post("/v1/things", json={"name": "slow"}, headers=KEY))
    await app.state.entered.wait()
    meanwhile = await api.post("/v1/things", json={"name": "slow"}, headers=KEY)
    app.state.go_on.set()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "request_in_progress")
    assert meanwhile.headers["retry-after"] == "1"
    assert (await first).status_code == 201
    assert await things(database) == 1


async def test_twenty_repetitions_at_once_have_one_effect(api: httpx.AsyncClient, database: Database) -> None:
    answers = await asyncio.gather(
        *(api.post("/v1/things", json={"name": "storm"}, headers=KEY) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"request_in_progress"}
    assert await things(database) == 1


async def test_a_refused_request_stores_nothing_and_may_be_sent_again(
    api: httpx.AsyncClient, database: Database
) -> None:
    refused = await api.post("/v1/things", json={"name": "orphan", "parent": 99}, headers=KEY)
    assert refused.status_code == 409
    assert await stored(database) == 0
    answer = await api.post("/v1/things", json={"name": "fine"}, headers=KEY)
    assert answer.status_code == 201


async def test_stored_answers_are_unreadable_in_the_database(
    api: httpx.AsyncClient, database: Database
) -> None:
    await api.post("/v1/things", json={"name": "secret-name"}, headers=KEY)
    async with database.read() as session:
        body = (await session.execute(text("SELECT body FROM idempotency_keys"))).scalar_one()
    assert b"secret" not in body


async def test_a_scope_taken_away_takes_the_stored_answer_away(
    api: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    await api.post("/v1/things", json={"name": "once"}, headers=KEY)
    weaker = issuer.headers("funds", scopes=["areas:read"])
    answer = await api.post("/v1/things", json={"name": "once"}, headers={**KEY, **weaker})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b"])
async def test_a_malformed_key_is_refused(api: httpx.AsyncClient, key: str) -> None:
    answer = await api.post("/v1/things", json={"name": "a"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?Idempotency-Key")


async def test_a_key_is_forgotten_after_72_hours(api: httpx.AsyncClient, database: Database) -> None:
    for number in range(3):
        key = {"Idempotency-Key": f"key-{number}"}
        await api.post("/v1/things", json={"name": f"n{number}"}, headers=key)
    async with database.transaction() as session:
        kept = (await session.execute(text("SELECT min(expires_at) FROM idempotency_keys"))).scalar_one()
        assert abs(kept - clock.now() - timedelta(hours=72)) < timedelta(minutes=1)
        await session.execute(text("UPDATE idempotency_keys SET expires_at = now()"))
    again = await api.post("/v1/things", json={"name": "n3"}, headers={"Idempotency-Key": "key-0"})
    assert "idempotent-replayed" not in again.headers  # its time is over: a new request
    assert again.status_code == 201
    assert await stored(database) == 1  # and the others are swept


async def test_a_repeated_upload_is_answered_from_the_store(api: httpx.AsyncClient) -> None:
    files = {"file": ("a.csv", b"x" * 1000)}
    await api.post("/v1/thing-files", files=files, headers=KEY)
    again = await api.post("/v1/thing-files", files=files, headers=KEY)
    assert (again.json(), again.headers["idempotent-replayed"]) == ({"bytes": 1000}, "true")


async def test_a_repeated_start_names_the_same_job(api: httpx.AsyncClient) -> None:
    body = {"kind": "count", "area": "34"}
    first = await api.post("/v1/thing-jobs", json=body, headers=KEY)
    again = await api.post("/v1/thing-jobs", json=body, headers=KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.headers["location"] == again.headers["location"]
