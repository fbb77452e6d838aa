"""Bodies, deadlines and streams: what is counted, what is waited for, and what ends with its caller."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx

from gateway.app import create_app
from tests.gateway_house import House, until_known
from tests.gateway_upstream import served

MIB = 1 << 20


async def parts(count: int, size: int = 65_536, *, pause: float = 0.0) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * size
        if pause:
            await asyncio.sleep(pause)


async def test_a_body_of_one_mebibyte_passes(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/echo", content=b"x" * MIB)
    assert answer.status_code == 200
    assert len(answer.json()["body"]) == MIB


async def test_one_byte_more_is_413_and_never_reaches_the_service(
    caller: httpx.AsyncClient, house: House
) -> None:
    answer = await caller.post("/v1/things/echo", content=b"x" * (MIB + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["max_bytes"] == MIB
    assert answer.headers["connection"] == "close"
    assert house.things.requests == []


async def test_a_chunked_body_is_counted_while_it_comes(caller: httpx.AsyncClient, house: House) -> None:
    answer = await caller.post("/v1/things/echo", content=parts(17))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert house.things.requests == []


async def test_a_chunked_body_within_the_limit_passes(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/echo", content=parts(16))
    assert len(answer.json()["body"]) == MIB


async def test_an_upload_streams_through_where_the_operation_allows_it(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/upload", content=parts(3200))
    assert answer.json() == {"bytes": 200 * MIB}


async def test_an_upload_with_a_length_keeps_it(caller: httpx.AsyncClient) -> None:
    length = 20 * MIB
    answer = await caller.post(
        "/v1/things/upload", content=parts(320), headers={"content-length": str(length)}
    )
    assert answer.json() == {"bytes": length}


async def test_an_upload_above_its_own_limit_is_413(caller: httpx.AsyncClient, house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    head = (
        f"POST /v1/things/upload HTTP/1.1\r\nHost: a\r\nAuthorization: {caller.headers['authorization']}\r\n"
    )
    writer.write(f"{head}Content-Length: {(400 << 20) + 1}\r\n\r\n".encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert not house.things.started.is_set()
    writer.close()


async def test_a_service_that_refuses_an_upload_early_is_heard(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/refusing-upload", content=parts(320))
    assert (answer.status_code, answer.json()) == (409, {"code": "no"})


async def test_a_download_of_hundreds_of_megabytes_streams(caller: httpx.AsyncClient) -> None:
    got = 0
    async with caller.stream("GET", "/v1/things/download?size=209715200") as answer:
        assert answer.headers["content-length"] == "209715200"
        async for part in answer.aiter_raw():
            got += len(part)
    assert got == 200 * MIB


async def test_a_compressed_body_is_415(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/echo", content=b"x", headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "compressed_body")


async def test_a_service_that_does_not_answer_in_time_is_504_and_let_go(
    caller: httpx.AsyncClient, house: House
) -> None:
    gateway = create_app(house.settings.model_copy(update={"deadline": 60.0}))
    async with served(gateway) as url, asyncio.timeout(30):  # the operation's own deadline, not the default
        await until_known(gateway)
        answer = await caller.get(url + "/v1/things/quick")
        assert (answer.status_code, answer.json()["code"]) == (504, "deadline_exceeded")
        await house.things.cancelled.wait()


async def test_the_default_deadline_holds_where_the_operation_names_none(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/things/stuck")
    assert answer.status_code == 504


async def test_who_hangs_up_cancels_the_work_behind(house: House, caller: httpx.AsyncClient) -> None:
    token = caller.headers["authorization"]
    gateway = create_app(house.settings.model_copy(update={"deadline": 60.0}))
    async with served(gateway) as url, asyncio.timeout(30):  # before the deadline would end it
        await until_known(gateway)
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(f"GET /v1/things/stuck HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n\r\n".encode())
        await house.things.started.wait()
        writer.close()
        await house.things.cancelled.wait()


async def test_who_hangs_up_in_an_upload_ends_it(house: House, caller: httpx.AsyncClient) -> None:
    token = caller.headers["authorization"]
    _, writer = await asyncio.open_connection("127.0.0.1", house.port)
    head = f"POST /v1/things/upload HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n"
    writer.write(f"{head}Content-Length: 10000000\r\n\r\n".encode() + b"x" * 100_000)
    await writer.drain()
    async with asyncio.timeout(5):
        await house.things.started.wait()
    writer.close()
    assert (await caller.get("/v1/things/small")).status_code == 200


async def test_a_caller_who_stops_sending_is_408(house: House, caller: httpx.AsyncClient) -> None:
    token = caller.headers["authorization"]
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    head = f"POST /v1/things/echo HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n"
    writer.write(f"{head}Content-Length: 10\r\n\r\nhalf".encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"request_timeout"' in answer
    writer.close()


async def test_an_event_stream_outlives_the_deadline(caller: httpx.AsyncClient, house: House) -> None:
    started = time.monotonic()
    seen: list[str] = []
    async with caller.stream("GET", "/v1/things/ticks?beats=6&every=0.5") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen.extend([line async for line in answer.aiter_lines() if line])
    assert seen == [f"data: {number}" for number in range(6)]
    assert time.monotonic() - started > house.settings.deadline
    async with asyncio.timeout(5):
        await house.things.cancelled.wait()


async def test_a_stop_ends_event_streams_in_order_and_finishes_the_rest(
    house: House, caller: httpx.AsyncClient
) -> None:
    gateway = create_app(house.settings.model_copy(update={"idle_limit": 60.0, "deadline": 60.0}))
    running = served(gateway)
    url = await running.__aenter__()
    await until_known(gateway)
    async with caller.stream("GET", url + "/v1/things/ticks?beats=1&every=0") as events:
        lines = events.aiter_lines()
        assert await anext(lines) == "data: 0"
        upload = asyncio.create_task(caller.post(url + "/v1/things/upload", content=parts(8, pause=0.1)))
        await house.things.started.wait()
        async with asyncio.timeout(10):
            await running.__aexit__(None, None, None)
        assert [line async for line in lines if line] == []
    assert (await upload).json() == {"bytes": 8 * 65_536}


async def test_readiness_is_refused_first_when_the_gateway_stops(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        house.app.state.stopping = True
        try:
            answer = await client.get("/health/ready")
        finally:
            house.app.state.stopping = False
        assert (answer.status_code, answer.json()) == (503, {"status": "stopping"})
        assert (await client.get("/health/ready")).status_code == 200


async def test_events_arrive_as_they_happen(caller: httpx.AsyncClient) -> None:
    async with caller.stream("GET", "/v1/things/ticks?beats=1&every=0") as answer:
        async for line in answer.aiter_lines():
            assert line == "data: 0"
            break
