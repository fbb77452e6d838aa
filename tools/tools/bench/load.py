"""Sends HTTP requests and times the answers, with little work per request of its own.

Closed loop: each connection sends its next request when it has its answer (how much can it do?).
Open loop: requests are sent at fixed moments, and the time counts from that moment, so that a slow answer
delays no other's clock (how long does one wait at this rate?).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import cast

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass
class Outcome:
    """What came back: seconds of each answer, how many per second, statuses other than 2xx."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    last: bytes = b""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return the milliseconds within which `percent` of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request on its way."""

    def __init__(self, outcome: Outcome, answered: Callable[["_Connection"], None]) -> None:
        self._outcome = outcome
        self._answered = answered
        self._buffer = b""
        self._since = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def send(self, request: bytes, since: float) -> None:
        """Send a request whose clock runs since `since`."""
        self._since = since
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at:].partition(b"\r")[0])
        if len(self._buffer) < end + len(_HEAD_END) + length:
            return
        outcome = self._outcome
        outcome.latencies.append(time.perf_counter() - self._since)
        outcome.refused += head[9:10] != b"2"
        outcome.last = self._buffer[end + len(_HEAD_END) :]
        self._buffer = b""
        self._answered(self)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()


async def closed_loop(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Outcome:
    """Keep `connections` busy for `seconds`."""
    outcome = Outcome()
    stop_at = time.perf_counter() + seconds
    done = asyncio.Event()
    busy = connections

    def answered(connection: _Connection) -> None:
        nonlocal busy
        moment = time.perf_counter()
        if moment < stop_at:
            connection.send(next(requests), moment)
            return
        connection.close()
        busy -= 1
        if not busy:
            done.set()

    began = time.perf_counter()
    for connection in await _connect(port, outcome, answered, connections):
        connection.send(next(requests), time.perf_counter())
    await asyncio.wait_for(done.wait(), seconds + 60)
    outcome.seconds = time.perf_counter() - began
    return outcome


async def open_loop(
    port: int, requests: Iterator[bytes], *, rate: float, connections: int, seconds: float
) -> Outcome:
    """Send `rate` requests a second; one that finds no free connection waits, and its clock runs."""
    outcome = Outcome()
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for connection in await _connect(port, outcome, free.put_nowait, connections):
        free.put_nowait(connection)
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        (await asyncio.wait_for(free.get(), 60)).send(next(requests), due)
    for _ in range(connections):
        (await asyncio.wait_for(free.get(), 60)).close()
    outcome.seconds = time.perf_counter() - began
    return outcome


async def ready(port: int, *, seconds: float = 30) -> None:
    """Wait until somebody listens on the port."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def get(path: str, *, token: str | None = None) -> bytes:
    """Return a GET request as it stands on the wire."""
    bearer = f"authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}\r\n".encode()


def post(path: str, body: bytes, *, token: str | None = None) -> bytes:
    """Return a POST request with a JSON body as it stands on the wire."""
    bearer = f"authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}content-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def repeat(*requests: bytes) -> Iterator[bytes]:
    """Send the same requests again and again."""
    return cycle(requests)


async def _connect(
    port: int, outcome: Outcome, answered: Callable[[_Connection], None], connections: int
) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(lambda: _Connection(outcome, answered), "127.0.0.1", port)
        for _ in range(connections)
    ]
    return [protocol for _, protocol in pairs]
