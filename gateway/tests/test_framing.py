"""Requests that two parsers could read differently, sent byte for byte to the real server."""

import asyncio
import contextlib
import os
import re

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import TargetNotEncoded
from tests.gateway_house import House

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /v1/things/echo HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"

REFUSED = {
    "a length beside chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks beside a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\nab",
    "a signed length": POST + b"Content-Length: +2\r\n\r\nab",
    "a negative length": POST + b"Content-Length: -2\r\n\r\nab",
    "a hexadecimal length": POST + b"Content-Length: 0x2\r\n\r\nab",
    "an empty length": POST + b"Content-Length: \r\n\r\n",
    "a length beyond 64 bits": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a length of an exabyte": POST + b"Content-Length: 1000000000000000000\r\n\r\n",
    "gzip, then chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked, then gzip": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked twice": CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in one list twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "nearly chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked behind a vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk size that is none": CHUNKED + b"\r\nzz\r\nab\r\n0\r\n\r\n",
    "a chunk size with 0x": CHUNKED + b"\r\n0x2\r\nab\r\n0\r\n\r\n",
    "a chunk longer than it says": CHUNKED + b"\r\n2\r\nabc\r\n0\r\n\r\n",
    "chunk lines ended by LF": CHUNKED + b"\r\n2\nab\n0\n\n",
    "a chunk size beyond 64 bits": CHUNKED + b"\r\nfffffffffffffffff\r\nab\r\n0\r\n\r\n",
    "a line feed in a chunk extension": CHUNKED + b"\r\n2;a\nb\r\nab\r\n0\r\n\r\n",
    "a blank behind a chunk size": CHUNKED + b"\r\n2 \r\nab\r\n0\r\n\r\n",
    "lines ended by LF": b"GET / HTTP/1.1\nHost: a\n\n",
    "a header line ended by LF": b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "a bare CR in a header": b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
    "a folded header": GET + b"X: y\r\n z\r\n\r\n",
    "a blank before the first header": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "a blank before the colon": GET + b"X : y\r\n\r\n",
    "a header without a name": GET + b": y\r\n\r\n",
    "a header without a colon": GET + b"foo\r\n\r\n",
    "NUL in a value": GET + b"X: a\x00b\r\n\r\n",
    "a control character in a value": GET + b"X: a\x01b\r\n\r\n",
    "a value that is not UTF-8": GET + b"X: \xff\xfe\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "the same host twice": b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no host in HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "an empty host": b"GET / HTTP/1.1\r\nHost: \r\n\r\n",
    "a host with a path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "a host with a user": b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "a host with a blank": b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "a list of hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "an absolute address": b"GET http://evil/v1/things/small HTTP/1.1\r\nHost: a\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "an authority": b"GET evil:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "two slashes": b"GET //evil/v1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "two slashes inside": b"GET /v1//things/small HTTP/1.1\r\nHost: a\r\n\r\n",
    "a way up": b"GET /v1/things/../small HTTP/1.1\r\nHost: a\r\n\r\n",
    "a way up at the end": b"GET /v1/things/.. HTTP/1.1\r\nHost: a\r\n\r\n",
    "a dot": b"GET /v1/./things HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded way up": b"GET /v1/things/%2e%2e/small HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded slash": b"GET /v1/things%2Fsmall HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded backslash": b"GET /v1/things%5csmall HTTP/1.1\r\nHost: a\r\n\r\n",
    "a backslash": b"GET /v1\\things HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded NUL": b"GET /v1/things/%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded line end": b"GET /v1/things/%0d%0aX:%20y HTTP/1.1\r\nHost: a\r\n\r\n",
    "an escape of one digit": b"GET /v1/things/%2 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an escape that is not UTF-8": b"GET /v1/things/%ff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a fragment": b"GET /v1/things#small HTTP/1.1\r\nHost: a\r\n\r\n",
    "raw Thai in the path": "GET /v1/things/ก HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "raw Thai in the query": "GET /v1/things?q=ก HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "NUL in the query": b"GET /v1/things?q=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tab in the address": b"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an upgrade that hides a body": POST
    + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    "a TLS greeting": bytes.fromhex("16030100c8010000c403034f"),
}


