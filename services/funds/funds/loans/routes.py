"""Loans over HTTP: contracted, paid out, listed, read, and what is left of a contract given up."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications.errors import (
    ApplicationNotApproved,
    ApplicationNotFound,
    BorrowerLeft,
    BorrowerNotTarget,
    GroupTooSmall,
    WrongCategory,
)
from funds.ledger.errors import EntryInFuture, OverCapital, PeriodClosed, ReversalByRecorder
from funds.loans import lending, queries, showing
from funds.loans.errors import (
    AlreadyContracted,
    BeforeApproval,
    BeforeContract,
    BeforeLastDisbursement,
    BeforeLastReceipt,
    ContractNumberUsed,
    DisbursementExists,
    DisbursementNotFound,
    DisbursementReversed,
    FollowerNeeded,
    LoanExists,
    LoanNotFound,
    LoanRescheduled,
    OverContract,
    OwnLoan,
    PaidOutByContractor,
    RateAboveProduct,
    RepaidAlready,
    ScheduleNotFound,
    TermTooLong,
    VoucherUsed,
    WrongLoanState,
)
from funds.loans.export import DESCRIBED, LOANS
from funds.loans.schemas import (
    DisbursementRecord,
    DisbursementRecords,
    DisbursementReversal,
    LoanCancellation,
    LoanFilters,
    LoanOut,
    LoanRow,
    LoanScheduleDetail,
    LoanScheduleOut,
    LoanSchedules,
    NewDisbursement,
    NewLoan,
)
from funds.permissions import LoanReader, LoanWriter
from funds.products.errors import ProductNotFound, RateAboveCap
from funds.registry.errors import DateInFuture, FundNotActive
from funds.schedules.errors import (
    BalloonTooLarge,
    BeyondCalendar,
    FirstDueNotAtStart,
    FirstDueTooEarly,
    GraceTooLong,
    NegativeAmortisation,
    PrincipalEveryOutOfRange,
    SecondDueDayTooNear,
)
from shared import audit, clock, etags, exports, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor, ScopeMissing
from shared.security import Principal

router = web.router(tags=["loans"])


@router.get(
    "/loans",
    response_model=paging.Page[LoanRow],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Loans of your areas (ทะเบียนสัญญาเงินกู้)",
)
async def list_loans(
    session: Session,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[LoanFilters, Query()],
) -> Response:
    """List loans with what is outstanding and how late each is; as CSV or XLSX (`Accept`). Audited.

    รายการสัญญาเงินกู้พร้อมยอดคงเหลือและวันค้างชำระ ส่งออกได้เมื่อมีสิทธิ์ export และบันทึกการเข้าถึง
    """
    now = clock.now()
    narrowed = _narrowed(filters, principal)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=LOANS,
            read=partial(_lines, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=now,
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    await audit.record(
        session, principal=principal, action="loan.list", subjects=[], now=now, detail={"area": filters.area}
    )
    today = clock.business_date(now)
    shape = partial(showing.shown, today=today)
    return paging.page(page, rows, key=("area_code", "id"), shape=shape, total=total)


@router.post(
    "/loans",
    status_code=status.HTTP_201_CREATED,
    response_model=LoanOut,
    responses=problems.responses(
        ApplicationNotFound,
        ApplicationNotApproved,
        WrongCategory,
        BorrowerLeft,
        GroupTooSmall,
        BorrowerNotTarget,
        FundNotActive,
        ProductNotFound,
        DateInFuture,
        BeforeApproval,
        RateAboveCap,
        RateAboveProduct,
        TermTooLong,
        GraceTooLong,
        PrincipalEveryOutOfRange,
        BalloonTooLarge,
        SecondDueDayTooNear,
        FirstDueTooEarly,
        FirstDueNotAtStart,
        NegativeAmortisation,
        BeyondCalendar,
        LoanExists,
        AlreadyContracted,
        ContractNumberUsed,
    ),
    summary="Contract a loan (ทำสัญญาเงินกู้)",
)
async def contract_loan(session: Session, principal: LoanWriter, body: NewLoan) -> Response:
    """Make the contract of an approved application; its money stays kept back until it is paid out.

    ทำสัญญาจากคำขอที่อนุมัติแล้ว เงินยังกันไว้จนกว่าจะจ่าย อัตราเกินกฎหมายถูกปฏิเสธ
    """
    loan_id = await lending.contract(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, loan_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/loans/{loan_id}"
    return response


@router.get(
    "/loans/{loan_id}",
    response_model=LoanOut,
    responses={200: etags.DESCRIBED, **problems.responses(LoanNotFound)},
    summary="One loan with its instalments (สัญญาและตารางผ่อนชำระ)",
)
async def read_loan(session: Session, principal: LoanReader, loan_id: UUID) -> Response:
    """Return a loan with terms, instalments in force and shares. Audited. ข้อมูลสัญญาพร้อมงวดผ่อนชำระ."""
    response = await _answer(session, loan_id, principal)
    await audit.record(session, principal=principal, action="loan.read", subjects=[loan_id], now=clock.now())
    return response


@router.get(
    "/loans/{loan_id}/disbursements",
    responses=problems.responses(LoanNotFound),
    summary="What was paid out on a loan (การจ่ายเงินกู้)",
)
async def list_loan_disbursements(
    session: Session, principal: LoanReader, loan_id: UUID
) -> DisbursementRecords:
    """List a loan's disbursements, each with its journal. รายการจ่ายเงินกู้พร้อมเลขรายการบัญชี."""
    await _found(session, loan_id, principal)
    rows = await queries.disbursements(session, loan_id)
    return DisbursementRecords(items=[DisbursementRecord(**_of(DisbursementRecord, row)) for row in rows])


