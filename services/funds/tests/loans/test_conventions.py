"""Loans by the less usual conventions of a product and a contract, from the contract to the last satang."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loan_papers.rules import conventions as sentences
from funds.loans import errors, lending, queries, showing, terms
from funds.loans import service as changes
from funds.loans.rules import State
from funds.loans.schemas import LoanConventions, NewDisbursement
from funds.products import queries as products
from funds.products import service
from funds.products.schemas import NewVersion
from funds.reliefs.schemas import RescheduleTerms
from funds.reliefs.service import planned_rows
from funds.schedules.errors import (
    BalloonTooLarge,
    BeyondCalendar,
    FirstDueNotAtStart,
    GraceTooLong,
    PrincipalEveryOutOfRange,
    SecondDueDayTooNear,
)
from funds.schedules.rules import PaidAt, RoundedInterest
from tests.factories import NOW, OFFICER, TODAY, a_contract, a_fund, a_loan, a_person
from tests.repayments.helpers import at, pay, stands

MAY = date(2026, 5, 15)


async def a_product(session: AsyncSession, **words: Any) -> None:
    """Let the department change how savings groups lend, from today on."""
    row = await products.by_code(session, "SAVINGS_LOAN", on=TODAY)
    assert row is not None
    known = row["terms"] if isinstance(row["terms"], dict) else orjson.loads(row["terms"])
    new = NewVersion.model_validate(
        {"valid_from": TODAY, "terms": {**known, **words}, "source": "ระเบียบกลุ่ม", "confidence": "high"}
    )
    department = a_person("department", areas=("",))
    await service.add_version(session, product_id=row["id"], new=new, actor=department, now=NOW)


async def rows_of(session: AsyncSession, loan_id: UUID) -> list[tuple[date, int, int]]:
    return [
        (row["due_on"], row["principal"], row["interest"])
        for row in await queries.instalments(session, loan_id)
    ]


async def test_level_instalments_at_the_start_of_each_month_begin_with_the_disbursement(
    session: AsyncSession,
) -> None:
    satang = {"mode": "half_up", "multiple": "0.01"}
    words = {"annual_rate": "12.00", "instalment_rounding": satang}
    await a_product(session, method="equal_instalment", paid_at="start", **words)
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    loan_id = await a_loan(session, fund, amount=1_200_000, instalments=12)
    rows = await rows_of(session, loan_id)
    level = round(1_200_000 / sum(1.01**-month for month in range(12)))
    assert rows[0] == (TODAY, level, 0)
    assert {principal + interest for _, principal, interest in rows[:-1]} == {level}
    assert rows[11][0] == date(2026, 12, 15)
    for due_on, principal, interest in rows:
        await pay(session, loan_id, due_on, principal + interest)
    assert (await stands(session, loan_id)).state is State.CLOSED


async def test_a_contract_may_leave_a_part_for_the_end(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund, terms={"balloon": "50000.00"})
    rows = await rows_of(session, loan_id)
    assert [principal for _, principal, _ in rows] == [500_000] * 9 + [5_500_000]
    assert rows[9][2] == 5_500_000 * 3 // 1200
    loan = await stands(session, loan_id)
    shown = LoanConventions(**showing.conventions(loan.terms))
    assert (shown.balloon, shown.paid_at) == (5_000_000, PaidAt.END)
    said = " ".join(sentences(terms.schedule_terms(loan.terms), ()))
    assert "50,000.00" in said
    await pay(session, loan_id, date(2026, 2, 15), 2_000_000, early="shorten")
    assert (await stands(session, loan_id)).outstanding < 8_500_000


async def test_a_contract_may_ask_principal_every_third_month_and_no_interest_at_first(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    chosen = {"principal_every": 3, "grace_interest": 2}
    loan_id = await a_loan(session, fund, amount=6_000_000, instalments=6, terms=chosen)
    rows = await rows_of(session, loan_id)
    assert [principal for _, principal, _ in rows] == [0, 0, 3_000_000] * 2
    assert [interest for _, _, interest in rows] == [0, 0, 15_000, 7_500, 7_500, 7_500]
    loan = await stands(session, loan_id)
    shown = LoanConventions(**showing.conventions(loan.terms))
    assert (shown.principal_every, shown.grace_interest) == (3, 2)
    said = " ".join(sentences(terms.schedule_terms(loan.terms), ()))
    assert "คืนเงินต้นทุก 3 งวด" in said
    assert "ไม่คิดดอกเบี้ย 2 งวดแรก" in said
    assert loan.next_due_on == rows[2][0]  # nothing is asked before
    await pay(session, loan_id, date(2026, 3, 15), 1_000_000, early="lower")
    assert [part for _, part, _ in (await rows_of(session, loan_id))[-4:]] == [2_500_000, 0, 0, 2_500_000]
    asked = RescheduleTerms(kind="reschedule", instalments=6, first_due=MAY)
    planned = await planned_rows(session, loan, asked, on=date(2026, 4, 1))
    assert all(row.principal and row.interest for row in planned)


async def test_a_product_may_round_the_interest_of_each_balance_in_a_period(session: AsyncSession) -> None:
    await a_product(session, method="equal_principal", annual_rate="12.00", rounded_interest="balance")
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    loan_id = await a_contract(session, fund, amount=1_000_000)
    loan = await stands(session, loan_id)
    assert terms.schedule_terms(loan.terms).rounded_interest is RoundedInterest.BALANCE


async def test_a_restructuring_knows_no_balloon_and_no_start(session: AsyncSession) -> None:
    await a_product(session, method="equal_instalment", annual_rate="12.00", paid_at="start")
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    loan_id = await a_loan(session, fund, amount=1_200_000, instalments=12, terms={"balloon": "6000.00"})
    loan = await stands(session, loan_id)
    asked = RescheduleTerms(kind="reschedule", instalments=6, first_due=MAY)
    rows = await planned_rows(session, loan, asked, on=date(2026, 4, 1))
    assert [row.due_on.month for row in rows] == [5, 6, 7, 8, 9, 10]
    assert sum(row.principal for row in rows) == loan.outstanding


async def test_twice_a_month_on_the_days_of_the_contract(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    chosen = {"period": "half_month", "due_day": 15, "second_due_day": 31}
    loan_id = await a_loan(session, fund, instalments=4, terms=chosen)
    days = [due_on for due_on, _, _ in await rows_of(session, loan_id)]
    assert [str(day) for day in days] == ["2026-01-31", "2026-02-15", "2026-02-28", "2026-03-15"]


@pytest.mark.parametrize(
    ("chosen", "refusal"),
    [
        ({"balloon": "100000.00"}, BalloonTooLarge),
        ({"principal_every": 11}, PrincipalEveryOutOfRange),
        ({"grace_interest": 11}, GraceTooLong),
        ({"period": "half_month", "due_day": 15, "second_due_day": 20}, SecondDueDayTooNear),
        ({"instalments": 24, "every": 2}, errors.TermTooLong),
    ],
)
async def test_a_contract_is_refused_what_makes_no_schedule(
    session: AsyncSession, chosen: dict[str, Any], refusal: type[Exception]
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    with pytest.raises(refusal):
        await a_contract(session, fund, terms=chosen)


async def test_a_contract_of_centuries_is_refused_where_no_product_limits_its_term(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    await a_product(session, max_months=None, max_instalments=None)
    with pytest.raises(BeyondCalendar):
        await a_contract(session, fund, terms={"period": "year", "every": 366, "instalments": 100})


async def test_paid_at_the_start_the_first_instalment_waits_for_no_other_day(session: AsyncSession) -> None:
    await a_product(session, method="equal_principal", annual_rate="12.00", paid_at="start")
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    with pytest.raises(FirstDueNotAtStart):
        await a_contract(session, fund, amount=1_000_000, terms={"first_due": MAY})
    loan_id = await a_contract(session, fund, amount=1_000_000, terms={"first_due": TODAY})
    later: dict[str, Any] = {"channel": "bank", "document_no": "บจ 1"}
    with pytest.raises(FirstDueNotAtStart):
        await lending.disburse(
            session, loan_id=loan_id, new=NewDisbursement.model_validate(later), actor=OFFICER, now=at(MAY)
        )


async def test_a_contract_of_before_these_conventions_reads_as_it_was_agreed(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    loan = await stands(session, loan_id)
    later = (
        "second_due_day", "month_end", "paid_at", "balloon", "level_over", "rounded_interest",
        "principal_every", "compounding",
    )  # fmt: skip
    schedule = {name: value for name, value in loan.terms["schedule"].items() if name not in later}
    old = {**loan.terms, "schedule": schedule}
    assert terms.schedule_terms(old) == terms.schedule_terms(loan.terms)
    assert showing.conventions(old) == showing.conventions(loan.terms)
    assert await changes.charged(session, loan, on=MAY)
