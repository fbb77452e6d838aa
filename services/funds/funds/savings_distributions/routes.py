"""Interest and dividends over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import (
    EntryInFuture,
    OverCapital,
    PeriodClosed,
    ReversalBeforeEntry,
    ReversalByRecorder,
)
from funds.permissions import FundApprover, SavingsReader, SavingsWriter
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound, ReasonMissing
from funds.savings import service as savings
from funds.savings.errors import NotASavingsFund, NotEnoughSavings
from funds.savings.schemas import MovementReversal
from funds.savings_distributions import errors, queries, service
from funds.savings_distributions.schemas import (
    DistributionOut,
    NewDistribution,
    NewDistributionDecision,
    PartOut,
)
from shared import audit, clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor
from shared.money import baht

router = web.router(tags=["savings"])
_WRITE = (FundNotFound, FundNotActive, NotASavingsFund)


@router.get(
    "/savings/{fund_id}/distributions",
    response_model=paging.Page[DistributionOut],
    responses=problems.responses(FundNotFound, NotASavingsFund, InvalidCursor),
    summary="Interest and dividends (ดอกเบี้ยและเงินปันผล)",
)
async def list_savings_distributions(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List a group's interest and dividends, proposed ones too. รายการจ่ายดอกเบี้ยและเงินปันผล."""
    await savings.require(session, fund_id, principal=principal)
    after = page.place(UUID)
    rows = await queries.page(session, fund_id, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("id",), total=total)


@router.post(
    "/savings/{fund_id}/distributions",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        *_WRITE,
        errors.PeriodNotOver,
        errors.DistributionAmount,
        errors.InterestRateMissing,
        errors.NothingToShare,
        errors.DividendOverSurplus,
        errors.DistributionExists,
    ),
    summary="Propose interest or a dividend (เสนอจ่ายดอกเบี้ย เงินปันผล)",
)
async def propose_savings_distribution(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewDistribution
) -> DistributionOut:
    """Compute everybody's part by what was held times days; the parts sum, nothing is booked yet.

    คำนวณส่วนของสมาชิกทุกคนตามจำนวนเงินคูณวัน ผลรวมเท่ายอดจ่ายเสมอ ยังไม่ลงบัญชี
    """
    made = await service.propose(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _one(session, fund_id, made)


@router.get(
    "/savings/{fund_id}/distributions/{distribution_id}",
    responses=problems.responses(FundNotFound, NotASavingsFund, errors.DistributionNotFound),
    summary="One of them (ข้อมูลการจ่าย)",
)
async def read_savings_distribution(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, distribution_id: UUID
) -> DistributionOut:
    """Return interest or a dividend with its conventions. ข้อมูลการจ่ายดอกเบี้ยหรือปันผล."""
    await savings.require(session, fund_id, principal=principal)
    return await _one(session, fund_id, distribution_id)


@router.get(
    "/savings/{fund_id}/distributions/{distribution_id}/parts",
    response_model=paging.Page[PartOut],
    responses=problems.responses(FundNotFound, NotASavingsFund, errors.DistributionNotFound, InvalidCursor),
    summary="Who gets what (ส่วนของสมาชิก)",
)
async def list_savings_distribution_parts(
    session: Session,
    principal: SavingsReader,
    fund_id: UUID,
    distribution_id: UUID,
    page: paging.PageParams,
) -> Response:
    """List members' parts. Leaves an audit row. รายการส่วนของสมาชิก บันทึกการเข้าถึง."""
    await savings.require(session, fund_id, principal=principal)
    await _one(session, fund_id, distribution_id)
    after = page.place(UUID)
    rows = await queries.parts(session, distribution_id, after=after, limit=page.fetch)
    total = await queries.count_parts(session, distribution_id) if page.count else None
    await audit.record(
        session,
        principal=principal,
        action="savings_distribution.parts",
        subjects=[fund_id, distribution_id],
        now=clock.now(),
    )
    return paging.page(page, rows, key=("member_id",), shape=_part, total=total)


@router.post(
    "/savings/{fund_id}/distributions/{distribution_id}/decision",
    responses=problems.responses(
        *_WRITE,
        errors.DistributionNotFound,
        errors.DistributionDecided,
        errors.OwnDistribution,
        ReasonMissing,
        errors.DistributionStale,
        errors.DividendOverSurplus,
        errors.PeriodNotOver,
        DateInFuture,
        PeriodClosed,
        OverCapital,
    ),
    summary="Post or reject it (อนุมัติหรือไม่อนุมัติ)",
)
async def decide_savings_distribution(
    session: Session,
    principal: FundApprover,
    fund_id: UUID,
    distribution_id: UUID,
    body: NewDistributionDecision,
) -> DistributionOut:
    """Post or reject as another person than who proposed it. อนุมัติโดยผู้ที่ไม่ใช่ผู้เสนอ แล้วลงบัญชี."""
    await service.decide(
        session,
        fund_id=fund_id,
        distribution_id=distribution_id,
        new=body,
        actor=principal,
        now=clock.now(),
    )
    return await _one(session, fund_id, distribution_id)


@router.post(
    "/savings/{fund_id}/distributions/{distribution_id}/reversal",
    responses=problems.responses(
        *_WRITE,
        errors.DistributionNotFound,
        errors.DistributionNotPosted,
        NotEnoughSavings,
        ReversalByRecorder,
        ReversalBeforeEntry,
        DateInFuture,
        EntryInFuture,
        PeriodClosed,
        OverCapital,
    ),
    summary="Reverse what was posted (กลับรายการจ่าย)",
)
async def reverse_savings_distribution(
    session: Session,
    principal: FundApprover,
    fund_id: UUID,
    distribution_id: UUID,
    body: MovementReversal,
) -> DistributionOut:
    """Book the mirror of the whole as another person than who posted it; its period may be shared out again.

    กลับรายการทั้งงวดโดยผู้ที่ไม่ใช่ผู้ลงบัญชี แล้วเสนอจ่ายงวดนั้นใหม่ได้
    """
    await service.reverse(
        session,
        fund_id=fund_id,
        distribution_id=distribution_id,
        reversal=body,
        actor=principal,
        now=clock.now(),
    )
    return await _one(session, fund_id, distribution_id)


async def _one(session: AsyncSession, fund_id: UUID, distribution_id: UUID) -> DistributionOut:
    found = await queries.one(session, fund_id, distribution_id)
    if found is None:
        raise errors.DistributionNotFound
    return _shown(found)


def _shown(row: Mapping[str, Any]) -> DistributionOut:
    return DistributionOut.model_validate({name: row[name] for name in DistributionOut.model_fields})


def _part(row: Mapping[str, Any]) -> PartOut:
    return PartOut.model_validate({**row, "baht_days": baht(row["baht_days"])})
