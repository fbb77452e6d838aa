"""Keyset paging: `{"items": […], "next": cursor}` with cursors that only this list with these filters takes.

A cursor is the key of the last row, signed (HMAC-SHA-256) together with the list's name and filters: it
tells the caller nothing she has not seen and cannot be moved to another list. It is not bound to the
caller, because visibility is in the query, not in the cursor.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec
import orjson
from asyncpg import Record
from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from shared import calendars
from shared.errors import FieldError, InvalidCursor, InvalidRequest
from shared.schemas import Schema

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_SIGNATURE = 16
_MAX_CURSOR = 1024
_MAX_DIGITS = 10
_PLAIN = re.compile(r"[A-Za-z0-9/=&%._~+:,-]*")
Item = TypeVar("Item")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class Page(Schema, Generic[Item]):
    """One page of a list; `next` is null on the last one, `total` only there when `count=true`."""

    # There are none here, and looking for them costs every `Page[…]` 40 ms of a service's start.
    model_config = ConfigDict(use_attribute_docstrings=False)

    items: list[Item]
    next: str | None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Params:
    """What a list was asked: how many rows, after which one, and whether to count."""

    limit: int
    count: bool
    after: tuple[Any, ...] | None
    """The key of the last row seen, as JSON tells it; None on the first page. Read it by `place`."""
    request: Request

    @property
    def fetch(self) -> int:
        """Return how many rows to ask for: one more than a page has, to know whether another follows."""
        return self.limit + 1

    @overload
    def place(self, a: Callable[[Any], A], /) -> A | None: ...
    @overload
    def place(self, a: Callable[[Any], A], b: Callable[[Any], B], /) -> tuple[A, B] | None: ...
    @overload
    def place(
        self, a: Callable[[Any], A], b: Callable[[Any], B], c: Callable[[Any], C], /
    ) -> tuple[A, B, C] | None: ...
    def place(self, *kinds: Callable[[Any], Any]) -> Any:
        """Return the key of the last row seen, each part by its kind (`str`, `UUID`, `date.fromisoformat`).

        One kind gives the value itself, several a tuple; None on the first page. Raises InvalidCursor for
        a key of another shape: the list was sorted otherwise when the cursor was given.
        """
        if self.after is None:
            return None
        try:
            key = tuple(kind(part) for kind, part in zip(kinds, self.after, strict=True))
        except ValueError as error:
            raise InvalidCursor from error
        return key if len(key) > 1 else key[0]

    def __str__(self) -> str:
        """Return no more than the size, so that a log line shows no filter."""
        return f"Params(limit={self.limit})"


async def read(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows of a page")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    count: Annotated[bool, Query(description="Give the total of all pages")] = False,  # noqa: FBT002
) -> Params:
    """Describe the paging parameters to FastAPI; a route of ours reads them by `params` instead."""
    del limit, cursor, count
    return params(request)


PageParams = Annotated[Params, Depends(read)]
"""Parameter type of every list: `page: paging.PageParams`."""

NAMES = frozenset({"limit", "cursor", "count"})
_UNBOUND = NAMES | {calendars.NAME}


def params(request: Request) -> Params:
    """Read the paging parameters; raises InvalidRequest, InvalidCursor."""
    query = request.query_params
    given, limit = query.get("limit"), DEFAULT_LIMIT
    if given is not None:
        if not (given.isascii() and given.isdigit() and len(given) < _MAX_DIGITS):
            raise _wrong("?limit", "wrong_type", "ต้องเป็นจำนวนเต็ม", "must be a whole number")
        limit = int(given)
        if not 1 <= limit <= MAX_LIMIT:
            raise _wrong("?limit", "out_of_range", "ค่าอยู่นอกช่วงที่กำหนด", "is out of range")
    count = query.get("count", "false")
    if count not in ("true", "false"):
        raise _wrong("?count", "wrong_type", "ต้องเป็น true หรือ false", "must be true or false")
    cursor = query.get("cursor")
    after = None if cursor is None else decode(cursor, key=_key(request), bound_to=_binding(request))
    return Params(limit=limit, count=count == "true", after=after, request=request)


def _wrong(pointer: str, code: str, th: str, en: str) -> InvalidRequest:
    return InvalidRequest(errors=[FieldError(pointer, code, th, en)])


def _key(request: Request) -> bytes:
    key: bytes = request.app.state.cursor_key
    return key


def _binding(request: Request) -> bytes:
    """Return the list's path and filters in one spelling, without what leaves the rows the same."""
    filters = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in _UNBOUND)
    return orjson.dumps([request.scope["path"], filters])


