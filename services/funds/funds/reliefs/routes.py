"""Reliefs over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.errors import FundMeetingNotFound
from funds.demand import service as demand
from funds.ledger.errors import PeriodClosed
from funds.loans.errors import LoanNotFound, PrincipalNotKept, ScheduleNotValid, WaiverTooHigh, WrongLoanState
from funds.permissions import LoanApprover, LoanReader, LoanWriter
from funds.registry.errors import ReasonMissing
from funds.reliefs import queries, service
from funds.reliefs.errors import (
    DueInPast,
    DueTooFar,
    NobodyAnswersYet,
    NotAGroupsLoan,
    NotInTheGroup,
    OwnRelief,
    PartsDoNotSum,
    RateNotLower,
    ReliefDecided,
    ReliefExists,
    ReliefNotFound,
    SettlementOutOfRange,
)
from funds.reliefs.schemas import NewRelief, ReliefDecision, ReliefDetail, ReliefFilters, ReliefOut
from funds.schedules.errors import BeyondCalendar, FirstDueTooEarly, GraceTooLong, NegativeAmortisation
from shared import clock, etags, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["reliefs"])

_LAID_OUT = (GraceTooLong, FirstDueTooEarly, NegativeAmortisation, BeyondCalendar)
"""What a new schedule may be refused for."""


@router.get(
    "/loans/{loan_id}/reliefs",
    response_model=paging.Page[ReliefOut],
    responses=problems.responses(LoanNotFound, InvalidCursor),
    summary="Reliefs of a loan (การปรับปรุงโครงสร้างหนี้ของสัญญา)",
)
async def list_loan_reliefs(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    loan_id: UUID,
    filters: Annotated[ReliefFilters, Query()],
) -> Response:
    """List reliefs that were proposed, approved, rejected or withdrawn, the newest first. คำขอผ่อนปรนทั้งหมด."""
    await demand.loan_of(session, loan_id, principal=principal)
    after = page.place(UUID)
    rows = await queries.page(session, loan_id, state=filters.state, after=after, limit=page.fetch)
    total = await queries.count(session, loan_id, state=filters.state) if page.count else None
    return paging.page(page, rows, key=("id",), shape=_shown, total=total)


@router.post(
    "/loans/{loan_id}/reliefs",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        LoanNotFound,
        WrongLoanState,
        FundMeetingNotFound,
        DueInPast,
        DueTooFar,
        *_LAID_OUT,
        RateNotLower,
        SettlementOutOfRange,
        WaiverTooHigh,
        NotAGroupsLoan,
        NotInTheGroup,
        NobodyAnswersYet,
        PartsDoNotSum,
        ReliefExists,
    ),
    summary="Propose a relief (เสนอผ่อนปรนหนี้)",
)
async def propose_loan_relief(
    session: Session, principal: LoanWriter, loan_id: UUID, body: NewRelief, response: Response
) -> ReliefDetail:
    """Propose to reschedule, to give grace, to waive interest, to split a group's debt, or a settlement.

    The answer shows the schedule it would make. Nothing changes until another person approves it.
    เสนอปรับตาราง พักชำระ งดดอกเบี้ย แยกหนี้กลุ่ม หรือประนอมหนี้ มีผลเมื่อผู้อื่นอนุมัติ
    """
    relief_id = await service.propose(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/loans/{loan_id}/reliefs/{relief_id}"
    return await _detail(session, loan_id, relief_id, response)


@router.get(
    "/loans/{loan_id}/reliefs/{relief_id}",
    responses=problems.responses(LoanNotFound, ReliefNotFound),
    summary="A relief with the schedule it makes (คำขอผ่อนปรนหนี้)",
)
async def read_loan_relief(
    session: Session, principal: LoanReader, loan_id: UUID, relief_id: UUID, response: Response
) -> ReliefDetail:
    """Return a relief; while it waits, with the schedule it would make today. รายละเอียดพร้อมตารางที่จะได้."""
    await demand.loan_of(session, loan_id, principal=principal)
    return await _detail(session, loan_id, relief_id, response)


@router.post(
    "/loans/{loan_id}/reliefs/{relief_id}/decision",
    responses=problems.responses(
        LoanNotFound,
        ReliefNotFound,
        ReliefDecided,
        OwnRelief,
        ReasonMissing,
        WrongLoanState,
        DueInPast,
        DueTooFar,
        *_LAID_OUT,
        RateNotLower,
        SettlementOutOfRange,
        WaiverTooHigh,
        NotAGroupsLoan,
        NotInTheGroup,
        NobodyAnswersYet,
        PartsDoNotSum,
        PrincipalNotKept,
        ScheduleNotValid,
        PeriodClosed,
    ),
    summary="Approve or reject a relief (อนุมัติหรือไม่อนุมัติการผ่อนปรน)",
)
async def decide_loan_relief(
    session: Session,
    principal: LoanApprover,
    loan_id: UUID,
    relief_id: UUID,
    body: ReliefDecision,
    response: Response,
) -> ReliefDetail:
    """Approve or reject what another person proposed; the worst bucket reached stays known.

    ผู้เสนออนุมัติเองไม่ได้ การปรับโครงสร้างไม่ล้างประวัติวันค้างชำระ และเฝ้าระวังต่ออีกระยะ
    """
    await service.decide(
        session, loan_id=loan_id, relief_id=relief_id, decision=body, actor=principal, now=clock.now()
    )
    return await _detail(session, loan_id, relief_id, response)


@router.post(
    "/loans/{loan_id}/reliefs/{relief_id}/withdrawal",
    responses=problems.responses(LoanNotFound, ReliefNotFound, ReliefDecided),
    summary="Withdraw a relief that waits (ถอนคำขอผ่อนปรน)",
)
async def withdraw_loan_relief(
    session: Session, principal: LoanWriter, loan_id: UUID, relief_id: UUID, response: Response
) -> ReliefDetail:
    """Take back a proposal before it is decided. ถอนคำขอก่อนตัดสิน."""
    await service.withdraw(session, loan_id=loan_id, relief_id=relief_id, actor=principal, now=clock.now())
    return await _detail(session, loan_id, relief_id, response)


async def _detail(session: AsyncSession, loan_id: UUID, relief_id: UUID, response: Response) -> ReliefDetail:
    found = await queries.one(session, loan_id, relief_id)
    if found is None:
        raise ReliefNotFound
    preview = await service.preview(session, found, on=business_date(clock.now()))
    response.headers["ETag"] = etags.of(found["version"])
    return ReliefDetail.model_validate({**_values(found), "preview": preview})


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    terms = row["terms"] if isinstance(row["terms"], dict) else orjson.loads(row["terms"])
    return {**{name: row[name] for name in ReliefOut.model_fields}, "terms": terms}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return ReliefOut.model_validate(_values(row)).model_dump(mode="json")
