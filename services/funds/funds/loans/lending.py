"""Lending: contracts of approved applications, and what is paid out on them."""

from collections.abc import Container
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.applications import queries as asked
from funds.applications import service as applications
from funds.applications.rules import Approved
from funds.holidays import service as holidays
from funds.ledger import service as ledger
from funds.ledger.service import Posted
from funds.loans import queries, writing
from funds.loans import terms as stored
from funds.loans.errors import (
    BeforeApproval,
    BeforeContract,
    BeforeLastDisbursement,
    BeforeLastReceipt,
    DisbursementNotFound,
    DisbursementReversed,
    FollowerNeeded,
    LoanRescheduled,
    OverContract,
    OwnLoan,
    PaidOutByContractor,
    RateAboveProduct,
    RepaidAlready,
    TermTooLong,
    WrongLoanState,
)
from funds.loans.events import DisbursementUndone, LoanDisbursed
from funds.loans.models import Loan, LoanDisbursement
from funds.loans.rules import (
    ClosedBecause,
    Instalment,
    LoanFacts,
    PaidOut,
    Reason,
    State,
    band,
    disbursement_entry,
    laid_out,
    less_paid,
    next_due,
)
from funds.loans.schemas import DisbursementReversal, NewDisbursement, NewLoan
from funds.loans.service import charged, closed, free, lock
from funds.loans.writing import NewSchedule
from funds.products import service as products
from funds.products.rules import ProductTerms
from funds.registry import service as registry
from funds.schedules import service as schedules
from funds.schedules.due_dates import due_dates
from funds.schedules.rules import Disbursement, HolidayRule, PaidAt, Period, Terms
from shared import audit, outbox
from shared.clock import business_date
from shared.ids import uuid7
from shared.money import baht
from shared.rows import Row, insert, insert_row, update_row
from shared.security import Principal

_CHOSEN = (
    "every", "period", "first_due", "due_day", "second_due_day", "grace_principal", "principal_every",
    "grace_interest", "balloon",
)  # fmt: skip
"""What a contract chooses of how it is laid out; the other conventions are the product's."""
_TABLE = Loan.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PAID_OUT = LoanDisbursement.__table__  # type: ignore[attr-defined]  # likewise


async def contract(session: AsyncSession, *, new: NewLoan, actor: Principal, now: datetime) -> UUID:
    """Make the contract of an approved application; returns the loan's id.

    Raises what `applications.service.take_up` does, DateInFuture, BeforeApproval,
    RateAboveCap, RateAboveProduct, TermTooLong and, by its constraints, LoanExists, ContractNumberUsed.
    """
    approved = await applications.take_up(session, application_id=new.application_id, actor=actor, now=now)
    day = new.contract_date or business_date(now)
    registry.not_in_future(day, "/contract_date", now=now)
    if day < approved.approved_on:
        raise BeforeApproval(pointer="/contract_date")
    product = await products.terms(session, approved.product_id, fund_id=approved.fund_id, on=day)
    agreed = _agreed(new, approved, product, day)
    loan_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=loan_id,
        fund_id=approved.fund_id,
        area_code=approved.area_code,
        application_id=new.application_id,
        product_id=approved.product_id,
        borrower_kind=str(approved.borrower_kind),
        borrower_id=approved.borrower_id,
        contract_no=new.contract_no,
        contract_date=day,
        principal=approved.amount,
        annual_rate=rates.to_column(agreed.annual_rate),
        terms=orjson.dumps(stored.stored(agreed, product)).decode(),
        reserved=approved.reserved,
        contracted_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    shares = (Row("loan_shares", {"loan_id": loan_id, **share._asdict()}) for share in approved.shares)
    written = audit.row(principal=actor, action="loan.contract", subjects=[loan_id], now=now)
    await insert(session, *shares, written)
    return loan_id


