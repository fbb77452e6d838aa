"""Receipts that do not stand: mirrored in the books, and the others pay what they leave open."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import ReversalByRecorder
from funds.loans import queries as loans
from funds.loans import service as loan_changes
from funds.loans.rules import PlannedRow, State
from funds.repayments import errors, queries, reversing, service
from funds.repayments.schemas import NewRefund, Reversal
from shared.db import driver
from tests.factories import CHAIR, OFFICER, TODAY, a_fund, a_loan
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
        FEBRUARY, CHAIR.subject, "บันทึกผิดสัญญา",
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


async def test_a_receipt_that_comes_late_closes_a_loan_on_the_day_of_the_last_one(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="poverty", capital=30_000_000)
    loan_id = await a_loan(session, fund, amount=1_000_000, instalments=2)
    await pay(session, loan_id, MARCH, 500_000)
    await pay(session, loan_id, FEBRUARY, 500_000, now=at(APRIL))
    loan = await stands(session, loan_id)
    assert (loan.state, loan.closed_on, loan.last_paid_on) == (State.CLOSED, MARCH, MARCH)
    told = await (await driver(session)).fetchval(
        "SELECT data ->> 'closed_on' FROM outbox WHERE type = 'funds.loan.closed.v1'"
    )
    assert told == MARCH.isoformat()


async def test_the_last_payment_may_have_been_before_a_restructuring(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id = await a_loan(session, fund)
    await pay(session, loan_id, FEBRUARY, FIRST)
    laid = [PlannedRow(APRIL, 9_000_000, 0)]
    by: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER, "now": at(MARCH)}
    await loan_changes.reschedule(session, rows=laid, reason="ขอผ่อนผัน", on=MARCH, **by)
    mistaken = await pay(session, loan_id, APRIL, 1_000)
    await take_back(session, mistaken, APRIL)
    assert (await stands(session, loan_id)).last_paid_on == FEBRUARY


async def test_a_paper_receipt_recorded_on_the_wrong_loan_is_recorded_on_the_right_one(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    wrong, right = await a_loan(session, fund), await a_loan(session, fund)
    for _ in range(2):  # and wrong twice
        mistaken = await pay(session, wrong, FEBRUARY, FIRST, receipt_no="ร 101")
        with pytest.raises(asyncpg.UniqueViolationError, match="uq_repayments_receipt_no_standing"):
            async with session.begin_nested():
                await pay(session, right, FEBRUARY, FIRST, receipt_no="ร 101")
        await take_back(session, mistaken, FEBRUARY)
    await pay(session, right, FEBRUARY, FIRST, receipt_no="ร 101")
    assert (await stands(session, wrong)).outstanding == 10_000_000
    assert (await stands(session, right)).outstanding == 9_000_000
    filters = queries.Filters(areas=("34",), fund_id=fund.id, receipt_no="ร 101")
    assert await queries.count(session, filters=filters) == 3


async def told_of_reversals(session: AsyncSession, loan_id: UUID) -> list[dict[str, Any]]:
    found = await (await driver(session)).fetch(
        "SELECT data, sequence FROM outbox WHERE type = 'funds.repayment.reversed.v1' AND subject = $1 "
        "ORDER BY sequence",
        loan_id,
    )
    return [{**row["data"], "sequence": row["sequence"]} for row in found]


async def test_a_reversal_is_told_as_a_band_with_no_name_and_says_when_a_closed_loan_is_open_again(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id = await a_loan(session, fund)
    first = await pay(session, loan_id, FEBRUARY, FIRST)
    second = await pay(session, loan_id, FEBRUARY, 10_000_000, early="payoff")
    assert (await stands(session, loan_id)).state is State.CLOSED
    await take_back(session, second, MARCH)
    await take_back(session, first, MARCH)
    loan = await stands(session, loan_id)
    told = await told_of_reversals(session, loan_id)
    same = {
        "loan_id": str(loan_id), "fund_id": str(fund.id), "area_code": fund.area_code,
        "paid_on": FEBRUARY.isoformat(), "reversed_on": MARCH.isoformat(),
    }  # fmt: skip
    assert told == [
        {**same, "amount_band": "100000_up", "reopened": True, "sequence": loan.version - 1},
        {**same, "amount_band": "5000_19999", "reopened": False, "sequence": loan.version},
    ]


async def test_a_reversal_that_is_refused_is_not_told(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    paid = await pay(session, loan_id, FEBRUARY, FIRST)
    with pytest.raises(ReversalByRecorder):
        async with session.begin_nested():
            await reversing.reverse(
                session, repayment_id=paid, reversal=Reversal(reason="ผิด"), actor=OFFICER, now=at(FEBRUARY)
            )
    assert await told_of_reversals(session, loan_id) == []
    assert (await receipt(session, paid))["reversed_on"] is None


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
