"""Welfare of savings groups over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import (
    EntryInFuture,
    OverCapital,
    PeriodClosed,
    ReversalBeforeEntry,
    ReversalByRecorder,
)
from funds.members.errors import UnknownFundMember
from funds.permissions import FundApprover, SavingsReader, SavingsWriter
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound, ReasonMissing
from funds.savings import service as savings
from funds.savings.errors import NotASavingsFund
from funds.savings.schemas import MovementReversal
from funds.savings_welfare import errors, queries, service
from funds.savings_welfare.schemas import NewWelfare, NewWelfareDecision, WelfareFilters, WelfareOut
from shared import audit, clock, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor

router = web.router(tags=["savings"])


@router.get(
    "/savings/{fund_id}/welfare",
    response_model=paging.Page[WelfareOut],
    responses=problems.responses(FundNotFound, NotASavingsFund, InvalidCursor),
    summary="Welfare of members (สวัสดิการสมาชิก)",
)
async def list_savings_welfare(
    session: Session,
    principal: SavingsReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[WelfareFilters, Query()],
) -> Response:
    """List what was asked for and paid. Leaves an audit row. รายการสวัสดิการ บันทึกการเข้าถึง."""
    await savings.require(session, fund_id, principal=principal)
    wanted = queries.Requests(fund_id, **filters.model_dump())
    after = page.place(UUID)
    rows = await queries.page(session, wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    await audit.record(
        session, principal=principal, action="savings_welfare.list", subjects=[fund_id], now=clock.now()
    )
    return paging.page(page, rows, shape=_shown, key=("id",), total=total)


@router.post(
    "/savings/{fund_id}/welfare",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        FundNotFound, FundNotActive, NotASavingsFund, UnknownFundMember, DateInFuture, errors.WelfareExists
    ),
    summary="Ask for welfare (ขอสวัสดิการ)",
)
async def request_savings_welfare(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewWelfare
) -> WelfareOut:
    """Record what is asked for a member; nothing is paid yet. บันทึกคำขอสวัสดิการ ยังไม่จ่าย."""
    made = await service.request(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _one(session, fund_id, made)


@router.get(
    "/savings/{fund_id}/welfare/{welfare_id}",
    responses=problems.responses(FundNotFound, NotASavingsFund, errors.WelfareNotFound),
    summary="One request for welfare (ข้อมูลสวัสดิการ)",
)
async def read_savings_welfare(
    session: Session, principal: SavingsReader, fund_id: UUID, welfare_id: UUID
) -> WelfareOut:
    """Return a request with its decision and journal. Leaves an audit row. ข้อมูลคำขอ ผลพิจารณา และเลขที่บัญชี."""
    await savings.require(session, fund_id, principal=principal)
    found = await _one(session, fund_id, welfare_id)
    await audit.record(
        session,
        principal=principal,
        action="savings_welfare.read",
        subjects=[fund_id, welfare_id],
        now=clock.now(),
    )
    return found


@router.post(
    "/savings/{fund_id}/welfare/{welfare_id}/decision",
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        NotASavingsFund,
        errors.WelfareNotFound,
        errors.WelfareDecided,
        errors.OwnWelfare,
        ReasonMissing,
        DateInFuture,
        PeriodClosed,
        OverCapital,
    ),
    summary="Pay or reject it (จ่ายหรือไม่อนุมัติ)",
)
async def decide_savings_welfare(
    session: Session,
    principal: FundApprover,
    fund_id: UUID,
    welfare_id: UUID,
    body: NewWelfareDecision,
) -> WelfareOut:
    """Pay or reject as another person than who recorded it. พิจารณาโดยผู้ที่ไม่ใช่ผู้บันทึกคำขอ."""
    await service.decide(
        session, fund_id=fund_id, welfare_id=welfare_id, new=body, actor=principal, now=clock.now()
    )
    return await _one(session, fund_id, welfare_id)


@router.post(
    "/savings/{fund_id}/welfare/{welfare_id}/reversal",
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        NotASavingsFund,
        errors.WelfareNotFound,
        errors.WelfareNotPaid,
        ReversalByRecorder,
        ReversalBeforeEntry,
        DateInFuture,
        EntryInFuture,
        PeriodClosed,
    ),
    summary="Reverse what was paid (กลับรายการสวัสดิการ)",
)
async def reverse_savings_welfare(
    session: Session, principal: FundApprover, fund_id: UUID, welfare_id: UUID, body: MovementReversal
) -> WelfareOut:
    """Book the mirror of wrong welfare as another person than who paid it. กลับโดยผู้ที่ไม่ใช่ผู้จ่าย."""
    await service.reverse(
        session, fund_id=fund_id, welfare_id=welfare_id, reversal=body, actor=principal, now=clock.now()
    )
    return await _one(session, fund_id, welfare_id)


async def _one(session: AsyncSession, fund_id: UUID, welfare_id: UUID) -> WelfareOut:
    found = await queries.one(session, fund_id, welfare_id)
    if found is None:
        raise errors.WelfareNotFound
    return _shown(found)


def _shown(row: Any) -> WelfareOut:
    return WelfareOut.model_validate({name: row[name] for name in WelfareOut.model_fields})
