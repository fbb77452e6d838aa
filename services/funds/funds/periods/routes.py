"""Closed periods over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.errors import BooksNotFound, EntryInFuture, PeriodClosed
from funds.ledger.rules import Sums
from funds.ledger.showing import totals, trial_rows
from funds.periods import queries, service
from funds.periods.errors import AdjustmentsOpen, NotMonthEnd, PeriodNotEnded, PeriodNotFound
from funds.periods.schemas import NewPeriod, PeriodDetail, PeriodOut
from funds.permissions import LedgerReader, LedgerWriter
from shared import clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["ledgers"])


@router.get(
    "/ledgers/{fund_id}/periods",
    response_model=paging.Page[PeriodOut],
    responses=problems.responses(BooksNotFound, InvalidCursor),
    summary="Closed periods of a fund (งวดบัญชีที่ปิดแล้ว)",
)
async def list_periods(
    session: ReadSession, principal: LedgerReader, page: paging.PageParams, fund_id: UUID
) -> Response:
    """List closed periods, the newest first. งวดบัญชีที่ปิดแล้ว ล่าสุดก่อน."""
    await books.books(session, fund_id, areas=principal.areas)
    after = page.place(date.fromisoformat)
    rows = await queries.page(session, fund_id=fund_id, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id=fund_id) if page.count else None
    return paging.page(page, rows, key=("period_to",), total=total)


@router.get(
    "/ledgers/{fund_id}/periods/{period_to}",
    responses=problems.responses(BooksNotFound, PeriodNotFound),
    summary="One closed period with its trial balance (งบทดลอง ณ วันปิดงวด)",
)
async def read_period(
    session: ReadSession, principal: LedgerReader, fund_id: UUID, period_to: date
) -> PeriodDetail:
    """Return a period and the trial balance stored at its closing. งบทดลองที่เก็บไว้เมื่อปิดงวด."""
    await books.books(session, fund_id, areas=principal.areas)
    return await _detail(session, fund_id, period_to)


@router.post(
    "/ledgers/{fund_id}/periods",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        BooksNotFound, NotMonthEnd, PeriodNotEnded, PeriodClosed, AdjustmentsOpen, EntryInFuture
    ),
    summary="Close a period (ปิดงวดบัญชี)",
)
async def close_period(
    session: Session, principal: LedgerWriter, fund_id: UUID, new: NewPeriod, response: Response
) -> PeriodDetail:
    """Close the books up to a day, for good; a year also moves its result into the surplus.

    ปิดบัญชีถึงวันสุดท้ายของงวด ปิดแล้วลงรายการย้อนหลังไม่ได้ ปิดสิ้นปีโอนรายได้ค่าใช้จ่ายเข้ากำไรสะสม
    """
    await service.close(session, fund_id=fund_id, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/ledgers/{fund_id}/periods/{new.period_to.isoformat()}"
    return await _detail(session, fund_id, new.period_to)


async def _detail(session: AsyncSession, fund_id: UUID, period_to: date) -> PeriodDetail:
    found = await queries.one(session, fund_id, period_to)
    if found is None:
        raise PeriodNotFound
    row = dict(found)
    sums = _sums(row.pop("trial_balance"))
    return PeriodDetail.model_validate({**row, "rows": trial_rows(sums), **totals(sums)})


def _sums(stored: Any) -> Mapping[str, Sums]:
    accounts = orjson.loads(stored) if isinstance(stored, str) else stored
    return {account: Sums(one["debit"], one["credit"]) for account, one in accounts.items()}
