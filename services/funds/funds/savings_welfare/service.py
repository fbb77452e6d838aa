"""Welfare asked for, then paid or rejected by somebody else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as applications
from funds.ledger import service as ledger
from funds.members import queries as members
from funds.members.errors import UnknownFundMember
from funds.registry import service as registry
from funds.registry.errors import ReasonMissing
from funds.savings import service as savings
from funds.savings.rules import HeldAs
from funds.savings.schemas import MovementReversal
from funds.savings_welfare import queries
from funds.savings_welfare.errors import OwnWelfare, WelfareDecided, WelfareNotFound, WelfareNotPaid
from funds.savings_welfare.models import SavingsWelfare
from funds.savings_welfare.rules import State, entry, was_member
from funds.savings_welfare.schemas import NewWelfare, NewWelfareDecision
from shared import audit
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = SavingsWelfare.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def request(
    session: AsyncSession, *, fund_id: UUID, new: NewWelfare, actor: Principal, now: datetime
) -> UUID:
    """Record what is asked for whoever was a member on the day it happened; returns the request's id.

    Raises FundNotFound, FundNotActive, NotASavingsFund, UnknownFundMember, DateInFuture and, by its
    constraints, WelfareExists.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(new.happened_on, "/happened_on", now=now)
    who = await members.one(session, fund.id, new.member_id)
    if who is None or not was_member(new.happened_on, who["joined_on"], who["left_on"]):
        raise UnknownFundMember(pointer="/member_id")
    welfare_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id", "kind", "held_as"}),
        id=welfare_id,
        kind=new.kind.value,
        held_as=new.held_as.value,
        fund_id=fund.id,
        area_code=fund.area_code,
        requested_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "request", fund.id, welfare_id, actor=actor, now=now)
    return welfare_id


async def decide(
    session: AsyncSession,
    *,
    fund_id: UUID,
    welfare_id: UUID,
    new: NewWelfareDecision,
    actor: Principal,
    now: datetime,
) -> None:
    """Pay or reject a request as another person than who recorded it.

    Raises FundNotFound, FundNotActive, NotASavingsFund, WelfareNotFound, WelfareDecided, OwnWelfare,
    ReasonMissing, DateInFuture, PeriodClosed, OverCapital.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    found = await queries.one(session, fund.id, welfare_id)
    if found is None:
        raise WelfareNotFound
    if found["state"] != State.REQUESTED:
        raise WelfareDecided(state=found["state"])
    own = await applications.is_her_own(session, subject=actor.subject, borrower_id=found["member_id"])
    if own or found["requested_by"] == actor.subject:
        raise OwnWelfare
    if new.decision == "reject" and new.reason is None:
        raise ReasonMissing(pointer="/reason")
    values = {"decided_by": actor.subject, "decided_at": now, "reason": new.reason}
    if new.decision == "pay":
        day = new.paid_on or business_date(now)
        registry.not_in_future(day, "/paid_on", now=now)
        booked = entry(
            welfare_id=welfare_id,
            amount=found["amount"],
            held_as=HeldAs(found["held_as"]),
            on=day,
            document_no=found["document_no"],
        )
        posted = await ledger.post(session, fund_id=fund.id, entry=booked, actor=actor, now=now)
        values |= {"state": State.PAID.value, "paid_on": day}
        values |= {"journal_id": posted.journal_id, "journal_number": posted.number}
    else:
        values["state"] = State.REJECTED.value
    await update_row(session, _TABLE, welfare_id, **values, version=found["version"] + 1, updated_at=now)
    await _recorded(session, new.decision, fund.id, welfare_id, actor=actor, now=now)


async def reverse(
    session: AsyncSession,
    *,
    fund_id: UUID,
    welfare_id: UUID,
    reversal: MovementReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Book the mirror of welfare that was paid wrongly, as another person than who paid it.

    Raises FundNotFound, FundNotActive, NotASavingsFund, WelfareNotFound, WelfareNotPaid, ReversalByRecorder,
    DateInFuture, PeriodClosed, EntryInFuture.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    day = reversal.reversed_on or business_date(now)
    registry.not_in_future(day, "/reversed_on", now=now)
    found = await queries.one(session, fund.id, welfare_id)
    if found is None:
        raise WelfareNotFound
    if found["journal_id"] is None or found["reversed_on"] is not None:
        raise WelfareNotPaid
    posted = await ledger.reverse(
        session,
        fund_id=fund.id,
        journal_id=found["journal_id"],
        business_date=day,
        memo=reversal.reason,
        actor=actor,
        now=now,
    )
    await update_row(
        session,
        _TABLE,
        welfare_id,
        reversed_on=day,
        reversed_by=actor.subject,
        reversal_reason=reversal.reason,
        reversal_journal_id=posted.journal_id,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "reverse", fund.id, welfare_id, actor=actor, now=now)


async def _recorded(
    session: AsyncSession, verb: str, fund_id: UUID, made: UUID, *, actor: Principal, now: datetime
) -> None:
    action, subjects = f"savings_welfare.{verb}", [fund_id, made]
    await audit.record(session, principal=actor, action=action, subjects=subjects, now=now)
