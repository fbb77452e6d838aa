"""Deaths of borrowers over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.errors import FundMeetingNotFound
from funds.deaths import queries, service
from funds.deaths.errors import (
    AnswerableDied,
    AnswerableMissing,
    DeathDecided,
    DeathNotProposed,
    DecisionNotForBorrower,
    NoDeathToDecide,
    NotItsGuarantor,
    OwnDeathDecision,
)
from funds.deaths.schemas import DeathApproval, DeathFilters, DeathOut, DeathsOut, NewDeathDecision
from funds.demand import service as demand
from funds.loans.errors import LoanNotFound
from funds.members.errors import UnknownFundMember
from funds.permissions import LoanApprover, LoanReader, LoanWriter
from funds.registry.errors import ReasonMissing
from shared import clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, StaleVersion, VersionRequired

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
    after = page.place(UUID)
    rows = await queries.page(session, wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    return paging.page(page, rows, key=("id",), shape=_shown, total=total)


@router.get(
    "/loans/{loan_id}/death-decision",
    response_model=DeathsOut,
    responses={200: etags.DESCRIBED, **problems.responses(LoanNotFound)},
    summary="The deaths that concern a loan (การเสียชีวิตที่เกี่ยวกับสัญญา)",
)
async def read_death_decision(session: ReadSession, principal: LoanReader, loan_id: UUID) -> Response:
    """Return who died, what is proposed and what was decided; empty when everybody lives.

    ผู้เสียชีวิต ข้อเสนอ และคำตัดสินผู้รับผิดชอบหนี้
    """
    await demand.loan_of(session, loan_id, principal=principal)
    return await _answer(session, loan_id)


@router.post(
    "/loans/{loan_id}/death-decision",
    response_model=DeathsOut,
    responses=problems.responses(
        LoanNotFound,
        NoDeathToDecide,
        DeathDecided,
        DecisionNotForBorrower,
        AnswerableMissing,
        UnknownFundMember,
        AnswerableDied,
        NotItsGuarantor,
        FundMeetingNotFound,
        StaleVersion,
        VersionRequired,
    ),
    summary="Propose who answers for the debt (เสนอผู้รับผิดชอบหนี้)",
)
async def propose_death_decision(
    session: Session, principal: LoanWriter, loan_id: UUID, if_match: etags.IfMatch, body: NewDeathDecision
) -> Response:
    """Propose an heir, the estate, a guarantor, the group, a write-off, or that the news was a mistake.

    A proposal that waits is replaced, as it was read (`If-Match`).
    เสนอให้ทายาท กองมรดก ผู้ค้ำประกัน หรือกลุ่มรับผิดชอบ เสนอตัดหนี้สูญ หรือแจ้งว่าข้อมูลผิด
    """
    await service.propose(
        session, loan_id=loan_id, new=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, loan_id)


@router.post(
    "/loans/{loan_id}/death-decision/approval",
    response_model=DeathsOut,
    responses=problems.responses(
        LoanNotFound,
        NoDeathToDecide,
        DeathDecided,
        DeathNotProposed,
        OwnDeathDecision,
        ReasonMissing,
        StaleVersion,
        VersionRequired,
    ),
    summary="Approve who answers for the debt (อนุมัติผู้รับผิดชอบหนี้)",
)
async def approve_death_decision(
    session: Session, principal: LoanApprover, loan_id: UUID, if_match: etags.IfMatch, body: DeathApproval
) -> Response:
    """Approve what another person proposed, as it was read (`If-Match`), or reject it with the reason.

    Approved, whoever is named answers for the loan, which is thawed. ผู้เสนออนุมัติเองไม่ได้
    อนุมัติแล้วผู้ที่ระบุรับผิดชอบหนี้ สัญญากลับมาติดตามตามปกติ เว้นแต่จะตัดหนี้สูญ
    """
    await service.approve(
        session, loan_id=loan_id, approval=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, loan_id)


async def _answer(session: AsyncSession, loan_id: UUID) -> Response:
    rows = await queries.of_loan(session, loan_id)
    headers = {"ETag": etags.of(service.version(rows))}
    body = paging.json_bytes({"items": [_shown(row) for row in rows]})
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return DeathOut.model_validate(dict(row)).model_dump(mode="json")
