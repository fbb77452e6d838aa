"""Contracts of approved applications, and what is paid out on them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications.errors import ApplicationNotApproved
from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import errors, lending, queries
from funds.loans.rules import State
from funds.loans.schemas import DisbursementReversal, NewDisbursement, NewLoan
from funds.products.errors import RateAboveCap
from funds.registry.errors import DateInFuture
from funds.schedules.errors import GraceTooLong
from shared.db import driver
from shared.ids import uuid7
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    SECRETARY,
    TODAY,
    a_committee_member,
    a_contract,
    a_fund,
    a_group,
    a_household,
    a_loan,
    a_member,
    a_person,
    an_approved_application,
)
from tests.repayments.helpers import at, pay, stands, take_back


def voucher(number: int, **values: object) -> NewDisbursement:
    return NewDisbursement.model_validate({"channel": "bank", "document_no": f"บจ {number}", **values})


async def test_a_loan_is_paid_out_of_what_was_kept_back_and_laid_out_from_that_day(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    group = await a_group(session, fund, size=3)
    loan_id = await a_contract(session, fund, borrower=group)
    assert await books.cash(session, fund.id) == (30_000_000, 10_000_000, 20_000_000)
    contracted = await queries.locked(session, loan_id)
    assert contracted is not None
    assert (contracted.state, contracted.reserved) == (State.CONTRACTED, 10_000_000)
    await lending.disburse(session, loan_id=loan_id, new=voucher(1), actor=OFFICER, now=NOW)
    assert await books.cash(session, fund.id) == (20_000_000, 0, 20_000_000)
    assert await books.balance(session, fund.id, Account.LOANS, loan_id=loan_id) == 10_000_000
    loan = await stands(session, loan_id)
    assert (loan.state, loan.outstanding, loan.reserved) == (State.ACTIVE, 10_000_000, 0)
    assert loan.next_due_on == date(2026, 2, 15)
    rows = await queries.instalments(session, loan_id)
    assert [row["number"] for row in rows] == list(range(1, 11))
    assert (rows[0]["interest"], rows[0]["from_on"], rows[0]["due_on"]) == (25_000, TODAY, date(2026, 2, 15))
    assert sum((await queries.shares(session, loan_id)).values()) == 10_000_000


async def test_money_paid_out_in_parts_is_laid_out_anew_less_what_was_repaid(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_contract(session, fund, amount=6_000_000, instalments=6)
    first, second = voucher(1, amount="30000.00"), voucher(2)
    await lending.disburse(session, loan_id=loan_id, new=first, actor=OFFICER, now=NOW)
    due = date(2026, 2, 15)
    await pay(session, loan_id, due, 507_500)
    later = due + timedelta(days=10)
    await lending.disburse(session, loan_id=loan_id, new=second, actor=OFFICER, now=at(later))
    loan = await stands(session, loan_id)
    assert (loan.disbursed, loan.outstanding, loan.schedule_no) == (6_000_000, 5_500_000, 2)
    rows = await queries.instalments(session, loan_id)
    assert [row["due_on"].month for row in rows] == [3, 4, 5, 6, 7]
    assert {row["principal"] for row in rows} == {1_100_000}
    one, two = await queries.disbursements(session, loan_id)
    assert (one["amount"], two["amount"], two["paid_on"]) == (3_000_000, 3_000_000, later)


async def test_more_is_not_paid_out_than_was_contracted_nor_before_it_was_signed(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_contract(session, fund)
    for values, refusal in (
        ({"amount": "100000.01"}, errors.OverContract),
        ({"paid_on": TODAY - timedelta(days=1)}, errors.BeforeContract),
        ({"paid_on": TODAY + timedelta(days=1)}, DateInFuture),
    ):
        with pytest.raises(refusal):
            await lending.disburse(session, loan_id=loan_id, new=voucher(1, **values), actor=OFFICER, now=NOW)
    stranger = a_person("stranger", areas=("35",))
    with pytest.raises(errors.LoanNotFound):
        await lending.disburse(session, loan_id=loan_id, new=voucher(1), actor=stranger, now=NOW)
    await lending.disburse(session, loan_id=loan_id, new=voucher(1), actor=OFFICER, now=NOW)
    with pytest.raises(errors.OverContract):
        await lending.disburse(session, loan_id=loan_id, new=voucher(2), actor=OFFICER, now=NOW)


async def test_who_made_the_contract_does_not_pay_out_on_it(session: AsyncSession) -> None:
    loan_id = await a_contract(session, await a_fund(session, capital=30_000_000))
    about: dict[str, Any] = {"loan_id": loan_id, "new": voucher(1), "now": NOW}
    with pytest.raises(errors.PaidOutByContractor):
        await lending.disburse(session, actor=SECRETARY, **about)
    await lending.disburse(session, actor=OFFICER, **about)
    assert (await stands(session, loan_id)).outstanding == 10_000_000


@pytest.mark.parametrize("kind", ["poverty", "savings", "womens"])
async def test_nobody_pays_out_to_herself_her_household_or_her_group(
    session: AsyncSession, kind: str
) -> None:
    fund = await a_fund(session, kind=kind, capital=28_000_000)
    home = await a_household(session, fund) if kind == "poverty" else None
    alone = await a_member(session, fund, household_id=uuid7()) if kind == "savings" else None
    borrower = home or alone or await a_group(session, fund, size=3)
    loan_id = await a_contract(session, fund, borrower=borrower, amount=1_000_000, instalments=6)
    treasurer, other = a_person("treasurer"), a_person("other")
    seat: dict[str, Any] = {"household_id": borrower.id} if home else {"person_id": borrower.person_ids[0]}
    await a_committee_member(session, fund, subject=treasurer.subject, **seat)
    about: dict[str, Any] = {"loan_id": loan_id, "new": voucher(1), "now": NOW}
    with pytest.raises(errors.OwnLoan):
        await lending.disburse(session, actor=treasurer, **about)
    await lending.disburse(session, actor=other, **about)


async def test_money_is_not_paid_out_before_a_receipt_that_was_recorded(session: AsyncSession) -> None:
    loan_id = await a_contract(session, await a_fund(session, capital=30_000_000))
    part = voucher(1, amount="50000.00")
    await lending.disburse(session, loan_id=loan_id, new=part, actor=OFFICER, now=NOW)
    received = TODAY + timedelta(days=5)
    paid = await pay(session, loan_id, received, 100_000)
    before = voucher(2, paid_on=received - timedelta(days=1))
    about: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER, "now": at(received)}
    with pytest.raises(errors.BeforeLastReceipt):
        await lending.disburse(session, new=before, **about)
    await take_back(session, paid, received)
    await lending.disburse(session, new=before, **about)
    assert (await stands(session, loan_id)).outstanding == 10_000_000


async def test_after_a_change_of_the_schedule_more_money_needs_a_contract_of_its_own(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_contract(session, fund)
    part = voucher(1, amount="50000.00")
    await lending.disburse(session, loan_id=loan_id, new=part, actor=OFFICER, now=NOW)
    await pay(session, loan_id, date(2026, 1, 20), 1_000_000, early="lower")
    with pytest.raises(errors.LoanRescheduled):
        await lending.disburse(
            session, loan_id=loan_id, new=voucher(2), actor=OFFICER, now=at(date(2026, 1, 21))
        )


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"annual_rate": "15.01"}, RateAboveCap),
        ({"annual_rate": "3.01"}, errors.RateAboveProduct),
        ({"instalments": 25}, errors.TermTooLong),
        ({"instalments": 24, "first_due": TODAY + timedelta(days=62)}, errors.TermTooLong),
        ({"instalments": 4, "every": 8}, errors.TermTooLong),
        ({"contract_date": TODAY + timedelta(days=1)}, DateInFuture),
        ({"contract_date": TODAY - timedelta(days=1)}, errors.BeforeApproval),
        ({"instalments": 5, "grace_principal": 5}, GraceTooLong),
    ],
)
async def test_a_contract_keeps_to_the_law_the_product_and_the_approval(
    session: AsyncSession, terms: dict[str, Any], refusal: type[Exception]
) -> None:
    fund = await a_fund(session, capital=30_000_000)
    with pytest.raises(refusal):
        await a_contract(session, fund, terms=terms)


async def test_fifteen_per_cent_is_lent_where_the_product_allows_it(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    loan_id = await a_loan(session, fund, amount=1_000_000, annual_rate="15.00")
    rows = await queries.instalments(session, loan_id)
    assert sum(row["interest"] for row in rows) == 1_000_000 * 15 * 10 // 1200


@pytest.mark.parametrize("applied_for", [{}, {"annual_rate": "6.00"}])
async def test_who_makes_the_contract_asks_no_more_than_was_approved(
    session: AsyncSession, applied_for: dict[str, Any]
) -> None:
    fund = await a_fund(session, kind="savings", capital=30_000_000)
    with pytest.raises(errors.RateAboveProduct):
        await a_contract(session, fund, terms={"annual_rate": "15.00"}, **applied_for)


async def test_an_approval_is_contracted_once_and_a_number_used_once(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    approved = await an_approved_application(session, fund)
    new = NewLoan(application_id=approved, contract_no="ส 1/2569", instalments=10)
    await lending.contract(session, new=new, actor=OFFICER, now=NOW)
    with pytest.raises(ApplicationNotApproved):
        await lending.contract(session, new=new, actor=OFFICER, now=NOW)


async def test_what_a_contract_leaves_is_given_free(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=60_000_000)
    by: dict[str, Any] = {"reason": "ผู้กู้ขอยกเลิก", "actor": OFFICER, "now": NOW}
    never = await a_contract(session, fund)
    await lending.cancel(session, loan_id=never, **by)
    closed = await queries.locked(session, never)
    assert closed is not None
    assert (closed.state, closed.reserved) == (State.CLOSED, 0)
    partly = await a_contract(session, fund)
    part = voucher(1, amount="40000.00")
    await lending.disburse(session, loan_id=partly, new=part, actor=OFFICER, now=NOW)
    await lending.cancel(session, loan_id=partly, **by)
    loan = await stands(session, partly)
    assert (loan.state, loan.principal, loan.reserved) == (State.ACTIVE, 4_000_000, 0)
    assert await books.cash(session, fund.id) == (56_000_000, 0, 56_000_000)
    with pytest.raises(errors.WrongLoanState):
        await lending.cancel(session, loan_id=partly, **by)


async def test_what_happens_to_a_loan_is_told_without_names_or_amounts(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_loan(session, fund)
    await pay(session, loan_id, TODAY, 10_000_000, early="payoff")
    told = await (await driver(session)).fetch(
        "SELECT type, data FROM outbox WHERE subject = $1 ORDER BY sequence, type DESC", loan_id
    )
    assert [row["type"] for row in told] == [
        "funds.loan.disbursed.v1", "funds.loan.repaid.v1", "funds.loan.closed.v1",
    ]  # fmt: skip
    assert told[0]["data"]["amount_band"] == "100000_up"
    assert all("10000000" not in str(row["data"]) for row in told)


async def test_money_recorded_as_paid_out_wrongly_is_kept_back_again(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=30_000_000)
    loan_id = await a_contract(session, fund, amount=6_000_000, instalments=6)
    for number in (1, 2):
        part = voucher(number, amount="30000.00")
        await lending.disburse(session, loan_id=loan_id, new=part, actor=OFFICER, now=NOW)
    one, two = await queries.disbursements(session, loan_id)
    reversal = DisbursementReversal(reason="บันทึกซ้ำ")
    by: dict[str, Any] = {"loan_id": loan_id, "reversal": reversal, "actor": CHAIR, "now": NOW}
    paid = await pay(session, loan_id, TODAY, 100)
    with pytest.raises(errors.RepaidAlready):
        await lending.take_back(session, disbursement_id=two["id"], **by)
    await take_back(session, paid, TODAY)
    await lending.take_back(session, disbursement_id=two["id"], **by)
    with pytest.raises(errors.DisbursementReversed):
        await lending.take_back(session, disbursement_id=two["id"], **by)
    with pytest.raises(errors.DisbursementNotFound):
        await lending.take_back(session, disbursement_id=uuid7(), **by)
    loan = await stands(session, loan_id)
    assert (loan.disbursed, loan.reserved, loan.state) == (3_000_000, 3_000_000, State.ACTIVE)
    assert {row["principal"] for row in await queries.instalments(session, loan_id)} == {500_000}
    await lending.take_back(session, disbursement_id=one["id"], **by)
    loan = await stands(session, loan_id)
    assert (loan.disbursed, loan.reserved, loan.state) == (0, 6_000_000, State.CONTRACTED)
    assert await queries.instalments(session, loan_id) == []
    assert await books.cash(session, fund.id) == (30_000_000, 6_000_000, 24_000_000)
    await lending.disburse(session, loan_id=loan_id, new=voucher(3), actor=OFFICER, now=NOW)
    assert (await stands(session, loan_id)).outstanding == 6_000_000
    told = await (await driver(session)).fetch(
        "SELECT type, data ->> 'amount_band' AS band FROM outbox "
        "WHERE subject = $1 AND type LIKE '%disburse%' ORDER BY sequence",
        loan_id,
    )
    assert [(row["type"].split(".")[-2], row["band"]) for row in told] == [
        ("disbursed", "20000_99999"), ("disbursed", "20000_99999"),
        ("reversed", "20000_99999"), ("reversed", "20000_99999"), ("disbursed", "20000_99999"),
    ]  # fmt: skip
