"""Problem cases over HTTP: opened, planned, solved, closed; the board."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings.errors import UnknownFailing
from funds.permissions import FundApprover, FundReader, FundWriter
from funds.problem_cases import board, queries, service
from funds.problem_cases.errors import (
    FundUnderTreatment,
    OwnProblemCase,
    ProblemCaseExists,
    ProblemCaseNotFound,
    StillOverdue,
    WrongCaseStep,
)
from funds.problem_cases.export import BOARD, BOARD_DESCRIBED, CASES, CASES_DESCRIBED
from funds.problem_cases.schemas import (
    BoardFilters,
    BoardLine,
    CaseClosing,
    NewProblemCase,
    Plan,
    ProblemCaseFilters,
    ProblemCaseOut,
    ProblemCaseSummary,
)
from funds.problem_cases.showing import figures, in_baht, summary
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound, NotFromAbove
from shared import clock, etags, exports, paging, problems, web
from shared.dates import fiscal_bounds
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["problem cases"])


@router.get(
    "/problem-cases",
    response_model=paging.Page[ProblemCaseSummary],
    responses={200: CASES_DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Funds with problems (กองทุนที่มีปัญหา)",
)
async def list_problem_cases(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[ProblemCaseFilters, Query()],
) -> Response:
    """List cases by area, ended ones too; as CSV or XLSX (`Accept`) all, with the scope `export`.

    รายการกองทุนที่มีปัญหาในพื้นที่ของผู้เรียก
    """
    given = filters.model_dump(exclude={"area"})
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=CASES,
            read=partial(_cases_to_export, narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=summary, key=("area_code", "id"), total=total)


@router.get(
    "/problem-cases/board",
    response_model=paging.Page[BoardLine],
    responses={200: BOARD_DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="The board of an area's funds (กระดานสรุปการแก้ไขปัญหากองทุน)",
)
async def show_problem_board(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[BoardFilters, Query()],
) -> Response:
    """Show funds, capital, borrowing households, problem funds, overdue before and after, an area a line.

    สรุปจำนวนกองทุน เงินทุน ครัวเรือนที่ยืม กองทุนที่มีปัญหา และหนี้เกินกำหนดก่อนและหลังแก้ไข รายพื้นที่
    """
    opened = None if filters.fiscal_year is None else fiscal_bounds(filters.fiscal_year)
    wanted = board.Board(principal.areas, filters.area or "", filters.level, filters.fund_kind, opened)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=BOARD,
            read=partial(_board_to_export, wanted),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = None if page.after is None else (str(page.after[0]),)
    rows = await board.page(session, board=wanted, after=after, limit=page.fetch)
    total = await board.count(session, board=wanted) if page.count else None
    shape = partial(board.shown, board=wanted)
    return paging.page(page, rows, shape=shape, key=("area_code",), total=total)


@router.post(
    "/problem-cases",
    status_code=status.HTTP_201_CREATED,
    response_model=ProblemCaseOut,
    responses=problems.responses(
        FundNotFound, FundNotActive, UnknownFailing, FundUnderTreatment, ProblemCaseExists
    ),
    summary="Open a problem case (เปิดรายการกองทุนที่มีปัญหา)",
)
async def open_problem_case(session: Session, principal: FundWriter, body: NewProblemCase) -> Response:
    """Open a fund's case: its figures of today are frozen, its open findings stand in it.

    เปิดรายการแก้ไขปัญหา ระบบตรึงตัวเลขของวันนี้ไว้เป็นตัวเลขก่อนแก้ไข
    """
    case_id = await service.open_case(session, new=body, actor=principal, now=clock.now())
    response = await answer(session, case_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/problem-cases/{case_id}"
    return response


@router.get(
    "/problem-cases/{case_id}",
    response_model=ProblemCaseOut,
    responses=problems.responses(ProblemCaseNotFound),
    summary="One problem case (กองทุนที่มีปัญหา)",
)
async def read_problem_case(session: ReadSession, principal: FundReader, case_id: UUID) -> Response:
    """Return a case with its plan, surveys and frozen figures. รายละเอียดพร้อมแผน ผลสำรวจ และตัวเลขที่ตรึงไว้."""
    return await answer(session, case_id, principal)


@router.post(
    "/problem-cases/{case_id}/plan",
    response_model=ProblemCaseOut,
    responses=problems.responses(
        ProblemCaseNotFound, WrongCaseStep, DateInFuture, StaleVersion, VersionRequired
    ),
    summary="Write the plan (จัดทำแผนแก้ไขปัญหา)",
)
async def plan_problem_case(
    session: Session, principal: FundWriter, case_id: UUID, if_match: etags.IfMatch, body: Plan
) -> Response:
    """Write a case's plan, or write the one that was read anew with what is done.

    จัดทำหรือปรับแผนฉบับที่ได้อ่าน หลังสำรวจรอบแรกครบ
    """
    await service.plan(
        session, case_id=case_id, new=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await answer(session, case_id, principal)


@router.post(
    "/problem-cases/{case_id}/solution",
    response_model=ProblemCaseOut,
    responses=problems.responses(
        ProblemCaseNotFound,
        WrongCaseStep,
        NotFromAbove,
        OwnProblemCase,
        StillOverdue,
        StaleVersion,
        VersionRequired,
    ),
    summary="Say that it is solved (ประกาศว่าแก้ไขสำเร็จ)",
)
async def solve_problem_case(
    session: Session, principal: FundApprover, case_id: UUID, if_match: etags.IfMatch
) -> Response:
    """Confirm, as it was read, that nothing was overdue in the last round, and that nothing is today.

    By the district or above; not by the fund's own committee, nor by who opened the case or surveyed it.
    อำเภอขึ้นไปยืนยันว่าไม่มีหนี้เกินกำหนดแล้ว ผู้เปิดรายการ ผู้สำรวจ หรือกรรมการกองทุนยืนยันเองไม่ได้
    """
    await service.solve(session, case_id=case_id, if_match=if_match, actor=principal, now=clock.now())
    return await answer(session, case_id, principal)


@router.post(
    "/problem-cases/{case_id}/closure",
    response_model=ProblemCaseOut,
    responses=problems.responses(
        ProblemCaseNotFound, WrongCaseStep, NotFromAbove, OwnProblemCase, StaleVersion, VersionRequired
    ),
    summary="End it unsolved (ยุติรายการ)",
)
async def close_problem_case(
    session: Session, principal: FundApprover, case_id: UUID, if_match: etags.IfMatch, body: CaseClosing
) -> Response:
    """End a case that is not solved, as it was read, with the reason.

    By the district or above, not by who opened it. อำเภอขึ้นไปยุติรายการที่ยังไม่สำเร็จ พร้อมเหตุผล
    """
    await service.close(
        session, case_id=case_id, closing=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await answer(session, case_id, principal)


async def answer(session: AsyncSession, case_id: UUID, principal: Principal) -> Response:
    """Return a case whole; raises ProblemCaseNotFound."""
    row = await queries.one(session, case_id, areas=principal.areas)
    if row is None:
        raise ProblemCaseNotFound
    case = in_baht(row)
    case["figures"] = [figures(one, case=row) for one in await queries.figures(session, case_id)]
    case["surveys"] = [in_baht(one) for one in await queries.surveys(session, case_id)]
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(case), media_type="application/json", headers=headers)


async def _cases_to_export(
    filters: queries.Filters, session: AsyncSession, *, after: Any, limit: int
) -> list[Any]:
    return [summary(row) for row in await queries.page(session, filters=filters, after=after, limit=limit)]


async def _board_to_export(
    wanted: board.Board, session: AsyncSession, *, after: Any, limit: int
) -> list[Any]:
    rows = await board.page(session, board=wanted, after=after, limit=limit)
    return [board.shown(row, board=wanted) for row in rows]
