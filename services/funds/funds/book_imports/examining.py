"""The dry run of a book: read, checked, marked, and what was found of it kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from funds.book_imports import reading, service
from funds.book_imports.checking import Checked
from funds.book_imports.linking import People
from shared import clock
from shared.jobs import JobContext
from shared.money import baht
from shared.storage import CHUNK_BYTES, Files, new_key


@dataclass(frozen=True, slots=True)
class Examined:
    """What a dry run found, and its marked copy where there is anything to mark."""

    checked: Checked
    people: People
    marked_key: str | None


async def examine(job: JobContext, files: Files, found: Mapping[str, Any]) -> Examined:
    """Read and check the workbook of an import; raises UnreadableBook."""
    async with reading.at_hand(files, found["file_key"]) as path:
        checked, people = await reading.checked(job.session, found, path)
        rows = sum(len(table.lines) for table in checked.tables.values())
        await job.progress(rows, rows)
        if not checked.faults:
            return Examined(checked, people, None)
        from funds.book_imports import marking  # noqa: PLC0415  # openpyxl takes 0.5 s, only where needed

        target = path.with_name("marked.xlsx")
        await asyncio.to_thread(marking.mark, path, target, checked)
        marked_key = new_key("book-imports", suffix=".xlsx")
        with target.open("rb") as file:
            await files.put(marked_key, chunks(file), limit=reading.MAX_BYTES * 4)
    return Examined(checked, people, marked_key)


async def keep(
    job: JobContext, files: Files, before: Mapping[str, Any], examined: Examined
) -> dict[str, Any]:
    """Keep what was found of an import, which is locked; returns the job's result."""
    checked = examined.checked
    if before["marked_key"] is not None:
        await files.delete(before["marked_key"])
    await service.remember(
        job.session,
        before,
        faults=checked.faults,
        result=orjson.dumps(reading.result_of(checked, examined.people)).decode(),
        marked_key=examined.marked_key,
        now=clock.now(),
    )
    return {
        "state": "faulty" if checked.errors else "checked",
        "errors": checked.errors,
        "warnings": len(checked.faults) - checked.errors,
        "members": len(checked.book.members),
        "loans": len(checked.book.debtors),
        "outstanding": baht(sum(row.outstanding for row in checked.book.debtors)),
    }


async def chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield an open file piece by piece, read in a thread."""
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
