"""What is refused before any handler runs: oversized bodies, and JSON that parsers read differently."""

import json
import math
import re
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problems
from shared.errors import (
    BodyTooLarge,
    DuplicateKey,
    InvalidCharacter,
    InvalidJson,
    InvalidNumber,
    Refusal,
    TooDeep,
)

MAX_BODY = 1 << 20
MAX_DEPTH = 64
_MAX_DIGITS = 19
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(body: bytes) -> Any:
    """Parse a body strictly; raises a Refusal for what RFC 8259 leaves open or Postgres cannot keep.

    Refused: duplicate keys, NaN and infinities, numbers over 19 digits or beyond a double, NUL, half
    surrogates, nesting deeper than 64, a byte order mark, any encoding but UTF-8.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except RecursionError as error:
        raise TooDeep from error
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are both
        raise InvalidJson from error
    suspicious = b"\\u0000" in body or _ESCAPED_SURROGATE.search(body) is not None
    if suspicious or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _walk(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKey
    return found


def _constant(_text: str) -> NoReturn:
    raise InvalidNumber


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _MAX_DIGITS:
        raise InvalidNumber
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise InvalidNumber
    return value


def _walk(value: Any) -> None:
    """Refuse nesting deeper than MAX_DEPTH and texts with NUL or half a surrogate pair."""
    todo = [(value, 1)]
    while todo:
        item, depth = todo.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, dict | list):
            if depth > MAX_DEPTH:
                raise TooDeep
            if isinstance(item, dict):
                for key in item:
                    _check_text(key)
                item = list(item.values())
            todo.extend((inner, depth + 1) for inner in item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise InvalidCharacter
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidCharacter from error


class StrictRequest(Request):
    """A request whose body is counted while it arrives and whose JSON was parsed strictly before."""

    def __init__(self, scope: Scope, receive: Receive, *, limit: int) -> None:
        """Read at most `limit` bytes; raises BodyTooLarge, at once when the length is declared."""
        declared, chunked = 0, False
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                declared = int(value[:20])
            chunked = chunked or name == b"transfer-encoding"
        if declared > limit:
            raise BodyTooLarge(max_bytes=limit)
        super().__init__(scope, _counted(receive, limit))
        self.parsed: Any = None
        self.has_body = declared > 0 or chunked

    async def json(self) -> Any:
        """Return what `parse` found."""
        return self.parsed

    async def parse(self) -> None:
        """Read and parse the JSON body, so that its refusals are raised outside FastAPI's own handling."""
        body = await self.body()
        if body:
            self.parsed = parse_json(body)


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(max_bytes=limit)
        return message

    return counted


class Hardening:
    """ASGI middleware: refuses addresses that hold NUL, whatever route they mean."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            refusal: Refusal = InvalidCharacter()
            languages = [v.decode("latin-1") for n, v in scope["headers"] if n == b"accept-language"]
            response = problems.render(refusal, accept_language=languages[0] if languages else None)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)