def _agreed(new: NewLoan, approved: Approved, product: ProductTerms, day: date) -> Terms:
    """Return the terms that contract, approval and product agree on; raises what does not fit."""
    approved_rate = None if approved.annual_rate is None else rates.rate(approved.annual_rate)
    most = product.annual_rate if approved_rate is None else approved_rate
    rate = most if new.annual_rate is None else new.annual_rate
    products.check_rate(rate, on=day)
    if rate > most:  # a higher one is applied for, so that those who approve have seen it
        raise RateAboveProduct(pointer="/annual_rate")
    instalments = new.instalments or approved.instalments or approved.months or 1
    chosen = {name: getattr(new, name) for name in _CHOSEN}
    agreed = product.schedule_terms(instalments=instalments, annual_rate=rate, **chosen)
    if product.max_instalments is not None and instalments > product.max_instalments:
        raise TermTooLong(pointer="/instalments", max_instalments=product.max_instalments)
    months = min((most for most in (product.max_months, approved.months) if most), default=None)
    schedules.lay_out([Disbursement(day, approved.amount)], agreed, frozenset())
    if months is not None and not _ends_within(agreed, months, day):
        raise TermTooLong(pointer="/instalments", max_months=months)
    return agreed


def _ends_within(agreed: Terms, months: int, day: date) -> bool:
    """Tell whether the last instalment falls due in the last month of the longest term, or before."""
    ends = replace(agreed, paid_at=PaidAt.END)  # of the last one's period, where it is paid at its start
    longest = replace(ends, period=Period.MONTH, every=1, first_due=None)
    limit = due_dates(longest, disbursed_on=day, count=months)[-1]
    last = due_dates(ends, disbursed_on=day, count=agreed.instalments)[-1]
    return (last.year, last.month) <= (limit.year, limit.month)


async def disburse(
    session: AsyncSession, *, loan_id: UUID, new: NewDisbursement, actor: Principal, now: datetime
) -> UUID:
    """Pay out on a loan, lay out its instalments from the days on which money was paid, and book it.

    Raises LoanNotFound, FundNotActive, PaidOutByContractor, OwnLoan, WrongLoanState, DateInFuture,
    BeforeContract, BeforeLastDisbursement, BeforeLastReceipt, OverContract, LoanRescheduled, FollowerNeeded,
    the refusals of a schedule, OverCapital, PeriodClosed and, by its constraints, VoucherUsed,
    DisbursementExists.
    """
    loan = await lock(session, loan_id, principal=actor)
    await registry.require(session, loan.fund_id, principal=actor)
    await _may_pay(session, loan, actor=actor, now=now)
    day = new.paid_on or business_date(now)
    registry.not_in_future(day, "/paid_on", now=now)
    amount = loan.principal - loan.disbursed if new.amount is None else new.amount
    lent = await _may_pay_out(session, loan, amount=amount, day=day)
    rows = await _laid_out_again(session, loan, [*lent, Disbursement(day, amount)])
    made = NewSchedule(Reason.DISBURSEMENT, day, loan.advance, actor.subject)
    number = await writing.add_schedule(session, loan, rows, made=made, now=now)
    released = min(amount, loan.reserved)
    await writing.change(
        session,
        loan,
        now=now,
        state=State.ACTIVE.value,
        disbursed=loan.disbursed + amount,
        outstanding=loan.outstanding + amount,
        reserved=loan.reserved - released,
        schedule_no=number,
        base_no=number,
        next_due_on=next_due(rows),
    )
    disbursement_id = new.id or uuid7()
    fact = _disbursed(loan, amount=amount, day=day)
    await insert(
        session,
        outbox.row(fact, subject=loan.id, sequence=loan.version + 1, now=now),
        audit.row(principal=actor, action="loan.disburse", subjects=[loan.id, disbursement_id], now=now),
    )
    outbox.announce(session)
    if released:
        await ledger.release(session, fund_id=loan.fund_id, amount=released)
    paid = PaidOut(disbursement_id, amount, new.channel, day, new.document_no)
    posted = await ledger.post(
        session, fund_id=loan.fund_id, entry=disbursement_entry(loan.id, paid), actor=actor, now=now
    )
    await _keep(session, loan, paid, posted, actor=actor, now=now)
    return disbursement_id


