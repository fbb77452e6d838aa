"""Books over HTTP: read by whoever may, down to the document of each line."""

from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from funds.ledger import queries, reading
from funds.ledger.chart import chart
from funds.ledger.errors import BooksNotFound, JournalNotFound
from funds.ledger.rules import MONEY, Account, summary
from funds.ledger.schemas import (
    AccountLineOut,
    BooksFilters,
    BooksOut,
    ChartAccountOut,
    JournalDetail,
    JournalFilters,
    JournalOut,
    LineFilters,
    SummaryOut,
    TrialBalance,
)
from funds.ledger.showing import (
    JOURNALS,
    JOURNALS_FILE,
    LINES,
    LINES_FILE,
    document_link,
    in_baht,
    shown,
    totals,
    trial_rows,
)
from funds.permissions import LedgerReader, LoanReader
from shared import clock, exports, paging, problems, web
from shared.db import ReadSession
from shared.errors import InvalidCursor, ScopeMissing
from shared.schemas import Day, Text
from shared.security import Principal

router = web.router(tags=["ledgers"])

On = Annotated[Day | None, Query(description="At the end of this day; today without it")]


@router.get(
    "/ledgers",
    response_model=paging.Page[BooksOut],
    responses=problems.responses(InvalidCursor),
    summary="Books of the funds of your areas (บัญชีกองทุน)",
)
async def list_ledgers(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    filters: Annotated[BooksFilters, Query()],
) -> Response:
    """List books by area, with what each fund has now; `stale_days=60` finds those without an entry since.

    รายการบัญชีของกองทุนในพื้นที่ พร้อมเงินคงเหลือ ค้นหากองทุนที่ไม่ลงบัญชีเกินกำหนดด้วย stale_days
    """
    silent = filters.stale_days
    narrowed = queries.Filters(
        areas=principal.areas,
        area=filters.area or "",
        kind=filters.kind,
        silent_since=None if silent is None else _today() - timedelta(days=silent),
    )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=shown, key=("area_code", "fund_id"), total=total)


@router.get(
    "/ledgers/{fund_id}",
    responses=problems.responses(BooksNotFound),
    summary="The books of one fund (บัญชีของกองทุน)",
)
async def read_ledger(session: ReadSession, principal: LedgerReader, fund_id: UUID) -> BooksOut:
    """Return what a fund has, has kept back and can spend. เงินของกองทุน ยอดกันเงิน และยอดที่ใช้ได้."""
    return BooksOut(**await queries.books(session, fund_id, areas=principal.areas))


@router.get(
    "/ledgers/{fund_id}/accounts",
    responses=problems.responses(BooksNotFound),
    summary="Chart of accounts of a fund (ผังบัญชี)",
)
async def list_accounts(
    session: ReadSession, principal: LedgerReader, fund_id: UUID
) -> list[ChartAccountOut]:
    """Return the accounts that a fund of this kind keeps. ผังบัญชีตามประเภทกองทุน."""
    books = await queries.books(session, fund_id, areas=principal.areas)
    return [
        ChartAccountOut(
            code=one.code, name=Text(th=one.name_th, en=one.name_en), type=one.type, control=one.control
        )
        for one in chart(books["kind"]).values()
    ]


@router.get(
    "/ledgers/{fund_id}/trial-balance",
    responses=problems.responses(BooksNotFound),
    summary="Trial balance at any date (งบทดลอง)",
)
async def read_trial_balance(
    session: ReadSession, principal: LedgerReader, fund_id: UUID, on: On = None
) -> TrialBalance:
    """Return both sides and the balance of every account. งบทดลอง ณ สิ้นวันใดก็ได้ ยอดรวมสองด้านเท่ากันเสมอ."""
    books = await queries.books(session, fund_id, areas=principal.areas)
    day = on or _today()
    sums = await queries.sums(session, fund_id, on=day)
    return TrialBalance.model_validate(
        {
            "fund_id": fund_id,
            "on": day,
            "last_number": books["last_number"],
            "rows": trial_rows(sums),
            **totals(sums),
        }
    )


@router.get(
    "/ledgers/{fund_id}/summary",
    responses=problems.responses(BooksNotFound),
    summary="A fund on six lines (งบย่อ 6 บรรทัด)",
)
async def read_summary(
    session: ReadSession, principal: LedgerReader, fund_id: UUID, on: On = None
) -> SummaryOut:
    """Return money, loans, what is owed to members, capital, surplus and result. ฐานะกองทุนใน 6 บรรทัด."""
    await queries.books(session, fund_id, areas=principal.areas)
    day = on or _today()
    lines = summary(await queries.sums(session, fund_id, on=day))
    return SummaryOut(fund_id=fund_id, on=day, **asdict(lines))