@router.post(
    "/loans/{loan_id}/disbursements",
    status_code=status.HTTP_201_CREATED,
    response_model=LoanOut,
    responses=problems.responses(
        LoanNotFound,
        FundNotActive,
        WrongLoanState,
        DateInFuture,
        EntryInFuture,
        BeforeContract,
        BeforeLastDisbursement,
        BeforeLastReceipt,
        PaidOutByContractor,
        OwnLoan,
        OverContract,
        LoanRescheduled,
        OverCapital,
        PeriodClosed,
        VoucherUsed,
        DisbursementExists,
        FirstDueTooEarly,
        FirstDueNotAtStart,
        FollowerNeeded,
    ),
    summary="Pay out on a loan (จ่ายเงินกู้)",
)
async def disburse_loan(
    session: Session, principal: LoanWriter, loan_id: UUID, body: NewDisbursement
) -> Response:
    """Pay out all or a part; the instalments are laid out from the days on which money was paid.

    Somebody else than who made the contract pays, and nobody to herself, her group or her household.

    จ่ายเงินกู้ทั้งหมดหรือบางส่วน ตารางผ่อนชำระคำนวณจากวันที่จ่ายจริง
    """
    await lending.disburse(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, loan_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/loans/{loan_id}/disbursements"
    return response


@router.post(
    "/loans/{loan_id}/disbursements/{disbursement_id}/reversal",
    response_model=LoanOut,
    responses=problems.responses(
        LoanNotFound,
        DisbursementNotFound,
        DisbursementReversed,
        ReversalByRecorder,
        WrongLoanState,
        RepaidAlready,
        LoanRescheduled,
        DateInFuture,
        EntryInFuture,
        BeforeLastDisbursement,
        PeriodClosed,
    ),
    summary="Reverse a disbursement recorded wrongly (กลับรายการจ่ายเงินกู้)",
)
async def reverse_loan_disbursement(
    session: Session,
    principal: LoanWriter,
    loan_id: UUID,
    disbursement_id: UUID,
    body: DisbursementReversal,
) -> Response:
    """Book its mirror and keep its money back for the contract again; receipts are reversed before it.

    กลับรายการบัญชี เงินกลับไปกันไว้สำหรับสัญญา หากรับชำระแล้วต้องกลับรายการรับชำระก่อน
    """
    await lending.take_back(
        session,
        loan_id=loan_id,
        disbursement_id=disbursement_id,
        reversal=body,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, loan_id, principal)


@router.post(
    "/loans/{loan_id}/cancellation",
    response_model=LoanOut,
    responses=problems.responses(LoanNotFound, WrongLoanState),
    summary="Pay out nothing more on a contract (ยกเลิกสัญญาหรือวงเงินที่เหลือ)",
)
async def cancel_loan(
    session: Session, principal: LoanWriter, loan_id: UUID, body: LoanCancellation
) -> Response:
    """Free what is kept back; a contract on which nothing was paid out is closed. คืนเงินที่กันไว้."""
    await lending.cancel(session, loan_id=loan_id, reason=body.reason, actor=principal, now=clock.now())
    return await _answer(session, loan_id, principal)


@router.get(
    "/loans/{loan_id}/schedules",
    responses=problems.responses(LoanNotFound),
    summary="A loan's schedules, superseded ones too (ตารางผ่อนชำระทุกฉบับ)",
)
async def list_loan_schedules(session: Session, principal: LoanReader, loan_id: UUID) -> LoanSchedules:
    """List who made which schedule when and why; the last is in force. ตารางผ่อนชำระทุกฉบับและเหตุผล."""
    await _found(session, loan_id, principal)
    rows = await queries.schedules(session, loan_id)
    return LoanSchedules(items=[LoanScheduleOut(**_of(LoanScheduleOut, row)) for row in rows])


@router.get(
    "/loans/{loan_id}/schedules/{schedule_no}",
    responses=problems.responses(LoanNotFound, ScheduleNotFound),
    summary="One schedule of a loan (ตารางผ่อนชำระ)",
)
async def read_loan_schedule(
    session: Session, principal: LoanReader, loan_id: UUID, schedule_no: int
) -> LoanScheduleDetail:
    """Return a schedule with its instalments as they stood when it was superseded. งวดของตารางฉบับนั้น."""
    await _found(session, loan_id, principal)
    rows = await queries.schedules(session, loan_id)
    found = next((row for row in rows if row["schedule_no"] == schedule_no), None)
    if found is None:
        raise ScheduleNotFound
    instalments = await queries.instalments(session, loan_id, schedule_no=schedule_no)
    return LoanScheduleDetail(**_of(LoanScheduleOut, found), instalments=showing.instalments(instalments))


def _narrowed(filters: LoanFilters, principal: Principal) -> queries.Filters:
    given = filters.model_dump(exclude={"late", "area"})
    today = clock.business_date(clock.now())
    late_on = today if filters.late else None
    return queries.Filters(areas=principal.areas, area=filters.area or "", late_on=late_on, **given)


async def _lines(
    session: AsyncSession, *, filters: queries.Filters, after: tuple[Any, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the rows of the exported list."""
    rows = await queries.page(session, filters=filters, after=after, limit=limit)
    today = clock.business_date(clock.now())
    return [showing.shown(row, today=today) for row in rows]


async def _found(session: AsyncSession, loan_id: UUID, principal: Principal) -> asyncpg.Record:
    row = await queries.loan(session, loan_id, areas=principal.areas)
    if row is None:
        raise LoanNotFound
    return row


def _of(model: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields if name in row.keys()}  # noqa: SIM118  # a record


async def _answer(session: AsyncSession, loan_id: UUID, principal: Principal) -> Response:
    row = await _found(session, loan_id, principal)
    today = clock.business_date(clock.now())
    rows = await queries.instalments(session, loan_id)
    shares = await queries.shares(session, loan_id)
    overdue = [showing.standing(one).owed for one in rows if one["due_on"] < today]
    loan = LoanOut.model_validate(
        {
            **showing.shown(row, today=today),
            "schedule_no": row["schedule_no"],
            "conventions": showing.conventions(row["terms"]),
            "overdue": sum(overdue),
            "instalments": showing.instalments(rows),
            "shares": [{"member_id": key, "amount": amount} for key, amount in shares.items()],
        }
    )
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(loan), media_type="application/json", headers=headers)
