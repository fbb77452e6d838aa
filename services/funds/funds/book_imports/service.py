"""Books taken over: begun, sent, checked by a job, posted by somebody else by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import queries
from funds.book_imports.errors import (
    BookFileMissing,
    BookImportEnded,
    BookImportExists,
    BookImportNotFound,
    BookNotReady,
    BooksInUse,
    OwnBook,
    ProductDoesNotFit,
    ProductNeeded,
)
from funds.book_imports.models import BookImport
from funds.book_imports.rules import WARNINGS, Fault, State
from funds.book_imports.schemas import NewBookImport
from funds.ledger import queries as books
from funds.products import service as products
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from shared import audit, etags, jobs
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal
from shared.storage import StoredFile

CHECK, POST = "book_imports.check", "book_imports.post"
"""Kinds of jobs."""
_TABLE = BookImport.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ENDED = frozenset({State.POSTED, State.CANCELLED})

_FORGET = "DELETE FROM book_import_errors WHERE import_id = $1"
_REMEMBERED = ("sheet", "line", "cell", "field", "code", "value")
_REMEMBER = """
INSERT INTO book_import_errors (import_id, position, sheet, line, cell, field, code, value)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
"""


async def begin(session: AsyncSession, *, new: NewBookImport, actor: Principal, now: datetime) -> UUID:
    """Begin to take a fund's book over; returns the import's id.

    Raises FundNotFound, FundNotActive, DateInFuture, BooksInUse, ProductNeeded, ProductDoesNotFit,
    ProductNotFound and, by its constraints, BookImportExists.
    """
    fund = await registry.require(session, new.fund_id, principal=actor)
    registry.not_in_future(new.cut_off_on, "/cut_off_on", now=now)
    if await books.standing(session, fund.id) is not None:
        raise BooksInUse
    product_id = await _product(session, fund, new)
    import_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=import_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        cut_off_on=new.cut_off_on,
        product_id=product_id,
        note=new.note,
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "begin", import_id, actor=actor, now=now)
    return import_id


async def begin_or_go_on(
    session: AsyncSession, *, new: NewBookImport, actor: Principal, now: datetime
) -> UUID:
    """Return the fund's import that stands, with the same cut-off, else a new one; raises as `begin` does."""
    standing = await queries.standing_of(session, new.fund_id)
    if standing is None:
        return await begin(session, new=new, actor=actor, now=now)
    if standing["cut_off_on"] != new.cut_off_on:
        raise BookImportExists
    return UUID(str(standing["id"]))


async def _product(session: AsyncSession, fund: FundFacts, new: NewBookImport) -> UUID:
    if new.product_id is None:
        lent = await queries.lent(session, fund.kind.value, on=new.cut_off_on)
        if len(lent) != 1:
            raise ProductNeeded(pointer="/product_id")
        return lent[0]
    found = await products.terms(session, new.product_id, fund_id=fund.id, on=new.cut_off_on)
    if not found.lent or found.fund_kind.value != fund.kind.value:
        raise ProductDoesNotFit(pointer="/product_id")
    return new.product_id


async def take_file(
    session: AsyncSession,
    *,
    import_id: UUID,
    name: str,
    stored: StoredFile,
    actor: Principal,
    now: datetime,
) -> str | None:
    """Make a stored workbook the one to be checked; returns the key of the one before.

    Raises BookImportNotFound, BookImportEnded.
    """
    before = await standing(session, import_id, actor=actor)
    await _change(
        session,
        before,
        now=now,
        state=State.SENT.value,
        file_name=name,
        file_key=stored.key,
        file_size=stored.size,
        file_sha256=stored.sha256,
        sent_by=actor.subject,
        sent_at=now,
        senders=sorted({*before["senders"], actor.subject}),
    )
    await _recorded(session, "send", import_id, actor=actor, now=now, detail={"sha256": stored.sha256})
    return None if before["file_key"] is None else str(before["file_key"])


async def start_check(session: AsyncSession, *, import_id: UUID, actor: Principal, now: datetime) -> UUID:
    """Queue the dry run of a book; returns the job's id.

    Raises BookImportNotFound, BookImportEnded, BookFileMissing.
    """
    found = await standing(session, import_id, actor=actor)
    if found["file_key"] is None:
        raise BookFileMissing
    await _recorded(session, "check", import_id, actor=actor, now=now)
    return await _queued(session, CHECK, found, actor=actor, now=now)


