"""Whole lists as CSV or XLSX, read and sent piece by piece: `Accept: text/csv` on the list itself.

Headings are Thai, or the API's field names with `Accept-Language: en`; `Accept: text/csv; bom=1` puts a
byte order mark in front, for Excel. Whoever takes a list away needs the scope `export` beside the list's
own and leaves an audit row. Needs the extra `exports`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Literal

import asyncpg
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared import audit, problems
from shared.db import Database
from shared.errors import ScopeMissing
from shared.imports import csv_chunks, formula_safe
from shared.security import Principal

Format = Literal["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
CSV: Format = "text/csv"
XLSX: Format = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BATCH = 2_000
_SHEET_ROWS = 1_048_000  # a sheet holds 576 more
_IN_MEMORY = 1 << 20

Read = Callable[..., Awaitable[list[asyncpg.Record]]]
"""`read(session, after=key, limit=n)`: a list's rows in the order of its key, as its JSON pages read them."""
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Export:
    """One list as a file."""

    name: str
    """Of the file, without its ending."""
    action: str
    """What the audit row says: `<noun>.export`."""
    columns: Mapping[str, str]
    """Field names of the rows with their Thai headings, in the file's order."""
    key: tuple[str, ...]
    """Fields that the list is sorted by; together they are unique."""

    def described(self, **example: str) -> dict[str, Any]:
        """Describe the file for OpenAPI, with the cells of an example row."""
        lines = (self.columns.values(), (example.get(name, "") for name in self.columns))
        shown = "".join(",".join(line) + "\r\n" for line in lines)
        text, binary = {"type": "string"}, {"type": "string", "format": "binary"}
        return {"content": {CSV: {"schema": text, "example": shown}, XLSX: {"schema": binary}}}


def wanted(request: Request) -> Format | None:
    """Return the format that the request asks for; None is JSON."""
    accepted = request.headers.get("accept", "")
    return next((kind for kind in (CSV, XLSX) if kind in accepted), None)


async def answer(
    request: Request,
    kind: Format,
    *,
    export: Export,
    read: Read,
    principal: Principal,
    area: str | None,
    now: datetime,
) -> Response:
    """Return the whole list that `read` reads; raises ScopeMissing without `export`.

    Its audit row, with format and area, is written before the first byte.
    """
    if not principal.may("export"):
        raise ScopeMissing("ต้องมีขอบเขตสิทธิ์ export", "The scope export is needed", scope="export")
    database: Database = request.app.state.database
    thai = problems.language(request.headers.get("accept-language")) == "th"
    headings = list(export.columns.values() if thai else export.columns)
    batches = _batches(database, export, read)
    if kind == CSV:
        content = _csv(headings, batches, bom="bom=1" in request.headers.get("accept", ""))
        media_type, ending = "text/csv; charset=utf-8", "csv"
    else:
        content, media_type, ending = _xlsx(export.name, headings, batches), XLSX, "xlsx"

    async def record() -> None:
        detail = {"format": kind, "area": area}
        async with database.transaction() as session:
            await audit.record(
                session, principal=principal, action=export.action, subjects=[], now=now, detail=detail
            )

    headers = {"Content-Disposition": f'attachment; filename="{export.name}.{ending}"'}
    return _Recorded(record, content, media_type=media_type, headers=headers)


class _Recorded(StreamingResponse):
    """A stream that is recorded before it begins, when its request holds no connection any more."""

    def __init__(self, record: Callable[[], Awaitable[None]], content: Any, **options: Any) -> None:
        super().__init__(content, **options)
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record, then stream; what fails before the first byte is answered as a problem."""
        await self._record()
        await super().__call__(scope, receive, send)


async def _batches(database: Database, export: Export, read: Read) -> AsyncIterator[Rows]:
    """Yield the list by keyset: no connection is held while the client reads."""
    after: tuple[Any, ...] | None = None
    while True:
        async with database.read() as session:
            rows = await read(session, after=after, limit=_BATCH)
        yield [[_cell(row[name]) for name in export.columns] for row in rows]
        if len(rows) < _BATCH:
            return
        after = tuple(rows[-1][name] for name in export.key)


_TEXTS: Mapping[type, Callable[[Any], str]] = {
    list: lambda values: "; ".join(map(str, values)),
    bool: lambda value: str(value).lower(),
    datetime: lambda moment: moment.isoformat().replace("+00:00", "Z"),
}


def _cell(value: Any) -> object:
    """Return what a cell shows: lists with semicolons, true, false and moments as in JSON."""
    return _TEXTS[type(value)](value) if type(value) in _TEXTS else value


async def _csv(headings: Sequence[str], batches: AsyncIterator[Rows], *, bom: bool) -> AsyncIterator[bytes]:
    async for rows in batches:
        for chunk in csv_chunks(headings, rows, bom=bom):
            yield chunk
        headings, bom = (), False


async def _xlsx(name: str, headings: Sequence[str], batches: AsyncIterator[Rows]) -> AsyncIterator[bytes]:
    import openpyxl  # noqa: PLC0415  # 0.5 s, only where such a file is made

    book = openpyxl.Workbook(write_only=True)
    sheet, left = None, 0
    async for rows in batches:
        if sheet is None or left < len(rows):
            sheet, left = book.create_sheet(name), _SHEET_ROWS
            await run_in_threadpool(_append, sheet, [headings])
        await run_in_threadpool(_append, sheet, rows)
        left -= len(rows)
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        await run_in_threadpool(book.save, file)
        file.seek(0)
        while chunk := await run_in_threadpool(file.read, 1 << 16):
            yield chunk


def _append(sheet: Any, rows: Rows) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # as above

    for row in rows:
        cells = [WriteOnlyCell(sheet, value=formula_safe(value)) for value in row]
        sheet.append(cells)