async def _may_pay(session: AsyncSession, loan: LoanFacts, *, actor: Principal, now: datetime) -> None:
    """Raise where this person may not pay out, or nobody answers for the group that the money goes to."""
    if actor.subject == loan.contracted_by:
        raise PaidOutByContractor
    if await asked.is_her_own(session, subject=actor.subject, borrower_id=loan.borrower_id):
        raise OwnLoan
    if loan.borrower_kind == "group" and not await queries.followed(session, loan, on=business_date(now)):
        raise FollowerNeeded


async def _may_pay_out(
    session: AsyncSession, loan: LoanFacts, *, amount: int, day: date
) -> list[Disbursement]:
    """Return what was paid out before; raises where no more may be, or not so much, or not on that day."""
    if loan.state not in (State.CONTRACTED, State.ACTIVE):
        raise WrongLoanState(state=loan.state.value)
    if day < loan.contract_date:
        raise BeforeContract(pointer="/paid_on")
    left = loan.principal - loan.disbursed
    if amount > left or left == 0:
        raise OverContract(f"จ่ายได้อีก {baht(left)} บาท", f"{baht(left)} baht are left", left=baht(left))
    base = await queries.schedule(session, loan.id, loan.base_no)
    if base is not None and (base["reason"] != Reason.DISBURSEMENT or loan.base_no != loan.schedule_no):
        raise LoanRescheduled
    lent = [Disbursement(*row) for row in await queries.lent(session, loan.id)]
    if lent and day < lent[-1].on:
        raise BeforeLastDisbursement(pointer="/paid_on")
    if loan.last_paid_on is not None and day < loan.last_paid_on:
        raise BeforeLastReceipt(pointer="/paid_on")
    return lent


async def _laid_out_again(
    session: AsyncSession, loan: LoanFacts, lent: list[Disbursement]
) -> list[Instalment]:
    """Return the instalments of all that is lent, without what was paid of them before."""
    agreed = stored.schedule_terms(loan.terms)
    closed: Container[date] = frozenset()
    if agreed.holiday_rule is not HolidayRule.NONE:
        closed = await holidays.calendar(session, area_code=loan.area_code)
    rows = laid_out(schedules.lay_out(lent, agreed, closed), starts_on=lent[0].on)
    if not loan.disbursed:
        return rows
    day, before = lent[-1].on, await charged(session, loan, on=lent[-1].on)
    interest = await queries.interest_paid(session, loan.id)
    return less_paid(
        rows,
        before,
        principal=loan.disbursed - loan.outstanding,
        interest=interest,
        charged_until=day,
    )


async def _keep(
    session: AsyncSession, loan: LoanFacts, paid: PaidOut, posted: Posted, *, actor: Principal, now: datetime
) -> None:
    await insert_row(
        session,
        _PAID_OUT,
        id=paid.id,
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        paid_on=paid.on,
        amount=paid.amount,
        channel=paid.channel.value,
        document_no=paid.document_no,
        journal_id=posted.journal_id,
        journal_number=posted.number,
        recorded_by=actor.subject,
        created_at=now,
    )


def _disbursed(loan: LoanFacts, *, amount: int, day: date) -> LoanDisbursed:
    return LoanDisbursed.model_validate(
        {
            "loan_id": loan.id,
            "fund_id": loan.fund_id,
            "area_code": loan.area_code,
            "product_code": loan.terms["product_code"],
            "borrower_kind": loan.borrower_kind,
            "borrower_id": loan.borrower_id,
            "paid_on": day,
            "amount_band": band(amount),
        }
    )


async def cancel(
    session: AsyncSession, *, loan_id: UUID, reason: str, actor: Principal, now: datetime
) -> None:
    """Pay out nothing more on a contract and free what is kept back for it.

    A contract on which nothing was paid out is closed, a loan is as large as what was paid out.
    Raises LoanNotFound, WrongLoanState where all is paid out already or the loan is closed.
    """
    loan = await lock(session, loan_id, principal=actor)
    if loan.state in (State.CLOSED, State.WRITTEN_OFF) or loan.disbursed == loan.principal:
        raise WrongLoanState(state=loan.state.value)
    if loan.disbursed:
        await writing.change(session, loan, now=now, principal=loan.disbursed, reserved=0)
        if loan.next_due_on is None:
            await closed(session, loan, because=ClosedBecause.REPAID, now=now)
    else:
        await writing.change(session, loan, now=now, reserved=0, state_reason=reason)
        await closed(session, loan, because=ClosedBecause.CANCELLED, now=now)
    await audit.record(session, principal=actor, action="loan.cancel", subjects=[loan.id], now=now)
    await free(session, loan)


