"""Books taken over, over HTTP: begun, sent, checked, corrected, posted."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import File, Form, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool

from funds.attachments import store_of
from funds.book_imports import errors, queries, reading, service, several
from funds.book_imports.rules import FAULTS, WARNINGS
from funds.book_imports.schemas import (
    BookErrorOut,
    BookImportFilters,
    BookImportOut,
    BookJob,
    BookResult,
    NewBookImport,
    WorkbookOfSeveral,
)
from funds.permissions import BookImporter, FundApprover, LedgerReader
from funds.products.errors import ProductNotFound
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor, StaleVersion, VersionRequired
from shared.security import Principal
from shared.storage import CHUNK_BYTES, FileTooLarge, StoredFile, new_key
from shared.thai import clean_text

router = web.router(tags=["book imports"])
_MAX_NAME = 200


@router.get(
    "/book-imports",
    response_model=paging.Page[BookImportOut],
    responses=problems.responses(InvalidCursor),
    summary="Books that are taken over (รายการนำเข้าสมุดบัญชี)",
)
async def list_book_imports(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    filters: Annotated[BookImportFilters, Query()],
) -> Response:
    """List imports of funds' books in your areas. รายการนำเข้าสมุดบัญชีเดิมของกองทุนในพื้นที่."""
    wanted = queries.Imports(
        principal.areas, area=filters.area or "", fund_id=filters.fund_id, state=filters.state
    )
    after = page.place(UUID)
    rows = await queries.page(session, wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("id",), total=total)


@router.post(
    "/book-imports",
    status_code=status.HTTP_201_CREATED,
    response_model=BookImportOut,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        DateInFuture,
        ProductNotFound,
        errors.BooksInUse,
        errors.BookImportExists,
        errors.ProductNeeded,
        errors.ProductDoesNotFit,
    ),
    summary="Begin to take a book over (เริ่มนำเข้าสมุดบัญชีเดิม)",
)
async def begin_book_import(session: Session, principal: BookImporter, body: NewBookImport) -> Response:
    """Begin the import of a fund's book as it was at the end of a day; its books must be empty.

    เริ่มนำเข้าสมุดบัญชีเดิม ณ วันตัดยอด กองทุนต้องยังไม่มีรายการบัญชี
    """
    import_id = await service.begin(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, import_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/book-imports/{import_id}"
    return response


@router.post(
    "/book-imports/workbooks",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=BookJob,
    responses=problems.responses(
        errors.UnreadableBook, errors.CitizenIdsInBook, errors.FundsNotNamed, DateInFuture, BodyTooLarge
    ),
    summary="Send one workbook with the books of several funds (ส่งไฟล์เดียวหลายกองทุน)",
)
@web.large_body(reading.MAX_BYTES + 65_536)
async def send_book_workbook(
    session: Session,
    principal: BookImporter,
    request: Request,
    response: Response,
    whose: Annotated[WorkbookOfSeveral, Form(media_type="multipart/form-data")],
) -> BookJob:
    """Queue a workbook to be taken apart: an import a fund, begun or gone on with, and checked at once.

    Funds of one kind are named by a column (รหัสหมู่บ้าน, รหัสกองทุน, ชื่อกองทุน) or by the sheet's name or
    title. What cannot be told is refused with its places. The job's result lists the imports; each is posted
    by itself. ส่งไฟล์เดียวที่มีหลายกองทุน ระบบแยกเป็นรายกองทุนและตรวจให้ทันที แต่ละกองทุนลงบัญชีแยกกัน
    """
    registry.not_in_future(whose.cut_off_on, "/cut_off_on", now=clock.now())
    known = await several.directory(session, whose.kind, principal=principal)
    await run_in_threadpool(reading.taken_apart, whose.file.file, known)
    stored = await _stored(request, whose.file)
    job = await several.start(
        session,
        stored=stored,
        kind=whose.kind,
        cut_off_on=whose.cut_off_on,
        product_id=whose.product_id,
        actor=principal,
        now=clock.now(),
    )
    response.headers["Location"] = f"/v1/jobs/funds/{job}"
    return BookJob(job_id=job)


@router.get(
    "/book-imports/{import_id}",
    response_model=BookImportOut,
    responses=problems.responses(errors.BookImportNotFound),
    summary="One import (ข้อมูลการนำเข้า)",
)
async def read_book_import(session: ReadSession, principal: LedgerReader, import_id: UUID) -> Response:
    """Return an import with what its last check found. สถานะและผลการตรวจล่าสุด."""
    return await _answer(session, import_id, principal)


@router.post(
    "/book-imports/{import_id}/file",
    response_model=BookImportOut,
    responses=problems.responses(
        errors.BookImportNotFound,
        errors.BookImportEnded,
        errors.UnreadableBook,
        errors.CitizenIdsInBook,
        BodyTooLarge,
    ),
    summary="Send the workbook, or the corrected one (ส่งไฟล์)",
)
@web.large_body(reading.MAX_BYTES + 65_536)
async def send_book_file(
    session: Session,
    principal: BookImporter,
    import_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description=".xlsx without macros, at most 15 MiB")],
) -> Response:
    """Send the workbook; a newer one takes the place of the one before. Nothing is read into the books.

    A file with citizen ids is refused with their places and not kept. ส่งไฟล์ Excel ไฟล์ใหม่แทนไฟล์เดิม
    """
    await service.standing(session, import_id, actor=principal)
    await run_in_threadpool(reading.taken_in, file.file)
    stored = await _stored(request, file)
    name = clean_text(file.filename or "")[:_MAX_NAME] or "book.xlsx"
    await service.take_file(
        session, import_id=import_id, name=name, stored=stored, actor=principal, now=clock.now()
    )
    return await _answer(session, import_id, principal)


