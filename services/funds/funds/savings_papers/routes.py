"""Papers of savings groups over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Form, Query
from starlette.responses import Response

from funds.book_imports.errors import CitizenIdsInBook, UnreadableBook
from funds.collection_sheets.errors import NoCollectionTable, NothingCollected, SheetNotFilled
from funds.documents import responses
from funds.documents.collection import collection_sheet
from funds.documents.passbook import pass_book
from funds.ledger.errors import PeriodClosed
from funds.permissions import LoanReader, SavingsReader, SavingsWriter
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from funds.savings import showing
from funds.savings.errors import NotASavingsFund, SavingsAccountNotFound
from funds.savings.schemas import Month, StatementFilters
from funds.savings_papers import service
from funds.savings_papers.schemas import CollectedOut, FilledSheet
from shared import clock, problems, web
from shared.db import Session
from shared.errors import BodyTooLarge
from shared.exports import XLSX

router = web.router(tags=["savings"])
MAX_BYTES: Final = 2 * 1024 * 1024


@router.get(
    "/savings/{fund_id}/accounts/{member_id}/passbook.pdf",
    response_class=Response,
    responses={
        **responses.described(),
        **problems.responses(FundNotFound, NotASavingsFund, SavingsAccountNotFound),
    },
    summary="A member's pass book as PDF (สมุดเงินออม)",
)
async def download_savings_passbook(
    session: Session,
    principal: SavingsReader,
    fund_id: UUID,
    member_id: UUID,
    filters: Annotated[StatementFilters, Query()],
) -> Response:
    """Give a member's savings and shares of a time with what was there after each movement. Audited.

    รายการเงินออมและหุ้นของสมาชิกพร้อมยอดคงเหลือทุกรายการ
    """
    facts = await service.pass_book(
        session,
        fund_id=fund_id,
        member_id=member_id,
        since=filters.moved_from,
        until=filters.moved_to,
        principal=principal,
        now=clock.now(),
    )
    return await responses.pdf(pass_book, facts, name=f"สมุดเงินออม {facts.member_no}")


@router.get(
    "/savings/{fund_id}/collection-sheet.xlsx",
    response_class=Response,
    responses={**responses.described(XLSX), **problems.responses(FundNotFound, NotASavingsFund)},
    summary="The sheet for a monthly meeting as Excel (ใบเก็บเงินประจำเดือน)",
)
async def download_collection_sheet(
    session: Session,
    principal: SavingsReader,
    lender: LoanReader,
    fund_id: UUID,
    month: Annotated[Month, Query()],
) -> Response:
    """Give all members with pledge, savings and what is due of their loans, and columns to fill in. Audited.

    A second sheet has the loans, a row each, as `/v1/funds/{fund_id}/collection-sheet.xlsx` gives them. Needs
    `loans:read` too. ใบเก็บเงินพร้อมสัจจะ ยอดสะสม เงินกู้ครบกำหนด และช่องกรอกยอดรับ
    """
    del lender  # what members owe is in it
    facts = await service.collection(
        session, fund_id=fund_id, month=month, principal=principal, now=clock.now()
    )
    return await responses.xlsx(collection_sheet, facts, name=f"ใบเก็บเงิน {facts.month}")


@router.post(
    "/savings/{fund_id}/collection-sheet",
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        NotASavingsFund,
        UnreadableBook,
        CitizenIdsInBook,
        NoCollectionTable,
        SheetNotFilled,
        NothingCollected,
        DateInFuture,
        PeriodClosed,
        BodyTooLarge,
    ),
    summary="Send the sheet of a monthly meeting back (ส่งใบเก็บเงินที่กรอกแล้ว)",
)
@web.large_body(MAX_BYTES)
async def send_collection_sheet(
    session: Session,
    principal: SavingsWriter,
    fund_id: UUID,
    filled: Annotated[FilledSheet, Form(media_type="multipart/form-data")],
) -> CollectedOut:
    """Record savings and shares that the sheet says, a deposit a member; nothing while a row cannot be read.

    The same file sent to `/v1/funds/{fund_id}/collection-sheet` records the receipts of its sheet of loans.
    บันทึกเงินสัจจะและหุ้นจากใบเก็บเงิน ส่วนแผ่นงานเงินกู้ให้ส่งไฟล์เดียวกันที่ใบเก็บเงินกู้ ส่งซ้ำได้ไม่บันทึกซ้ำ
    """
    outcomes, loans = await service.collect(
        session, fund_id=fund_id, filled=filled, actor=principal, now=clock.now()
    )
    return CollectedOut.model_validate({**dict(showing.deposits(outcomes)), "loans": loans})
