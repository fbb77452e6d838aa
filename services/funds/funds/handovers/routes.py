"""Hand-overs over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.handovers import queries, service
from funds.handovers.errors import (
    DifferenceUnexplained,
    HandoverExists,
    HandoverNotFound,
    HandoverSigned,
    MoneyNotCounted,
    SameSigner,
    SideSignedAlready,
)
from funds.handovers.rules import agrees
from funds.handovers.schemas import HandoverChange, HandoverFilters, HandoverOut, NewHandover, NewSignature
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotFound
from shared import clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, StaleVersion, VersionRequired

router = web.router(tags=["fund hand-overs"])


@router.get(
    "/funds/{fund_id}/handovers",
    response_model=paging.Page[HandoverOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Hand-overs of a fund (การส่งมอบงาน)",
)
async def list_fund_handovers(
    session: ReadSession,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[HandoverFilters, Query()],
) -> Response:
    """List a fund's hand-overs, newest first. รายการส่งมอบงานของกองทุน ใหม่สุดก่อน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    before = page.place(date.fromisoformat, UUID)
    rows = await queries.page(session, fund_id=fund_id, state=filters.state, before=before, limit=page.fetch)
    total = await queries.count(session, fund_id=fund_id, state=filters.state) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("handed_on", "id"), total=total)


@router.post(
    "/funds/{fund_id}/handovers",
    status_code=status.HTTP_201_CREATED,
    response_model=HandoverOut,
    responses=problems.responses(FundNotFound, DateInFuture, MoneyNotCounted, HandoverExists),
    summary="Record a hand-over (บันทึกการส่งมอบงาน)",
)
async def record_fund_handover(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewHandover
) -> Response:
    """Record what was handed over and counted; the answer shows each figure beside the ledger's.

    บันทึกการส่งมอบบัญชี เงิน และเอกสาร ระบบเทียบยอดนับกับบัญชีของกองทุน
    """
    handover_id = await service.record(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, handover_id)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/funds/{fund_id}/handovers/{handover_id}"
    return response


@router.get(
    "/funds/{fund_id}/handovers/{handover_id}",
    response_model=HandoverOut,
    responses=problems.responses(FundNotFound, HandoverNotFound),
    summary="One hand-over (ข้อมูลการส่งมอบงาน)",
)
async def read_fund_handover(
    session: ReadSession, principal: FundReader, fund_id: UUID, handover_id: UUID
) -> Response:
    """Return a hand-over with figures and signatures. รายละเอียดการส่งมอบงาน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    return await _answer(session, fund_id, handover_id)


@router.patch(
    "/funds/{fund_id}/handovers/{handover_id}",
    response_model=HandoverOut,
    responses=problems.responses(
        FundNotFound, HandoverNotFound, HandoverSigned, MoneyNotCounted, StaleVersion, VersionRequired
    ),
    summary="Correct a draft (แก้ไขร่างการส่งมอบงาน)",
)
async def change_fund_handover(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    handover_id: UUID,
    if_match: etags.IfMatch,
    body: HandoverChange,
) -> Response:
    """Correct a draft: it is counted against the books anew, and who had signed signs again. แก้ไขร่าง."""
    await service.change(
        session,
        fund_id=fund_id,
        handover_id=handover_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, handover_id)


@router.post(
    "/funds/{fund_id}/handovers/{handover_id}/signatures",
    status_code=status.HTTP_201_CREATED,
    response_model=HandoverOut,
    responses=problems.responses(
        FundNotFound,
        HandoverNotFound,
        HandoverSigned,
        SideSignedAlready,
        SameSigner,
        DifferenceUnexplained,
        StaleVersion,
        VersionRequired,
    ),
    summary="Sign for one side (ลงนามส่งมอบหรือรับมอบ)",
)
async def sign_fund_handover(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    handover_id: UUID,
    if_match: etags.IfMatch,
    body: NewSignature,
) -> Response:
    """Sign what was read as the caller for one side; two different persons sign, the second is final.

    ลงนามฉบับที่อ่านแล้วในฐานะผู้ส่งมอบหรือผู้รับมอบ ต้องเป็นคนละคน ครบสองฝ่ายแล้วแก้ไขไม่ได้
    """
    await service.sign(
        session,
        fund_id=fund_id,
        handover_id=handover_id,
        signature=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    response = await _answer(session, fund_id, handover_id)
    response.status_code = status.HTTP_201_CREATED
    return response


async def _answer(session: AsyncSession, fund_id: UUID, handover_id: UUID) -> Response:
    row = await queries.one(session, fund_id=fund_id, handover_id=handover_id)
    if row is None:
        raise HandoverNotFound
    headers = {"ETag": etags.of(row["version"])}
    body = _shown(row).model_dump_json()
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any]) -> HandoverOut:
    signatures = [
        {name: one[name] for name in ("side", "subject", "display_name", "signed_at")}
        for one in row["signatures"]
    ]
    balances = [
        {
            "account": one.account.value,
            "counted": one.counted,
            "booked": one.booked,
            "difference": one.difference,
        }
        for one in row["balances"]
    ]
    counted = {"agrees": agrees(row["balances"]), "balances": balances, "signatures": signatures}
    return HandoverOut.model_validate({**row, **counted})
