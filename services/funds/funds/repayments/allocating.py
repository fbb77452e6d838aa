"""Allocation as it is stored: a receipt added to a loan, or all receipts since its base schedule anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.loans import service as loan_changes
from funds.loans import writing
from funds.loans.accruing import Pauses, charge
from funds.loans.rules import Instalment, LoanFacts, Reason, RepaymentTerms, State, next_due
from funds.loans.terms import repayment_terms
from funds.loans.writing import Figures, NewSchedule
from funds.repayments import rules
from funds.repayments.errors import NotReversibleNow
from funds.repayments.rules import AdvanceGone, Early, Paid, Receipt, Split, Standing
from shared.clock import business_date
from shared.db import driver

_PAID = attrgetter(*writing.PAID)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a loan stands after money was allocated."""

    standing: Standing
    changed: Sequence[Instalment]
    """Instalments of the schedule in force that are paid otherwise now."""
    schedule: Reason | None
    """Why the instalments are a schedule of their own now; None: they are those in force."""
    paid: Paid
    """What the receipt in question paid."""
    moved: Split
    """What all other receipts together pay more of now; its parts sum to nothing."""


async def add(session: AsyncSession, loan: LoanFacts, receipt: Receipt, *, now: datetime) -> Outcome:
    """Allocate a receipt that no other on the loan is later than, and use what it leaves until today."""
    everything = receipt.early is not Early.NEXT
    rows = await loans.rows_of(session, loan.id, loan.schedule_no, unsettled=not everything)
    terms = repayment_terms(loan.terms)
    pauses = await _pauses(session, loan, terms, receipt.on)
    standing, before = Standing(rows, loan.advance), {row.number: _PAID(row) for row in rows}
    paid = rules.receive(standing, receipt, terms, pauses)
    later = rules.use_advance(standing, business_date(now), terms, pauses)
    paid.parts += later.parts
    paid.split = paid.split.plus(later.split)
    changed = [row for row in standing.rows if before.get(row.number) != _PAID(row)]
    reason = Reason.EARLY_REPAYMENT if standing.relaid else None
    return Outcome(standing, changed, reason, paid, Split())


async def _pauses(session: AsyncSession, loan: LoanFacts, terms: RepaymentTerms, day: date) -> Pauses:
    """Return when the loan was frozen, where that can matter: something bears a penalty."""
    late = loan.next_due_on is not None and loan.next_due_on < day
    return await loans.pauses(session, loan.id) if late and terms.penalty_rate else ()


async def anew(
    session: AsyncSession,
    loan: LoanFacts,
    receipts: Sequence[Receipt],
    *,
    now: datetime,
    added: UUID | None = None,
    gone: Split | None = None,
) -> Outcome:
    """Allocate all receipts since the loan's base schedule again, in the order of their days.

    `added` is the one that is new; `gone` is what one that stands no more had paid of these instalments.
    Raises NotReversibleNow where an advance that was given back is not there any more.
    """
    base = await loans.schedule(session, loan.id, loan.base_no)
    assert base is not None  # noqa: S101  # there is one as soon as money was paid out
    rows = await loans.rows_of(session, loan.id, loan.base_no)
    present = await loans.rows_of(session, loan.id, loan.schedule_no)
    standing = Standing(rules.fresh(rows, base["made_on"]), base["advance"])
    terms, pauses = repayment_terms(loan.terms), await loans.pauses(session, loan.id)
    try:
        paid = rules.replay(standing, receipts, business_date(now), terms, pauses)
    except AdvanceGone as error:
        raise NotReversibleNow from error
    booked = rules.sums(present).plus(Split(advance=loan.advance)).less(gone or Split())
    own = Paid() if added is None else paid[added]
    moved = rules.sums(standing.rows).plus(Split(advance=standing.advance)).less(booked).less(own.split)
    same = rules.plan(standing.rows) == rules.plan(present)
    return Outcome(standing, standing.rows if same else (), None if same else Reason.REPLAY, own, moved)


