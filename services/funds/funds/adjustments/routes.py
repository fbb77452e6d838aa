"""Entries written by hand over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments import queries, service
from funds.adjustments.errors import (
    AccountNotByHand,
    AccountNotKept,
    AdjustmentDecided,
    AdjustmentExists,
    AdjustmentNotFound,
    NotByHand,
    NotOfItsKind,
    OwnAdjustment,
)
from funds.adjustments.schemas import (
    AdjustmentFilters,
    AdjustmentOut,
    NewAdjustment,
    NewDecision,
    NewReversal,
)
from funds.ledger import queries as books
from funds.ledger.errors import (
    AlreadyReversed,
    BooksNotFound,
    EntryInFuture,
    JournalNotFound,
    LineNotValid,
    OverCapital,
    PeriodClosed,
    ReversalBeforeEntry,
    UnbalancedEntry,
)
from funds.permissions import FundApprover, LedgerReader, LedgerWriter
from funds.registry.errors import FundNotActive, ReasonMissing
from shared import clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["ledgers"])


@router.get(
    "/ledgers/{fund_id}/adjustments",
    response_model=paging.Page[AdjustmentOut],
    responses=problems.responses(BooksNotFound, InvalidCursor),
    summary="Entries written by hand (รายการปรับปรุง)",
)
async def list_adjustments(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    fund_id: UUID,
    filters: Annotated[AdjustmentFilters, Query()],
) -> Response:
    """List entries, the newest first; `state=proposed` are those that wait. รายการที่เสนอและตัดสินแล้ว."""
    await books.books(session, fund_id, areas=principal.areas)
    after = page.place(UUID)
    which = {"fund_id": fund_id, "state": filters.state}
    rows = await queries.page(session, **which, after=after, limit=page.fetch)  # type: ignore[arg-type]
    total = await queries.count(session, **which) if page.count else None  # type: ignore[arg-type]
    return paging.page(page, rows, shape=_out, key=("id",), total=total)


@router.get(
    "/ledgers/{fund_id}/adjustments/{adjustment_id}",
    responses=problems.responses(BooksNotFound, AdjustmentNotFound),
    summary="One entry written by hand (รายการปรับปรุง)",
)
async def read_adjustment(
    session: ReadSession, principal: LedgerReader, fund_id: UUID, adjustment_id: UUID, response: Response
) -> AdjustmentOut:
    """Return a proposed, posted or rejected entry. รายการที่เสนอ พร้อมผู้เสนอและผู้ตัดสิน."""
    await books.books(session, fund_id, areas=principal.areas)
    return await _answer(session, fund_id, adjustment_id, response)


@router.post(
    "/ledgers/{fund_id}/adjustments",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        BooksNotFound,
        FundNotActive,
        AccountNotByHand,
        AccountNotKept,
        NotOfItsKind,
        UnbalancedEntry,
        LineNotValid,
        EntryInFuture,
        PeriodClosed,
        AdjustmentExists,
    ),
    summary="Propose an entry (เสนอลงรายการ)",
)
async def propose_adjustment(
    session: Session, principal: LedgerWriter, fund_id: UUID, new: NewAdjustment, response: Response
) -> AdjustmentOut:
    """Propose an expense, a transfer or an adjustment; it is booked when another person posts it.

    เสนอค่าใช้จ่าย โอนเงิน หรือรายการปรับปรุง ลงบัญชีเมื่อผู้อื่นอนุมัติ
    """
    adjustment_id = await service.propose(session, fund_id=fund_id, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/ledgers/{fund_id}/adjustments/{adjustment_id}"
    return await _answer(session, fund_id, adjustment_id, response)


@router.post(
    "/ledgers/{fund_id}/journals/{journal_id}/reversal",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        BooksNotFound,
        FundNotActive,
        JournalNotFound,
        NotByHand,
        AlreadyReversed,
        ReversalBeforeEntry,
        EntryInFuture,
        PeriodClosed,
        AdjustmentExists,
    ),
    summary="Propose to reverse an entry written by hand (เสนอกลับรายการ)",
)
async def propose_reversal(
    session: Session,
    principal: LedgerWriter,
    fund_id: UUID,
    journal_id: UUID,
    new: NewReversal,
    response: Response,
) -> AdjustmentOut:
    """Propose the mirror of a journal; what came from a loan, a receipt or a deposit is reversed there.

    เสนอกลับรายการที่ลงด้วยมือ รายการจากสัญญา ใบเสร็จ หรือเงินฝาก ให้กลับที่เอกสารต้นทาง
    """
    adjustment_id = await service.propose_reversal(
        session, fund_id=fund_id, journal_id=journal_id, new=new, actor=principal, now=clock.now()
    )
    response.headers["Location"] = f"/v1/ledgers/{fund_id}/adjustments/{adjustment_id}"
    return await _answer(session, fund_id, adjustment_id, response)


@router.post(
    "/ledgers/{fund_id}/adjustments/{adjustment_id}/decision",
    responses=problems.responses(
        BooksNotFound,
        FundNotActive,
        AdjustmentNotFound,
        AdjustmentDecided,
        OwnAdjustment,
        ReasonMissing,
        OverCapital,
        PeriodClosed,
        AlreadyReversed,
        ReversalBeforeEntry,
    ),
    summary="Post or reject a proposed entry (อนุมัติหรือไม่อนุมัติรายการ)",
)
async def decide_adjustment(
    session: Session,
    principal: FundApprover,
    fund_id: UUID,
    adjustment_id: UUID,
    new: NewDecision,
    response: Response,
) -> AdjustmentOut:
    """Post what another person proposed, or reject it with the reason.

    อนุมัติรายการที่ผู้อื่นเสนอ หรือไม่อนุมัติพร้อมเหตุผล ผู้เสนออนุมัติเองไม่ได้
    """
    await service.decide(
        session, fund_id=fund_id, adjustment_id=adjustment_id, new=new, actor=principal, now=clock.now()
    )
    return await _answer(session, fund_id, adjustment_id, response)


async def _answer(
    session: AsyncSession, fund_id: UUID, adjustment_id: UUID, response: Response
) -> AdjustmentOut:
    found = await queries.one(session, fund_id, adjustment_id)
    if found is None:
        raise AdjustmentNotFound
    response.headers["ETag"] = etags.of(found["version"])
    return _out(found)


def _out(row: Mapping[str, Any]) -> AdjustmentOut:
    lines = orjson.loads(row["lines"]) if isinstance(row["lines"], str) else row["lines"]
    return AdjustmentOut.model_validate({**row, "lines": lines})