@router.get(
    "/ledgers/{fund_id}/journals",
    response_model=paging.Page[JournalOut],
    responses={200: JOURNALS_FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Journals of a fund (สมุดรายวัน)",
)
async def list_journals(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    fund_id: UUID,
    filters: Annotated[JournalFilters, Query()],
) -> Response:
    """List journals by number, also as CSV or XLSX. รายการบัญชีเรียงตามเลขที่ ไม่มีเลขขาด."""
    await queries.books(session, fund_id, areas=principal.areas)
    narrowed = reading.JournalFilters(
        fund_id=fund_id,
        first=filters.from_,
        last=filters.to,
        kind=filters.kind,
        document_id=filters.document_id,
        document_no=filters.document_no,
        until_number=filters.until_number,
    )
    read = partial(reading.journals, filters=narrowed)
    total = await reading.count_journals(session, filters=narrowed) if page.count else None
    return await _answer(session, page, principal=principal, export=JOURNALS, read=read, total=total)


@router.get(
    "/ledgers/{fund_id}/journals/{journal_id}",
    responses=problems.responses(BooksNotFound, JournalNotFound),
    summary="One journal with its lines (รายการบัญชี)",
)
async def read_journal(
    session: ReadSession, principal: LedgerReader, fund_id: UUID, journal_id: UUID
) -> JournalDetail:
    """Return a journal, the document that proves it and its lines. รายการบัญชีพร้อมเอกสารและบรรทัดย่อย."""
    await queries.books(session, fund_id, areas=principal.areas)
    found = await reading.journal(session, fund_id, journal_id)
    if found is None:
        raise JournalNotFound
    lines = [dict(line) for line in found["lines"]]
    document = document_link(found, fund_id=fund_id)
    return JournalDetail.model_validate({**found, "lines": lines, "document": document})


@router.get(
    "/ledgers/{fund_id}/accounts/{code}/lines",
    response_model=paging.Page[AccountLineOut],
    responses={200: LINES_FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Lines of an account (บัญชีแยกประเภท)",
)
async def list_account_lines(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    fund_id: UUID,
    code: Account,
    filters: Annotated[LineFilters, Query()],
) -> Response:
    """List an account's lines with the balance after each. บัญชีแยกประเภทพร้อมยอดคงเหลือทุกบรรทัด."""
    return await _lines(session, principal, page, fund_id=fund_id, filters=filters, accounts=[code])


@router.get(
    "/ledgers/{fund_id}/cash-book",
    response_model=paging.Page[AccountLineOut],
    responses={200: LINES_FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Cash book (สมุดเงินสดและเงินฝากธนาคาร)",
)
async def list_cash_book(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    fund_id: UUID,
    filters: Annotated[LineFilters, Query()],
) -> Response:
    """List what came into cash and bank and went out, each with its balance. รับจ่ายเงินสดและเงินฝากธนาคาร."""
    accounts = [one.value for one in MONEY]
    return await _lines(session, principal, page, fund_id=fund_id, filters=filters, accounts=accounts)


@router.get(
    "/ledgers/{fund_id}/loans/{loan_id}/statement",
    response_model=paging.Page[AccountLineOut],
    responses={200: LINES_FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Statement of one loan (บัญชีย่อยของสัญญา)",
)
async def list_loan_statement(
    session: ReadSession,
    principal: LedgerReader,
    lender: LoanReader,
    page: paging.PageParams,
    fund_id: UUID,
    loan_id: UUID,
    filters: Annotated[LineFilters, Query()],
) -> Response:
    """List a loan's lines on 1100 and 2100; needs `loans:read` too. รายการของสัญญาในบัญชีลูกหนี้และเงินรับล่วงหน้า."""
    del lender
    accounts = [Account.LOANS.value, Account.ADVANCES.value]
    own = {"accounts": accounts, "loan_id": loan_id}
    return await _lines(session, principal, page, fund_id=fund_id, filters=filters, **own)


@router.get(
    "/ledgers/{fund_id}/members/{member_id}/statement",
    response_model=paging.Page[AccountLineOut],
    responses={200: LINES_FILE, **problems.responses(BooksNotFound, InvalidCursor, ScopeMissing)},
    summary="Statement of one member (บัญชีย่อยของสมาชิก)",
)
async def list_member_statement(
    session: ReadSession,
    principal: LedgerReader,
    page: paging.PageParams,
    fund_id: UUID,
    member_id: UUID,
    filters: Annotated[LineFilters, Query()],
) -> Response:
    """List a member's savings and shares, each with its balance. เงินสัจจะและหุ้นของสมาชิกพร้อมยอดคงเหลือ."""
    accounts = [Account.SAVINGS.value, Account.SHARES.value]
    own = {"accounts": accounts, "member_id": member_id}
    return await _lines(session, principal, page, fund_id=fund_id, filters=filters, **own)


async def _lines(
    session: AsyncSession,
    principal: Principal,
    page: paging.Params,
    *,
    fund_id: UUID,
    filters: LineFilters,
    **own: Any,
) -> Response:
    await queries.books(session, fund_id, areas=principal.areas)
    narrowed = reading.LineFilters(
        fund_id=fund_id,
        first=filters.from_,
        last=filters.to,
        kinds=filters.kind,
        until_number=filters.until_number,
        **own,
    )
    read = partial(reading.lines, filters=narrowed)
    total = await reading.count_lines(session, filters=narrowed) if page.count else None
    return await _answer(session, page, principal=principal, export=LINES, read=read, total=total)


async def _answer(
    session: AsyncSession,
    page: paging.Params,
    *,
    principal: Principal,
    export: exports.Export,
    read: Any,
    total: int | None,
) -> Response:
    """Return a page of the list, or the whole list as a file where one is wanted."""
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=export,
            read=in_baht(read),
            principal=principal,
            area=None,
            now=clock.now(),
        )
    rows = await read(session, after=page.after, limit=page.fetch)
    return paging.page(page, rows, key=export.key, shape=shown, total=total)


def _today() -> date:
    return clock.business_date(clock.now())
