"""The long work of books taken over: taking a workbook of several funds apart, the dry run, the posting."""

from typing import Any
from uuid import UUID

from funds.book_imports import examining, posting, queries, reading, service, several
from funds.book_imports.errors import BookFileChanged, BookImportNotFound, BookNotReady
from shared import clock
from shared.jobs import JobContext, Work
from shared.money import baht
from shared.storage import Files


def work(*, files_url: str) -> dict[str, Work]:
    """Return what does each kind of job."""
    files = Files(files_url)

    async def check(job: JobContext) -> dict[str, Any]:
        return await _check(job, files)

    async def post(job: JobContext) -> dict[str, Any]:
        return await _post(job, files)

    async def take_apart(job: JobContext) -> dict[str, Any]:
        return await several.take_apart(job, files)

    return {service.CHECK: check, service.POST: post, several.TAKE_APART: take_apart}


async def _check(job: JobContext, files: Files) -> dict[str, Any]:
    """Read and check a workbook, and mark what is wrong with it; nothing of it is written.

    Raises BookImportNotFound, BookImportEnded, BookFileChanged, UnreadableBook.
    """
    examined = await examining.examine(job, files, await _unlocked(job))
    return await examining.keep(job, files, await _locked(job), examined)


async def _post(job: JobContext, files: Files) -> dict[str, Any]:
    """Check a workbook once more and write all of it; raises BookNotReady, OwnBook and what posting does."""
    now = clock.now()
    found = await _locked(job)
    service.ready(found, actor=job.principal)
    async with reading.at_hand(files, found["file_key"]) as path:
        checked, people = await reading.checked(job.session, found, path)
    if checked.errors:  # a member was added meanwhile, a fund's kind keeps other accounts
        raise BookNotReady(errors_found=checked.errors)
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
