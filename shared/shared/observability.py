"""What a running service shows: JSON logs, request and trace ids, metrics.

No log line holds a value that a caller sent: requests are named by their route, never by their address,
and exceptions by their types and code lines, never by their messages, which quote rows and parameters.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterable, MutableMapping
from typing import Any, BinaryIO

import orjson
import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import clock, context, errors, problems
from shared.ids import uuid7

_REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A UUID, with or without dashes: no shape in which somebody could send us a citizen id to log."""
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_LONG_NUMBER = re.compile(r"\d{9,}")
_NOT_PLAIN = re.compile(rb"[^\x20-\x7e]")
_QUIET = ("/health/", "/metrics")
_OWN_MESSAGES = ("uvicorn", "aio_pika", "aiormq", "alembic", "py.warnings")
"""Loggers whose messages name addresses and states only; of all others the unformatted text is kept."""

log = structlog.get_logger(__name__)

_seconds = Histogram(
    "chumchon_http_request_seconds",
    "Time to answer a request",
    ["service", "method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_requests = Counter("chumchon_http_requests", "Answered requests", ["service", "method", "route", "status"])


# --- logs ---------------------------------------------------------------------------------------------


def configure_logging(*, level: str = "INFO", stream: BinaryIO | None = None, cache: bool = True) -> None:
    """Write every log of the process as one JSON object a line, standard library's loggers included.

    `cache` lets each logger keep this configuration for good; tests that put it back turn it off.
    """
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[_ids, structlog.processors.add_log_level, _time, _failure, _encode],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(stream or sys.stdout.buffer),
        cache_logger_on_first_use=cache,
    )
    logging.captureWarnings(capture=True)
    logging.root.handlers = [_ToStructlog()]
    logging.root.setLevel(logging.WARNING)
    for name in _OWN_MESSAGES:
        logging.getLogger(name).setLevel(max(number, logging.INFO))


class _ToStructlog(logging.Handler):
    """Hands the standard library's records to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on; other libraries' arguments may be rows, so only their text is kept."""
        own = record.name.startswith(_OWN_MESSAGES)
        text = _LONG_NUMBER.sub("#", record.getMessage()) if own else str(record.msg)
        failure = record.exc_info[1] if record.exc_info else None
        log.log(max(record.levelno, logging.DEBUG), text, logger=record.name, failure=failure)


def _ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the ids of the work in hand."""
    for name, value in (
        ("request_id", context.request_id.get()),
        ("correlation_id", context.correlation_id.get()),
        ("traceparent", context.traceparent.get()),
    ):
        if value is not None:
            event.setdefault(name, value)
    return event


def _time(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["at"] = clock.now().isoformat(timespec="milliseconds")
    return event


def _failure(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception (`failure=`, or `exc_info=True` as `log.exception` sets it) by its outline."""
    failure = event.pop("failure", None)
    info = event.pop("exc_info", None)
    if failure is None and info:
        failure = info if isinstance(info, BaseException) else sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["failure"] = outline(failure)
    return event


def outline(failure: BaseException) -> list[dict[str, Any]]:
    """Return the chain of an exception: types, code lines, SQL states and constraint names; no messages."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = failure
    while current is not None and len(chain) < 8:  # noqa: PLR2004 - a chain can be circular
        frames = traceback.extract_tb(current.__traceback__)[-12:]
        entry: dict[str, Any] = {
            "type": f"{type(current).__module__}.{type(current).__qualname__}",
            "frames": [f"{_module(f.filename)}:{f.lineno} {f.name}" for f in frames],
        }
        for name in ("sqlstate", "constraint_name", "errno"):
            value = getattr(current, name, None)
            if isinstance(value, str | int):
                entry[name] = value
        if isinstance(current, BaseExceptionGroup):
            entry["inner"] = [outline(inner) for inner in current.exceptions[:5]]
        chain.append(entry)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _module(filename: str) -> str:
    """Return the last parts of a file name: enough to find it, nothing about the machine."""
    return "/".join(filename.replace("\\", "/").rsplit("/", 3)[-3:])


def _encode(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> bytes:
    """Return one line of ASCII: control characters, line separators and direction marks are escaped."""
    line = orjson.dumps(event, default=_unknown, option=orjson.OPT_NON_STR_KEYS)
    if _NOT_PLAIN.search(line):
        return json.dumps(orjson.loads(line)).replace("\x7f", "\\u007f").encode()
    return line


def _unknown(value: Any) -> str:
    return f"<{type(value).__name__}>"


# --- requests -----------------------------------------------------------------------------------------


class Observed:
    """ASGI middleware around everything: ids in, one log line and two metrics out, faults answered as 500."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        """Wrap `app` of `service`."""
        self.app = app
        self.service = service
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; no exception leaves."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = _wanted(scope)
        status = 0
        request_id = _enter(headers)
        scope["request_id"] = request_id
        header = (b"x-request-id", request_id.encode())

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header, *_defaults(message["headers"])]
            await send(message)

        try:
            await self.app(scope, receive, observed)
        except Exception as failure:  # noqa: BLE001 - this is where every fault of a request ends
            log.error(  # noqa: TRY400 - `outline` shows the failure without its message
                "request_failed", service=self.service, route=_route(scope), failure=failure
            )
            if status:  # half an answer is out: the server must cut the connection
                raise ConnectionAbortedError from None
            language = headers.get(b"accept-language", b"").decode("latin-1")
            response = problems.render(errors.InternalError(), accept_language=language)
            await response(scope, receive, observed)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["path"].startswith(_QUIET):
            return
        method, route = scope["method"], _route(scope)
        method = method if method in _METHODS else "other"
        children = self._children.get((method, route, status))
        if children is None:
            children = (
                _seconds.labels(self.service, method, route),
                _requests.labels(self.service, method, route, str(status)),
            )
            self._children[(method, route, status)] = children
        children[0].observe(seconds)
        children[1].inc()
        principal = scope.get("principal")
        log.info(
            "request",
            service=self.service,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            subject=principal.subject if principal else None,
            client=principal.client if principal else None,
        )


_NO_STORE = (b"cache-control", b"no-store")
_NO_SNIFF = (b"x-content-type-options", b"nosniff")


def _defaults(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """Return what every answer says unless it says otherwise: nobody between us keeps or guesses it."""
    said = any(name == b"cache-control" for name, _ in headers)
    return (_NO_SNIFF,) if said else (_NO_SNIFF, _NO_STORE)


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_WANTED = {b"x-request-id", b"x-correlation-id", b"traceparent", b"accept-language"}


def _wanted(scope: Scope) -> dict[bytes, bytes]:
    return {name: value for name, value in scope["headers"] if name in _WANTED}


def _enter(headers: dict[bytes, bytes]) -> str:
    """Set the ids of this request and return its own; what comes from outside is kept only when well formed.

    A request runs in a task of its own (or in its caller's, in one process), so nothing is reset after it.
    """
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    request_id = given if _REQUEST_ID.fullmatch(given) else uuid7().hex
    given = headers.get(b"x-correlation-id", b"").decode("latin-1")
    context.request_id.set(request_id)
    context.correlation_id.set(given if _REQUEST_ID.fullmatch(given) else request_id)
    context.traceparent.set(child_trace(headers.get(b"traceparent", b"").decode("latin-1")))
    return request_id


def child_trace(parent: str) -> str:
    """Return a traceparent (W3C Trace Context) below `parent`, or of a new trace when that is none."""
    found = _TRACEPARENT.fullmatch(parent)
    known = found is not None and found[1].strip("0") and found[2].strip("0")
    trace, flags = (found[1], found[3]) if found and known else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def _route(scope: Scope) -> str:
    """Return the route's template; an address that is no route may hold anything and is not shown."""
    return getattr(scope.get("route"), "path", None) or "none"
