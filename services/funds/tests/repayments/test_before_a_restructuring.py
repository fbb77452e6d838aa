"""Receipts that come back after the loan was laid out anew: what they had paid is asked for as it was due."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import lending
from funds.loans import queries as loans
from funds.loans import service as loan_changes
from funds.loans.rules import PlannedRow
from funds.loans.schemas import NewDisbursement
from shared.db import driver
from tests.factories import NOW, OFFICER, a_contract, a_fund, a_loan
from tests.repayments.helpers import at, pay, stands, take_back

FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 15) for month in (2, 3, 4, 5))
FIRST = 1_025_000
"""The first of ten instalments of 100,000.00 at 3 %: 10,000.00 and 250.00."""
A_DAY = 1_000_000 * 75 / 1000 / 365
"""Penalty of a day on 10,000.00, in satang."""


async def laid_out_anew(session: AsyncSession, loan_id: UUID, rows: list[PlannedRow]) -> None:
    """Restructure a loan on 15 March."""
    by: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER, "now": at(MARCH)}
    await loan_changes.reschedule(session, rows=rows, reason="ขอผ่อนผัน", on=MARCH, **by)


async def asked(session: AsyncSession, loan_id: UUID) -> dict[date, tuple[int, int, int]]:
    """Return what the instalments ask for by their due dates: principal, interest and penalty to carry."""
    rows = await loans.instalments(session, loan_id)
    return {row["due_on"]: (row["principal"], row["interest"], row["carried_penalty"]) for row in rows}


async def test_a_receipt_from_before_a_restructuring_comes_back_as_an_instalment_of_its_own(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id = await a_loan(session, fund)
    paid = await pay(session, loan_id, FEBRUARY, FIRST)
    rows = [PlannedRow(APRIL, 4_500_000, 20_000), PlannedRow(MAY, 4_500_000, 10_000)]
    await laid_out_anew(session, loan_id, rows)
    await pay(session, loan_id, APRIL, 4_520_000)
    await take_back(session, paid, date(2026, 4, 20))
    loan = await stands(session, loan_id)
    until_march, since = round(A_DAY * 28), round(A_DAY * 31)
    assert await asked(session, loan_id) == {
        FEBRUARY: (1_000_000, 25_000, until_march),
        APRIL: (4_500_000, 20_000, 0),
        MAY: (4_500_000, 10_000, 0),
    }
    # The receipt of April paid the instalment of February first, with its penalty since then.
    assert (loan.outstanding, loan.next_due_on) == (5_525_000 + until_march + since, APRIL)
    assert (await books.balance(session, fund.id, Account.LOANS)) == loan.outstanding


async def test_what_was_paid_before_it_was_due_is_not_late_when_the_receipt_comes_back(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=90_000_000))
    both = FIRST + 1_000_000 + 22_500
    paid = await pay(session, loan_id, date(2026, 2, 1), both)
    await laid_out_anew(session, loan_id, [PlannedRow(MAY, 8_000_000, 40_000)])
    await take_back(session, paid, date(2026, 3, 16))
    loan = await stands(session, loan_id)
    assert await asked(session, loan_id) == {
        FEBRUARY: (1_000_000, 25_000, round(A_DAY * 28)),
        MARCH: (1_000_000, 22_500, 0),
        MAY: (8_000_000, 40_000, 0),
    }
    assert loan.next_due_on == FEBRUARY


async def test_a_late_receipt_that_comes_back_bears_its_penalty_once(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=90_000_000))
    ten_days_late = date(2026, 2, 25)
    paid = await pay(session, loan_id, ten_days_late, FIRST + round(A_DAY * 10))
    await laid_out_anew(session, loan_id, [PlannedRow(MAY, 9_000_000, 40_000)])
    await take_back(session, paid, MARCH)
    penalty = round(A_DAY * 10) + round(A_DAY * 18)  # charged up to the receipt, then up to the agreement
    assert (await asked(session, loan_id))[FEBRUARY] == (1_000_000, 25_000, penalty)


async def test_a_receipt_that_does_not_say_what_it_paid_when_is_due_on_its_own_day(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=90_000_000))
    paid = await pay(session, loan_id, date(2026, 2, 20), FIRST)
    await (await driver(session)).execute(
        "UPDATE repayments SET allocation = jsonb_build_array((allocation -> 0) - 'due_on') WHERE id = $1",
        paid,
    )
    await laid_out_anew(session, loan_id, [PlannedRow(MAY, (await stands(session, loan_id)).outstanding, 0)])
    await take_back(session, paid, MARCH)
    assert date(2026, 2, 20) in await asked(session, loan_id)


def part(number: int, amount: str) -> NewDisbursement:
    return NewDisbursement.model_validate(
        {"amount": amount, "channel": "bank", "document_no": f"บจ {number}/2569"}
    )


async def test_penalty_of_what_came_back_is_still_owed_after_more_money_was_paid_out(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id = await a_contract(session, fund)
    again: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER}
    await lending.disburse(session, new=part(1, "50000.00"), now=NOW, **again)
    late = await pay(session, loan_id, MARCH, 700_000)
    await lending.disburse(session, new=part(2, "30000.00"), now=at(date(2026, 3, 20)), **again)
    await take_back(session, late, date(2026, 3, 21))
    before = await loan_changes.charged(session, await stands(session, loan_id), on=APRIL)
    await lending.disburse(session, new=part(3, "20000.00"), now=at(APRIL), **again)
    after = await loan_changes.charged(session, await stands(session, loan_id), on=APRIL)
    assert sum(row.owed_penalty for row in after) == sum(row.owed_penalty for row in before) > 0
    assert sum(row.owed_principal for row in after) == 10_000_000
