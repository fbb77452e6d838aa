"""Repayments over HTTP: recorded one by one or in batches, listed, reversed; quotes, entries, refunds."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import EntryInFuture, OverCapital, PeriodClosed, ReversalByRecorder
from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound
from funds.permissions import LoanReader, LoanWriter
from funds.registry.errors import FundNotActive
from funds.repayments import batches, queries, quoting, reversing, service
from funds.repayments.errors import (
    BookedBeforePaid,
    LoanNotOpen,
    NoAdvance,
    NotOfTheGroup,
    NotReversibleNow,
    PartsDoNotSum,
    PaymentBeforeLoan,
    PaymentInFuture,
    PayoffTooLittle,
    QuoteInPast,
    ReceiptUsed,
    RefundBeforeMoney,
    RefundExists,
    RepaymentExists,
    RepaymentNotFound,
    RepaymentReversed,
)
from funds.repayments.export import DESCRIBED, REPAYMENTS
from funds.repayments.schemas import (
    BatchOut,
    LoanEntries,
    LoanEntryOut,
    NewBatch,
    NewRefund,
    NewRepayment,
    PayoffQuote,
    RepaymentFilters,
    RepaymentOut,
    RepaymentRow,
    Reversal,
)
from shared import audit, clock, exports, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor, ScopeMissing
from shared.money import baht
from shared.schemas import Day
from shared.security import Principal

router = web.router(tags=["repayments"])
_MONEY = ("amount", "principal", "interest", "penalty", "advance", "outstanding")


@router.get(
    "/repayments",
    response_model=paging.Page[RepaymentRow],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Repayments of your areas (ทะเบียนรับชำระหนี้)",
)
async def list_repayments(
    session: Session,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[RepaymentFilters, Query()],
) -> Response:
    """List receipts with what each paid, reversed ones too; as CSV or XLSX (`Accept`). Audited.

    รายการรับชำระหนี้ รวมรายการที่กลับแล้ว ส่งออกได้เมื่อมีสิทธิ์ export และบันทึกการเข้าถึง
    """
    now = clock.now()
    given = filters.model_dump(exclude={"area"})
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=REPAYMENTS,
            read=partial(_lines, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=now,
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    detail = {"area": filters.area}
    await audit.record(
        session, principal=principal, action="repayment.list", subjects=[], now=now, detail=detail
    )
    return paging.page(page, rows, shape=_shown, key=("area_code", "id"), total=total)


@router.post(
    "/repayments",
    status_code=status.HTTP_201_CREATED,
    response_model=RepaymentOut,
    responses=problems.responses(
        LoanNotFound,
        LoanNotOpen,
        FundNotActive,
        PaymentInFuture,
        PaymentBeforeLoan,
        BookedBeforePaid,
        PayoffTooLittle,
        NotOfTheGroup,
        PartsDoNotSum,
        RepaymentExists,
        ReceiptUsed,
        PeriodClosed,
        NotReversibleNow,
    ),
    summary="Record a repayment (รับชำระหนี้)",
)
async def record_repayment(session: Session, principal: LoanWriter, body: NewRepayment) -> Response:
    """Record money received: the oldest due first, by the contract's order; the rest is kept ahead.

    บันทึกรับชำระ ตัดงวดเก่าสุดก่อนตามลำดับในสัญญา ส่วนเกินเก็บเป็นเงินรับล่วงหน้า เลขที่ใบเสร็จใช้ได้ครั้งเดียว
    """
    recorded = await service.record(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, recorded.id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/repayments/{recorded.id}"
    return response


@router.post(
    "/repayments/batches",
    summary="Record receipts of a phone without signal (ส่งรายการรับชำระเป็นชุด)",
)
async def record_repayment_batch(request: Request, principal: LoanWriter, body: NewBatch) -> BatchOut:
    """Record each receipt by itself; a wrong one is told and loses no other, and repeating doubles nothing.

    บันทึกทีละรายการ รายการที่ผิดไม่กระทบรายการอื่น ส่งซ้ำได้โดยไม่บันทึกซ้ำ
    """
    database = request.app.state.database
    return await batches.record(database, batch=body, actor=principal, now=clock.now())


@router.get(
    "/repayments/{repayment_id}",
    response_model=RepaymentOut,
    responses=problems.responses(RepaymentNotFound),
    summary="One repayment (รายการรับชำระ)",
)
async def read_repayment(session: Session, principal: LoanReader, repayment_id: UUID) -> Response:
    """Return a receipt with the instalments it paid and its journal. Audited. ใบเสร็จและงวดที่ตัดชำระ."""
    response = await _answer(session, repayment_id, principal)
    about = [repayment_id]
    await audit.record(session, principal=principal, action="repayment.read", subjects=about, now=clock.now())
    return response


@router.post(
    "/repayments/{repayment_id}/reversal",
    response_model=RepaymentOut,
    responses=problems.responses(
        RepaymentNotFound,
        ReversalByRecorder,
        RepaymentReversed,
        NotReversibleNow,
        PaymentInFuture,
        BookedBeforePaid,
        EntryInFuture,
        PeriodClosed,
        OverCapital,
    ),
    summary="Reverse a repayment recorded wrongly (กลับรายการรับชำระ)",
)
async def reverse_repayment(
    session: Session, principal: LoanWriter, repayment_id: UUID, body: Reversal
) -> Response:
    """Book its mirror; the receipts that stand pay what it leaves open. The receipt stays, marked reversed.

    By somebody else than who recorded it. กลับรายการบัญชีโดยผู้อื่นที่ไม่ใช่ผู้บันทึก และจัดสรรใบเสร็จที่เหลือใหม่ตามลำดับวัน
    """
    await reversing.reverse(
        session, repayment_id=repayment_id, reversal=body, actor=principal, now=clock.now()
    )
    return await _answer(session, repayment_id, principal)


@router.get(
    "/loans/{loan_id}/payoff",
    responses=problems.responses(LoanNotFound, LoanNotOpen, QuoteInPast),
    summary="What settles a loan on a day (ยอดปิดบัญชี)",
)
async def read_payoff(
    session: Session,
    principal: LoanReader,
    loan_id: UUID,
    on: Annotated[Day | None, Query(description="Today when absent")] = None,
) -> PayoffQuote:
    """Quote what settles a loan today or later; nothing is stored. ยอดที่ต้องชำระเพื่อปิดสัญญา ณ วันที่ระบุ."""
    return await quoting.payoff(session, loan_id=loan_id, on=on, principal=principal, now=clock.now())


@router.get(
    "/loans/{loan_id}/entries",
    responses=problems.responses(LoanNotFound),
    summary="What was booked on a loan beside its repayments (รายการปรับปรุงของสัญญา)",
)
async def list_loan_entries(session: Session, principal: LoanReader, loan_id: UUID) -> LoanEntries:
    """List advances used and given back, and what a late or reversed receipt moved.

    รายการเงินรับล่วงหน้าที่ใช้หรือคืน และการจัดสรรใหม่
    """
    if await loans.loan(session, loan_id, areas=principal.areas) is None:
        raise LoanNotFound
    rows = await queries.entries(session, loan_id)
    return LoanEntries(items=[_entry(row) for row in rows])


@router.post(
    "/loans/{loan_id}/advance-refunds",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        LoanNotFound,
        PaymentInFuture,
        EntryInFuture,
        RefundBeforeMoney,
        NoAdvance,
        OverCapital,
        PeriodClosed,
        RefundExists,
    ),
    summary="Give back what was paid ahead (คืนเงินรับล่วงหน้า)",
)
async def refund_advance(
    session: Session, principal: LoanWriter, loan_id: UUID, body: NewRefund
) -> LoanEntryOut:
    """Pay an advance back to the borrower with a voucher. คืนเงินที่ชำระเกินพร้อมใบสำคัญจ่าย."""
    entry_id = await service.refund(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    rows = await queries.entries(session, loan_id)
    return next(_entry(row) for row in rows if row["id"] == entry_id)


def _entry(row: Mapping[str, Any]) -> LoanEntryOut:
    return LoanEntryOut.model_validate({name: row[name] for name in LoanEntryOut.model_fields})


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a repayment's row as `RepaymentRow` says it."""
    repayment = {name: row[name] for name in RepaymentRow.model_fields}
    return repayment | {name: baht(row[name]) for name in _MONEY}


async def _lines(
    session: AsyncSession, *, filters: queries.Filters, after: tuple[Any, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the rows of the exported list."""
    rows = await queries.page(session, filters=filters, after=after, limit=limit)
    return [_shown(row) for row in rows]


async def _answer(session: AsyncSession, repayment_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, repayment_id, areas=principal.areas)
    if row is None:
        raise RepaymentNotFound
    parts = await queries.parts(session, repayment_id)
    repayment = RepaymentOut.model_validate(
        {
            **{name: row[name] for name in RepaymentRow.model_fields},
            "allocation": row["allocation"],
            "parts": [{"member_id": part["member_id"], "amount": baht(part["amount"])} for part in parts],
        }
    )
    return Response(paging.json_bytes(repayment), media_type="application/json")