async def start_post(
    session: AsyncSession, *, import_id: UUID, if_match: str, actor: Principal, now: datetime
) -> UUID:
    """Queue the posting of the checked book that was read, by somebody who never sent a file of it.

    Returns the job's id. Raises BookImportNotFound, BookImportEnded, StaleVersion, BookNotReady, OwnBook,
    FundNotActive.
    """
    found = await standing(session, import_id, actor=actor)
    etags.check(if_match, found["version"])
    ready(found, actor=actor)
    await registry.require(session, found["fund_id"], principal=actor)
    await _recorded(session, "post", import_id, actor=actor, now=now)
    return await _queued(session, POST, found, actor=actor, now=now)


def ready(found: Mapping[str, Any], *, actor: Principal) -> None:
    """Raise BookNotReady, OwnBook where an import cannot be posted, or not by this person.

    Whoever ever sent a file of it is its author, also when somebody else sent the last one.
    """
    if found["state"] != State.CHECKED or found["checked_sha256"] != found["file_sha256"]:
        raise BookNotReady(errors_found=found["error_count"])
    if actor.subject in found["senders"]:
        raise OwnBook


async def cancel(session: AsyncSession, *, import_id: UUID, actor: Principal, now: datetime) -> None:
    """Give up an import; raises BookImportNotFound, BookImportEnded."""
    found = await standing(session, import_id, actor=actor)
    await _change(session, found, now=now, state=State.CANCELLED.value)
    await _recorded(session, "cancel", import_id, actor=actor, now=now)


async def visible(session: AsyncSession, import_id: UUID, *, actor: Principal) -> asyncpg.Record:
    """Return an import of the caller's areas; raises BookImportNotFound."""
    found = await queries.one(session, import_id, areas=actor.areas)
    if found is None:
        raise BookImportNotFound
    return found


async def standing(session: AsyncSession, import_id: UUID, *, actor: Principal) -> asyncpg.Record:
    """Return an import that is neither posted nor cancelled, locked."""
    found = await queries.one(session, import_id, areas=actor.areas, lock=True)
    if found is None:
        raise BookImportNotFound
    if found["state"] in _ENDED:
        raise BookImportEnded(state=found["state"])
    return found


async def remember(
    session: AsyncSession,
    before: Mapping[str, Any],
    *,
    faults: Sequence[Fault],
    result: str,
    marked_key: str | None,
    now: datetime,
) -> None:
    """Keep what a check of the file found; `result` is JSON."""
    connection = await driver(session)
    await connection.execute(_FORGET, before["id"])
    columns = [[getattr(fault, name) for fault in faults] for name in _REMEMBERED]
    warnings = sum(fault.code in WARNINGS for fault in faults)
    await connection.execute(_REMEMBER, before["id"], list(range(1, len(faults) + 1)), *columns)
    await _change(
        session,
        before,
        now=now,
        state=(State.FAULTY if len(faults) > warnings else State.CHECKED).value,
        checked_sha256=before["file_sha256"],
        checked_at=now,
        result=result,
        error_count=len(faults) - warnings,
        warning_count=warnings,
        marked_key=marked_key,
    )


async def posted(
    session: AsyncSession,
    before: Mapping[str, Any],
    *,
    journal: tuple[UUID, int],
    actor: Principal,
    now: datetime,
) -> None:
    """Say that a book is posted, with its opening entry."""
    await _change(
        session,
        before,
        now=now,
        state=State.POSTED.value,
        posted_by=actor.subject,
        posted_at=now,
        journal_id=journal[0],
        journal_number=journal[1],
    )
    await _recorded(session, "posted", before["id"], actor=actor, now=now)


async def _change(session: AsyncSession, before: Mapping[str, Any], *, now: datetime, **values: Any) -> None:
    await update_row(session, _TABLE, before["id"], **values, version=before["version"] + 1, updated_at=now)


async def _queued(
    session: AsyncSession, kind: str, found: Mapping[str, Any], *, actor: Principal, now: datetime
) -> UUID:
    arguments = {"import_id": str(found["id"]), "sha256": found["file_sha256"]}
    return await jobs.start(
        session, kind=kind, arguments=arguments, principal=actor, area=found["area_code"], now=now
    )


async def _recorded(
    session: AsyncSession,
    verb: str,
    import_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session, principal=actor, action=f"book_import.{verb}", subjects=[import_id], now=now, detail=detail
    )