@router.post(
    "/book-imports/{import_id}/check",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=BookJob,
    responses=problems.responses(errors.BookImportNotFound, errors.BookImportEnded, errors.BookFileMissing),
    summary="Check the workbook without posting (ตรวจไฟล์โดยไม่ลงบัญชี)",
)
async def check_book_import(
    session: Session, principal: BookImporter, import_id: UUID, response: Response
) -> BookJob:
    """Queue the dry run: every row is checked and all totals are compared, nothing is written.

    ตรวจทุกแถวและกระทบยอดรวม โดยยังไม่ลงบัญชี
    """
    job = await service.start_check(session, import_id=import_id, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/jobs/funds/{job}"
    return BookJob(job_id=job)


@router.post(
    "/book-imports/{import_id}/post",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=BookJob,
    responses=problems.responses(
        errors.BookImportNotFound,
        errors.BookImportEnded,
        errors.BookNotReady,
        errors.OwnBook,
        FundNotFound,
        FundNotActive,
        StaleVersion,
        VersionRequired,
    ),
    summary="Post a checked book (ลงบัญชียอดยกมา)",
)
async def post_book_import(
    session: Session, principal: FundApprover, import_id: UUID, if_match: etags.IfMatch, response: Response
) -> BookJob:
    """Queue the posting of a book without faults, all or nothing; by somebody who never sent a file of it.

    What is posted is the book as it was read (`If-Match`): a file sent since is read first.
    ลงบัญชียอดยกมา สมาชิก และลูกหนี้ทั้งหมดในครั้งเดียว โดยผู้ที่ไม่เคยส่งไฟล์นี้
    """
    job = await service.start_post(
        session, import_id=import_id, if_match=if_match, actor=principal, now=clock.now()
    )
    response.headers["Location"] = f"/v1/jobs/funds/{job}"
    return BookJob(job_id=job)


@router.post(
    "/book-imports/{import_id}/cancel",
    response_model=BookImportOut,
    responses=problems.responses(errors.BookImportNotFound, errors.BookImportEnded),
    summary="Give an import up (ยกเลิกการนำเข้า)",
)
async def cancel_book_import(session: Session, principal: BookImporter, import_id: UUID) -> Response:
    """Give up an import that is not posted; another one can be begun. ยกเลิกการนำเข้าที่ยังไม่ลงบัญชี."""
    await service.cancel(session, import_id=import_id, actor=principal, now=clock.now())
    return await _answer(session, import_id, principal)


@router.get(
    "/book-imports/{import_id}/errors",
    response_model=paging.Page[BookErrorOut],
    responses=problems.responses(errors.BookImportNotFound, InvalidCursor),
    summary="What is wrong with the workbook (ข้อผิดพลาดในไฟล์)",
)
async def list_book_errors(
    session: ReadSession, principal: LedgerReader, import_id: UUID, page: paging.PageParams
) -> Response:
    """List what the last check found, in the order of the workbook, each with its cell.

    ข้อผิดพลาดจากการตรวจครั้งล่าสุด พร้อมแผ่นงาน แถว คอลัมน์ และค่า
    """
    found = await service.visible(session, import_id, actor=principal)
    after = page.place(int)
    rows = await queries.errors(session, import_id, after=after, limit=page.fetch)
    total = found["error_count"] + found["warning_count"] if page.count else None
    return paging.page(page, rows, shape=_error, key=("position",), total=total)


async def _stored(request: Request, file: UploadFile) -> StoredFile:
    await file.seek(0)
    try:
        return await store_of(request).put(
            new_key("book-imports", suffix=".xlsx"), _chunks(file), limit=reading.MAX_BYTES
        )
    except FileTooLarge as error:
        raise BodyTooLarge from error


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


async def _answer(session: AsyncSession, import_id: UUID, principal: Principal) -> Response:
    row = await service.visible(session, import_id, actor=principal)
    headers = {"ETag": etags.of(row["version"])}
    body = paging.json_bytes(_shown(row))
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an import as `BookImportOut` says it."""
    names = ("id", "fund_id", "area_code", "cut_off_on", "product_id", "note", "state", "checked_at")
    more = (
        "error_count",
        "warning_count",
        "posted_by",
        "posted_at",
        "journal_id",
        "journal_number",
        "created_by",
    )
    dates = ("version", "created_at", "updated_at")
    sent = None
    if row["file_key"] is not None:
        sent = {"name": row["file_name"], "size": row["file_size"], "sha256": row["file_sha256"]}
        sent |= {"sent_by": row["sent_by"], "sent_at": row["sent_at"]}
    result = None if row["result"] is None else BookResult.model_validate(_json(row["result"]))
    return {
        **{name: row[name] for name in (*names, *more, *dates)},
        "file": sent,
        "result": None if result is None else result.model_dump(mode="json"),
        "marked_copy": row["marked_key"] is not None,
    }


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _error(row: Mapping[str, Any]) -> dict[str, Any]:
    th, en = FAULTS[row["code"]]
    shown = {name: row[name] for name in ("position", "sheet", "cell", "code", "value")}
    shown |= {"row": row["line"], "column": row["field"], "text": {"th": th, "en": en}}
    return {**shown, "severity": "warning" if row["code"] in WARNINGS else "error"}
