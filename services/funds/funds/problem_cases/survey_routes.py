"""The debtor survey of a problem case over HTTP; it shows debts, so it asks for the scopes of loans."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response, status

from funds.permissions import LoanReader, LoanWriter
from funds.problem_cases import queries, surveys
from funds.problem_cases.errors import (
    AmountNotFitting,
    DebtorsMissing,
    DebtorTwice,
    ProblemCaseNotFound,
    PromiseIncomplete,
    UnknownDebtor,
    WrongRound,
)
from funds.problem_cases.routes import answer
from funds.problem_cases.rules import MAX_ROUNDS, CaseState, round_to_survey
from funds.problem_cases.schemas import DebtorFilters, DebtorOut, Debtors, ProblemCaseOut
from funds.problem_cases.showing import in_baht
from funds.registry.errors import DateInFuture
from shared import clock, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["problem cases"])

Round = Annotated[int, Path(ge=1, le=MAX_ROUNDS, description="1 before the cure, 2 and on after clinics")]


@router.get(
    "/problem-cases/{case_id}/surveys/{round}/debtors",
    response_model=paging.Page[DebtorOut],
    responses=problems.responses(ProblemCaseNotFound, InvalidCursor),
    summary="Debtors of a round (ลูกหนี้ในรอบสำรวจ)",
)
async def list_problem_debtors(  # what the path and the page name
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    case_id: UUID,
    round: Round,  # noqa: A002  # the path's word
    filters: Annotated[DebtorFilters, Query()],
) -> Response:
    """List a round's debtors; while it runs also those with overdue loans who are still to be asked.

    รายการลูกหนี้ที่สำรวจแล้วและที่ยังต้องสำรวจในรอบนี้
    """
    case = await queries.one(session, case_id, areas=principal.areas)
    if case is None:
        raise ProblemCaseNotFound
    running = round_to_survey(CaseState(case["state"]), await queries.completed_rounds(session, case_id))
    wanted = queries.DebtorsOf(
        case_id=case_id,
        fund_id=case["fund_id"],
        round=round,
        running=running == round,
        today=business_date(clock.now()),
        surveyed=filters.surveyed,
    )
    after = None if page.after is None else UUID(page.after[0])
    rows = await queries.page_of_debtors(session, wanted, after=after, limit=page.limit + 1)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    total = await queries.count_debtors(session, wanted) if page.count else None
    next_key = (str(rows[-1]["loan_id"]),) if more else None
    return paging.page(page, [in_baht(row) for row in rows], next_key=next_key, total=total)


@router.post(
    "/problem-cases/{case_id}/surveys/{round}/debtors",
    status_code=status.HTTP_200_OK,
    response_model=ProblemCaseOut,
    responses=problems.responses(
        ProblemCaseNotFound,
        WrongRound,
        UnknownDebtor,
        DebtorTwice,
        AmountNotFitting,
        PromiseIncomplete,
        DateInFuture,
    ),
    summary="Keep what debtors said (บันทึกผลสำรวจลูกหนี้)",
)
async def record_problem_debtors(
    session: Session,
    principal: LoanWriter,
    case_id: UUID,
    round: Round,  # noqa: A002  # the path's word
    body: Debtors,
) -> Response:
    """Keep what debtors said in the round that runs; sent again, the newer answer counts.

    บันทึกการรับสภาพหนี้ สาเหตุ และข้อตกลงชำระของลูกหนี้แต่ละสัญญา
    """
    await surveys.ask(
        session, case_id=case_id, number=round, debtors=body.debtors, actor=principal, now=clock.now()
    )
    return await answer(session, case_id, principal)


@router.post(
    "/problem-cases/{case_id}/surveys/{round}/completion",
    response_model=ProblemCaseOut,
    responses=problems.responses(ProblemCaseNotFound, WrongRound, DebtorsMissing),
    summary="Complete a round (ปิดรอบสำรวจ)",
)
async def complete_problem_survey(
    session: Session,
    principal: LoanWriter,
    case_id: UUID,
    round: Round,  # noqa: A002  # the path's word
) -> Response:
    """Complete a round once every debtor with an overdue loan was asked; the fund's figures are frozen.

    ปิดรอบสำรวจเมื่อสำรวจลูกหนี้ค้างชำระครบ และตรึงตัวเลขของกองทุน
    """
    await surveys.complete(session, case_id=case_id, number=round, actor=principal, now=clock.now())
    return await answer(session, case_id, principal)
