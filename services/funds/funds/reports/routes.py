"""Reports over HTTP: rows and totals, files, charts and papers."""

from functools import partial
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from funds.permissions import FundReader
from funds.reports import charts, papers, queries
from funds.reports.errors import FiscalYearInFuture
from funds.reports.rules import DEFINITIONS, NAMES
from funds.reports.schemas import ChartFilters, ReportFilters, ReportRow, ReportScope, ReportTotal, YearRow
from funds.reports.showing import (
    REPORT,
    REPORT_FILE,
    as_file,
    as_of,
    figures,
    label,
    link_of_total,
    row_out,
)
from shared import clock, exports, paging, problems, web
from shared.dates import fiscal_bounds, fiscal_year
from shared.db import ReadSession
from shared.errors import InvalidCursor, ScopeMissing
from shared.schemas import Text
from shared.security import Principal

router = web.router(tags=["fund reports"])

_SVG = "image/svg+xml"
_PDF = "application/pdf"
_CHART: dict[int | str, dict[str, Any]] = {200: {"content": {_SVG: {"schema": {"type": "string"}}}}}
_PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
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
    rows = await read(session, after=page.after, limit=page.limit + 1)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    total = await queries.count(session, filters=narrowed, by=filters.by) if page.count else None
    last = [rows[-1]["code"], str(rows[-1]["fund_id"])] if more else None
    shown = [row_out(row, by=filters.by, filters=narrowed) for row in rows]
    return paging.page(page, shown, next_key=last, total=total)


@router.get(
    "/fund-reports/total",
    responses=problems.responses(FiscalYearInFuture),
    summary="Everything of an area together (ยอดรวมของพื้นที่)",
)
async def read_fund_report_total(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportScope, Query()]
) -> ReportTotal:
    """Return the figures of an area in a fiscal year, and what each of them is. ยอดรวมพร้อมนิยามของตัวเลข."""
    narrowed = _narrowed(filters, principal)
    row = await queries.total(session, filters=narrowed)
    links = link_of_total(area=narrowed.area, filters=narrowed)
    return ReportTotal.model_validate(
        {
            **figures(row, links),
            "area": narrowed.area,
            "fiscal_year": fiscal_year(narrowed.last),
            "first": narrowed.first,
            "last": narrowed.last,
            "as_of": as_of(narrowed),
            "definitions": {name: Text(th=th, en=en) for name, (th, en) in DEFINITIONS.items()},
        }
    )


@router.get(
    "/fund-reports/years",
    summary="An area year by year (รายงานรายปี)",
)
async def list_fund_report_years(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportScope, Query()]
) -> list[YearRow]:
    """Return lent, repaid, grants and outstanding of every fiscal year with entries. เปรียบเทียบทุกปีงบประมาณ."""
    rows = await queries.years(
        session, areas=principal.areas, area=filters.area or "", kind=filters.kind, last=_last(filters)
    )
    return [YearRow(**row) for row in rows]


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
    rows = await queries.rows(session, filters=narrowed, by=filters.by, after=None, limit=_MOST_LINES)
    figure = filters.figure.value
    rows.sort(key=lambda row: row[figure] or 0, reverse=True)
    title = f"{NAMES[filters.figure][0]} ปีงบประมาณ {fiscal_year(narrowed.last)} (บาท)"
    drawn = charts.bars(title, [charts.Bar(label(row), row[figure]) for row in rows[:_MOST_BARS]])
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
    rows = await queries.years(
        session, areas=principal.areas, area=filters.area or "", kind=filters.kind, last=_last(filters)
    )
    rows = rows[-10:]
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
    responses={**_PAPER, **problems.responses(FiscalYearInFuture)},
    summary="A report as PDF (รายงาน PDF)",
)
async def print_fund_report(
    session: ReadSession, principal: FundReader, filters: Annotated[ReportFilters, Query()]
) -> Response:
    """Return the rows and the total of a fiscal year as a Thai PDF, at most 1,000 rows. รายงานสำหรับพิมพ์."""
    narrowed = _narrowed(filters, principal)
    rows = await queries.rows(session, filters=narrowed, by=filters.by, after=None, limit=_MOST_LINES)
    total = await queries.total(session, filters=narrowed)
    year = fiscal_year(narrowed.last)
    made = papers.report(rows, total, area=narrowed.area, fiscal_year=year, as_of=as_of(narrowed))
    headers = {"Content-Disposition": f'inline; filename="fund-report-{year}.pdf"'}
    return Response(made, media_type=_PDF, headers=headers)


def _narrowed(filters: ReportScope, principal: Principal) -> queries.Filters:
    today = clock.business_date(clock.now())
    year = filters.fiscal_year or fiscal_year(today)
    first, last = fiscal_bounds(year)
    if first > today:
        raise FiscalYearInFuture(pointer="?fiscal_year")
    return queries.Filters(
        areas=principal.areas, first=first, last=last, today=today, area=filters.area or "", kind=filters.kind
    )


def _last(filters: ReportScope) -> int:
    """Return the last fiscal year that is asked for; without one the present."""
    return filters.fiscal_year or fiscal_year(clock.business_date(clock.now()))
