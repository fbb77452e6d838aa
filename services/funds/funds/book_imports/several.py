"""A workbook with the books of several funds, as a district keeps it: taken apart into an import a fund.

Each of them is then checked, corrected and posted by itself: wholly or not at all, with totals of its own.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import examining, queries, reading, service
from funds.book_imports.schemas import NewBookImport
from funds.book_imports.splitting import Directory, Named
from funds.registry.rules import Kind
from shared import audit, clock, jobs
from shared.errors import Refusal
from shared.jobs import JobContext
from shared.security import Principal
from shared.storage import Files, StoredFile, new_key

TAKE_APART: Final = "book_imports.take_apart"
"""Kind of the job."""


async def directory(session: AsyncSession, kind: Kind, *, principal: Principal) -> Directory:
    """Return the funds of a kind that a workbook of the caller's may name."""
    funds = await queries.named(session, kind.value, areas=principal.areas)
    return Directory(Named(*row) for row in funds)


async def start(
    session: AsyncSession,
    *,
    stored: StoredFile,
    kind: Kind,
    cut_off_on: date,
    product_id: UUID | None,
    actor: Principal,
    now: datetime,
) -> UUID:
    """Queue a stored workbook, whose funds were all found, to be taken apart; returns the job's id."""
    arguments = {
        "file_key": stored.key,
        "kind": kind.value,
        "cut_off_on": cut_off_on.isoformat(),
        "product_id": None if product_id is None else str(product_id),
    }
    area = actor.areas[0] if len(actor.areas) == 1 else ""
    job_id = await jobs.start(
        session, kind=TAKE_APART, arguments=arguments, principal=actor, area=area, now=now
    )
    await audit.record(
        session,
        principal=actor,
        action="book_import.send_several",
        subjects=[job_id],
        now=now,
        detail={"sha256": stored.sha256, "kind": kind.value},
    )
    return job_id


async def take_apart(job: JobContext, files: Files) -> dict[str, Any]:
    """Begin, or go on with, an import for each fund of a workbook and check it at once.

    A fund that takes no book now is left out and named with the reason. Raises UnreadableBook,
    FundsNotNamed.
    """
    key = job.arguments["file_key"]
    known = await directory(job.session, Kind(job.arguments["kind"]), principal=job.principal)
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    async with reading.at_hand(files, key) as path:
        split = await asyncio.to_thread(reading.split_at, path, known)
        from funds.book_imports import slicing  # noqa: PLC0415  # openpyxl takes 0.5 s, only where needed

        parts = slicing.cut(path, split)
        async for fund_id, content in _each(parts):
            try:
                done.append(await _book_of(job, files, fund_id, content))
            except Refusal as refusal:
                refused.append({"fund_id": str(fund_id), "code": refusal.code})
            await job.progress(len(done) + len(refused), len(split.all_funds))
    await files.delete(key)  # every fund has its own part of it; the whole names people of all villages
    return {"imports": done, "refused": refused, "ignored_sheets": len(split.ignored)}


async def _book_of(job: JobContext, files: Files, fund_id: UUID, content: bytes) -> dict[str, Any]:
    by: dict[str, Any] = {"actor": job.principal, "now": clock.now()}
    arguments = job.arguments
    new = NewBookImport(
        fund_id=fund_id, cut_off_on=arguments["cut_off_on"], product_id=arguments["product_id"]
    )
    import_id = await service.begin_or_go_on(job.session, new=new, **by)
    stored = await files.put(
        new_key("book-imports", suffix=".xlsx"),
        examining.chunks(io.BytesIO(content)),
        limit=reading.MAX_BYTES,
    )
    await service.take_file(job.session, import_id=import_id, name="book.xlsx", stored=stored, **by)
    found = await service.standing(job.session, import_id, actor=job.principal)
    examined = await examining.examine(job, files, found)
    kept = await examining.keep(job, files, found, examined)
    return {"import_id": str(import_id), "fund_id": str(fund_id), "area_code": found["area_code"], **kept}


async def _each(parts: Iterator[tuple[UUID, bytes]]) -> AsyncIterator[tuple[UUID, bytes]]:
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part
