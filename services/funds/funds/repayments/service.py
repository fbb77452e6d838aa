"""Repayments recorded, advances used when an instalment falls due and given back."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.loans import writing
from funds.loans.rules import OPEN, LoanFacts, State
from funds.loans.service import lock, subject
from funds.loans.terms import repayment_terms
from funds.parts import apportioned
from funds.registry import service as registry
from funds.registry.errors import FundNotActive
from funds.registry.rules import State as FundState
from funds.repayments import allocating, booking, queries, rules
from funds.repayments.allocating import Outcome
from funds.repayments.booking import Beside, Slip
from funds.repayments.errors import (
    BookedBeforePaid,
    LoanNotOpen,
    NoAdvance,
    NotOfTheGroup,
    PartsDoNotSum,
    PaymentBeforeLoan,
    PaymentInFuture,
    PayoffTooLittle,
    RefundBeforeMoney,
    RepaymentExists,
)
from funds.repayments.rules import Early, Receipt, Split, Standing
from funds.repayments.schemas import NewRefund, NewRepayment
from shared.clock import business_date
from shared.ids import uuid7
from shared.money import baht
from shared.security import Principal

_GROUP = "group"


class Recorded(NamedTuple):
    """A repayment, and whether this request recorded it or one before."""

    id: UUID
    repeated: bool


async def record(
    session: AsyncSession,
    *,
    new: NewRepayment,
    actor: Principal,
    now: datetime,
    batch_id: UUID | None = None,
) -> Recorded:
    """Record money received on a loan, allocate it and book it.

    A repayment of the same id and content is recorded once. Raises LoanNotFound, LoanNotOpen, FundNotActive,
    PaymentInFuture, PaymentBeforeLoan, BookedBeforePaid, PayoffTooLittle, NotOfTheGroup, PartsDoNotSum,
    RepaymentExists, PeriodClosed, NotReversibleNow and, by its constraint, ReceiptUsed.
    """
    loan = await lock(session, new.loan_id, principal=actor)
    if new.id is not None and await _recorded_before(session, loan, new):
        return Recorded(new.id, repeated=True)
    receipt = _receipt(loan, new, now=now)
    await _since_lent(session, loan, receipt)
    parts = await _parts(session, loan, new)
    if await _comes_late(session, loan, receipt):
        outcome = await _in_its_place(session, loan, receipt, now=now)
    else:
        outcome = await allocating.add(session, loan, receipt, now=now)
    if receipt.early is Early.PAYOFF and any(row.settled_on is None for row in outcome.standing.rows):
        await _refuse_payoff(session, loan, receipt)
    closed = await allocating.keep(session, loan, outcome, paid_on=receipt.on, actor=actor.subject, now=now)
    slip = Slip(new, receipt, batch_id, parts)
    await booking.book(session, loan, slip, outcome=outcome, closed=closed, actor=actor, now=now)
    if loan.state is State.WRITTEN_OFF:
        await _still_stands(session, loan.fund_id, actor=actor)
    return Recorded(slip.id, repeated=False)


async def _recorded_before(session: AsyncSession, loan: LoanFacts, new: NewRepayment) -> bool:
    """Tell whether this very repayment is recorded; raises RepaymentExists for another of its id.

    What the request leaves open is what it was recorded with: its day, and what follows from the contract.
    """
    assert new.id is not None  # noqa: S101  # the caller asks only then
    found = await queries.same(session, new.id)
    if found is None:
        return False
    paid_on = new.paid_on or found["paid_on"]
    days = (paid_on, new.booked_on or paid_on)
    money = (new.amount, new.channel.value, _early(loan, new).value)
    if tuple(found) != (new.loan_id, new.receipt_no, *days, *money, new.note):
        raise RepaymentExists(pointer="/id")
    if loan.borrower_kind == _GROUP or new.parts:
        brought = {row["member_id"]: row["amount"] for row in await queries.parts(session, new.id)}
        if brought != await _parts(session, loan, new):
            raise RepaymentExists(pointer="/id")
    return True


def _early(loan: LoanFacts, new: NewRepayment) -> Early:
    """Return what is asked for money beyond what is due, else what the contract says."""
    return new.early or Early(loan.terms["repayment"]["early_repayment"])


def _receipt(loan: LoanFacts, new: NewRepayment, *, now: datetime) -> Receipt:
    """Return the receipt of a request; raises where the loan or the days do not allow it."""
    if loan.state not in (*OPEN, State.WRITTEN_OFF) or loan.disbursed == 0:
        raise LoanNotOpen(state=loan.state.value)
    day = new.paid_on or business_date(now)
    for value, pointer in ((day, "/paid_on"), (new.booked_on, "/booked_on")):
        if value is not None and value > business_date(now):
            raise PaymentInFuture(pointer=pointer)
    if new.booked_on is not None and new.booked_on < day:
        raise BookedBeforePaid(pointer="/booked_on")
    return Receipt(day, new.amount, _early(loan, new), new.id or uuid7())


async def _since_lent(session: AsyncSession, loan: LoanFacts, receipt: Receipt) -> None:
    """Raise for money that came before any was lent; of a loan taken over its book has what came before."""
    if loan.last_paid_on is not None and loan.last_paid_on <= receipt.on:
        return
    since = await loans.lent_since(session, loan.id)
    if since is not None and receipt.on < since:
        texts = (f"รับชำระได้ตั้งแต่วันที่ {since}", f"Money is taken from {since} on")
        raise PaymentBeforeLoan(*texts, pointer="/paid_on", since=since.isoformat())


async def _still_stands(session: AsyncSession, fund_id: UUID, *, actor: Principal) -> None:
    """Raise for money that a closed fund would have again; its books are locked by now.

    No fund with open loans is closed, but what was written off may be recovered. Whoever closes the fund
    locks its books too: one of both sees the other.
    """
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    if fund.state is FundState.CLOSED:
        raise FundNotActive(state=fund.state.value)


async def _parts(session: AsyncSession, loan: LoanFacts, new: NewRepayment) -> dict[UUID, int]:
    """Return what each member of a group brought: as said, else by their shares of the loan."""
    if loan.borrower_kind != _GROUP and not new.parts:
        return {}
    shares = await loans.shares(session, loan.id)
    if new.parts:
        given = {part.member_id: part.amount for part in new.parts}
        for at, part in enumerate(new.parts):
            if part.member_id not in shares:
                raise NotOfTheGroup(pointer=f"/parts/{at}/member_id")
        if len(given) < len(new.parts) or sum(given.values()) != new.amount:
            raise PartsDoNotSum(pointer="/parts")
        return given
    return dict(zip(shares, apportioned(new.amount, list(shares.values())), strict=True)) if shares else {}


async def _comes_late(session: AsyncSession, loan: LoanFacts, receipt: Receipt) -> bool:
    """Tell whether another receipt is later, or an advance was used since that this one goes before.

    Beside money for the next instalments an advance comes to the same before and after; what repays principal
    before its time would find its interest paid for days that had not been.
    """
    if loan.last_paid_on is not None and receipt.on < loan.last_paid_on:
        return True
    if receipt.early is Early.NEXT:
        return False
    used = await queries.advance_used_on(session, loan.id)
    return used is not None and receipt.on < used


async def _in_its_place(
    session: AsyncSession, loan: LoanFacts, receipt: Receipt, *, now: datetime
) -> Outcome:
    """Allocate a receipt that comes late among those recorded before it, by its day."""
    standing = await queries.standing(session, loan.id, loan.base_no)
    before = [one for one in standing if one.on <= receipt.on]
    receipts = [*before, receipt, *standing[len(before) :]]
    return await allocating.anew(session, loan, receipts, added=receipt.id, now=now)


async def _refuse_payoff(session: AsyncSession, loan: LoanFacts, receipt: Receipt) -> None:
    rows = await loans.rows_of(session, loan.id, loan.schedule_no)
    pauses = await loans.pauses(session, loan.id)
    quote = rules.payoff(Standing(rows, loan.advance), receipt.on, repayment_terms(loan.terms), pauses)
    total = baht(quote.total)
    raise PayoffTooLittle(
        f"ยอดปิดบัญชี {total} บาท", f"The pay-off is {total} baht", pointer="/amount", total=total
    )


async def use_advance(
    session: AsyncSession, *, loan_id: UUID, on: date, actor: Principal | str, now: datetime
) -> bool:
    """Pay what has fallen due on a loan until a day out of what was paid ahead; tells whether anything was.

    Raises LoanNotFound, PeriodClosed.
    """
    loan = await lock(session, loan_id, principal=actor)
    if loan.state is not State.ACTIVE or loan.advance == 0:
        return False
    rows = await loans.rows_of(session, loan.id, loan.schedule_no, unsettled=True)
    standing = Standing(rows, loan.advance)
    paid = rules.use_advance(standing, on, repayment_terms(loan.terms))
    if not paid.parts:
        return False
    outcome = Outcome(standing, rows, None, paid, Split())
    closed = await allocating.keep(session, loan, outcome, paid_on=None, actor=subject(actor), now=now)
    about = Beside("advance_use", on)
    await booking.book_beside(session, loan, paid.split, about=about, closed=closed, actor=actor, now=now)
    return True


async def refund(
    session: AsyncSession, *, loan_id: UUID, new: NewRefund, actor: Principal, now: datetime
) -> UUID:
    """Give back what was paid ahead; returns the entry's id.

    Raises LoanNotFound, PaymentInFuture, RefundBeforeMoney, NoAdvance, OverCapital, PeriodClosed and, by its
    constraint, RefundExists.
    """
    loan = await lock(session, loan_id, principal=actor)
    day = new.paid_on or business_date(now)
    if day > business_date(now):
        raise PaymentInFuture(pointer="/paid_on")
    # Receipts are allocated by their days: what was given back before it came could never be told again.
    moved = (loan.last_paid_on, await queries.last_entry_on(session, loan.id))
    if any(one is not None and day < one for one in moved):
        raise RefundBeforeMoney(pointer="/paid_on")
    amount = loan.advance if new.amount is None else new.amount
    if amount == 0 or amount > loan.advance:
        ahead = baht(loan.advance)
        raise NoAdvance(
            f"เงินรับล่วงหน้าคงเหลือ {ahead} บาท", f"{ahead} is kept ahead", pointer="/amount", advance=ahead
        )
    await writing.change(session, loan, now=now, advance=loan.advance - amount)
    about = Beside("refund", day, id=new.id, document_no=new.document_no, channel=new.channel)
    split = Split(advance=-amount)
    return await booking.book_beside(session, loan, split, about=about, closed=False, actor=actor, now=now)