async def take_back(
    session: AsyncSession,
    *,
    loan_id: UUID,
    disbursement_id: UUID,
    reversal: DisbursementReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Book the mirror of a disbursement recorded wrongly; its money is kept back for the contract again.

    Raises LoanNotFound, DisbursementNotFound, DisbursementReversed, WrongLoanState, RepaidAlready,
    LoanRescheduled, DateInFuture, BeforeLastDisbursement, PeriodClosed.
    """
    loan = await lock(session, loan_id, principal=actor)
    paid = next(
        (row for row in await queries.disbursements(session, loan.id) if row["id"] == disbursement_id), None
    )
    if paid is None:
        raise DisbursementNotFound
    if paid["reversed_on"] is not None:
        raise DisbursementReversed
    day = reversal.reversed_on or business_date(now)
    registry.not_in_future(day, "/reversed_on", now=now)
    if day < paid["paid_on"]:
        raise BeforeLastDisbursement(pointer="/reversed_on")
    await _is_as_paid_out(session, loan)
    marks = {"reversed_on": day, "reversed_by": actor.subject, "reversal_reason": reversal.reason}
    posted = await ledger.reverse(
        session,
        fund_id=loan.fund_id,
        journal_id=paid["journal_id"],
        business_date=day,
        memo=reversal.reason,
        actor=actor,
        now=now,
    )
    await ledger.reserve(session, fund_id=loan.fund_id, amount=paid["amount"])
    await update_row(session, _PAID_OUT, disbursement_id, **marks, reversal_journal_id=posted.journal_id)
    fact = _undone(loan, amount=paid["amount"], paid_on=paid["paid_on"], day=day)
    await outbox.add(session, fact, subject=loan.id, sequence=loan.version + 1, now=now)
    await _lay_out_the_rest(session, loan, gone=paid["amount"], day=day, actor=actor, now=now)
    about = [loan.id, disbursement_id]
    await audit.record(session, principal=actor, action="loan.take_back", subjects=about, now=now)


def _undone(loan: LoanFacts, *, amount: int, paid_on: date, day: date) -> DisbursementUndone:
    return DisbursementUndone(
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        paid_on=paid_on,
        reversed_on=day,
        amount_band=band(amount),
    )


async def _is_as_paid_out(session: AsyncSession, loan: LoanFacts) -> None:
    """Raise unless nothing happened on a loan since money was paid out that stands."""
    if loan.state is not State.ACTIVE:
        raise WrongLoanState(state=loan.state.value)
    if loan.advance or await queries.repaid(session, loan.id):
        raise RepaidAlready
    base = await queries.schedule(session, loan.id, loan.base_no)
    if base is None or base["reason"] != Reason.DISBURSEMENT:
        raise LoanRescheduled


async def _lay_out_the_rest(
    session: AsyncSession, loan: LoanFacts, *, gone: int, day: date, actor: Principal, now: datetime
) -> None:
    """Put a schedule of what stays paid out in force; an empty one where nothing does."""
    lent = [Disbursement(*row) for row in await queries.lent(session, loan.id)]
    left = replace(loan, disbursed=0)
    rows = await _laid_out_again(session, left, lent) if lent else []
    made = NewSchedule(Reason.DISBURSEMENT, day, 0, actor.subject, "กลับรายการจ่าย")
    number = await writing.add_schedule(session, loan, rows, made=made, now=now)
    await writing.change(
        session,
        loan,
        now=now,
        state=(State.ACTIVE if lent else State.CONTRACTED).value,
        disbursed=loan.disbursed - gone,
        outstanding=loan.outstanding - gone,
        reserved=loan.reserved + gone,
        schedule_no=number,
        base_no=number,
        next_due_on=next_due(rows),
    )
