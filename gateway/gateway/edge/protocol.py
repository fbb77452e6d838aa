"""uvicorn's HTTP protocol with the limits that an application cannot see: sizes, trailers, slow heads."""

import asyncio
import sys
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.errors import (
    BadFraming,
    BadTarget,
    HeadersTooLarge,
    RequestTimeout,
    TargetNotEncoded,
    TargetTooLong,
)
from shared import problems
from shared.errors import Refusal

MAX_TARGET = 8 * 1024
MAX_HEADERS = 64 * 1024
MAX_FIELDS = 100
HEAD_SECONDS = 15.0
"""Seconds in which a request's head must arrive, and a new connection's first byte."""

TASK = "gateway.task"
"""Scope key of the task that waits for a service; it is cancelled when the caller hangs up."""
GONE = "gateway.gone"
"""Scope key, set when the caller hung up."""
ENDLESS = "gateway.endless"
"""Scope key, set while an event stream is passed on."""
STOPPING = "gateway.stopping"
"""Scope key, set when an event stream shall end because the gateway stops."""


class EdgeProtocol(HttpToolsProtocol):
    """One connection from outside."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._refusal: type[Refusal] = BadFraming
        self._head_timer: asyncio.TimerHandle | None = None
        self._in_head = False
        self._size = 0
        self._data = b""
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first byte."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what nobody waits for any more."""
        self._stop_head_timer()
        self._abandon()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Finish what is in hand before a stop; an event stream never would, so it is ended in order."""
        super().shutdown()
        running = self._running
        if running is not None and not running.response_complete:
            scope: dict[str, Any] = running.scope  # type: ignore[assignment]
            task = scope.get(TASK)
            if task is not None and scope.get(ENDLESS):
                scope[STOPPING] = True
                task.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse; a head that is begun but not finished is on the clock."""
        self._data = data
        super().data_received(data)
        self._data = b""
        if self._in_head and self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_late)

    def on_message_begin(self) -> None:
        """Reset what is counted per request."""
        super().on_message_begin()
        self._in_head = True
        self._size = 0

    def on_url(self, url: bytes) -> None:
        """Count the address; only the plain form of a path is taken."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET:
            self._refuse(TargetTooLong)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the head; trailers after a chunked body are dropped, nobody here declares them."""
        if not self._in_head:
            return
        self._size += len(name) + len(value) + 4
        if self._size > MAX_HEADERS or len(self.headers) >= MAX_FIELDS:
            self._refuse(HeadersTooLarge)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Refuse other forms of the address, and an upgrade that would hide a body from the parser."""
        self._in_head = False
        self._stop_head_timer()
        if not self.url.startswith(b"/") or b"#" in self.url:
            self._refuse(BadTarget)
        if self.parser.get_http_version() not in {"1.1", "1.0"}:
            self._refuse(BadFraming)
        upgrading = self.parser.should_upgrade()
        if upgrading and any(name in {b"content-length", b"transfer-encoding"} for name, _ in self.headers):
            self._refuse(BadFraming)
        super().on_headers_complete()
        if upgrading:
            self.cycle.keep_alive = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _refuse(self, refusal: type[Refusal]) -> None:
        self._refusal = refusal
        raise httptools.HttpParserError(refusal.code)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        self._head_timer = None
        if self._in_head:
            self._refusal = RequestTimeout
            self.send_400_response("")
        elif self._running is None:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's text is not shown
        """Answer a request that cannot be read as a problem, unless an answer has begun, and close."""
        self._stop_head_timer()
        if isinstance(sys.exc_info()[1], httptools.HttpParserInvalidURLError):  # uvicorn keeps it to itself
            self._refusal = BadTarget if self._data.isascii() else TargetNotEncoded
        running = self._running
        if running is None or running.response_complete or not running.response_started:
            response = problems.render(self._refusal(), accept_language=None)
            lines = [STATUS_LINE[response.status_code]]
            lines += [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
            self.transport.write(b"".join([*lines, b"connection: close\r\n\r\n", bytes(response.body)]))
        self._abandon()
        self.transport.close()

    def _abandon(self) -> None:
        """Cancel the work on the request in hand: its answer has nowhere to go."""
        running = self._running
        if running is None or running.response_complete or running.disconnected:
            return
        running.disconnected = True
        running.message_event.set()
        scope: dict[str, Any] = running.scope  # type: ignore[assignment]
        task = scope.get(TASK)
        if task is not None:
            scope[GONE] = True
            task.cancel()
