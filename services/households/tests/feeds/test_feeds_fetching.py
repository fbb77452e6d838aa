"""Files fetched from an address: only public ones, taken up again where the line broke, not fetched twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI

from households.app import create_app
from households.feeds.errors import PullRefused
from households.feeds.fetching import Wanted, fetch, resolve
from households.settings import Settings
from households.worker import work
from shared.addresses import public
from shared.jobs import run_pending
from shared.testing.caller import Caller

from .conftest import SAMPLES
from .test_feeds_http import RIGHTS, opened


@dataclass
class Source:
    """A small HTTP server that can break off, redirect, and knows what it sent."""

    data: bytes
    breaks: int = 0
    redirect: bool = False
    requests: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines[1:] if line)}
        self.requests.append(headers)
        writer.write(self.answer(headers))
        await writer.drain()
        writer.close()

    def answer(self, headers: dict[str, str]) -> bytes:
        if self.redirect:
            return b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        if headers.get("if-none-match") == '"v1"':
            return b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
        start = int(headers["range"].removeprefix("bytes=").rstrip("-")) if "range" in headers else 0
        status = b"206 Partial Content" if start else b"200 OK"
        body = self.data[start:]
        head = b"HTTP/1.1 " + status + b'\r\nETag: "v1"\r\nContent-Length: %d\r\n\r\n' % len(body)
        if self.breaks:
            self.breaks -= 1
            return head + body[: len(body) // 2]
        return head + body


@pytest_asyncio.fixture(loop_scope="session")
async def source() -> AsyncIterator[Source]:
    source = Source((SAMPLES / "clean" / "persons.csv").read_bytes())
    server = await asyncio.start_server(source.serve, "127.0.0.1", 0)
    source.port = server.sockets[0].getsockname()[1]
    async with server:
        yield source


async def silent(_done: int, _total: int | None) -> None: ...


async def test_a_broken_line_is_taken_up_where_it_broke(source: Source, tmp_path: Path) -> None:
    source.breaks = 2
    wanted = Wanted(f"http://127.0.0.1:{source.port}/persons.csv", token="secret")
    found = await fetch(wanted, tmp_path / "file", limit=1 << 30, allow_private=True, progress=silent)
    assert (tmp_path / "file").read_bytes() == source.data
    assert (found.size, found.etag) == (len(source.data), '"v1"')
    assert [("range" in request, request["authorization"]) for request in source.requests] == [
        (False, "Bearer secret"),
        (True, "Bearer secret"),
        (True, "Bearer secret"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "0.1.2.3", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "64:ff9b::a00:1", "2002:a00:1::", "2001:0:1::", "::ffff:10.0.0.1", "::10.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not public(address)


def test_addresses_of_the_open_network_are_public() -> None:
    assert public("1.1.1.1")
    assert public("2606:4700:4700::1111")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://127.0.0.1/persons.csv", "address"),
        ("https://localhost/persons.csv", "address"),
        ("https://[::1]/persons.csv", "address"),
        ("https://2130706433/persons.csv", "address"),
        ("http://1.1.1.1/persons.csv", "scheme"),
        ("file:///etc/persons.csv", "scheme"),
        ("gopher://1.1.1.1/persons.csv", "scheme"),
    ],
)
async def test_other_addresses_and_schemes_are_refused(url: str, reason: str) -> None:
    with pytest.raises(PullRefused) as refused:
        await resolve(url, allow_private=False)
    assert refused.value.extra["reason"] == reason


async def test_a_redirect_is_not_followed(source: Source, tmp_path: Path) -> None:
    source.redirect = True
    wanted = Wanted(f"http://127.0.0.1:{source.port}/persons.csv")
    with pytest.raises(PullRefused):
        await fetch(wanted, tmp_path / "file", limit=1 << 30, allow_private=True, progress=silent)


@pytest.fixture
def app(settings_values: dict[str, Any]) -> FastAPI:
    return create_app(Settings(**settings_values, feed_pulls_private=True))


async def pulled(caller: Caller, app: FastAPI, body: dict[str, Any]) -> dict[str, Any]:
    response = await caller.post("/v1/feed-pulls", body)
    assert response.status_code == 202, response.text
    await run_pending(app.state.database, work(app.state.settings))
    found: dict[str, Any] = (await caller.get(response.headers["Location"])).json()
    return found


async def test_a_pull_brings_the_file_once(officer: Caller, app: FastAPI, source: Source) -> None:
    registrar = officer.only(RIGHTS).where("")
    edition = await opened(registrar)
    url = f"http://127.0.0.1:{source.port}/persons.csv"
    first = await pulled(registrar, app, {"edition_id": edition, "url": url, "token": "secret"})
    assert (first["state"], first["size"], first["etag"]) == ("fetched", len(source.data), '"v1"')
    files = (await registrar.get(f"/v1/feed-editions/{edition}")).json()["files"]
    assert [(file["kind"], file["sha256"]) for file in files] == [("persons", first["sha256"])]
    again = await pulled(registrar, app, {"source": "TPMAP", "url": url})
    assert again["state"] == "unchanged"
    assert source.requests[-1]["if-none-match"] == '"v1"'


async def test_a_pull_from_inside_is_refused_and_says_so(
    officer: Caller, app: FastAPI, settings_values: dict[str, Any], source: Source
) -> None:
    registrar = officer.only(RIGHTS).where("")
    edition = await opened(registrar)
    url = f"https://127.0.0.1:{source.port}/persons.csv"
    response = await registrar.post("/v1/feed-pulls", {"edition_id": edition, "url": url})
    await run_pending(app.state.database, work(Settings(**settings_values)))
    found = (await registrar.get(response.headers["Location"])).json()
    assert (found["state"], found["problem"]) == ("failed", "address_refused")
    assert source.requests == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://example.org/persons.csv"}, "invalid_request"),
        ({"source": "nobody", "url": "https://example.org/persons.csv"}, "feed_edition_not_found"),
        ({"source": "TPMAP", "url": "https://example.org/people.csv"}, "unknown_file"),
        ({"source": "TPMAP", "url": "https://user:pass@example.org/persons.csv"}, "address_refused"),
    ],
)
async def test_a_pull_needs_an_edition_and_the_address_of_a_feed_file(
    officer: Caller, body: dict[str, str], code: str
) -> None:
    registrar = officer.only(RIGHTS).where("")
    await opened(registrar)
    assert (await registrar.post("/v1/feed-pulls", body)).json()["code"] == code