def _link(request: Request, cursor: str) -> str:
    """Return the address of the next page."""
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    if _PLAIN.fullmatch(path) and _PLAIN.fullmatch(query):  # nearly always, and ten times as quick
        kept = [part for part in query.split("&") if part and not part.startswith("cursor=")]
        return f"{path}?{'&'.join([*kept, 'cursor=' + cursor])}"
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    return f"{quote(path)}?{urlencode([*pairs, ('cursor', cursor)])}"


def encode(values: Sequence[Any], *, key: bytes, bound_to: bytes) -> str:
    """Return a cursor for the row whose sort key is `values`."""
    payload = orjson.dumps(list(values), default=str)
    return base64.urlsafe_b64encode(_sign(payload, key, bound_to) + payload).rstrip(b"=").decode()


def decode(cursor: str, *, key: bytes, bound_to: bytes) -> tuple[Any, ...]:
    """Return the sort key in a cursor; raises InvalidCursor for any other text."""
    if len(cursor) > _MAX_CURSOR:
        raise InvalidCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidCursor from error
    signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(payload, key, bound_to)):
        raise InvalidCursor
    return tuple(orjson.loads(payload))


def _sign(payload: bytes, key: bytes, bound_to: bytes) -> bytes:
    return hmac.digest(key, bound_to + b"\n" + payload, hashlib.sha256)[:_SIGNATURE]


def _plain(value: Any) -> Any:
    """Encode what msgspec leaves to us: database rows and models."""
    if isinstance(value, Record):
        return dict(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot encode {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain, decimal_format="string", uuid_format="canonical")


def json_bytes(value: Any) -> bytes:
    """Encode rows, models and plain values as JSON: UUIDs and dates as text, Decimal as a string."""
    return _encoder.encode(value)


def page(
    params: Params,
    rows: Sequence[Any],
    *,
    key: Sequence[str] = (),
    next_key: Sequence[Any] | None = None,
    total: int | None = None,
    shape: Callable[[Any], Any] | None = None,
) -> Response:
    """Return a page of rows as a response, encoded at once, without validating them again.

    Give the `params.fetch` rows that were asked for: one too many is left out and tells that more follow.
    `key` names the columns that the list is sorted by, `shape` makes of a row what the caller sees. A list
    whose place is no column of its rows gives its rows cut and `next_key`. Declare the shape with
    `response_model=Page[Thing]`.
    """
    request = params.request
    if key and len(rows) > params.limit:
        rows = rows[: params.limit]
        next_key = [rows[-1][name] for name in key]
    if shape is not None:
        rows = [shape(row) for row in rows]
    cursor = None
    headers = {}
    if next_key is not None:
        cursor = encode(next_key, key=_key(request), bound_to=_binding(request))
        headers["link"] = f'<{_link(request, cursor)}>; rel="next"'
    if rows and isinstance(rows[0], Record):
        names = tuple(rows[0].keys())  # a third quicker than a dict of each record
        rows = [dict(zip(names, row, strict=False)) for row in rows]
    body: dict[str, Any] = {"items": rows, "next": cursor}
    if total is not None:
        body["total"] = total
    return Response(_encoder.encode(body), media_type="application/json", headers=headers)