async def said(house: House, request: bytes) -> bytes:
    """Return everything the gateway answers to these bytes until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(request)
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("request_bytes", REFUSED.values(), ids=REFUSED.keys())
async def test_what_parsers_read_differently_is_refused_and_ends_the_connection(
    house: House, request_bytes: bytes
) -> None:
    answer = await said(house, request_bytes + GET + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer.lower()
    assert house.things.requests == []


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, b"target_too_long"),
        (GET + b"X: " + b"a" * 65_536 + b"\r\n\r\n", 431, b"headers_too_large"),
        (GET + b"".join(b"X%d: y\r\n" % n for n in range(100)) + b"\r\n", 431, b"headers_too_large"),
        (GET + b"X" * 65_536 + b": y\r\n\r\n", 431, b"headers_too_large"),
        (b"PURGE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, b"method_not_implemented"),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, b"method_not_implemented"),
    ],
    ids=["address of 8 KiB", "64 KiB of fields", "101 fields", "a long name", "an odd method", "TRACE"],
)
async def test_what_is_too_large_or_unknown_has_its_own_code(
    house: House, request_bytes: bytes, status: int, code: bytes
) -> None:
    answer = await said(house, request_bytes)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert b'"' + code + b'"' in answer


@pytest.mark.parametrize("address", ["/v1/things/ก", "/v1/things?q=ก", "ก", "/" + "ก" * 3000])
@pytest.mark.parametrize("pieces", [1, 2], ids=["at once", "in two pieces"])
async def test_thai_in_the_address_has_to_be_percent_encoded(house: House, address: str, pieces: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    request = f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    cut = request.index("ก".encode()) if pieces == 2 else len(request)
    for piece in (request[:cut], request[cut:]):
        writer.write(piece)
        await writer.drain()
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    problem = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["status"], problem["code"]) == (400, "target_not_encoded")
    assert problem["title"] == TargetNotEncoded.title_th
    assert house.things.requests == []


@pytest.mark.parametrize("address", [b"evil:80", b"/a\tb"])
async def test_an_address_of_another_kind_is_not_called_unencoded(house: House, address: bytes) -> None:
    answer = await said(house, b"GET " + address + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b'"bad_target"' in answer


async def test_the_largest_address_and_fields_pass(house: House) -> None:
    close = b"Connection: close\r\n\r\n"
    long_address = b"GET /?" + b"a" * 8186 + b" HTTP/1.1\r\nHost: a\r\n" + close
    assert (await said(house, long_address)).startswith(b"HTTP/1.1 200 ")
    large_head = GET + b"X: " + b"a" * 60_000 + b"\r\n" + close
    assert (await said(house, large_head)).startswith(b"HTTP/1.1 200 ")


async def test_a_trailer_does_not_become_a_field(house: House, caller: httpx.AsyncClient) -> None:
    token = caller.headers["authorization"].encode()
    head = CHUNKED + b"Connection: close\r\nAuthorization: " + token + b"\r\n\r\n"
    answer = await said(
        house, head + b"2\r\nab\r\n0\r\nX-Internal-Principal: planted\r\nX-Late: planted\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"planted" not in answer


async def test_requests_behind_each_other_are_answered_in_order(
    house: House, caller: httpx.AsyncClient
) -> None:
    token = b"Authorization: " + caller.headers["authorization"].encode() + b"\r\n"
    first = b"GET /v1/things/echo?n=1 HTTP/1.1\r\nHost: a\r\n" + token + b"\r\n"
    second = b"GET /v1/things/echo?n=2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + token + b"\r\n"
    answer = await said(house, first + second)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.index(b"n=1") < answer.index(b"n=2")


async def test_nothing_is_read_behind_a_request_that_closes(house: House) -> None:
    answer = await said(house, GET + b"Connection: close\r\n\r\n" + GET + b"\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_an_upgrade_is_ignored_and_ends_the_connection(house: House) -> None:
    upgrade = GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    answer = await said(house, upgrade + GET + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_a_slow_head_is_408(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.edge.protocol.HEAD_SECONDS", 0.2)
    answer = await said(house, b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"request_timeout"' in answer


async def test_a_connection_that_says_nothing_is_closed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.edge.protocol.HEAD_SECONDS", 0.2)
    assert await said(house, b"") == b""


@settings(
    max_examples=int(os.environ.get("CHUMCHON_MUTATIONS", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at=st.integers(-60, 70),
    cut=st.integers(0, 12),
    put=st.binary(max_size=12) | st.sampled_from([b"\r\n", b"\n", b"\x00", b"Host: b\r\n", b"\r\n\r\n"]),
)
async def test_no_mutation_of_a_request_makes_a_fault(
    house: House, caller: httpx.AsyncClient, at: int, cut: int, put: bytes
) -> None:
    token = b"Authorization: " + caller.headers["authorization"].encode() + b"\r\n"
    head = CHUNKED.replace(b"/echo", b"/upload") + token + b"X-A: b\r\n\r\n"
    request = head + b"4\r\nabcd\r\n0\r\n\r\n"
    begin = at % len(request)
    mutated = request[:begin] + put + request[begin + cut :]
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(mutated)
    answer = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while part := await asyncio.wait_for(
            reader.read(65_536), 0.2
        ):  # an unfinished request gets no answer
            answer += part
    writer.close()
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert all(status[:1] in b"24" or status == b"501" for status in statuses), (mutated, answer[:300])
    assert (await caller.get("/v1/things/small")).status_code == 200
