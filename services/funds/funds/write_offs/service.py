"""Write-offs proposed by one person and decided by another."""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as applications
from funds.demand import service as demand
from funds.loans import service as lending
from funds.loans.errors import WrongLoanState
from funds.loans.rules import OPEN
from funds.registry.errors import ReasonMissing
from funds.write_offs import queries
from funds.write_offs.errors import OwnWriteOff, WriteOffDecided, WriteOffNotFound
from funds.write_offs.models import LoanWriteOff
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared import audit, etags
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = LoanWriteOff.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def propose(
    session: AsyncSession, *, loan_id: UUID, new: NewWriteOff, actor: Principal, now: datetime
) -> None:
    """Propose to take an open loan out of the books.

    Raises LoanNotFound, WrongLoanState, FundMeetingNotFound and, by its constraint, WriteOffExists.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    if loan.state not in OPEN:
        raise WrongLoanState(state=loan.state.value)
    await demand.meeting_of(session, loan.fund_id, new.meeting_id)
    before = await queries.newest(session, loan_id)
    await insert_row(
        session,
        _TABLE,
        id=new.id or uuid7(),
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        reason=new.reason,
        meeting_id=new.meeting_id,
        proposed_by=actor.subject,
        version=1 if before is None else before["version"] + 1,  # it names one write-off of the loan
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "propose", loan_id, actor=actor, now=now)


async def decide(
    session: AsyncSession,
    *,
    loan_id: UUID,
    decision: WriteOffDecision,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Approve the write-off that was read, which books it at once, or reject it.

    Neither who proposed it nor who applied for the loan, contracted, owes or guarantees it decides. Raises
    LoanNotFound, WriteOffNotFound, WriteOffDecided, StaleVersion, OwnWriteOff, ReasonMissing, WrongLoanState,
    PeriodClosed.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    found = await _proposed(session, loan_id)
    etags.check(if_match, found["version"])
    two = {found["proposed_by"], loan.contracted_by}
    if actor.subject in two or await applications.is_her_loan(session, loan_id, subject=actor.subject):
        raise OwnWriteOff
    if decision.decision == "reject" and decision.reason is None:
        raise ReasonMissing(pointer="/reason")
    values = {
        "decided_by": actor.subject,
        "decided_at": now,
        "decision_reason": decision.reason,
        "version": found["version"] + 1,
        "updated_at": now,
    }
    if decision.decision == "reject":
        await update_row(session, _TABLE, found["id"], state="rejected", **values)
    else:
        today = business_date(now)
        await demand.look(session, loan_id, now=now)  # how late it was stays known
        posted = await lending.write_off(
            session, loan_id=loan_id, on=today, reason=found["reason"], actor=actor, now=now
        )
        await update_row(
            session,
            _TABLE,
            found["id"],
            state="approved",
            principal=loan.outstanding - loan.advance,
            written_off_on=today,
            journal_id=posted.journal_id,
            **values,
        )
        await demand.look(session, loan_id, now=now)
    await _recorded(session, decision.decision, loan_id, actor=actor, now=now)


async def withdraw(session: AsyncSession, *, loan_id: UUID, actor: Principal, now: datetime) -> None:
    """Take back a proposal that waits; raises LoanNotFound, WriteOffNotFound, WriteOffDecided."""
    await lending.lock(session, loan_id, principal=actor)
    found = await _proposed(session, loan_id)
    await update_row(
        session, _TABLE, found["id"], state="withdrawn", version=found["version"] + 1, updated_at=now
    )
    await _recorded(session, "withdraw", loan_id, actor=actor, now=now)


async def _proposed(session: AsyncSession, loan_id: UUID) -> asyncpg.Record:
    found = await queries.newest(session, loan_id, lock=True)
    if found is None:
        raise WriteOffNotFound
    if found["state"] != "proposed":
        raise WriteOffDecided
    return found


async def _recorded(
    session: AsyncSession, verb: str, loan_id: UUID, *, actor: Principal, now: datetime
) -> None:
    await audit.record(session, principal=actor, action=f"loan_write_off.{verb}", subjects=[loan_id], now=now)
