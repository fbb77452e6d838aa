"""Receipts that do not stand: mirrored in the books, and the others pay what they leave open."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans import service as loan_changes
from funds.loans.rules import PlannedRow, State
from funds.repayments import errors, queries, service
from funds.repayments.schemas import NewRefund
from shared.db import driver
from tests.factories import OFFICER, TODAY, a_fund, a_loan
from tests.repayments.helpers import at, in_hand, pay, receipt, stands, take_back

FEBRUARY, MARCH, APRIL = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
FIRST, SECOND = 1_025_000, 1_022_500


async def test_a_reversed_receipt_leaves_the_loan_as_if_it_had_not_been(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=90_000_000)
    untouched, loan_id = await a_loan(session, fund), await a_loan(session, fund)
    paid = await pay(session, loan_id, FEBRUARY, FIRST + 500)
    await take_back(session, paid, FEBRUARY)
    loan = await stands(session, loan_id)
    assert (loan.outstanding, loan.advance, loan.next_due_on) == (10_000_000, 0, FEBRUARY)
    assert (await in_hand(session, loan_id))[0] == (await in_hand(session, untouched))[0]
    row = await receipt(session, paid)
    assert (row["reversed_on"], row["reversed_by"], row["reversal_reason"]) == (
        FEBRUARY, OFFICER.subject, "บันทึกผิดสัญญา",
    )  # fmt: skip
    mirrored = await (await driver(session)).fetchval(
        "SELECT reverses FROM journals WHERE id = $1", row["reversal_journal_id"]
    )
    assert mirrored == row["journal_id"]


async def test_later_receipts_pay_what_a_reversed_one_leaves_open(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id, never = await a_loan(session, fund), await a_loan(session, fund)
    first = await pay(session, loan_id, FEBRUARY, FIRST)
    second = await pay(session, loan_id, MARCH, SECOND)
    await pay(session, never, MARCH, SECOND)
    before = await receipt(session, second)
    await take_back(session, first, APRIL)
    loan = await stands(session, loan_id)
    assert loan.next_due_on == FEBRUARY
    rows, paid = await in_hand(session, loan_id)
    assert (rows, paid) == ((await in_hand(session, never))[0], SECOND)
    assert await receipt(session, second) == before  # what she was told stays as it is
    (moved,) = await queries.entries(session, loan_id)
    assert (moved["kind"], moved["repayment_id"], moved["penalty"]) == ("reallocation", first, 5_753)


async def test_a_loan_that_a_receipt_closed_is_open_again_without_it(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    last = await pay(session, loan_id, TODAY, 10_000_000, early="payoff")
    assert (await stands(session, loan_id)).state is State.CLOSED
    await take_back(session, last, TODAY)
    loan = await stands(session, loan_id)
    assert (loan.state, loan.closed_on, loan.outstanding) == (State.ACTIVE, None, 10_000_000)
    assert [row["reason"] for row in await loans.schedules(session, loan_id)] == [
        "disbursement", "early_repayment", "replay",
    ]  # fmt: skip


async def test_early_money_taken_back_brings_the_old_instalments_back(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="institution", capital=90_000_000)
    loan_id = await a_loan(session, fund, amount=12_000_000, instalments=12)
    agreed = [row["due_on"] for row in await loans.instalments(session, loan_id)]
    early = await pay(session, loan_id, date(2026, 2, 1), 6_000_000, early="lower")
    await pay(session, loan_id, FEBRUARY, 600_000)
    await take_back(session, early, MARCH)
    await stands(session, loan_id)
    rows = await loans.instalments(session, loan_id)
    assert [row["due_on"] for row in rows] == agreed
    assert sum(row["paid_principal"] + row["paid_interest"] for row in rows) == 600_000


async def test_a_receipt_from_before_a_restructuring_comes_back_as_an_instalment_of_its_own(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id = await a_loan(session, fund)
    paid = await pay(session, loan_id, FEBRUARY, FIRST)
    rows = [PlannedRow(APRIL, 4_500_000, 20_000), PlannedRow(date(2026, 5, 15), 4_500_000, 10_000)]
    by = {"loan_id": loan_id, "actor": OFFICER, "now": at(MARCH)}
    await loan_changes.reschedule(session, rows=rows, reason="ขอผ่อนผัน", on=MARCH, **by)  # type: ignore[arg-type]
    await pay(session, loan_id, APRIL, 4_520_000)
    await take_back(session, paid, date(2026, 4, 20))
    loan = await stands(session, loan_id)
    assert (loan.outstanding, loan.next_due_on) == (
        5_531_370,
        APRIL,
    )  # 63.70 of penalty since the restructuring
    now = {row["due_on"]: row["principal"] for row in await loans.instalments(session, loan_id)}
    assert now == {FEBRUARY: 1_000_000, APRIL: 4_500_000, date(2026, 5, 15): 4_500_000}
    assert (await books.balance(session, fund.id, Account.LOANS)) == loan.outstanding


async def test_a_receipt_is_reversed_once_and_not_after_what_it_left_over_was_given_back(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    paid = await pay(session, loan_id, FEBRUARY, FIRST + 4_600)
    other = await pay(session, loan_id, FEBRUARY, 100)
    await take_back(session, other, FEBRUARY)
    with pytest.raises(errors.RepaymentReversed):
        await take_back(session, other, FEBRUARY)
    new = NewRefund.model_validate({"channel": "cash", "document_no": "บจ 9"})
    await service.refund(session, loan_id=loan_id, new=new, actor=OFFICER, now=at(FEBRUARY))
    with pytest.raises(errors.NotReversibleNow):
        await take_back(session, paid, FEBRUARY)


async def test_what_was_paid_before_a_write_off_stays_paid(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    paid = await pay(session, loan_id, FEBRUARY, FIRST)
    by = {"loan_id": loan_id, "actor": OFFICER, "now": at(APRIL)}
    await loan_changes.write_off(session, on=APRIL, reason="ติดตามไม่ได้", **by)  # type: ignore[arg-type]
    with pytest.raises(errors.NotReversibleNow):
        await take_back(session, paid, APRIL)
    recovered = await pay(session, loan_id, APRIL + timedelta(days=1), 500_000)
    await take_back(session, recovered, APRIL + timedelta(days=2))
    loan = await stands(session, loan_id)
    assert (loan.recovered, loan.state) == (0, State.WRITTEN_OFF)
