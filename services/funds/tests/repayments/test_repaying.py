"""Money that comes back through the service: allocated, booked, reversed; nothing lost, nothing doubled."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.rules import LoanFacts, State
from funds.repayments import service
from funds.repayments.schemas import NewRepayment
from shared.money import baht
from tests.factories import OFFICER, a_fund, a_loan


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


async def pay(session: AsyncSession, loan_id: UUID, day: date, amount: int, **changes: Any) -> UUID:
    """Record a receipt on its own day, unless `now` says otherwise."""
    now = changes.pop("now", at(day))
    values = {"receipt_no": f"ร {day}-{amount}", "channel": "cash", **changes}
    new = NewRepayment.model_validate({"loan_id": loan_id, "paid_on": day, "amount": baht(amount), **values})
    return (await service.record(session, new=new, actor=OFFICER, now=now)).id


async def standing(session: AsyncSession, loan_id: UUID) -> LoanFacts:
    """Return a loan after checking that instalments, running figures and books say the same."""
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    rows = await loans.rows_of(session, loan_id, loan.schedule_no)
    assert sum(row.owed_principal for row in rows) == loan.owed_principal
    of = {"loan_id": loan_id}
    assert await books.balance(session, loan.fund_id, Account.LOANS, **of) == loan.outstanding
    assert await books.balance(session, loan.fund_id, Account.ADVANCES, **of) == loan.advance
    return loan


async def test_a_woman_who_pays_each_month_owes_nothing_at_the_end(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund, instalments=10)
    for row in await loans.instalments(session, loan_id):
        await pay(session, loan_id, row["due_on"], row["principal"] + row["interest"])
        await standing(session, loan_id)
    loan = await standing(session, loan_id)
    assert (loan.state, loan.outstanding, loan.advance) == (State.CLOSED, 0, 0)
    assert loan.closed_on == date(2026, 11, 15)
    interest = await books.balance(session, fund.id, Account.INTEREST_INCOME)
    assert interest == sum(25_000 - 2_500 * month for month in range(10))
    assert (await books.cash(session, fund.id)).cash == 30_000_000 + interest
