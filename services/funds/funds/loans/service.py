"""The lock that everything on a loan begins with; loans frozen, rescheduled, written off, closed, taken over.

What asks for two persons, minutes or a proposal has had them before it comes here (`demand`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.ledger.service import Posted
from funds.loans import queries, writing
from funds.loans.accruing import charge
from funds.loans.errors import (
    LoanNotFound,
    PrincipalNotKept,
    ScheduleNotValid,
    WaiverTooHigh,
    WrongLoanState,
)
from funds.loans.events import LoanClosed
from funds.loans.rules import (
    BookLoan,
    ClosedBecause,
    Instalment,
    LoanFacts,
    PlannedRow,
    Reason,
    State,
    less_advance,
    next_due,
    planned,
    remaining,
    waived,
    write_off_entry,
)
from funds.loans.terms import opened, repayment_terms
from funds.loans.writing import NewSchedule
from funds.products import service as products
from funds.registry import service as registry
from shared import audit, outbox
from shared.areas import covers
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import Row, insert
from shared.security import Principal

_THAW = """
UPDATE loan_freezes SET thawed_on = greatest($2, frozen_on), thawed_by = $3
WHERE loan_id = $1 AND thawed_on IS NULL
"""


async def lock(session: AsyncSession, loan_id: UUID, *, principal: Principal | str | None) -> LoanFacts:
    """Return a loan of the caller's areas and keep it until the transaction ends; raises LoanNotFound.

    Every change of a loan, its instalments or its repayments begins here; several loans by id ascending.
    Where it is no principal, it is the system that asks.
    """
    found = await queries.locked(session, loan_id)
    if found is None or (isinstance(principal, Principal) and not covers(principal.areas, found.area_code)):
        raise LoanNotFound
    return found


async def freeze(
    session: AsyncSession, *, loan_id: UUID, on: date, reason: str, actor: Principal | str, now: datetime
) -> bool:
    """Freeze a loan from a day on: no penalty, no reminders, not asked for (พักหนี้).

    Returns False, and does nothing, for one that is frozen already. Raises LoanNotFound, WrongLoanState.
    """
    loan = await lock(session, loan_id, principal=actor)
    if loan.state is State.FROZEN:
        return False
    if loan.state not in (State.CONTRACTED, State.ACTIVE):
        raise WrongLoanState(state=loan.state.value)
    values = {"id": uuid7(), "loan_id": loan.id, "frozen_on": on, "reason": reason}
    await insert(session, Row("loan_freezes", {**values, "frozen_by": subject(actor)}))
    await writing.change(session, loan, now=now, state=State.FROZEN.value, state_reason=reason)
    await _audit(session, "loan.freeze", loan, actor=actor, now=now)
    return True


async def unfreeze(
    session: AsyncSession, *, loan_id: UUID, on: date, actor: Principal | str, now: datetime
) -> None:
    """End a loan's freeze on a day; raises LoanNotFound, WrongLoanState for one that is not frozen."""
    loan = await lock(session, loan_id, principal=actor)
    if loan.state is not State.FROZEN:
        raise WrongLoanState(state=loan.state.value)
    await thaw(session, loan.id, on=on, by=subject(actor))
    state = State.ACTIVE if loan.disbursed else State.CONTRACTED
    await writing.change(session, loan, now=now, state=state.value, state_reason=None)
    await _audit(session, "loan.unfreeze", loan, actor=actor, now=now)


class Answerable(NamedTuple):
    """Who answers for a debt in the place of a borrower who died (ผู้รับผิดชอบหนี้), by name."""

    as_what: str
    """`heirs`, `estate` or `guarantors`."""
    name: str
    member_id: UUID | None = None
    phone: str | None = None


async def answer(
    session: AsyncSession, *, loan_id: UUID, who: Answerable, on: date, actor: Principal, now: datetime
) -> None:
    """Let somebody answer for a loan from a day on: she is reminded and written to. Raises LoanNotFound."""
    loan = await lock(session, loan_id, principal=actor)
    await writing.change(
        session,
        loan,
        now=now,
        answerable_as=who.as_what,
        answerable=who.name,
        answerable_member_id=who.member_id,
        answerable_phone=who.phone,
        answerable_since=on,
    )
    await _audit(session, "loan.answerable", loan, actor=actor, now=now)


async def thaw(session: AsyncSession, loan_id: UUID, *, on: date, by: str) -> None:
    """End the time in which a loan is frozen; its state is the caller's to change."""
    await (await driver(session)).execute(_THAW, loan_id, on, by)


