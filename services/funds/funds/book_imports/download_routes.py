"""Workbooks given out: the empty one, the one that was sent, its marked copy."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from funds.attachments import FileNotThere, store_of
from funds.book_imports import errors, service
from funds.permissions import LedgerReader
from shared import audit, clock, exports, problems, web
from shared.db import Session
from shared.errors import ScopeMissing
from shared.security import Principal

router = web.router(tags=["book imports"])
_SHEET: dict[str, Any] = {"content": {exports.XLSX: {"schema": {"type": "string", "format": "binary"}}}}


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
    "/book-imports/{import_id}/marked.xlsx",
    response_class=Response,
    responses={
        200: _SHEET,
        **problems.responses(errors.BookImportNotFound, errors.NoMarkedCopy, ScopeMissing),
    },
    summary="The workbook with its faulty cells coloured (ไฟล์ที่ทำเครื่องหมาย)",
)
async def read_marked_book(
    session: Session, principal: LedgerReader, import_id: UUID, request: Request
) -> StreamingResponse:
    """Return the workbook with faulty cells coloured and remarks, to be corrected and sent again.

    For who may send or post books (names and telephones in full); leaves an audit row.

    ไฟล์เดิมที่ระบายสีช่องที่ผิดพร้อมหมายเหตุ แก้แล้วส่งกลับได้
    """
    _named_people(principal)
    found = await service.visible(session, import_id, actor=principal)
    if found["marked_key"] is None:
        raise errors.NoMarkedCopy
    action = "book_import.marked_copy"
    await audit.record(session, principal=principal, action=action, subjects=[import_id], now=clock.now())
    return _download(request, found["marked_key"], "marked.xlsx")


@router.get(
    "/book-imports/{import_id}/file",
    response_class=Response,
    responses={200: _SHEET, **problems.responses(errors.BookImportNotFound, FileNotThere, ScopeMissing)},
    summary="The workbook as it was sent (ไฟล์ต้นฉบับ)",
)
async def read_book_file(
    session: Session, principal: LedgerReader, import_id: UUID, request: Request
) -> StreamingResponse:
    """Return the workbook that was sent last: what an opening balance rests on.

    For who may send or post books; leaves an audit row.

    ไฟล์ต้นฉบับที่ใช้ลงยอดยกมา และบันทึกการเข้าถึง
    """
    _named_people(principal)
    found = await service.visible(session, import_id, actor=principal)
    if found["file_key"] is None:
        raise FileNotThere
    action = "book_import.file"
    await audit.record(session, principal=principal, action=action, subjects=[import_id], now=clock.now())
    return _download(request, found["file_key"], "book.xlsx")


def _named_people(principal: Principal) -> None:
    """Raise ScopeMissing: a workbook has names and telephones in full, for those who send or post it."""
    if not principal.may("imports:write") and not principal.may("funds:approve"):
        raise ScopeMissing(
            "ต้องมีขอบเขตสิทธิ์ imports:write หรือ funds:approve",
            "The scope imports:write or funds:approve is needed",
            scope="imports:write",
        )


def _download(request: Request, key: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(store_of(request).get(key), media_type=exports.XLSX, headers=headers)
