"""One request to the service that owns it, and its answer back; both as streams."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

import aiohttp
from multidict import CIMultiDict
from starlette.types import Receive, Scope, Send
from yarl import URL

from gateway.edge.answers import refuse
from gateway.edge.protocol import ENDLESS, GONE, STOPPING, TASK
from gateway.errors import DeadlineExceeded, NoSuchAddress, RequestTimeout, ServiceDown, ServiceFailed
from gateway.proxy import headers
from gateway.proxy.body import CallerGone, Clock, declared_length, hold, is_held, stream
from gateway.proxy.table import Operation, Table, Upstream
from shared import context
from shared.errors import BodyTooLarge, Refusal, ScopeMissing, TokenMissing

_NO_LIMIT = aiohttp.ClientTimeout(total=None, connect=5.0)
_KEPT_SECONDS = 3.0
"""Idle connections are given up before a service (uvicorn: 5 s) closes them under a request."""


class Caller(Protocol):
    """Who calls, as the exchange of tokens found out."""

    subject: str
    client: str | None
    scopes: frozenset[str]

    def token_for(self, service: str) -> str:
        """Return an internal token for one service."""


class Exchange(Protocol):
    """Turns what a caller shows at the door into who she is."""

    async def enter(self, authorization: bytes) -> Caller:
        """Return the caller; raises TokenInvalid, and Unavailable when it cannot be found out."""


class Forwarder:
    """Sends requests on; one per process, with its pool of connections to the services."""

    def __init__(self, exchange: Exchange, *, deadline: float, idle_limit: float) -> None:
        """Take the limits in seconds; must be made inside the running loop."""
        self._exchange = exchange
        self._deadline = deadline
        self._idle = idle_limit
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=_KEPT_SECONDS, use_dns_cache=True, ttl_dns_cache=30
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=_NO_LIMIT,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def forward(
        self, table: Table, *, forwarded: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request by the service that owns its address, or by a problem."""
        scope[TASK] = asyncio.current_task()
        try:
            try:
                await self._forward(table, forwarded, scope, receive, send)
            except Refusal as refusal:
                await refuse(refusal, scope, receive, send)
        except CallerGone:
            pass
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not scope.get(GONE):
                raise
            task.uncancel()
        finally:
            scope[TASK] = None

    async def _forward(
        self, table: Table, forwarded: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        segments = scope["raw_path"].split(b"/")[1:]
        upstream = table.owner(segments)
        if upstream is None:
            raise NoSuchAddress
        operation = table.operation(scope["method"], segments)
        scope["route"] = operation
        fields = headers.inward(scope["headers"])
        token = await self._enter(scope, operation, upstream)
        if token is not None:
            fields["Authorization"] = token
        fields["X-Request-ID"] = scope["request_id"]
        fields["traceparent"] = context.traceparent.get() or ""
        fields["Forwarded"] = forwarded

        clock = Clock(deadline=operation.deadline or self._deadline, idle=self._idle)
        body = _Body(scope, receive, limit=operation.body_limit, clock=clock)
        begun = False
        try:
            async with clock.limit:
                data = await body.begin(fields)
                address = upstream.address + scope["raw_path"].decode("ascii")
                if scope["query_string"]:
                    address += "?" + scope["query_string"].decode("ascii")
                async with self._session.request(
                    scope["method"],
                    URL(address, encoded=True),
                    headers=fields,
                    data=data,
                    allow_redirects=False,
                ) as answer:
                    begun = True
                    await _answer(answer, scope, send, clock)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if begun:
                raise  # half an answer is out: the connection is cut
            raise body.failure or _meaning(error, clock, upstream) from error

    async def _enter(self, scope: Scope, operation: Operation, upstream: Upstream) -> str | None:
        """Return the internal token for this call, None for a public operation's stranger."""
        shown = [value for name, value in scope["headers"] if name == b"authorization"]
        if not shown and operation.scopes is None:
            return None
        if len(shown) != 1:
            raise TokenMissing
        caller = await self._exchange.enter(shown[0])
        scope["principal"] = caller
        for needed in operation.scopes or ():
            if needed not in caller.scopes:
                raise ScopeMissing(f"ต้องมีขอบเขตสิทธิ์ {needed}", f"The scope {needed} is needed", scope=needed)
        return caller.token_for(upstream.name)


class _Body:
    """The request's body as the client library takes it, remembering why it broke off."""

    def __init__(self, scope: Scope, receive: Receive, *, limit: int, clock: Clock) -> None:
        self._scope = scope
        self._receive = receive
        self._limit = limit
        self._clock = clock
        self.failure: Exception | None = None

    async def begin(self, fields: CIMultiDict[str]) -> bytes | AsyncIterator[bytes] | None:
        """Return what to send: nothing, the whole body, or its stream. Raises BodyTooLarge, CallerGone."""
        length = declared_length(self._scope)
        if length == 0:
            return None
        if length is not None and length > self._limit:
            raise BodyTooLarge(max_bytes=self._limit)
        if is_held(length, self._limit):
            return await hold(self._scope, self._receive, limit=self._limit, clock=self._clock)
        if length is not None:
            fields["Content-Length"] = str(length)
        return self._watched()

    async def _watched(self) -> AsyncIterator[bytes]:
        try:
            async for part in stream(self._scope, self._receive, limit=self._limit, clock=self._clock):
                yield part
        except (BodyTooLarge, CallerGone) as error:
            self.failure = error
            raise


async def _answer(answer: aiohttp.ClientResponse, scope: Scope, send: Send, clock: Clock) -> None:
    fields = headers.outward(answer.raw_headers)
    clock.wait_for_part()
    await send({"type": "http.response.start", "status": answer.status, "headers": fields})
    left = 0 if scope["method"] == "HEAD" else _length(fields)
    if left == 0:
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    if left < 0 and answer.content_type == "text/event-stream":
        scope[ENDLESS] = True
    try:
        async for part in answer.content.iter_any():
            left -= len(part)
            await send({"type": "http.response.body", "body": part, "more_body": left != 0})
            if left == 0:
                return
            clock.wait_for_part()
    except asyncio.CancelledError:
        if not _may_end(scope, clock):
            raise
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _may_end(scope: Scope, clock: Clock) -> bool:
    """Tell whether a cancelled answer ends in order: an event stream's reader comes again by itself."""
    task = asyncio.current_task()
    if scope.get(STOPPING) and task is not None:
        task.uncancel()
        return True
    return scope.get(ENDLESS, False) and clock.limit.expired()


def _length(fields: list[tuple[bytes, bytes]]) -> int:
    """Return the declared length of an answer, -1 when it is not declared."""
    for name, value in fields:
        if name == b"content-length":
            return int(value)
    return -1


def _meaning(error: BaseException, clock: Clock, upstream: Upstream) -> Refusal:
    extra: dict[str, Any] = {"service": upstream.name}
    refusal: Refusal
    if isinstance(error, aiohttp.ConnectionTimeoutError | aiohttp.ClientConnectorError):
        refusal = ServiceDown(**extra)
        refusal.headers["Retry-After"] = "2"
        return refusal
    if isinstance(error, TimeoutError):
        return RequestTimeout() if clock.caller_is_late else DeadlineExceeded(**extra)
    return ServiceFailed(**extra)
