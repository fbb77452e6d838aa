"""Books as files over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from funds.account_books import service
from funds.account_books.errors import BooksTooLong, NotThisKind, PeriodTurned
from funds.account_books.queries import Span
from funds.documents import responses
from funds.documents.books import account_books, poverty_books
from funds.permissions import LedgerReader, LoanReader
from funds.registry.errors import FundNotFound
from shared import clock, problems, web
from shared.dates import fiscal_bounds, fiscal_year
from shared.db import Session
from shared.exports import XLSX
from shared.schemas import Day

router = web.router(tags=["account books"])

Since = Annotated[Day | None, Query(description="First day; without it the fiscal year's (1 October)")]
Until = Annotated[Day | None, Query(description="Last day; without it today")]


@router.get(
    "/funds/{fund_id}/books.xlsx",
    response_class=Response,
    responses={
        **responses.described(XLSX),
        **problems.responses(FundNotFound, PeriodTurned, BooksTooLong),
    },
    summary="A fund's account books as Excel (สมุดบัญชีกองทุน)",
)
async def download_account_books(
    session: Session,
    principal: LedgerReader,
    lender: LoanReader,
    fund_id: UUID,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Give cash book, journal, ledger, debtors and trial balance in one file; leaves an audit row.

    สมุดเงินสด สมุดรายวัน แยกประเภท ลูกหนี้ และงบทดลองในไฟล์เดียว
    """
    del lender  # debtors are in it
    span = _span(since, until)
    books = await service.account_books(
        session, fund_id=fund_id, span=span, principal=principal, now=clock.now()
    )
    return await responses.xlsx(account_books, books, name=f"สมุดบัญชี {span.since} {span.until}")


@router.get(
    "/funds/{fund_id}/poverty-books.xlsx",
    response_class=Response,
    responses={
        **responses.described(XLSX),
        **problems.responses(FundNotFound, NotThisKind, PeriodTurned, BooksTooLong),
    },
    summary="The four books of a poverty fund as Excel (สมุดบัญชี กข.คจ. 4 เล่ม)",
)
async def download_poverty_books(
    session: Session,
    principal: LedgerReader,
    lender: LoanReader,
    fund_id: UUID,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Give the brown, purple, green and yellow book of a time in one file; leaves an audit row.

    สมุด กข.คจ. สี่เล่มของช่วงเวลาหนึ่งในไฟล์เดียว
    """
    del lender  # debtors are in it
    span = _span(since, until)
    books = await service.poverty_books(
        session, fund_id=fund_id, span=span, principal=principal, now=clock.now()
    )
    return await responses.xlsx(poverty_books, books, name=f"กขคจ 4 เล่ม {span.since} {span.until}")


def _span(since: date | None, until: date | None) -> Span:
    last = until or clock.business_date(clock.now())
    return Span(since or fiscal_bounds(fiscal_year(last))[0], last)
