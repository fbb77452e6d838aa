"""The long work of books taken over: the dry run, and the posting."""

import asyncio
from typing import Any
from uuid import UUID

import orjson

from funds.book_imports import posting, queries, reading, service
from funds.book_imports.errors import BookFileChanged, BookImportNotFound, BookNotReady
from shared import clock
from shared.jobs import JobContext, Work
from shared.money import baht
from shared.storage import CHUNK_BYTES, Files, new_key


def work(*, files_url: str) -> dict[str, Work]:
    """Return what does each kind of job."""
    files = Files(files_url)

    async def check(job: JobContext) -> dict[str, Any]:
        return await _check(job, files)

    async def post(job: JobContext) -> dict[str, Any]:
        return await _post(job, files)

    return {service.CHECK: check, service.POST: post}


async def _check(job: JobContext, files: Files) -> dict[str, Any]:
    """Read and check a workbook, and mark what is wrong with it; nothing of it is written.

    Raises BookImportNotFound, BookImportEnded, BookFileChanged, UnreadableBook.
    """
    found = await _unlocked(job)
    async with reading.at_hand(files, found["file_key"]) as path:
        checked, people = await reading.checked(job.session, found, path)
        rows = sum(len(table.lines) for table in checked.tables.values())
        await job.progress(rows, rows)
        marked_key = None
        if checked.faults:
            from funds.book_imports import marking  # noqa: PLC0415  # openpyxl takes 0.5 s, only where needed

            target = path.with_name("marked.xlsx")
            await asyncio.to_thread(marking.mark, path, target, checked)
            marked_key = new_key("book-imports", suffix=".xlsx")
            with target.open("rb") as file:
                await files.put(marked_key, _chunks(file), limit=reading.MAX_BYTES * 4)
    before = await _locked(job)
    if before["marked_key"] is not None:
        await files.delete(before["marked_key"])
    await service.remember(
        job.session,
        before,
        faults=checked.faults,
        result=orjson.dumps(reading.result_of(checked, people)).decode(),
        marked_key=marked_key,
        now=clock.now(),
    )
    return {
        "state": "faulty" if checked.faults else "checked",
        "errors": len(checked.faults),
        "members": len(checked.book.members),
        "loans": len(checked.book.debtors),
        "outstanding": baht(sum(row.outstanding for row in checked.book.debtors)),
    }


async def _post(job: JobContext, files: Files) -> dict[str, Any]:
    """Check a workbook once more and write all of it; raises BookNotReady, OwnBook and what posting does."""
    now = clock.now()
    found = await _locked(job)
    service.ready(found, actor=job.principal)
    async with reading.at_hand(files, found["file_key"]) as path:
        checked, people = await reading.checked(job.session, found, path)
    if checked.faults:  # a member was added meanwhile, a fund's kind keeps other accounts
        raise BookNotReady(errors_found=len(checked.faults))
    rows = len(checked.book.members) + len(checked.book.debtors)
    await job.progress(0, rows)
    opened = await posting.post(job.session, found, checked, people, actor=job.principal, now=now)
    await service.posted(job.session, found, journal=opened, actor=job.principal, now=now)
    await job.progress(rows, rows)
    return {
        "journal_id": str(opened.journal_id),
        "journal_number": opened.number,
        "new_members": len(people.new),
        "loans": len(checked.book.debtors),
        "outstanding": baht(sum(row.outstanding for row in checked.book.debtors)),
    }


async def _unlocked(job: JobContext) -> Any:
    found = await queries.one(job.session, UUID(job.arguments["import_id"]), areas=job.principal.areas)
    if found is None:
        raise BookImportNotFound
    return _same(job, found)


async def _locked(job: JobContext) -> Any:
    found = await service.standing(job.session, UUID(job.arguments["import_id"]), actor=job.principal)
    return _same(job, found)


def _same(job: JobContext, found: Any) -> Any:
    if found["file_sha256"] != job.arguments["sha256"]:
        raise BookFileChanged
    return found


async def _chunks(file: Any) -> Any:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