async def keep(
    session: AsyncSession,
    loan: LoanFacts,
    outcome: Outcome,
    *,
    paid_on: date | None,
    actor: str,
    now: datetime,
) -> bool:
    """Store how a loan stands; returns whether that closes it. Reopens one that is not closed any more."""
    day = paid_on or business_date(now)
    last = max(filter(None, (loan.last_paid_on, paid_on)), default=None)
    ended = max(day, last or day)  # a receipt that comes late closes it on the day of the last one
    standing, principal = outcome.standing, outcome.paid.split.principal + outcome.moved.principal
    number = loan.schedule_no
    if outcome.schedule is not None:
        made = NewSchedule(outcome.schedule, day, loan.advance, actor)
        number = await writing.add_schedule(session, loan, standing.rows, made=made, now=now)
    written_off = loan.written_off > 0
    due = next_due(standing.rows)
    over = due is None and loan.disbursed == loan.principal
    if over and loan.state is State.FROZEN:
        await loan_changes.thaw(session, loan.id, on=ended, by=actor)
    figures = Figures(
        outstanding=loan.outstanding - (0 if written_off else principal),
        advance=standing.advance,
        recovered=loan.recovered + (principal if written_off else 0),
        next_due_on=due,
        last_paid_on=last,
        state=_state(loan, over=over).value,
        closed_on=(loan.closed_on or ended) if over else None,
    )
    rows = outcome.changed if outcome.schedule is None else ()
    await writing.pay(session, loan.id, schedule_no=number, rows=rows, figures=figures, now=now)
    return over and loan.state is not State.CLOSED


def _state(loan: LoanFacts, *, over: bool) -> State:
    if over:
        return State.CLOSED
    if loan.state is not State.CLOSED:
        return loan.state
    return State.WRITTEN_OFF if loan.written_off else State.ACTIVE


_PUT_BACK = """
INSERT INTO instalments (loan_id, schedule_no, number, from_on, due_on, principal, interest, penalty,
    carried_penalty, penalty_until)
SELECT $1, $2, (SELECT coalesce(max(number), 0) FROM instalments WHERE loan_id = $1 AND schedule_no = $2)
    + row.at, row.from_on, row.due_on, row.principal, row.interest, row.penalty, row.penalty, $3
FROM unnest($4::date[], $5::date[], $6::bigint[], $7::bigint[], $8::bigint[])
    WITH ORDINALITY AS row (from_on, due_on, principal, interest, penalty, at)
"""
_AGAIN = ("from_on", "due_on", "principal", "interest", "penalty")
_ADVANCE_OF_BASE = "UPDATE loan_schedules SET advance = advance - $3 WHERE loan_id = $1 AND schedule_no = $2"


async def put_back(
    session: AsyncSession,
    loan: LoanFacts,
    split: Split,
    allocation: Sequence[Mapping[str, Any]],
    *,
    paid_on: date,
) -> None:
    """Ask in the base schedule for what a receipt from before it had paid, as instalments of their own.

    Each is due when the one was that it had paid: no agreement since has put it off. It bears penalty like
    one that was never paid, up to the day of the base schedule at once.

    Raises NotReversibleNow where what that receipt had left over is not in the base's advance any more, or
    where others had been allocated anew since, so that more would be owed than was lent.
    """
    room = loan.recovered if loan.written_off else loan.disbursed - loan.outstanding
    if split.principal > room:
        raise NotReversibleNow
    base = await loans.schedule(session, loan.id, loan.base_no)
    assert base is not None  # noqa: S101  # there is one as soon as money was paid out
    if base["advance"] < split.advance:
        raise NotReversibleNow
    connection = await driver(session)
    rows = [_asked_again(part, paid_on=paid_on) for part in allocation]
    terms, pauses = repayment_terms(loan.terms), await loans.pauses(session, loan.id)
    for row in rows:
        charge(row, base["made_on"], terms, pauses)
    columns = [[getattr(row, name) for row in rows] for name in _AGAIN]
    await connection.execute(_PUT_BACK, loan.id, loan.base_no, base["made_on"], *columns)
    if split.advance:
        await connection.execute(_ADVANCE_OF_BASE, loan.id, loan.base_no, split.advance)


def _asked_again(part: Mapping[str, Any], *, paid_on: date) -> Instalment:
    """Return a part of a receipt as an instalment; its penalty was charged up to the receipt's day.

    A receipt of some time ago does not say when its instalments were due: the day it came in, then.
    """
    due_on = date.fromisoformat(part["due_on"]) if "due_on" in part else paid_on
    amounts = (part["principal"], part["interest"], part["penalty"])
    return Instalment(0, min(paid_on, due_on), due_on, *amounts, penalty_until=paid_on)


def reopened(loan: LoanFacts, split: Split, *, last: date | None) -> LoanFacts:
    """Return the loan's facts without a receipt that had paid some of it; `last` is the day of another."""
    if loan.written_off:
        return replace(loan, recovered=loan.recovered - split.principal, last_paid_on=last)
    return replace(loan, outstanding=loan.outstanding + split.principal, last_paid_on=last)