async def reschedule(
    session: AsyncSession,
    *,
    loan_id: UUID,
    rows: Sequence[PlannedRow],
    reason: str,
    on: date,
    actor: Principal | str,
    now: datetime,
) -> int:
    """Put a new schedule in force from a day on; returns its number. The one before stays readable.

    The rows repay exactly the principal that is owed; which interest and penalty they ask for is what was
    agreed. How late the loan was is not touched here. Raises LoanNotFound, WrongLoanState,
    PrincipalNotKept, ScheduleNotValid.
    """
    loan = await lock(session, loan_id, principal=actor)
    _must_be_lent(loan)
    dues = [row.due_on for row in rows]
    if not rows or dues != sorted(dues) or any(min(r.principal, r.interest, r.penalty) < 0 for r in rows):
        raise ScheduleNotValid
    if sum(row.principal for row in rows) != loan.owed_principal:
        raise PrincipalNotKept
    made = NewSchedule(Reason.RESTRUCTURING, on, loan.advance, subject(actor), reason)
    number = await _put_in_force(session, loan, planned(rows, starts_on=on), made=made, now=now)
    await _audit(session, "loan.reschedule", loan, actor=actor, now=now)
    return number


async def waive_interest(
    session: AsyncSession,
    *,
    loan_id: UUID,
    parts: Mapping[int, int],
    reason: str,
    on: date,
    actor: Principal | str,
    now: datetime,
) -> int:
    """Ask no more for interest of instalments, in satang by number; returns the new schedule's number.

    The new schedule has what is still owed, with the waived interest shown on its instalments; where nothing
    is owed any more the loan is closed. Raises LoanNotFound, WrongLoanState, WaiverTooHigh.
    """
    loan = await lock(session, loan_id, principal=actor)
    _must_be_lent(loan)
    owed = remaining(await charged(session, loan, on=on), starts_on=on)
    known = {row.number: row.owed_interest for row in owed}
    if not parts or any(not 0 < amount <= known.get(number, 0) for number, amount in parts.items()):
        raise WaiverTooHigh
    made = NewSchedule(Reason.WAIVER, on, loan.advance, subject(actor), reason)
    rows = waived(owed, parts, on=on)
    number = await _put_in_force(session, loan, rows, made=made, now=now)
    if next_due(rows) is None and loan.disbursed == loan.principal:
        await thaw(session, loan.id, on=on, by=subject(actor))
        await closed(session, loan, because=ClosedBecause.SETTLED, now=now)
    await _audit(session, "loan.waive_interest", loan, actor=actor, now=now)
    return number


async def write_off(
    session: AsyncSession, *, loan_id: UUID, on: date, reason: str, actor: Principal, now: datetime
) -> Posted:
    """Take a loan out of the books (ตัดหนี้สูญ); it is owed all the same, and what comes in is a recovery.

    What was paid ahead pays principal first, what was not paid out stays with the fund. Raises LoanNotFound,
    WrongLoanState, PeriodClosed, EntryInFuture.
    """
    loan = await lock(session, loan_id, principal=actor)
    if loan.state not in (State.ACTIVE, State.FROZEN) or loan.outstanding <= loan.advance:
        raise WrongLoanState(state=loan.state.value)
    if loan.state is State.FROZEN:
        await thaw(session, loan.id, on=on, by=subject(actor))
    left = remaining(await charged(session, loan, on=on), starts_on=on)
    made = NewSchedule(Reason.WRITE_OFF, on, 0, subject(actor), reason)
    rows = less_advance(left, loan.advance)
    number = await writing.add_schedule(session, loan, rows, made=made, now=now)
    await writing.change(
        session,
        loan,
        now=now,
        state=State.WRITTEN_OFF.value,
        state_reason=reason,
        principal=loan.disbursed,
        reserved=0,
        outstanding=0,
        advance=0,
        written_off=loan.outstanding - loan.advance,
        schedule_no=number,
        base_no=number,
        next_due_on=next_due(rows),
    )
    await _audit(session, "loan.write_off", loan, actor=actor, now=now)
    await free(session, loan)
    entry = write_off_entry(loan=loan, document_id=loan.id, on=on, memo=reason)
    return await ledger.post(session, fund_id=loan.fund_id, entry=entry, actor=actor, now=now)


