"""Collection sheets of loans over HTTP."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Form, Query
from starlette.responses import Response

from funds.book_imports.errors import CitizenIdsInBook, UnreadableBook
from funds.collection_sheets import service
from funds.collection_sheets.errors import (
    CountedDiffers,
    NoCollectionTable,
    NothingCollected,
    SheetNotFilled,
)
from funds.collection_sheets.schemas import CollectedReceipts, FilledLoanSheet
from funds.documents import responses
from funds.documents.collection import loan_collection_sheet
from funds.permissions import LoanReader, LoanWriter
from funds.registry.errors import FundNotFound
from shared import clock, problems, web
from shared.db import Session
from shared.errors import BodyTooLarge
from shared.exports import XLSX
from shared.schemas import Day

router = web.router(tags=["repayments"])
MAX_BYTES: Final = 2 * 1024 * 1024
_REFUSED: Final = (
    FundNotFound,
    UnreadableBook,
    CitizenIdsInBook,
    NoCollectionTable,
    NothingCollected,
    BodyTooLarge,
)
Until = Annotated[Day | None, Query(description="What is due until this day; the month's last when absent")]


@router.get(
    "/funds/{fund_id}/collection-sheet.xlsx",
    response_class=Response,
    responses={**responses.described(XLSX), **problems.responses(FundNotFound)},
    summary="The sheet to collect loan money by, as Excel (ใบเก็บเงินกู้)",
)
async def download_loan_collection_sheet(
    session: Session, principal: LoanReader, fund_id: UUID, until: Until = None
) -> Response:
    """Give all open loans of a fund with what is due, and columns for money and receipt numbers. Audited.

    ใบเก็บเงินกู้ทุกสัญญาของกองทุน พร้อมยอดที่ต้องชำระ ช่องกรอกยอดรับและเลขที่ใบเสร็จ
    """
    now = clock.now()
    today = clock.business_date(now)
    last = until or (today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    facts = await service.sheet(session, fund_id=fund_id, until=last, principal=principal, now=now)
    return await responses.xlsx(loan_collection_sheet, facts, name=f"ใบเก็บเงินกู้ {last}")


@router.post(
    "/funds/{fund_id}/collection-sheet",
    responses=problems.responses(*_REFUSED, SheetNotFilled, CountedDiffers),
    summary="Send the filled sheet: a receipt a row (ส่งใบเก็บเงินกู้ที่กรอกแล้ว)",
)
@web.large_body(MAX_BYTES)
async def send_loan_collection_sheet(
    session: Session,
    principal: LoanWriter,
    fund_id: UUID,
    filled: Annotated[FilledLoanSheet, Form(media_type="multipart/form-data")],
) -> CollectedReceipts:
    """Record a receipt for each row with money, all of them or none: each place that is refused says why.

    Every row is allocated like `POST /v1/repayments`, a group's by its shares. The money counted must be the
    sum of the rows. บันทึกใบเสร็จทุกแถวพร้อมกันเมื่อทุกแถวถูกต้องและยอดเงินที่นับได้ตรงกับผลรวม ส่งซ้ำได้ไม่บันทึกซ้ำ
    """
    tried = await service.collect(session, fund_id=fund_id, filled=filled, actor=principal, now=clock.now())
    return CollectedReceipts.model_validate(service.result(tried))


@router.post(
    "/funds/{fund_id}/collection-sheet/marked.xlsx",
    response_class=Response,
    responses={**responses.described(XLSX), **problems.responses(*_REFUSED)},
    summary="The filled sheet checked, with remarks (ตรวจใบเก็บเงินกู้ก่อนบันทึก)",
)
@web.large_body(MAX_BYTES)
async def mark_loan_collection_sheet(
    session: Session,
    principal: LoanWriter,
    fund_id: UUID,
    filled: Annotated[FilledLoanSheet, Form(media_type="multipart/form-data")],
) -> Response:
    """Give the sheet back with what would become of each row beside it, refused ones coloured. Audited.

    Nothing is recorded. ตรวจทุกแถวโดยไม่บันทึก คืนไฟล์เดิมพร้อมหมายเหตุ แก้แล้วส่งใหม่ได้
    """
    content = await service.check(session, fund_id=fund_id, filled=filled, actor=principal, now=clock.now())
    return await responses.xlsx(bytes, content, name="ใบเก็บเงินกู้ที่ตรวจแล้ว")
