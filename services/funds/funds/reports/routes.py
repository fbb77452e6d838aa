"""Reports over HTTP: rows and totals, files, charts and papers."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from funds.documents import responses
from funds.permissions import FundReader, LoanReader
from funds.reports import charts, lateness, papers, queries
from funds.reports.errors import FiscalYearInFuture
from funds.reports.rules import DEFINITIONS, NAMES, ranges
from funds.reports.schemas import (
    ChartFilters,
    LateLoan,
    LateLoanFilters,
    ReportFilters,
    ReportRow,
    ReportScope,
    ReportTotal,
    YearRow,
)
from funds.reports.showing import (
    REPORT,
    REPORT_FILE,
    as_file,
    figures,
    label,
    late_loan,
    link_of_total,
    row_out,
    year_out,
    years,
)
from shared import clock, exports, paging, problems, web
from shared.dates import fiscal_bounds, fiscal_year
from shared.db import ReadSession
from shared.errors import InvalidCursor, ScopeMissing
from shared.schemas import Text
from shared.security import Principal

router = web.router(tags=["fund reports"])

_SVG = "image/svg+xml"
_CHART: dict[int | str, dict[str, Any]] = {200: {"content": {_SVG: {"schema": {"type": "string"}}}}}
_MOST_BARS = 40
_MOST_LINES = 1_000


@router.get(
    "/fund-reports",
    response_model=paging.Page[ReportRow],
    responses={200: REPORT_FILE, **problems.responses(FiscalYearInFuture, InvalidCursor, ScopeMissing)},
    summary="Report by fund or area (รายงานตามกองทุนหรือพื้นที่)",
)
async def list_fund_reports(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[ReportFilters, Query()],
) -> Response:
    """List the figures of a fiscal year by fund, village, tambon, district or province, also as CSV or XLSX.

    Each row links to where its figures come from: one level down, of a fund to the lines in its books and
    from them to journals and receipts. รายงานปีงบประมาณตามกองทุน หมู่บ้าน ตำบล อำเภอ จังหวัด ตามลงไปถึงใบเสร็จได้
    """
    narrowed = _narrowed(filters, principal)
    read = partial(queries.rows, filters=narrowed, by=filters.by)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=REPORT,
            read=as_file(read, by=filters.by, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    rows = await read(session, after=page.after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed, by=filters.by) if page.count else None
    shape = partial(row_out, by=filters.by, filters=narrowed)
    return paging.page(page, rows, key=("code", "fund_id"), shape=shape, total=total)


@router.get(
    "/fund-reports/total",
    responses=problems.responses(FiscalYearInFuture),
    summary="Everything of an area together (ยอดรวมของพื้นที่)",
)
async def read_fund_report_total(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportScope, Query()]
) -> ReportTotal:
    """Return the figures of an area of fiscal years, and what each is. ยอดรวมพร้อมนิยามของตัวเลข."""
    narrowed = _narrowed(filters, principal)
    row = await queries.total(session, filters=narrowed)
    links = link_of_total(area=narrowed.area, filters=narrowed)
    return ReportTotal.model_validate(
        {
            **figures(row, links),
            "area": narrowed.area,
            "fiscal_year": fiscal_year(narrowed.last),
            "fiscal_year_from": fiscal_year(narrowed.first),
            "first": narrowed.first,
            "last": narrowed.last,
            "as_of": narrowed.as_of,
            "definitions": {name: Text(th=th, en=en) for name, (th, en) in DEFINITIONS.items()},
        }
    )


@router.get(
    "/fund-reports/late-loans",
    response_model=paging.Page[LateLoan],
    responses=problems.responses(FiscalYearInFuture, InvalidCursor),
    summary="The late loans that a report counts (สัญญาที่ค้างชำระในรายงาน)",
)
async def list_reported_late_loans(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[LateLoanFilters, Query()],
) -> Response:
    """List the loans that were late at the end of a fiscal year, of the present one those that are late now.

    Their overdue principals are the report's figure, their outstanding principals with `over=30` its PAR30.
    รายการสัญญาที่รวมเป็นยอดเกินกำหนดและ PAR ในรายงาน
    """
    narrowed = _narrowed(filters, principal)
    lows, highs = ranges(narrowed.areas, narrowed.area)
    wanted = lateness.LateLoans(
        lows,
        highs,
        day=narrowed.as_of,
        now=narrowed.current,
        kind=filters.kind,
        fund_id=filters.fund_id,
        over=filters.over,
    )
    rows = await lateness.page(session, wanted=wanted, after=page.place(str, UUID), limit=page.fetch)
    total = await lateness.count(session, wanted=wanted) if page.count else None
    shape = partial(late_loan, filters=narrowed)
    return paging.page(page, rows, key=("area_code", "loan_id"), shape=shape, total=total)


@router.get(
    "/fund-reports/years",
    summary="An area year by year (รายงานรายปี)",
)
async def list_fund_report_years(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportScope, Query()]
) -> list[YearRow]:
    """Return lent, repaid, grants and outstanding of the fiscal years with entries. เปรียบเทียบปีงบประมาณ."""
    rows = await _years(session, principal, filters)
    return [YearRow(**year_out(row, area=filters.area or "", kind=filters.kind)) for row in rows]


@router.get(
    "/fund-reports/chart.svg",
    response_class=Response,
    responses={**_CHART, **problems.responses(FiscalYearInFuture)},
    summary="One figure as bars (กราฟแท่ง)",
)
async def draw_fund_report(
    session: ReadSession, principal: FundReader, filters: Annotated[ChartFilters, Query()]
) -> Response:
    """Draw one figure by fund or area as SVG, at most 40 bars, the longest first. กราฟแท่งเรียงจากมากไปน้อย."""
    narrowed = _narrowed(filters, principal)
    rows = await queries.largest(
        session, filters=narrowed, by=filters.by, figure=filters.figure, limit=_MOST_BARS
    )
    title = f"{NAMES[filters.figure][0]} ปีงบประมาณ {years(narrowed)} (บาท)"
    drawn = charts.bars(title, [charts.Bar(label(row), row[filters.figure.value]) for row in rows])
    return Response(drawn, media_type=_SVG)


@router.get(
    "/fund-reports/years.svg",
    response_class=Response,
    responses=_CHART,
    summary="Lent, repaid and outstanding year by year (กราฟรายปี)",
)
async def draw_fund_report_years(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportScope, Query()]
) -> Response:
    """Draw what was lent, repaid and left outstanding in the last ten fiscal years as SVG. กราฟสิบปีล่าสุด."""
    rows = (await _years(session, principal, filters))[-10:]
    series = [
        charts.Series(NAMES[figure][0], [row[figure.value] for row in rows])
        for figure in NAMES
        if figure.value in {"lent", "repaid", "outstanding"}
    ]
    drawn = charts.columns("เงินกู้รายปีงบประมาณ (บาท)", [str(row["fiscal_year"]) for row in rows], series)
    return Response(drawn, media_type=_SVG)


@router.get(
    "/fund-reports/report.pdf",
    response_class=Response,
    responses={**responses.described(), **problems.responses(FiscalYearInFuture)},
    summary="A report as PDF (รายงาน PDF)",
)
async def print_fund_report(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportFilters, Query()]
) -> Response:
    """Return the rows and the total of a fiscal year as a Thai PDF, at most 1,000 rows. รายงานสำหรับพิมพ์."""
    narrowed = _narrowed(filters, principal)
    rows = await queries.rows(session, filters=narrowed, by=filters.by, after=None, limit=_MOST_LINES + 1)
    facts = papers.ReportFacts(
        rows=rows[:_MOST_LINES],
        total=await queries.total(session, filters=narrowed),
        area=narrowed.area,
        years=years(narrowed),
        as_of=narrowed.as_of,
        more=len(rows) > _MOST_LINES,
    )
    return await responses.pdf(papers.report, facts, name=f"รายงานกองทุน {facts.years}")


def _narrowed(filters: ReportScope, principal: Principal) -> queries.Filters:
    today = clock.business_date(clock.now())
    year = filters.fiscal_year or fiscal_year(today)
    begins, last = fiscal_bounds(year)
    if begins > today:
        raise FiscalYearInFuture(pointer="?fiscal_year")
    first, _ = fiscal_bounds(filters.fiscal_year_from or year)
    if first > begins:
        raise FiscalYearInFuture(pointer="?fiscal_year_from")
    return queries.Filters(
        areas=principal.areas, first=first, last=last, today=today, area=filters.area or "", kind=filters.kind
    )


async def _years(session: AsyncSession, principal: Principal, filters: ReportScope) -> list[asyncpg.Record]:
    last = filters.fiscal_year or fiscal_year(clock.business_date(clock.now()))
    rows = await queries.years(
        session, areas=principal.areas, area=filters.area or "", kind=filters.kind, last=last
    )
    return [row for row in rows if row["fiscal_year"] >= (filters.fiscal_year_from or 0)]