async def closed(session: AsyncSession, loan: LoanFacts, *, because: ClosedBecause, now: datetime) -> None:
    """Mark a loan closed today and tell of it; its version was raised by one in this transaction."""
    day = business_date(now)
    await (await driver(session)).execute(
        "UPDATE loans SET state = 'closed', closed_on = $2, next_due_on = NULL WHERE id = $1", loan.id, day
    )
    fact = LoanClosed(
        loan_id=loan.id, fund_id=loan.fund_id, area_code=loan.area_code, closed_on=day, because=because
    )
    await outbox.add(session, fact, subject=loan.id, sequence=loan.version + 1, now=now)


async def free(session: AsyncSession, loan: LoanFacts) -> None:
    """Let the fund use again what is kept back for a loan on which nothing more is paid out."""
    if loan.reserved:
        await ledger.release(session, fund_id=loan.fund_id, amount=loan.reserved)


async def open_from_book(
    session: AsyncSession,
    *,
    fund_id: UUID,
    loans: Sequence[BookLoan],
    cut_off: date,
    actor: Principal,
    now: datetime,
) -> list[UUID]:
    """Take over open loans with what is still to come of them; returns their ids in the order given.

    Nothing is booked: the opening journal of the books has a line on 1100 for each of these ids, with the
    same outstanding principal. How they are repaid is what their own contracts say, else their products'
    terms of the cut-off day. Raises FundNotFound, FundNotActive, ProductNotFound, PrincipalNotKept,
    ScheduleNotValid (with the places) and, by its constraints, LoanExists, ContractNumberUsed.
    """
    fund = await registry.require(session, fund_id, principal=actor)
    _check(loans)
    terms = {
        product_id: await products.terms(session, product_id, fund_id=fund_id, on=cut_off)
        for product_id in {loan.product_id for loan in loans if loan.terms is None}
    }
    given = [(loan.id or uuid7(), loan, loan.terms or opened(loan, terms[loan.product_id])) for loan in loans]
    await writing.take_over(session, given, fund=fund, cut_off=cut_off, actor=actor.subject, now=now)
    detail = {"loans": len(given)}
    await audit.record(
        session, principal=actor, action="loan.take_over", subjects=[fund_id], now=now, detail=detail
    )
    return [loan_id for loan_id, _, _ in given]


def _check(loans: Sequence[BookLoan]) -> None:
    wrong = [
        FieldError(f"/loans/{at}/outstanding", PrincipalNotKept.code)
        for at, loan in enumerate(loans)
        if sum(row.principal for row in loan.instalments) != loan.outstanding
        or not 0 < loan.outstanding <= loan.principal
    ]
    if wrong:
        raise PrincipalNotKept(errors=wrong)
    wrong = [
        FieldError(f"/loans/{at}/instalments", ScheduleNotValid.code)
        for at, loan in enumerate(loans)
        if any(min(row.principal, row.interest, row.penalty) < 0 for row in loan.instalments)
        or any(
            one.due_on > other.due_on
            for one, other in zip(loan.instalments, loan.instalments[1:], strict=False)
        )
    ]
    if wrong:
        raise ScheduleNotValid(errors=wrong)


async def charged(session: AsyncSession, loan: LoanFacts, *, on: date) -> list[Instalment]:
    """Return the instalments in force with their penalties charged up to a day."""
    rows = await queries.rows_of(session, loan.id, loan.schedule_no)
    terms, pauses = repayment_terms(loan.terms), await queries.pauses(session, loan.id)
    for row in rows:
        charge(row, on, terms, pauses)
    return rows


def subject(actor: Principal | str) -> str:
    """Return who it was."""
    return actor if isinstance(actor, str) else actor.subject


def _must_be_lent(loan: LoanFacts) -> None:
    if loan.state in (State.CONTRACTED, State.CLOSED) or loan.disbursed == 0:
        raise WrongLoanState(state=loan.state.value)


async def _put_in_force(
    session: AsyncSession, loan: LoanFacts, rows: Sequence[Instalment], *, made: NewSchedule, now: datetime
) -> int:
    number = await writing.add_schedule(session, loan, rows, made=made, now=now)
    await writing.change(
        session, loan, now=now, schedule_no=number, base_no=number, next_due_on=next_due(rows)
    )
    return number


async def _audit(
    session: AsyncSession, action: str, loan: LoanFacts, *, actor: Principal | str, now: datetime
) -> None:
    """Record who did it; what an event of another service did is in that event's own trace."""
    if isinstance(actor, Principal):
        await audit.record(session, principal=actor, action=action, subjects=[loan.id], now=now)
