"""Loans frozen, rescheduled, waived, closed, and taken over from the books before."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import errors, queries, service
from funds.loans.rules import BookLoan, PlannedRow, State
from funds.products import service as products
from funds.repayments import service as repayments
from shared.db import Database, driver
from shared.ids import uuid7
from shared.security import SCOPES
from shared.testing.caller import Caller
from tests.factories import NOW, OFFICER, TODAY, a_contract, a_fund, a_group, a_loan, a_member
from tests.repayments.helpers import at, pay, stands

FEBRUARY, MARCH, APRIL = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)


def by(loan_id: Any, day: date) -> dict[str, Any]:
    return {"loan_id": loan_id, "actor": OFFICER, "now": at(day)}


async def test_a_loan_is_frozen_once_and_goes_on_from_where_it_was(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=60_000_000)
    for loan_id, state in (
        (await a_loan(session, fund), State.ACTIVE),
        (await a_contract(session, fund), State.CONTRACTED),
    ):
        assert await service.freeze(session, on=MARCH, reason="ผู้กู้เสียชีวิต", **by(loan_id, MARCH))
        assert not await service.freeze(session, on=MARCH, reason="ผู้กู้เสียชีวิต", **by(loan_id, MARCH))
        await service.unfreeze(session, on=APRIL, **by(loan_id, APRIL))
        loan = await queries.locked(session, loan_id)
        assert loan is not None
        assert loan.state is state
        assert await queries.pauses(session, loan_id) == ((MARCH, APRIL),)
        with pytest.raises(errors.WrongLoanState):
            await service.unfreeze(session, on=APRIL, **by(loan_id, APRIL))


async def test_a_new_schedule_repays_what_is_owed_and_the_old_one_stays_readable(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    await pay(session, loan_id, FEBRUARY, 1_025_000)
    rows = [PlannedRow(APRIL, 4_000_000, 10_000, 500), PlannedRow(date(2026, 7, 15), 5_000_000, 0)]
    about = {"reason": "ขอขยายเวลา", "on": MARCH, **by(loan_id, MARCH)}
    for wrong, refusal in (
        (rows[:1], errors.PrincipalNotKept),
        (rows[::-1], errors.ScheduleNotValid),
        ([], errors.ScheduleNotValid),
        ([PlannedRow(APRIL, 9_000_000, -1)], errors.ScheduleNotValid),
    ):
        with pytest.raises(refusal):
            await service.reschedule(session, rows=wrong, **about)
    assert await service.reschedule(session, rows=rows, **about) == 2
    loan = await stands(session, loan_id)
    assert (loan.schedule_no, loan.next_due_on) == (2, APRIL)
    before = await queries.instalments(session, loan_id, schedule_no=1)
    assert (before[0]["settled_on"], len(before)) == (FEBRUARY, 10)
    (_, now) = await queries.schedules(session, loan_id)
    assert (now["reason"], now["note"], now["actor"]) == ("restructuring", "ขอขยายเวลา", OFFICER.subject)


async def test_waived_interest_is_shown_and_asked_for_no_more(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    with pytest.raises(errors.WaiverTooHigh):
        await service.waive_interest(
            session, parts={1: 25_001}, reason="น้ำท่วม", on=TODAY, **by(loan_id, TODAY)
        )
    await service.waive_interest(session, parts={1: 20_000}, reason="น้ำท่วม", on=TODAY, **by(loan_id, TODAY))
    await pay(session, loan_id, FEBRUARY, 1_005_000)
    loan = await stands(session, loan_id)
    assert (loan.next_due_on, loan.advance) == (MARCH, 0)
    row = (await queries.instalments(session, loan_id))[0]
    assert (row["interest"], row["waived_interest"], row["paid_interest"]) == (25_000, 20_000, 5_000)


async def test_a_loan_of_which_only_interest_is_owed_is_closed_when_that_is_waived(
    session: AsyncSession,
) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    rows = [PlannedRow(APRIL, 10_000_000, 0), PlannedRow(date(2026, 5, 15), 0, 50_000)]
    about: dict[str, Any] = {"reason": "ตกลงใหม่", "on": MARCH, **by(loan_id, MARCH)}
    await service.reschedule(session, rows=rows, **about)
    await pay(session, loan_id, APRIL, 10_000_000)
    about = {"reason": "น้ำท่วม", "on": APRIL, **by(loan_id, APRIL)}
    await service.waive_interest(session, parts={2: 20_000}, **about)
    assert (await stands(session, loan_id)).state is State.ACTIVE
    await service.waive_interest(session, parts={2: 30_000}, **about)
    loan = await stands(session, loan_id)
    assert (loan.state, loan.closed_on, loan.next_due_on) == (State.CLOSED, APRIL, None)
    told = await (await driver(session)).fetch(
        "SELECT data FROM outbox WHERE subject = $1 AND type = 'funds.loan.closed.v1'", loan_id
    )
    assert [row["data"]["because"] for row in told] == ["settled"]


async def test_a_frozen_loan_that_a_waiver_closes_is_frozen_no_more(session: AsyncSession) -> None:
    loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
    rows = [PlannedRow(APRIL, 10_000_000, 0), PlannedRow(date(2026, 5, 15), 0, 50_000)]
    await service.reschedule(session, rows=rows, reason="ตกลงใหม่", on=MARCH, **by(loan_id, MARCH))
    await pay(session, loan_id, APRIL, 10_000_000)
    await service.freeze(session, on=APRIL, reason="ผู้กู้เสียชีวิต", **by(loan_id, APRIL))
    may = date(2026, 5, 1)
    await service.waive_interest(session, parts={2: 50_000}, reason="ปลดหนี้", on=may, **by(loan_id, may))
    assert (await stands(session, loan_id)).state is State.CLOSED
    assert await queries.pauses(session, loan_id) == ((APRIL, may),)


async def test_loans_of_the_books_before_go_on_from_the_cut_off_day(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings")
    member = await a_member(session, fund)
    product = await products.terms_of_code(session, "SAVINGS_LOAN", on=TODAY)
    book = BookLoan(
        product_id=product.product_id,
        borrower_kind="member",
        borrower_id=member.id,
        contract_no="ก 7/2566",
        contract_date=date(2023, 5, 1),
        principal=2_000_000,
        outstanding=600_000,
        annual_rate=Fraction(12, 100),
        instalments=[PlannedRow(date(2025, 12, 31), 300_000, 3_000), PlannedRow(FEBRUARY, 300_000, 3_000)],
    )
    about: dict[str, Any] = {"fund_id": fund.id, "cut_off": TODAY, "actor": OFFICER, "now": NOW}
    (loan_id,) = await service.open_from_book(session, loans=[book], **about)
    loan = await queries.locked(session, loan_id)
    assert loan is not None
    assert (loan.state, loan.outstanding, loan.disbursed) == (State.ACTIVE, 600_000, 2_000_000)
    assert loan.next_due_on == date(2025, 12, 31)
    rows = await queries.instalments(session, loan_id)
    assert [row["penalty_until"] for row in rows] == [TODAY, TODAY]  # nothing is charged for before
    await pay(session, loan_id, FEBRUARY, 700_000)
    after = await queries.locked(session, loan_id)
    assert after is not None
    assert (after.state, after.outstanding) == (State.CLOSED, 0)
    uneven = BookLoan(
        **{**{name: getattr(book, name) for name in BookLoan.__slots__}, "outstanding": 600_001}
    )
    with pytest.raises(errors.PrincipalNotKept) as refused:
        await service.open_from_book(session, loans=[uneven], **about)
    assert refused.value.errors[0].pointer == "/loans/0/outstanding"


async def test_a_person_answers_for_her_own_loan_and_her_groups(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=60_000_000)
    group = await a_group(session, fund, size=3)
    of_group = await a_loan(session, fund, borrower=group)
    await a_loan(session, fund)
    found = await queries.open_of(session, person_id=group.person_ids[0])
    assert [(row["id"], row["borrower_kind"]) for row in found] == [(of_group, "group")]
    assert await queries.open_of(session, person_id=uuid7()) == []


async def test_a_committee_reads_a_loan_with_its_schedules_and_what_is_late(
    officer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=30_000_000)
        loan_id = await a_loan(session, fund)
        await repayments.use_advance(session, loan_id=loan_id, on=TODAY, actor="system:test", now=NOW)
    reader = officer.only(frozenset(SCOPES) - {"export"})
    loan = (await reader.get(f"/v1/loans/{loan_id}")).json()
    assert (loan["product_code"], loan["annual_rate"]) == ("WOMENS_REVOLVING", "3.00")
    assert loan["conventions"]["allocation_order"] == ["penalty", "interest", "principal"]
    assert loan["days_late"] > 0  # it was lent in January 2026
    assert float(loan["overdue"]) > 0
    schedules = (await reader.get(f"/v1/loans/{loan_id}/schedules")).json()["items"]
    assert [one["reason"] for one in schedules] == ["disbursement"]
    one = (await reader.get(f"/v1/loans/{loan_id}/schedules/1")).json()
    assert one["instalments"] == loan["instalments"]
    missing = await reader.get(f"/v1/loans/{loan_id}/schedules/2")
    assert (missing.status_code, missing.json()["code"]) == (404, "loan_schedule_not_found")
    late = (await reader.get("/v1/loans", late="true", fund_id=str(fund.id), count="true")).json()
    assert (late["total"], late["items"][0]["id"]) == (1, str(loan_id))
    closed = (await reader.get("/v1/loans", state="closed", fund_id=str(fund.id))).json()
    assert closed["items"] == []


async def test_a_disbursement_is_reversed_by_somebody_else_who_sees_the_fund(
    officer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        loan_id = await a_loan(session, await a_fund(session, capital=30_000_000))
        (paid,) = await queries.disbursements(session, loan_id)
    writer = officer.only(frozenset({"loans:read", "loans:write"}))
    address, body = f"/v1/loans/{loan_id}/disbursements/{paid['id']}/reversal", {"reason": "บันทึกซ้ำ"}
    assert (await writer.where("35").post(address, body)).status_code == 404
    alone = await writer.named(OFFICER.subject).post(address, body)
    assert (alone.status_code, alone.json()["code"]) == (403, "reversal_by_recorder")
    answer = await writer.post(address, body)
    assert (answer.status_code, answer.json()["state"], answer.json()["disbursed"]) == (
        200,
        "contracted",
        "0.00",
    )
    again = await writer.post(address, body)
    assert (again.status_code, again.json()["code"]) == (409, "disbursement_reversed")
    listed = (await writer.get(f"/v1/loans/{loan_id}/disbursements")).json()["items"]
    assert [one["reversal_reason"] for one in listed] == ["บันทึกซ้ำ"]
