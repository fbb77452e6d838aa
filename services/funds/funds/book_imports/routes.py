"""Books taken over, over HTTP: begun, sent, checked, corrected, posted."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import File, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from funds.attachments import FileNotThere, store_of
from funds.book_imports import errors, queries, reading, service
from funds.book_imports.rules import FAULTS
from funds.book_imports.schemas import (
    BookErrorOut,
    BookImportFilters,
    BookImportOut,
    BookJob,
    BookResult,
    NewBookImport,
)
from funds.permissions import FundApprover, LedgerReader, LedgerWriter
from funds.products.errors import ProductNotFound
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import audit, clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor
from shared.storage import CHUNK_BYTES, FileTooLarge, new_key
from shared.thai import clean_text

router = web.router(tags=["book imports"])
_SHEET: dict[str, Any] = {"content": {exports.XLSX: {"schema": {"type": "string", "format": "binary"}}}}
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
    after = None if page.after is None else UUID(page.after[0])
    rows = await queries.page(session, wanted, after=after, limit=page.limit + 1)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    total = await queries.count(session, wanted) if page.count else None
    next_key = (str(rows[-1]["id"]),) if more else None
    return paging.page(page, [_shown(row) for row in rows], next_key=next_key, total=total)


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
async def begin_book_import(session: Session, principal: LedgerWriter, body: NewBookImport) -> Response:
    """Begin the import of a fund's book as it was at the end of a day; its books must be empty.

    เริ่มนำเข้าสมุดบัญชีเดิม ณ วันตัดยอด กองทุนต้องยังไม่มีรายการบัญชี
    """
    import_id = await service.begin(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, import_id, principal.areas)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/book-imports/{import_id}"
    return response


@router.get(
    "/book-imports/template.xlsx",
    response_class=Response,
    responses={200: _SHEET},
    summary="An empty workbook with the headings (แบบฟอร์มเปล่า)",
)
async def read_book_template(principal: LedgerReader) -> Response:
    """Return an empty workbook with the three tables; any other workbook with such headings is taken too.

    แบบฟอร์มเปล่า ทะเบียนสมาชิก ทะเบียนลูกหนี้ งบทดลองยกมา ไฟล์เดิมที่มีหัวคอลัมน์ความหมายเดียวกันก็ใช้ได้
    """
    from funds.book_imports import template  # noqa: PLC0415  # openpyxl takes 0.5 s, only where needed

    del principal
    headers = {"Content-Disposition": 'attachment; filename="book.xlsx"'}
    return Response(await run_in_threadpool(template.workbook), media_type=exports.XLSX, headers=headers)


@router.get(
    "/book-imports/{import_id}",
    response_model=BookImportOut,
    responses=problems.responses(errors.BookImportNotFound),
    summary="One import (ข้อมูลการนำเข้า)",
)
async def read_book_import(session: ReadSession, principal: LedgerReader, import_id: UUID) -> Response:
    """Return an import with what its last check found. สถานะและผลการตรวจล่าสุด."""
    return await _answer(session, import_id, principal.areas)


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
    principal: LedgerWriter,
    import_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description=".xlsx without macros, at most 15 MiB")],
) -> Response:
    """Send the workbook; a newer one takes the place of the one before. Nothing is read into the books.

    A file with citizen ids is refused with their places and not kept. ส่งไฟล์ Excel ไฟล์ใหม่แทนไฟล์เดิม
    """
    await service.standing(session, import_id, actor=principal)
    await run_in_threadpool(reading.taken_in, file.file)
    await file.seek(0)
    files = store_of(request)
    try:
        stored = await files.put(
            new_key("book-imports", suffix=".xlsx"), _chunks(file), limit=reading.MAX_BYTES
        )
    except FileTooLarge as error:
        raise BodyTooLarge from error
    name = clean_text(file.filename or "")[:_MAX_NAME] or "book.xlsx"
    await service.take_file(
        session, import_id=import_id, name=name, stored=stored, actor=principal, now=clock.now()
    )
    return await _answer(session, import_id, principal.areas)


@router.post(
    "/book-imports/{import_id}/check",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=BookJob,
    responses=problems.responses(errors.BookImportNotFound, errors.BookImportEnded, errors.BookFileMissing),
    summary="Check the workbook without posting (ตรวจไฟล์โดยไม่ลงบัญชี)",
)
async def check_book_import(
    session: Session, principal: LedgerWriter, import_id: UUID, response: Response
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
    ),
    summary="Post a checked book (ลงบัญชียอดยกมา)",
)
async def post_book_import(
    session: Session, principal: FundApprover, import_id: UUID, response: Response
) -> BookJob:
    """Queue the posting of a book without faults, as another person than who sent it; all of it or nothing.

    ลงบัญชียอดยกมา สมาชิก และลูกหนี้ทั้งหมดในครั้งเดียว โดยผู้ที่ไม่ใช่ผู้ส่งไฟล์
    """
    job = await service.start_post(session, import_id=import_id, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/jobs/funds/{job}"
    return BookJob(job_id=job)


@router.post(
    "/book-imports/{import_id}/cancel",
    response_model=BookImportOut,
    responses=problems.responses(errors.BookImportNotFound, errors.BookImportEnded),
    summary="Give an import up (ยกเลิกการนำเข้า)",
)
async def cancel_book_import(session: Session, principal: LedgerWriter, import_id: UUID) -> Response:
    """Give up an import that is not posted; another one can be begun. ยกเลิกการนำเข้าที่ยังไม่ลงบัญชี."""
    await service.cancel(session, import_id=import_id, actor=principal, now=clock.now())
    return await _answer(session, import_id, principal.areas)


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
    found = await _found(session, import_id, principal.areas)
    after = None if page.after is None else int(page.after[0])
    rows = await queries.errors(session, import_id, after=after, limit=page.limit + 1)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    next_key = (rows[-1]["position"],) if more else None
    total = found["error_count"] if page.count else None
    return paging.page(page, [_error(row) for row in rows], next_key=next_key, total=total)


@router.get(
    "/book-imports/{import_id}/marked.xlsx",
    response_class=Response,
    responses={200: _SHEET, **problems.responses(errors.BookImportNotFound, errors.NoMarkedCopy)},
    summary="The workbook with its faulty cells coloured (ไฟล์ที่ทำเครื่องหมาย)",
)
async def read_marked_book(
    session: Session, principal: LedgerReader, import_id: UUID, request: Request
) -> StreamingResponse:
    """Return the workbook with faulty cells coloured and remarks, to be corrected and sent again.

    Leaves an audit row. ไฟล์เดิมที่ระบายสีช่องที่ผิดพร้อมหมายเหตุ แก้แล้วส่งกลับได้
    """
    found = await _found(session, import_id, principal.areas)
    if found["marked_key"] is None:
        raise errors.NoMarkedCopy
    action = "book_import.marked_copy"
    await audit.record(session, principal=principal, action=action, subjects=[import_id], now=clock.now())
    return _download(request, found["marked_key"], "marked.xlsx")


@router.get(
    "/book-imports/{import_id}/file",
    response_class=Response,
    responses={200: _SHEET, **problems.responses(errors.BookImportNotFound, FileNotThere)},
    summary="The workbook as it was sent (ไฟล์ต้นฉบับ)",
)
async def read_book_file(
    session: Session, principal: LedgerReader, import_id: UUID, request: Request
) -> StreamingResponse:
    """Return the workbook that was sent last: what an opening balance rests on. Leaves an audit row.

    ไฟล์ต้นฉบับที่ใช้ลงยอดยกมา และบันทึกการเข้าถึง
    """
    found = await _found(session, import_id, principal.areas)
    if found["file_key"] is None:
        raise FileNotThere
    action = "book_import.file"
    await audit.record(session, principal=principal, action=action, subjects=[import_id], now=clock.now())
    return _download(request, found["file_key"], "book.xlsx")


def _download(request: Request, key: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(store_of(request).get(key), media_type=exports.XLSX, headers=headers)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


async def _found(session: AsyncSession, import_id: UUID, areas: Sequence[str]) -> asyncpg.Record:
    found = await queries.one(session, import_id, areas=areas)
    if found is None:
        raise errors.BookImportNotFound
    return found


async def _answer(session: AsyncSession, import_id: UUID, areas: Sequence[str]) -> Response:
    row = await _found(session, import_id, areas)
    headers = {"ETag": etags.of(row["version"])}
    body = paging.json_bytes(_shown(row))
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an import as `BookImportOut` says it."""
    names = ("id", "fund_id", "area_code", "cut_off_on", "product_id", "note", "state", "checked_at")
    more = ("error_count", "posted_by", "posted_at", "journal_id", "journal_number", "created_by")
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
    return {**shown, "row": row["line"], "column": row["field"], "text": {"th": th, "en": en}}
