"""Whole lists of households as CSV or XLSX, read and sent piece by piece."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Literal
from uuid import UUID

import asyncpg
import openpyxl
from fastapi import Request, Response
from openpyxl.cell import WriteOnlyCell
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from households.registry import queries
from households.registry.queries import COLUMNS, Filters
from shared import audit
from shared.db import Database
from shared.errors import ScopeMissing
from shared.imports import csv_chunks, formula_safe
from shared.security import Principal

Format = Literal["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
CSV: Format = "text/csv"
XLSX: Format = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESCRIBED: dict[str, Any] = {
    "content": {
        CSV: {"schema": {"type": "string"}},
        XLSX: {"schema": {"type": "string", "format": "binary"}},
    }
}
_BATCH = 2_000
_SHEET_ROWS = 1_048_575  # what a sheet holds beside its header
_IN_MEMORY = 1 << 20


def wanted(request: Request) -> Format | None:
    """Return the format that the request asks for; None is JSON."""
    accepted = request.headers.get("accept", "")
    return next((kind for kind in (CSV, XLSX) if kind in accepted), None)


async def answer(
    request: Request, kind: Format, *, filters: Filters, principal: Principal, now: datetime
) -> Response:
    """Return the whole list as a file; raises ScopeMissing without `export`. Leaves an audit row.

    `Accept: text/csv; bom=1` puts a byte order mark in front, for Excel.
    """
    if not principal.may("export"):
        raise ScopeMissing("ต้องมีขอบเขตสิทธิ์ export", "The scope export is needed", scope="export")
    database: Database = request.app.state.database
    async with database.transaction() as session:
        detail = {"format": kind, "area": filters.area}
        await audit.record(
            session, principal=principal, action="household.export", subjects=[], now=now, detail=detail
        )
    batches = _batches(database, filters)
    if kind == CSV:
        content = _csv(batches, bom="bom=1" in request.headers.get("accept", ""))
        media_type, name = "text/csv; charset=utf-8", "households.csv"
    else:
        content, media_type, name = _xlsx(batches), XLSX, "households.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=media_type, headers=headers)


async def _batches(database: Database, filters: Filters) -> AsyncIterator[list[asyncpg.Record]]:
    """Yield the list by keyset: no connection is held while the client reads."""
    after: tuple[str, UUID] | None = None
    while True:
        async with database.read() as session:
            rows = await queries.page(session, filters=filters, after=after, limit=_BATCH)
        yield rows
        if len(rows) < _BATCH:
            return
        after = (rows[-1]["village_code"], rows[-1]["id"])


async def _csv(batches: AsyncIterator[list[asyncpg.Record]], *, bom: bool) -> AsyncIterator[bytes]:
    header: Sequence[str] = COLUMNS
    async for rows in batches:
        for chunk in csv_chunks(header, rows, bom=bom):
            yield chunk if header else chunk.removeprefix(b"\r\n")
        header, bom = (), False


async def _xlsx(batches: AsyncIterator[list[asyncpg.Record]]) -> AsyncIterator[bytes]:
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet("households")
    sheet.append(list(COLUMNS))
    left = _SHEET_ROWS
    async for rows in batches:
        await run_in_threadpool(_append, sheet, rows[:left])
        left -= len(rows[:left])
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        await run_in_threadpool(book.save, file)
        file.seek(0)
        while chunk := await run_in_threadpool(file.read, 1 << 16):
            yield chunk


def _append(sheet: Any, rows: Sequence[asyncpg.Record]) -> None:
    for row in rows:
        cells = [WriteOnlyCell(sheet, value=formula_safe(value)) for value in row]
        sheet.append(cells)
