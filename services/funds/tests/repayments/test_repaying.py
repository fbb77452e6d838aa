"""Money that comes back through the service: what it pays, how it is booked, what is refused."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.errors import PeriodClosed
from funds.ledger.rules import Account
from funds.loans import lending
from funds.loans import queries as loans
from funds.loans import service as loan_changes
from funds.loans.errors import LoanNotFound
from funds.loans.rules import BookLoan, PlannedRow, State
from funds.loans.schemas import NewDisbursement
from funds.periods import service as periods
from funds.periods.schemas import NewPeriod
from funds.products import service as products
from funds.registry import service as registry
from funds.registry.errors import FundNotActive
from funds.registry.schemas import StateChange
from funds.repayments import errors, queries, service
from funds.repayments.schemas import NewRefund, NewRepayment
from shared.db import driver
from shared.ids import uuid7
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_contract,
    a_fund,
    a_group,
    a_loan,
    a_member,
    a_person,
)
from tests.repayments.helpers import at, in_hand, pay, receipt, stands

FEBRUARY, MARCH, APRIL = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
FIRST, SECOND = 1_025_000, 1_022_500
"""10,000.00 principal with 3 % a year of 100,000.00, then of 90,000.00, for a month."""


async def test_a_woman_who_pays_each_month_owes_nothing_at_the_end(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    for row in await loans.instalments(session, loan_id):
        await pay(session, loan_id, row["due_on"], row["principal"] + row["interest"])
        await stands(session, loan_id)
    loan = await stands(session, loan_id)
    assert (loan.state, loan.outstanding, loan.advance) == (State.CLOSED, 0, 0)
    assert loan.closed_on == date(2026, 11, 15)
    interest = await books.balance(session, fund.id, Account.INTEREST_INCOME)
    assert interest == sum(25_000 - 2_500 * month for month in range(10))
    assert (await books.cash(session, fund.id)).cash == 30_000_000 + interest


async def test_eighteen_instalments_of_328_baht_and_a_last_of_324(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=1_000_000)
    terms = {"first_due": date(2026, 2, 1), "annual_rate": "12.00"}
    loan_id = await a_loan(session, fund, amount=500_000, instalments=18, terms=terms)
    rows = await loans.instalments(session, loan_id)
    assert [row["principal"] + row["interest"] for row in rows] == [32_800] * 17 + [32_400]
    for row in rows:
        await pay(session, loan_id, row["due_on"], row["principal"] + row["interest"])
    loan = await stands(session, loan_id)
    assert loan.state is State.CLOSED
    assert await books.balance(session, fund.id, Account.INTEREST_INCOME) == 90_000


async def test_the_oldest_instalment_is_paid_first_its_penalty_before_interest_before_principal(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    paid = await receipt(session, await pay(session, loan_id, MARCH, FIRST))
    penalty = 5_753  # 7.5 % a year of 10,000.00 for 28 days
    assert (paid["penalty"], paid["interest"], paid["principal"]) == (penalty, 25_000, 994_247)
    part = {"principal": 994_247, "interest": 25_000, "penalty": penalty}
    assert paid["allocation"] == [{"number": 1, "due_on": "2026-02-15", **part}]
    loan = await stands(session, loan_id)
    assert loan.next_due_on == FEBRUARY


async def test_what_is_too_much_is_kept_ahead_and_pays_when_the_next_falls_due(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    paid = await receipt(session, await pay(session, loan_id, FEBRUARY, FIRST + 100_000))
    assert (paid["principal"], paid["advance"]) == (1_000_000, 100_000)
    assert await books.balance(session, fund.id, Account.ADVANCES) == 100_000
    by: dict[str, Any] = {"loan_id": loan_id, "actor": "system:test", "now": at(MARCH)}
    assert not await service.use_advance(session, on=MARCH - timedelta(days=1), **by)
    assert await service.use_advance(session, on=MARCH, **by)
    loan = await stands(session, loan_id)
    assert (loan.advance, loan.next_due_on) == (0, MARCH)
    (entry,) = await queries.entries(session, loan_id)
    assert (entry["kind"], entry["interest"], entry["principal"], entry["advance"]) == (
        "advance_use", 22_500, 77_500, -100_000,
    )  # fmt: skip
    rest = await receipt(session, await pay(session, loan_id, MARCH, SECOND - 100_000))
    assert (rest["penalty"], rest["advance"]) == (0, 0)
    assert (await stands(session, loan_id)).next_due_on == APRIL


async def test_an_advance_pays_on_the_due_date_also_where_the_daily_run_did_not_come(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    await pay(session, loan_id, FEBRUARY, FIRST + SECOND - 100)
    late = await receipt(session, await pay(session, loan_id, APRIL - timedelta(days=5), 100))
    # Only the last baht was late: 7.5 % a year of it for 26 days is half a satang.
    assert (late["principal"], late["penalty"], late["advance"]) == (999_999, 1, 100 - SECOND)
    rows, _ = await in_hand(session, loan_id)
    assert rows[1].owed == 1


async def test_whole_instalments_are_paid_ahead_with_their_interest(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    paid = await receipt(session, await pay(session, loan_id, FEBRUARY, FIRST + SECOND))
    assert (paid["interest"], paid["principal"], paid["advance"]) == (47_500, 2_000_000, 0)
    assert (await stands(session, loan_id)).next_due_on == APRIL


async def test_principal_repaid_early_shortens_the_term_or_lowers_the_instalments(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="institution", capital=90_000_000)
    for early in ("shorten", "lower"):
        loan_id = await a_loan(session, fund, amount=12_000_000, instalments=12)
        level = (await loans.instalments(session, loan_id))[0]
        level_total = level["principal"] + level["interest"]
        await pay(session, loan_id, FEBRUARY, level_total + 5_000_000, early=early)
        loan = await stands(session, loan_id)
        rows = [row for row in await loans.instalments(session, loan_id) if row["settled_on"] is None]
        totals = {row["principal"] + row["interest"] for row in rows[:-1]}
        assert loan.schedule_no == 2
        if early == "shorten":
            assert (totals, len(rows)) == ({level_total}, 6)
        else:
            assert len(rows) == 11
            assert max(totals) < level_total * 6 // 10
        assert sum(row["principal"] for row in rows) == loan.outstanding
        (before, now) = await loans.schedules(session, loan_id)
        assert (before["reason"], now["reason"]) == ("disbursement", "early_repayment")


async def test_a_loan_is_paid_off_by_its_quote_and_not_by_less(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    day = date(2026, 1, 30)
    owed = 10_000_000 + 12_097  # 15 of 31 days of the first month's 250.00
    with pytest.raises(errors.PayoffTooLittle) as refused:
        async with session.begin_nested():
            await pay(session, loan_id, day, owed - 1, early="payoff")
    assert refused.value.extra["total"] == "100120.97"
    await pay(session, loan_id, day, owed, early="payoff")
    loan = await stands(session, loan_id)
    assert (loan.state, loan.closed_on, loan.advance) == (State.CLOSED, day, 0)


async def test_a_receipt_that_is_recorded_late_counts_on_its_day(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=90_000_000)
    in_order, late = await a_loan(session, fund), await a_loan(session, fund)
    today = date(2026, 4, 20)
    for loan_id, days in ((in_order, (FEBRUARY, APRIL)), (late, (APRIL, FEBRUARY))):
        for day in days:
            await pay(session, loan_id, day, FIRST, now=at(max(day, today)))
            await stands(session, loan_id)
    rows = [(await in_hand(session, loan_id))[0] for loan_id in (in_order, late)]
    assert rows[0] == rows[1]
    moved = [entry for entry in await queries.entries(session, late) if entry["kind"] == "reallocation"]
    assert len(moved) == 1  # April's had paid a penalty that February's makes undue
    assert sum(moved[0][part] for part in ("principal", "interest", "penalty", "advance")) == 0


async def test_a_group_brings_money_by_its_members_shares_or_as_they_say(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    group = await a_group(session, fund, size=3)
    loan_id = await a_loan(session, fund, borrower=group)
    by_shares = await queries.parts(session, await pay(session, loan_id, FEBRUARY, 100))
    assert sorted(part["amount"] for part in by_shares) == [33, 33, 34]
    first, second = group.member_ids[:2]
    said = [{"member_id": first, "amount": "0.99"}, {"member_id": second, "amount": "0.01"}]
    brought = await queries.parts(session, await pay(session, loan_id, MARCH, 100, parts=said))
    assert {part["member_id"]: part["amount"] for part in brought} == {first: 99, second: 1}
    for wrong, refusal in (
        (said[:1], errors.PartsDoNotSum),
        ([{"member_id": uuid7(), "amount": "1.00"}], errors.NotOfTheGroup),
        ([said[0], said[0]], errors.PartsDoNotSum),
    ):
        with pytest.raises(refusal):
            await pay(session, loan_id, MARCH, 100, parts=wrong)


async def test_nothing_is_received_where_nothing_is_owed_nor_ahead_of_its_day(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=90_000_000)
    unpaid = await a_contract(session, fund)
    with pytest.raises(errors.LoanNotOpen):
        await pay(session, unpaid, TODAY, 100)
    loan_id = await a_loan(session, fund)
    for changes, refusal in (
        ({"now": NOW, "day": TODAY + timedelta(days=1)}, errors.PaymentInFuture),
        ({"booked_on": TODAY + timedelta(days=1)}, errors.PaymentInFuture),
        ({"day": TODAY - timedelta(days=1), "now": NOW}, errors.PaymentBeforeLoan),
        ({"day": FEBRUARY, "booked_on": TODAY}, errors.BookedBeforePaid),
    ):
        given: dict[str, Any] = dict(changes)
        with pytest.raises(refusal):
            await pay(session, loan_id, given.pop("day", TODAY), 100, **given)
    stranger = a_person("stranger", areas=("35",))
    new = NewRepayment.model_validate(
        {"loan_id": loan_id, "receipt_no": "ร 0", "amount": "1.00", "channel": "cash"}
    )
    with pytest.raises(LoanNotFound):
        await service.record(session, new=new, actor=stranger, now=NOW)


async def test_nothing_is_received_before_the_day_on_which_money_was_lent(session: AsyncSession) -> None:
    loan_id = await a_contract(session, await a_fund(session, capital=30_000_000))
    voucher = NewDisbursement.model_validate({"channel": "bank", "document_no": "บจ 1"})
    await lending.disburse(session, loan_id=loan_id, new=voucher, actor=OFFICER, now=at(FEBRUARY))
    with pytest.raises(errors.PaymentBeforeLoan) as refused:
        await pay(session, loan_id, FEBRUARY - timedelta(days=1), 100, early="payoff", now=at(MARCH))
    assert "2026-02-15" in refused.value.detail_en
    await pay(session, loan_id, MARCH, 100)
    with pytest.raises(errors.PaymentBeforeLoan):  # nor is it put before a receipt that stands
        await pay(session, loan_id, FEBRUARY - timedelta(days=1), 100, now=at(MARCH))
    await pay(session, loan_id, FEBRUARY, 100, now=at(MARCH))


async def test_what_came_before_the_cut_off_day_is_in_the_book_that_was_taken_over(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings")
    terms = await products.terms_of_code(session, "SAVINGS_LOAN", on=TODAY)
    book = BookLoan(
        product_id=terms.product_id,
        borrower_kind="member",
        borrower_id=(await a_member(session, fund)).id,
        contract_no="ก 7/2566",
        contract_date=date(2023, 5, 1),
        principal=2_000_000,
        outstanding=600_000,
        annual_rate=Fraction(0),
        instalments=[PlannedRow(FEBRUARY, 600_000, 0)],
    )
    (loan_id,) = await loan_changes.open_from_book(
        session, fund_id=fund.id, loans=[book], cut_off=TODAY, actor=OFFICER, now=NOW
    )
    with pytest.raises(errors.PaymentBeforeLoan):
        await pay(session, loan_id, TODAY - timedelta(days=1), 100, now=NOW)


async def test_a_closed_fund_gets_nothing_back_of_what_was_written_off(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=10_000_000)
    loan_id = await a_loan(session, fund)
    lost: dict[str, Any] = {"on": TODAY, "reason": "ผู้กู้หายไป", "actor": CHAIR, "now": NOW}
    await loan_changes.write_off(session, loan_id=loan_id, **lost)
    closing = StateChange.model_validate({"state": "closed", "reason": "ยุบรวม"})
    await registry.set_state(session, fund_id=fund.id, change=closing, actor=CHAIR, now=NOW)
    with pytest.raises(FundNotActive):
        await pay(session, loan_id, TODAY, 100)


async def test_the_same_slip_sent_twice_is_recorded_once(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    slip = {"loan_id": loan_id, "id": uuid7(), "receipt_no": "ร ๑๐๑", "amount": "5.00", "channel": "cash"}
    new = NewRepayment.model_validate({**slip, "paid_on": TODAY})
    first = await service.record(session, new=new, actor=OFFICER, now=NOW)
    again = await service.record(session, new=new, actor=OFFICER, now=NOW)
    assert (first.repeated, again) == (False, (first.id, True))
    assert (await stands(session, loan_id)).advance == 500
    assert (await receipt(session, first.id))["receipt_no"] == "ร 101"
    unsaid = NewRepayment.model_validate(slip)  # sent again with its day left out, as it was not at first
    assert (await service.record(session, new=unsaid, actor=OFFICER, now=at(FEBRUARY))).repeated


async def test_another_slip_under_the_id_of_one_recorded_is_refused_whatever_differs(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=90_000_000)
    loan_id, other = await a_loan(session, fund), await a_loan(session, fund)
    members = list(await loans.shares(session, loan_id))
    parts = [{"member_id": members[0], "amount": "2.00"}, {"member_id": members[1], "amount": "3.00"}]
    given: dict[str, Any] = {
        "id": uuid7(), "loan_id": loan_id, "receipt_no": "ร 7", "amount": "5.00", "channel": "cash",
        "paid_on": TODAY, "booked_on": TODAY + timedelta(days=1), "early": "next", "note": "ฝากมากับหลาน",
        "parts": parts,
    }  # fmt: skip
    now = at(FEBRUARY)
    sent = NewRepayment.model_validate(given)
    first = await service.record(session, new=sent, actor=OFFICER, now=now)
    others: list[dict[str, Any]] = [
        {"loan_id": other},
        {"receipt_no": "ร 8"},
        {"amount": "6.00", "parts": []},
        {"channel": "bank"},
        {"paid_on": TODAY + timedelta(days=1)},
        {"booked_on": None},
        {"booked_on": FEBRUARY},
        {"early": "shorten"},
        {"note": None},
        {"parts": []},
        {"parts": [{**parts[0], "amount": "3.00"}, {**parts[1], "amount": "2.00"}]},
    ]
    for changes in others:
        changed = NewRepayment.model_validate({**given, **changes})
        with pytest.raises(errors.RepaymentExists) as refused:
            await service.record(session, new=changed, actor=OFFICER, now=now)
        assert refused.value.errors[0].pointer == "/id", changes
    turned = NewRepayment.model_validate({**given, "parts": parts[::-1]})
    for again in (sent, turned):
        assert await service.record(session, new=again, actor=OFFICER, now=now) == (first.id, True)
    await stands(session, loan_id)
    assert await books.balance(session, fund.id, Account.CASH) == 500


async def test_money_of_a_closed_month_is_booked_in_the_open_one(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    closed = NewPeriod(period_to=date(2026, 2, 28))
    await periods.close(session, fund_id=fund.id, new=closed, actor=OFFICER, now=at(MARCH))
    with pytest.raises(PeriodClosed):
        async with session.begin_nested():
            await pay(session, loan_id, FEBRUARY, FIRST, now=at(MARCH))
    paid = await receipt(
        session, await pay(session, loan_id, FEBRUARY, FIRST, booked_on=MARCH, now=at(MARCH))
    )
    assert (paid["paid_on"], paid["booked_on"], paid["penalty"]) == (FEBRUARY, MARCH, 0)
    journal = await (await driver(session)).fetchrow(
        "SELECT business_date, value_date FROM journals WHERE id = $1", paid["journal_id"]
    )
    assert tuple(journal) == (MARCH, FEBRUARY)


async def test_an_advance_is_given_back_and_not_twice(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    await pay(session, loan_id, FEBRUARY, FIRST + 4_600)
    new = NewRefund.model_validate({"channel": "cash", "document_no": "บจ 9"})
    before = new.model_copy(update={"paid_on": FEBRUARY - timedelta(days=1)})
    with pytest.raises(errors.RefundBeforeMoney):
        await service.refund(session, loan_id=loan_id, new=before, actor=OFFICER, now=at(FEBRUARY))
    await service.refund(session, loan_id=loan_id, new=new, actor=OFFICER, now=at(FEBRUARY))
    assert (await stands(session, loan_id)).advance == 0
    with pytest.raises(errors.NoAdvance):
        await service.refund(session, loan_id=loan_id, new=new, actor=OFFICER, now=at(FEBRUARY))


async def test_a_frozen_loan_bears_no_penalty_for_that_time(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    by: dict[str, Any] = {"loan_id": loan_id, "actor": "system:test", "now": at(MARCH)}
    await loan_changes.freeze(session, on=FEBRUARY + timedelta(days=8), reason="ผู้กู้เสียชีวิต", **by)
    await loan_changes.unfreeze(session, on=MARCH, **by)
    paid = await receipt(session, await pay(session, loan_id, MARCH + timedelta(days=2), FIRST))
    assert paid["penalty"] == 2_055  # 7.5 % a year of 10,000.00 for 10 of 30 days


async def test_what_comes_in_on_a_loan_that_is_written_off_is_a_recovery(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    await pay(session, loan_id, FEBRUARY, FIRST + 100)
    by: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER, "now": at(APRIL)}
    await loan_changes.write_off(session, on=APRIL, reason="ติดตามไม่ได้", **by)
    loan = await stands(session, loan_id)
    assert (loan.state, loan.outstanding, loan.written_off) == (State.WRITTEN_OFF, 0, 8_999_900)
    assert await books.balance(session, fund.id, Account.WRITTEN_OFF) == 8_999_900
    paid = await receipt(session, await pay(session, loan_id, APRIL, 2_000_000))
    assert paid["recovery"]
    loan = await stands(session, loan_id)
    assert loan.recovered == paid["principal"] > 0
    assert await books.balance(session, fund.id, Account.OTHER_INCOME) == paid["principal"]
