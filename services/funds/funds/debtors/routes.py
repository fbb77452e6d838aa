"""The debtor register over HTTP; it names people, so a reading leaves an audit row."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from funds.debtors import queries
from funds.debtors.schemas import DebtorFilters, DebtorOut
from funds.ledger import queries as books
from funds.ledger.errors import BooksNotFound
from funds.permissions import LedgerReader, LoanReader
from shared import audit, clock, exports, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor, ScopeMissing
from shared.exports import Export
from shared.money import baht

router = web.router(tags=["ledgers"])

_AMOUNTS = ("lent", "repaid", "outstanding", "advance", "overdue")
_COLUMNS = {
    "contract_no": "เลขที่สัญญา",
    "contract_date": "วันที่สัญญา",
    "name": "ชื่อผู้ยืม",
    "answerable": "ผู้รับผิดชอบหนี้แทน",
    "borrower_kind": "ประเภทผู้ยืม",
    "lent": "เงินยืม (บาท)",
    "repaid": "ชำระแล้ว (บาท)",
    "outstanding": "คงเหลือ (บาท)",
    "advance": "เงินรับล่วงหน้า (บาท)",
    "state": "สถานะ",
    "next_due_on": "กำหนดชำระงวดถัดไป",
    "days_late": "ค้างชำระ (วัน)",
    "overdue": "เกินกำหนดชำระ (บาท)",
    "loan_id": "รหัสสัญญา",
    "borrower_id": "รหัสผู้ยืม",
}
DEBTORS = Export(name="debtors", action="debtor.export", columns=_COLUMNS, key=("contract_no", "loan_id"))
_FILE = DEBTORS.described(
    contract_no="12/2566", name="นางสาวมาลี สายทอง", lent="5000.00", repaid="328.00", outstanding="4672.00"
)


@router.get(
    "/ledgers/{fund_id}/debtors",
    response_model=paging.Page[DebtorOut],
    responses={200: _FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Debtor register of a fund on any day (ทะเบียนลูกหนี้)",
)
async def list_debtors(
    session: Session,
    principal: LedgerReader,
    lender: LoanReader,
    page: paging.PageParams,
    fund_id: UUID,
    filters: Annotated[DebtorFilters, Query()],
) -> Response:
    """List who owes what at the end of a day, by contract, also as CSV or XLSX; needs `loans:read` too.

    What is outstanding sums to account 1100 of that day. ทะเบียนลูกหนี้ ณ สิ้นวันใดก็ได้ ยอดรวมเท่าบัญชีคุมลูกหนี้
    """
    del lender
    found = await books.books(session, fund_id, areas=principal.areas)
    now = clock.now()
    today = clock.business_date(now)
    narrowed = queries.Filters(fund_id, filters.on or today, today, filters.settled)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=DEBTORS,
            read=partial(_shown_page, filters=narrowed),
            principal=principal,
            area=found["area_code"],
            now=now,
        )
    rows = await queries.page(session, filters=narrowed, after=page.after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    await audit.record(session, principal=principal, action="debtor.list", subjects=[fund_id], now=now)
    return paging.page(page, rows, shape=_shown, key=("contract_no", "loan_id"), total=total)


async def _shown_page(session: AsyncSession, **asked: Any) -> list[Any]:
    return [_shown(row) for row in await queries.page(session, **asked)]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: baht(row[name]) if name in _AMOUNTS else row[name] for name in DebtorOut.model_fields}
