"""Logs, metrics and health: one JSON line a request, and nothing in it that a caller typed."""

import io
import json
import logging
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import text

from shared import context, observability
from shared.db import Database

CITIZEN_ID = "1100100000123"
NAME = "สมชาย"
REQUEST = "0193e7f4c1a27b1e9d3f5a6b7c8d9e0f"


@pytest.fixture
def lines() -> Iterator[io.BytesIO]:
    """Log as a process does, into memory."""
    stream = io.BytesIO()
    handlers, level = logging.root.handlers, logging.root.level
    observability.configure_logging(stream=stream, cache=False)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.root.handlers, logging.root.level = handlers, level


def events(lines: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_a_request_is_one_line_that_names_route_status_and_caller(
    lines: io.BytesIO, api: httpx.AsyncClient
) -> None:
    answer = await api.get("/v1/things/7", headers={"X-Request-Id": REQUEST})
    [line] = [line for line in events(lines) if line["event"] == "request"]
    assert answer.headers["x-request-id"] == REQUEST
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/things/{thing_id}", 404)
    assert (line["service"], line["subject"], line["client"]) == ("funds", "user:tester", "tests")
    assert line["request_id"] == line["correlation_id"] == REQUEST
    assert line["ms"] > 0


async def test_no_log_line_or_metric_holds_what_a_caller_sent(
    lines: io.BytesIO, api: httpx.AsyncClient, database: Database
) -> None:
    planted = f"{CITIZEN_ID} {NAME}"
    headers = {
        "X-Request-Id": CITIZEN_ID + "\n",
        "Traceparent": CITIZEN_ID,
        "X-Correlation-Id": NAME.encode().hex(),
    }
    await api.get("/v1/things", params={"area": planted}, headers={"Purpose": CITIZEN_ID})
    await api.get("/v1/things", params={planted: "1"})
    await api.get(f"/v1/things/{planted}")
    await api.get(f"/{planted}")
    await api.request(f"GET{CITIZEN_ID}", "/v1/things")
    await api.post("/v1/things", json={"name": planted.lower()})
    await api.post("/v1/things", json={"name": planted.lower()})  # its constraint's message quotes it
    await api.post("/v1/things", json={"name": planted * 9, planted: 1})
    await api.post("/v1/things", json={"name": "broken"})  # its exception quotes a citizen id
    async with database.transaction() as session:
        with pytest.raises(Exception, match="out of range") as failure:
            await session.execute(text(f"SELECT '{planted}'::int"))
        structlog.get_logger().error("failed", failure=failure.value)
    logging.getLogger("third.party").warning("row %s", planted)
    logging.getLogger("uvicorn.error").warning("from %s", CITIZEN_ID)
    structlog.get_logger().info("object", thing=database)
    metrics = (await api.get("/metrics", headers=headers)).text
    shown = lines.getvalue().decode() + metrics
    assert shown.count('"request"') >= 9
    for text_ in (CITIZEN_ID, NAME, json.dumps(NAME)[1:-1], "1001-00000"):
        assert text_ not in shown


async def test_a_fault_is_logged_by_type_and_code_line(lines: io.BytesIO, api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/things", json={"name": "broken"})
    failed = next(line for line in events(lines) if line["event"] == "request_failed")
    assert failed["failure"][0]["type"] == "builtins.RuntimeError"
    assert "conftest.py" in failed["failure"][0]["frames"][-1]
    assert failed["request_id"] == answer.json()["request_id"]


async def test_a_chain_of_exceptions_is_logged_without_their_messages(lines: io.BytesIO) -> None:
    outer = ValueError(CITIZEN_ID)
    outer.__cause__ = KeyError(CITIZEN_ID)
    structlog.get_logger().error("failed", failure=outer)
    [line] = events(lines)
    assert [entry["type"] for entry in line["failure"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert CITIZEN_ID not in lines.getvalue().decode()


async def test_a_database_fault_is_logged_by_state_and_constraint(
    lines: io.BytesIO, api: httpx.AsyncClient, database: Database
) -> None:
    await api.post("/v1/things", json={"name": "twin"})
    with pytest.raises(Exception, match="uq_things_name") as failure:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO things (name) VALUES ('twin')"))
    structlog.get_logger().error("failed", failure=failure.value)
    last = events(lines)[-1]["failure"][-1]
    assert (last["sqlstate"], last["constraint_name"]) == ("23505", "uq_things_name")


def test_control_characters_and_direction_marks_are_escaped(lines: io.BytesIO) -> None:
    structlog.get_logger().info("a\nb\x1b[31m\x7f\x9b\u2028\u202e" + NAME, key="\r\n{}")
    raw = lines.getvalue()
    assert raw.count(b"\n") == 1
    assert all(0x20 <= byte < 0x7F for byte in raw[:-1])
    [line] = events(lines)
    assert line["event"] == "a\nb\x1b[31m\x7f\x9b\u2028\u202e" + NAME


@pytest.mark.parametrize(
    ("parent", "kept"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", True),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", False),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", False),
        ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", False),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", False),
        ("", False),
    ],
)
def test_a_trace_goes_on_below_its_parent_or_begins_anew(parent: str, *, kept: bool) -> None:
    child = observability.child_trace(parent)
    version, trace, span, flags = child.split("-")
    assert (version, len(trace), len(span), flags) == ("00", 32, 16, "01")
    assert (trace == parent[3:35]) is kept
    assert span != parent[36:52]


async def test_what_a_request_causes_carries_its_ids(app: FastAPI, api: httpx.AsyncClient) -> None:
    seen: dict[str, str | None] = {}

    @app.get("/ids")
    async def ids() -> None:
        seen.update(request=context.request_id.get(), story=context.correlation_id.get())

    await api.get("/ids", headers={"X-Request-Id": REQUEST, "X-Correlation-Id": REQUEST[::-1]})
    assert seen == {"request": REQUEST, "story": REQUEST[::-1]}
    await api.get("/ids", headers={"X-Request-Id": "7 or anything else", "X-Correlation-Id": "\x1b[31m"})
    assert seen["request"] == seen["story"]
    assert len(seen["request"] or "") == 32


async def test_metrics_count_by_route_and_status(api: httpx.AsyncClient) -> None:
    await api.get("/v1/things/7")
    metrics = (await api.get("/metrics")).text
    assert (
        'chumchon_http_requests_total{method="GET",route="/v1/things/{thing_id}",service="funds",status="404"}'
        in metrics
    )


async def test_readiness_turns_first_when_the_service_stops(app: FastAPI, client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).status_code == 200
    app.state.stopping = True
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/health/live")).status_code == 200


async def test_a_service_without_its_database_lives_but_is_not_ready(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: every connection is refused
        url = f"postgresql://u:p@127.0.0.1:{taken.getsockname()[1]}/none"
        real, app.state.database = app.state.database, Database(url, application_name="tests")
        ready, live = await client.get("/health/ready"), await client.get("/health/live")
        answer = await client.get("/v1/things", headers={"Authorization": "Bearer x"})
        await app.state.database.close()
        app.state.database = real
    assert (ready.status_code, live.status_code, answer.status_code) == (503, 200, 401)
