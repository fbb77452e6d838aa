"""Deaths of borrowers over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.errors import FundMeetingNotFound
from funds.deaths import queries, service
from funds.deaths.errors import (
    AnswerableMissing,
    DeathDecided,
    DeathNotProposed,
    NoDeathToDecide,
    OwnDeathDecision,
)
from funds.deaths.schemas import DeathApproval, DeathFilters, DeathOut, DeathsOut, NewDeathDecision
from funds.demand import service as demand
from funds.loans.errors import LoanNotFound
from funds.members.errors import UnknownFundMember
from funds.permissions import LoanApprover, LoanReader, LoanWriter
from shared import clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["deaths of borrowers"])


@router.get(
    "/loans/deaths",
    response_model=paging.Page[DeathOut],
    responses=problems.responses(InvalidCursor),
    summary="Open loans of people who died (หนี้ของผู้เสียชีวิต)",
)
async def list_borrower_deaths(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[DeathFilters, Query()],
) -> Response:
    """List the deaths that concern loans, the newest first; `state=open` wait for a proposal.

    สัญญาของผู้เสียชีวิตที่รอตัดสินผู้รับผิดชอบหนี้
    """
    wanted = queries.Wanted(
        areas=principal.areas, area=filters.area or "", fund_id=filters.fund_id, state=filters.state
    )
    after = None if page.after is None else UUID(page.after[0])
    rows = await queries.page(session, wanted, after=after, limit=page.limit + 1)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    total = await queries.count(session, wanted) if page.count else None
    last = [str(rows[-1]["id"])] if more else None
    said: list[Any] = [DeathOut.model_validate(dict(row)).model_dump(mode="json") for row in rows]
    return paging.page(page, said, next_key=last, total=total)


@router.get(
    "/loans/{loan_id}/death-decision",
    responses=problems.responses(LoanNotFound),
    summary="The deaths that concern a loan (การเสียชีวิตที่เกี่ยวกับสัญญา)",
)
async def read_death_decision(session: ReadSession, principal: LoanReader, loan_id: UUID) -> DeathsOut:
    """Return who died, what is proposed and what was decided; empty when everybody lives.

    ผู้เสียชีวิต ข้อเสนอ และคำตัดสินผู้รับผิดชอบหนี้
    """
    await demand.loan_of(session, loan_id, principal=principal)
    return await _answer(session, loan_id)


@router.post(
    "/loans/{loan_id}/death-decision",
    responses=problems.responses(
        LoanNotFound,
        NoDeathToDecide,
        DeathDecided,
        AnswerableMissing,
        UnknownFundMember,
        FundMeetingNotFound,
    ),
    summary="Propose who answers for the debt (เสนอผู้รับผิดชอบหนี้)",
)
async def propose_death_decision(
    session: Session, principal: LoanWriter, loan_id: UUID, body: NewDeathDecision
) -> DeathsOut:
    """Propose heirs, guarantors, the group, a write-off, or that the news was a mistake.

    เสนอให้ทายาท ผู้ค้ำประกัน หรือกลุ่มรับผิดชอบ เสนอตัดหนี้สูญ หรือแจ้งว่าข้อมูลผิด
    """
    await service.propose(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    return await _answer(session, loan_id)


@router.post(
    "/loans/{loan_id}/death-decision/approval",
    responses=problems.responses(
        LoanNotFound, NoDeathToDecide, DeathDecided, DeathNotProposed, OwnDeathDecision
    ),
    summary="Approve who answers for the debt (อนุมัติผู้รับผิดชอบหนี้)",
)
async def approve_death_decision(
    session: Session, principal: LoanApprover, loan_id: UUID, body: DeathApproval
) -> DeathsOut:
    """Approve what another person proposed, which thaws the loan, or reject it.

    ผู้เสนออนุมัติเองไม่ได้ อนุมัติแล้วสัญญากลับมาติดตามตามปกติ เว้นแต่จะตัดหนี้สูญ
    """
    await service.approve(session, loan_id=loan_id, approval=body, actor=principal, now=clock.now())
    return await _answer(session, loan_id)


async def _answer(session: AsyncSession, loan_id: UUID) -> DeathsOut:
    rows = await queries.of_loan(session, loan_id)
    return DeathsOut.model_validate({"items": [dict(row) for row in rows]})
