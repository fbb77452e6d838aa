"""Write-offs over HTTP."""

from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.errors import FundMeetingNotFound
from funds.demand import service as demand
from funds.ledger.errors import PeriodClosed
from funds.loans.errors import LoanNotFound, WrongLoanState
from funds.permissions import LoanApprover, LoanReader, LoanWriter
from funds.registry.errors import ReasonMissing
from funds.write_offs import queries, service
from funds.write_offs.errors import OwnWriteOff, WriteOffDecided, WriteOffExists, WriteOffNotFound
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision, WriteOffOut
from shared import clock, etags, problems, web
from shared.db import ReadSession, Session
from shared.errors import StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["write-offs"])


@router.get(
    "/loans/{loan_id}/write-off",
    responses=problems.responses(LoanNotFound, WriteOffNotFound),
    summary="The write-off of a loan (การตัดหนี้สูญ)",
)
async def read_loan_write_off(
    session: ReadSession, principal: LoanReader, loan_id: UUID, response: Response
) -> WriteOffOut:
    """Return the newest write-off of a loan: who proposed and decided it, what left the books, what came in.

    ผู้เสนอ ผู้อนุมัติ ยอดที่ตัด และยอดที่ได้รับคืนภายหลัง
    """
    return await _answer(session, loan_id, principal, response)


@router.post(
    "/loans/{loan_id}/write-off",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(LoanNotFound, WrongLoanState, FundMeetingNotFound, WriteOffExists),
    summary="Propose to write a loan off (เสนอตัดหนี้สูญ)",
)
async def propose_loan_write_off(
    session: Session, principal: LoanWriter, loan_id: UUID, body: NewWriteOff, response: Response
) -> WriteOffOut:
    """Propose to take an open loan out of the books; another person decides. เสนอตัดหนี้สูญ ผู้อื่นอนุมัติ."""
    await service.propose(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    return await _answer(session, loan_id, principal, response)


@router.post(
    "/loans/{loan_id}/write-off/decision",
    responses=problems.responses(
        LoanNotFound,
        WriteOffNotFound,
        WriteOffDecided,
        OwnWriteOff,
        ReasonMissing,
        WrongLoanState,
        PeriodClosed,
        StaleVersion,
        VersionRequired,
    ),
    summary="Approve or reject a write-off (อนุมัติหรือไม่อนุมัติตัดหนี้สูญ)",
)
async def decide_loan_write_off(
    session: Session,
    principal: LoanApprover,
    loan_id: UUID,
    if_match: etags.IfMatch,
    body: WriteOffDecision,
    response: Response,
) -> WriteOffOut:
    """Approve the write-off that was read, which is booked at once, or reject it; it stays collectable.

    อนุมัติแล้วลงบัญชีทันที ผู้เสนอ ผู้ทำสัญญา และผู้ค้ำประกันอนุมัติไม่ได้ หนี้ยังติดตามเรียกเก็บได้
    """
    await service.decide(
        session, loan_id=loan_id, decision=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, loan_id, principal, response)


@router.post(
    "/loans/{loan_id}/write-off/withdrawal",
    responses=problems.responses(LoanNotFound, WriteOffNotFound, WriteOffDecided),
    summary="Withdraw a write-off that waits (ถอนการเสนอตัดหนี้สูญ)",
)
async def withdraw_loan_write_off(
    session: Session, principal: LoanWriter, loan_id: UUID, response: Response
) -> WriteOffOut:
    """Take back a proposal before it is decided. ถอนการเสนอก่อนตัดสิน."""
    await service.withdraw(session, loan_id=loan_id, actor=principal, now=clock.now())
    return await _answer(session, loan_id, principal, response)


async def _answer(
    session: AsyncSession, loan_id: UUID, principal: Principal, response: Response
) -> WriteOffOut:
    loan = await demand.loan_of(session, loan_id, principal=principal)
    found = await queries.newest(session, loan_id)
    if found is None:
        raise WriteOffNotFound
    response.headers["ETag"] = etags.of(found["version"])
    return WriteOffOut.model_validate({**found, "recovered": loan["recovered"]}, extra="ignore")
