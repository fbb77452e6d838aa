"""The request's body on its way to a service: counted, held back while small, streamed when large."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope

from gateway.edge.answers import BODY_READ
from gateway.proxy.table import JSON_LIMIT
from shared.errors import BodyTooLarge

_HELD = 64 * 1024
"""Bytes up to which a declared body is taken whole even where more would be allowed."""


class CallerGone(Exception):  # noqa: N818  # named after the fact
    """The caller hung up before her request was complete."""


def declared_length(scope: Scope) -> int | None:
    """Return the body's declared length: 0 without a body, None when it is chunked."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding":
            return None
    return 0


def is_held(length: int | None, limit: int) -> bool:
    """Say whether a body is taken whole before the service hears of the request.

    So a slow caller never occupies a service; only what may be large is streamed.
    """
    return limit <= JSON_LIMIT or (length is not None and length <= _HELD)


async def hold(scope: Scope, receive: Receive, *, limit: int, clock: "Clock") -> bytes:
    """Return the whole body; raises BodyTooLarge and CallerGone."""
    parts = [part async for part in stream(scope, receive, limit=limit, clock=clock)]
    return b"".join(parts)


async def stream(scope: Scope, receive: Receive, *, limit: int, clock: "Clock") -> AsyncIterator[bytes]:
    """Yield the body as it comes; raises BodyTooLarge at the byte that is one too many, and CallerGone."""
    seen = 0
    while True:
        clock.wait_for_caller()
        message = await receive()
        if message["type"] != "http.request":
            raise CallerGone
        part = message.get("body", b"")
        seen += len(part)
        if seen > limit:
            raise BodyTooLarge(max_bytes=limit)
        if part:
            yield part
        if not message.get("more_body"):
            scope[BODY_READ] = True
            clock.wait_for_service()
            return


class Clock:
    """Who is waited for, and until when. One deadline at a time, moved on as the exchange goes on."""

    def __init__(self, *, deadline: float, idle: float) -> None:
        """Take seconds: `deadline` for a service to begin its answer, `idle` for anything to stand still."""
        self._loop = asyncio.get_running_loop()
        self._deadline = deadline
        self._idle = idle
        self.limit = asyncio.timeout(deadline)
        self.caller_is_late = False

    def wait_for_caller(self) -> None:
        """Give the caller her time to send the next part."""
        self.caller_is_late = True
        self._move(self._idle)

    def wait_for_service(self) -> None:
        """The request is complete: give the service its time to begin."""
        self.caller_is_late = False
        self._move(self._deadline)

    def wait_for_part(self) -> None:
        """The answer has begun: only standing still is limited now."""
        self._move(self._idle)

    def _move(self, seconds: float) -> None:
        # A body may still be read for a moment after the exchange ended; then there is nothing to limit.
        with contextlib.suppress(RuntimeError):
            self.limit.reschedule(self._loop.time() + seconds)
