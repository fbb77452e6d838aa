"""Capital of funds over HTTP."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.capital import queries, service
from funds.capital.errors import CapitalDocumentUsed, CapitalExists, CapitalNotFound, CapitalReversed
from funds.capital.export import CAPITAL, DESCRIBED
from funds.capital.schemas import CapitalOut, CapitalReversal, NewCapital
from funds.ledger.errors import (
    EntryInFuture,
    OverCapital,
    PeriodClosed,
    ReversalBeforeEntry,
    ReversalByRecorder,
)
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import clock, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing
from shared.money import baht

router = web.router(tags=["fund capital"])


@router.get(
    "/funds/{fund_id}/capital",
    response_model=paging.Page[CapitalOut],
    responses={200: DESCRIBED, **problems.responses(FundNotFound, InvalidCursor, ScopeMissing)},
    summary="Capital that a fund was given (เงินทุน)",
)
async def list_fund_capital(
    session: ReadSession, principal: FundReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List a fund's contributions of capital by day, each with its journal; also as CSV or XLSX.

    รายการเงินทุนพร้อมเลขที่รายการบัญชี ส่งออกได้เมื่อมีสิทธิ์ export
    """
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=CAPITAL,
            read=partial(_in_baht, fund_id=fund_id),
            principal=principal,
            area=fund.area_code,
            now=clock.now(),
        )
    after = page.place(date.fromisoformat, UUID)
    rows = await queries.page(session, fund_id=fund_id, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id=fund_id) if page.count else None
    return paging.page(page, rows, key=("contributed_on", "id"), shape=_shown, total=total)


@router.post(
    "/funds/{fund_id}/capital",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        DateInFuture,
        EntryInFuture,
        PeriodClosed,
        CapitalDocumentUsed,
        CapitalExists,
    ),
    summary="Book a contribution of capital (รับเงินทุน)",
)
async def book_fund_capital(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewCapital, response: Response
) -> CapitalOut:
    """Book capital that came in, with the document that proves it. บันทึกรับเงินทุนพร้อมเลขที่เอกสาร."""
    capital_id = await service.contribute(
        session, fund_id=fund_id, new=body, actor=principal, now=clock.now()
    )
    response.headers["Location"] = f"/v1/funds/{fund_id}/capital"
    return await _answer(session, fund_id, capital_id)


@router.get(
    "/funds/{fund_id}/capital/{capital_id}",
    responses=problems.responses(FundNotFound, CapitalNotFound),
    summary="One contribution of capital (รายการเงินทุน)",
)
async def read_fund_capital(
    session: ReadSession, principal: FundReader, fund_id: UUID, capital_id: UUID
) -> CapitalOut:
    """Return a contribution with the number of the paper that proves it. รายการเงินทุนพร้อมเลขที่เอกสาร."""
    await registry.require(session, fund_id, principal=principal, active=False)
    return await _answer(session, fund_id, capital_id)


@router.post(
    "/funds/{fund_id}/capital/{capital_id}/reversal",
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        CapitalNotFound,
        CapitalReversed,
        DateInFuture,
        EntryInFuture,
        PeriodClosed,
        OverCapital,
        ReversalByRecorder,
        ReversalBeforeEntry,
    ),
    summary="Reverse a contribution booked wrongly (กลับรายการเงินทุน)",
)
async def reverse_fund_capital(
    session: Session, principal: FundWriter, fund_id: UUID, capital_id: UUID, body: CapitalReversal
) -> CapitalOut:
    """Book the mirror of a contribution that another person booked wrongly; what is lent already stays.

    กลับรายการที่ผู้อื่นบันทึกผิด ผู้บันทึกกลับรายการเองไม่ได้
    """
    await service.reverse(
        session,
        fund_id=fund_id,
        capital_id=capital_id,
        reversal=body,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, capital_id)


async def _in_baht(session: AsyncSession, **wanted: Any) -> list[dict[str, Any]]:
    rows = await queries.page(session, **wanted)
    return [{**row, "amount": baht(row["amount"])} for row in rows]


async def _answer(session: AsyncSession, fund_id: UUID, capital_id: UUID) -> CapitalOut:
    row = await queries.one(session, fund_id=fund_id, capital_id=capital_id)
    if row is None:
        raise CapitalNotFound
    return CapitalOut.model_validate(dict(row))


def _shown(row: Mapping[str, Any]) -> CapitalOut:
    return CapitalOut.model_validate(dict(row))
