"""What a loan has borne by a day: exact by its own day count, and not lost when it is laid out anew."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.loans.accruing import carried_on, earned
from funds.loans.rules import Instalment, RepaymentTerms, State
from funds.reliefs import service as reliefs
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.repayments import quoting
from funds.schedules.rules import DayCount, Method
from tests.factories import APPROVER, CHAIR, a_fund, a_loan
from tests.loans.test_no_money_kept_back import split_evenly
from tests.repayments.helpers import at, pay, stands

FEBRUARY, MARCH = date(2026, 2, 15), date(2026, 3, 15)


def a_row(start: date, end: date, interest: int, **changes: Any) -> Instalment:
    return Instalment(1, start, end, 1_000_000, interest, **changes)


@pytest.mark.parametrize(
    ("count", "start", "day", "end", "expected"),
    [
        # 59 days, 31 of them gone: by days; by months of thirty days one of two.
        (DayCount.ACTUAL_365, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), round(6000 * 31 / 59)),
        (DayCount.PERIOD, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), round(6000 * 31 / 59)),
        (DayCount.THIRTY_360_EUROPEAN, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), 3000),
        # Half of a month before a leap year's first day, half after it.
        (DayCount.ACTUAL_ACTUAL, date(2027, 12, 17), date(2028, 1, 1), date(2028, 1, 16),
         round(6000 * 366 / (366 + 365))),
        # 16 days by 365 of 60 with a 29 February by 366.
        (DayCount.ACTUAL_ACTUAL_AFB, date(2028, 1, 16), date(2028, 2, 1), date(2028, 3, 16),
         round(6000 * 16 * 366 / (365 * 60))),
        (DayCount.THIRTY_360_GERMAN, date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), 3000),
    ],
)  # fmt: skip
def test_a_broken_period_bears_its_part_by_the_loans_own_day_count(
    count: DayCount, start: date, day: date, end: date, expected: int
) -> None:
    terms = RepaymentTerms(method=Method.EQUAL_PRINCIPAL, day_count=count)
    row = a_row(start, end, 6000)
    assert earned(row, day, terms) == expected
    assert earned(row, start, terms) == 0
    assert earned(row, end, terms) == 6000
    row.paid_interest, row.waived_interest = 1000, 500
    assert earned(row, end, terms) == 4500


def test_flat_interest_is_earned_whole_once_its_period_has_begun_and_what_was_carried_at_once() -> None:
    row = a_row(FEBRUARY, MARCH, 6000, carried_interest=2000)
    flat, declining = RepaymentTerms(method=Method.FLAT), RepaymentTerms(method=Method.EQUAL_PRINCIPAL)
    assert [earned(row, day, flat) for day in (date(2026, 2, 1), FEBRUARY, date(2026, 2, 16))] == [
        2000,
        2000,
        6000,
    ]
    assert earned(row, date(2026, 3, 1), declining) == 2000 + 4000 // 2  # 14 of 28 days
    (after,) = carried_on([row], on=date(2026, 3, 1), terms=declining)
    assert after.carried_interest == 4000
    (due,) = carried_on([row], on=MARCH, terms=declining)
    assert due.carried_interest == 6000


async def quoted(session: AsyncSession, loan_id: UUID, day: date) -> tuple[int, int]:
    """Return principal and interest that settle a loan on a day."""
    quote = await quoting.payoff(session, loan_id=loan_id, on=day, principal=CHAIR, now=at(day))
    return quote.principal, quote.interest


async def relieved(session: AsyncSession, loan_id: UUID, terms: dict[str, Any], day: date) -> None:
    new = NewRelief.model_validate({"terms": terms, "reason": "น้ำท่วม"})
    about: dict[str, Any] = {"loan_id": loan_id, "now": at(day)}
    relief_id = await reliefs.propose(session, new=new, actor=CHAIR, **about)
    decision = ReliefDecision(decision="approve")
    await reliefs.decide(session, relief_id=relief_id, decision=decision, actor=APPROVER, **about)


@pytest.mark.parametrize(
    ("terms", "bears_again"),
    [
        ({"kind": "reschedule", "instalments": 6, "first_due": "2026-06-15"}, date(2026, 3, 2)),
        ({"kind": "grace", "months": 3}, date(2026, 6, 2)),  # three months without interest
    ],
)
async def test_interest_borne_before_a_loan_is_laid_out_anew_is_owed_by_who_settles_it_the_same_day(
    session: AsyncSession, terms: dict[str, Any], bears_again: date
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    day = date(2026, 3, 1)  # the first instalment is late, of the second 14 of 28 days have passed
    before = await quoted(session, loan_id, day)
    assert before == (10_000_000, 25_000 + 22_500 // 2)
    await relieved(session, loan_id, terms, day)
    assert await quoted(session, loan_id, day) == before
    assert (await quoted(session, loan_id, bears_again - timedelta(days=1)))[1] == before[1]
    assert (await quoted(session, loan_id, bears_again))[1] > before[1]
    await pay(session, loan_id, day, sum(before) + 100_000, early="payoff")
    assert (await stands(session, loan_id)).state is State.CLOSED


async def test_who_settles_a_settlement_before_its_day_pays_the_agreed_sum(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    terms = {"kind": "settlement", "amount": "100300.00", "due_on": "2026-06-30"}
    await relieved(session, loan_id, terms, date(2026, 3, 1))
    assert await quoted(session, loan_id, date(2026, 3, 2)) == (10_000_000, 30_000)


async def test_members_of_a_divided_debt_settle_for_what_the_group_would_have_settled(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund, terms={"first_due": date(2026, 3, 1)})
    day = date(2026, 5, 10)  # of tests.demand.debts, on which debts are divided
    group = await quoted(session, loan_id, day)
    await split_evenly(session, loan_id, 10_000_000)
    page = await loans.page(
        session,
        filters=loans.Filters(areas=("",), fund_id=fund.id, state=State.ACTIVE),
        after=None,
        limit=50,
    )
    members = [await quoted(session, row["id"], day) for row in page]
    assert len(members) > 1
    assert sum(principal for principal, _ in members) == group[0]
    assert abs(sum(interest for _, interest in members) - group[1]) <= len(members) * 10


async def test_principal_paid_early_leaves_carried_interest_as_it_is(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    day = date(2026, 3, 1)
    await relieved(session, loan_id, {"kind": "grace", "months": 3}, day)
    _, borne = await quoted(session, loan_id, day)
    penalty = round(1_000_000 * 75 / 1000 * 14 / 365)
    await pay(session, loan_id, day, 5_000_000, early="lower")
    loan = await stands(session, loan_id)
    assert loan.outstanding == 10_000_000 - (5_000_000 - borne - penalty)
    assert (await quoted(session, loan_id, day))[1] == 0
