"""Repayments taken out of the books again; the others pay what it leaves open, in the order of their days."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.loans.rules import LoanFacts, State, band, next_due
from funds.loans.service import lock
from funds.repayments import allocating, booking, events, queries
from funds.repayments.allocating import Outcome
from funds.repayments.booking import Beside
from funds.repayments.errors import (
    BookedBeforePaid,
    NotReversibleNow,
    PaymentInFuture,
    RepaymentNotFound,
    RepaymentReversed,
)
from funds.repayments.models import Repayment
from funds.repayments.rules import Split
from funds.repayments.schemas import Reversal
from shared import audit, outbox
from shared.clock import business_date
from shared.rows import insert, update_row
from shared.security import Principal

_TABLE = Repayment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def reverse(
    session: AsyncSession, *, repayment_id: UUID, reversal: Reversal, actor: Principal, now: datetime
) -> None:
    """Book the mirror of a repayment and allocate those that stand anew; the receipt stays, marked reversed.

    Raises RepaymentNotFound, RepaymentReversed, NotReversibleNow, PaymentInFuture, BookedBeforePaid,
    ReversalByRecorder, PeriodClosed, OverCapital (the money was given out meanwhile).
    """
    found = await queries.one(session, repayment_id, areas=actor.areas)
    if found is None:
        raise RepaymentNotFound
    loan = await lock(session, found["loan_id"], principal=actor)
    found = await queries.one(session, repayment_id, areas=actor.areas)
    assert found is not None  # noqa: S101  # repayments are never deleted
    if found["reversed_on"] is not None:
        raise RepaymentReversed
    day = _day(reversal, booked_on=found["booked_on"], now=now)
    if loan.written_off and not found["recovery"]:
        raise NotReversibleNow
    journal_id, reason = found["journal_id"], reversal.reason
    outcome = await _allocate(session, loan, found, actor=actor, now=now)
    posted = await ledger.reverse(
        session,
        fund_id=loan.fund_id,
        journal_id=journal_id,
        business_date=day,
        memo=reason,
        actor=actor,
        now=now,
    )
    if any(outcome.moved):
        about = Beside("reallocation", day, repayment_id=repayment_id)
        await booking.book_beside(
            session, loan, outcome.moved, about=about, closed=False, actor=actor, now=now
        )
    await update_row(
        session,
        _TABLE,
        repayment_id,
        reversed_on=day,
        reversed_by=actor.subject,
        reversal_reason=reason,
        reversal_journal_id=posted.journal_id,
        updated_at=now,
    )
    reopened = loan.state is State.CLOSED and next_due(outcome.standing.rows) is not None
    await _tell(session, loan, found, on=day, reopened=reopened, actor=actor, now=now)


async def _tell(
    session: AsyncSession,
    loan: LoanFacts,
    found: Mapping[str, Any],
    *,
    on: date,
    reopened: bool,
    actor: Principal,
    now: datetime,
) -> None:
    fact = events.RepaymentReversed(
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        paid_on=found["paid_on"],
        reversed_on=on,
        amount_band=band(found["amount"]),
        reopened=reopened,
    )
    await insert(
        session,
        outbox.row(fact, subject=loan.id, sequence=loan.version + 1, now=now),
        audit.row(principal=actor, action="repayment.reverse", subjects=[loan.id, found["id"]], now=now),
    )
    outbox.announce(session)


async def _allocate(
    session: AsyncSession, loan: LoanFacts, found: Mapping[str, Any], *, actor: Principal, now: datetime
) -> Outcome:
    """Allocate the receipts that stand without this one, and store how the loan stands then."""
    split = Split(*(found[part] for part in Split._fields))
    inside = found["base_no"] == loan.base_no
    if not inside:
        await allocating.put_back(session, loan, split, found["allocation"], paid_on=found["paid_on"])
    standing = await queries.standing(session, loan.id, loan.base_no)
    receipts = [one for one in standing if one.id != found["id"]]
    gone = split if inside else Split(advance=split.advance)
    outcome = await allocating.anew(session, loan, receipts, gone=gone, now=now)
    last = await queries.last_paid_on(session, loan.id, without=found["id"])
    before = allocating.reopened(loan, split, last=last)
    await allocating.keep(session, before, outcome, paid_on=None, actor=actor.subject, now=now)
    return outcome


def _day(reversal: Reversal, *, booked_on: date, now: datetime) -> date:
    """Return the business day of a reversal; raises PaymentInFuture, BookedBeforePaid."""
    day = reversal.reversed_on or business_date(now)
    if day > business_date(now):
        raise PaymentInFuture(pointer="/reversed_on")
    if day < booked_on:
        raise BookedBeforePaid(pointer="/reversed_on")
    return day
