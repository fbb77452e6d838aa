"""Papers of a loan say what is recorded of it, and only to who may see it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.documents.receipt import receipt
from funds.documents.statement import statement
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.loan_papers import rules, service
from funds.loan_papers.errors import NoSuchGuarantor, NothingOverdue, PayByInThePast
from funds.loan_papers.schemas import LetterAsked
from funds.loans import lending
from funds.loans import service as changes
from funds.loans.rules import BookLoan, PlannedRow
from funds.loans.schemas import NewDisbursement
from funds.products import service as products
from funds.products.rules import ALLOCATION
from funds.repayments import reversing
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment, Reversal
from funds.schedules.rules import DayCount, HolidayRule, Method, Terms
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.documents.papers import squeezed, text_of
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    a_committee_member,
    a_contract,
    a_fund,
    a_group,
    a_loan,
    a_member,
)
from tests.repayments.helpers import at, in_hand, pay, stands, take_back

LATER = NOW.replace(year=NOW.year + 2)
ASKED = LetterAsked(letter_no="กพส 7/2571", pay_by=date(LATER.year, 12, 31))


@pytest.fixture
def clerk(officer: Caller) -> Caller:
    return officer.only({"loans:read"}).where("34").named("user:clerk")


async def lent(session: AsyncSession) -> tuple[Any, UUID]:
    fund = await a_fund(session, capital=30_000_000)
    await a_committee_member(session, fund)
    group = await a_group(session, fund, size=3)
    return fund, await a_loan(session, fund, borrower=group)


async def test_the_contract_tells_what_was_agreed_and_whose_part_is_what(session: AsyncSession) -> None:
    fund, loan_id = await lent(session)
    facts = await service.contract(session, loan_id=loan_id, principal=OFFICER, now=NOW)
    assert facts.fund.name == fund.name_th
    assert (facts.principal, facts.instalments, len(facts.rows)) == (10_000_000, 10, 10)
    assert sum(row.principal for row in facts.rows) == facts.principal
    assert facts.rows[-1].balance == 0
    assert sum(share.amount for share in facts.shares) == facts.principal
    assert len(facts.shares) == 3
    assert facts.conventions[0].endswith("ชำระเงินต้นเท่ากันทุกงวด")


async def test_the_statement_ends_with_what_is_owed(session: AsyncSession) -> None:
    _, loan_id = await lent(session)
    until = LATER.date()
    facts = await service.statement(
        session, loan_id=loan_id, since=None, until=until, principal=OFFICER, now=NOW
    )
    assert (facts.opening, facts.closing) == (0, 10_000_000)
    assert [(one.text, one.paid_out) for one in facts.movements] == [("จ่ายเงินกู้", 10_000_000)]
    after = await service.statement(
        session, loan_id=loan_id, since=until, until=until, principal=OFFICER, now=NOW
    )
    assert (after.opening, after.movements, after.closing) == (10_000_000, [], 10_000_000)


async def test_a_statement_tells_each_receipt_by_its_parts_and_what_is_kept_ahead(
    session: AsyncSession,
) -> None:
    _, loan_id = await lent(session)
    due = date(2026, 2, 15)
    await pay(session, loan_id, due, 1_025_000 + 50_000, receipt_no="ร 7/2569")
    wrong = await pay(session, loan_id, due, 30_000, receipt_no="ร 8/2569")
    await take_back(session, wrong, due)
    facts = await service.statement(
        session, loan_id=loan_id, since=None, until=due, principal=OFFICER, now=at(due)
    )
    told = [
        (one.text, one.document, one.paid_out, one.paid_in, one.principal, one.interest, one.advance)
        for one in facts.movements[1:]
    ]
    assert told == [
        ("รับชำระหนี้", "ร 7/2569", 0, 1_075_000, 1_000_000, 25_000, 50_000),
        ("รับชำระหนี้", "ร 8/2569", 0, 30_000, 0, 0, 30_000),
        ("กลับรายการ", told[2][1], 30_000, 0, 0, 0, -30_000),
    ]
    loan = await stands(session, loan_id)
    assert (facts.closing, facts.advance) == (loan.outstanding, loan.advance) == (9_000_000, 50_000)
    for one in facts.movements[1:]:
        parts = one.principal + one.interest + one.penalty + one.advance
        assert parts == one.paid_in - one.paid_out
    says = text_of(statement(facts))
    for sentence in ("10,750.00", "250.00", "เงินรับล่วงหน้าคงเหลือ 500.00 บาท"):
        assert squeezed(sentence) in says


async def test_a_statement_of_a_loan_taken_over_tells_its_own_part_of_the_opening_entry(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings")
    member = await a_member(session, fund)
    product = await products.terms_of_code(session, "SAVINGS_LOAN", on=NOW.date())
    book = BookLoan(
        product_id=product.product_id,
        borrower_kind="member",
        borrower_id=member.id,
        contract_no="ก 7/2566",
        contract_date=date(2023, 5, 1),
        principal=2_000_000,
        outstanding=600_000,
        annual_rate=Fraction(12, 100),
        instalments=[PlannedRow(date(2026, 2, 15), 600_000, 6_000)],
    )
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    loans = [book, replace(book, contract_no="ก 8/2566")]
    mine, other = await changes.open_from_book(session, loans=loans, cut_off=NOW.date(), **by)
    lines = [Line(Account.LOANS, debit=600_000, loan_id=one) for one in (mine, other)]
    lines += [Line(Account.CASH, debit=5_000_000), Line(Account.CAPITAL, credit=6_200_000)]
    entry = Entry(JournalKind.OPENING, "book", uuid7(), NOW.date(), tuple(lines))
    await ledger.post(session, entry=entry, **by)
    facts = await service.statement(session, loan_id=mine, since=None, until=None, principal=OFFICER, now=NOW)
    assert [(one.text, one.paid_in, one.balance) for one in facts.movements] == [
        ("ยอดยกมาจากบัญชีเดิม", 0, 600_000)
    ]


async def test_a_receipt_tells_what_was_paid_and_what_comes_next_until_it_is_taken_back(
    session: AsyncSession,
) -> None:
    _, loan_id = await lent(session)
    new = NewRepayment.model_validate(
        {
            "loan_id": loan_id,
            "receipt_no": "ร 1/2569",
            "paid_on": NOW.date(),
            "amount": "10250.00",
            "channel": "cash",
        }
    )
    paid = (await repayments.record(session, new=new, actor=OFFICER, now=NOW)).id
    facts = await service.receipt(session, repayment_id=paid, principal=OFFICER, now=NOW)
    assert facts.principal + facts.interest + facts.penalty + facts.advance == 10_250_00
    assert facts.receipt_no == "ร 1/2569"
    assert facts.next_due_on is not None
    says = text_of(receipt(facts))
    assert squeezed("หนึ่งหมื่นสองร้อยห้าสิบบาทถ้วน") in says
    reversal = Reversal(reason="บันทึกผิดสัญญา")
    await reversing.reverse(session, repayment_id=paid, reversal=reversal, actor=CHAIR, now=NOW)
    facts = await service.receipt(session, repayment_id=paid, principal=OFFICER, now=NOW)
    assert (facts.reversed_on, facts.next_due_on) == (NOW.date(), None)
    assert "ยกเลิก" in text_of(receipt(facts))


async def test_a_letter_lists_every_late_instalment_as_of_today(session: AsyncSession) -> None:
    _, loan_id = await lent(session)
    facts = await service.demand_letter(session, loan_id=loan_id, asked=ASKED, principal=OFFICER, now=LATER)
    assert len(facts.overdue) == 10
    assert sum(one.principal for one in facts.overdue) == facts.outstanding == 10_000_000
    assert facts.days_late > 600
    assert "คณะกรรมการ" in facts.contact


async def test_papers_of_a_loan_written_off_tell_what_is_owed_of_it_all_the_same(
    session: AsyncSession,
) -> None:
    _, loan_id = await lent(session)
    lost: dict[str, Any] = {"on": LATER.date(), "reason": "ผู้กู้หายไป", "actor": CHAIR, "now": LATER}
    await changes.write_off(session, loan_id=loan_id, **lost)
    loan = await stands(session, loan_id)
    due = sum(row.owed_penalty + row.owed_interest for row in (await in_hand(session, loan_id))[0][:1])
    paid = await pay(session, loan_id, LATER.date(), due + 400_000, now=LATER)
    asked: dict[str, Any] = {"principal": OFFICER, "now": LATER}
    told = await service.receipt(session, repayment_id=paid, **asked)
    assert (told.principal, told.outstanding) == (400_000, loan.written_off - 400_000)
    letter = await service.demand_letter(session, loan_id=loan_id, asked=ASKED, **asked)
    assert sum(one.principal for one in letter.overdue) == letter.outstanding == told.outstanding


async def test_a_contract_shows_the_instalments_of_all_that_it_lends(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty", capital=30_000_000)
    loan_id = await a_contract(session, fund, amount=2_000_000, instalments=4)
    laid_out = []
    for number, amount in ((1, "5000.00"), (2, "15000.00")):
        part = {"amount": amount, "channel": "bank", "document_no": f"บจ {number}"}
        new = NewDisbursement.model_validate(part)
        await lending.disburse(session, loan_id=loan_id, new=new, actor=OFFICER, now=NOW)
        facts = await service.contract(session, loan_id=loan_id, principal=OFFICER, now=NOW)
        laid_out.append(sum(row.principal for row in facts.rows))
    assert laid_out == [0, 2_000_000]  # a part of it is no table of the contract's


async def test_no_letter_is_written_for_nothing_to_nobody_or_for_yesterday(session: AsyncSession) -> None:
    _, loan_id = await lent(session)
    with pytest.raises(NothingOverdue):
        await service.demand_letter(session, loan_id=loan_id, asked=ASKED, principal=OFFICER, now=NOW)
    to_nobody = ASKED.model_copy(update={"guarantor": 50})
    with pytest.raises(NoSuchGuarantor):
        await service.demand_letter(session, loan_id=loan_id, asked=to_nobody, principal=OFFICER, now=LATER)
    yesterday = ASKED.model_copy(update={"pay_by": date(2020, 1, 1)})
    with pytest.raises(PayByInThePast):
        await service.demand_letter(session, loan_id=loan_id, asked=yesterday, principal=OFFICER, now=LATER)


async def test_papers_are_given_as_pdf_and_leave_an_audit_row(clerk: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund, loan_id = await lent(session)
    answer = await clerk.get(f"/v1/loans/{loan_id}/contract.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    text = text_of(answer.content)
    for sentence in (fund.name_th, "100,000.00 บาท (หนึ่งแสนบาทถ้วน)", "ร้อยละ 3.00 ต่อปี"):
        assert squeezed(sentence) in text
    assert (await clerk.get(f"/v1/loans/{loan_id}/statement.pdf")).content.startswith(b"%PDF-")
    audited = await rows(database, "SELECT action FROM audit WHERE actor = 'user:clerk' ORDER BY at")
    assert [row[0] for row in audited] == ["loan_paper.contract", "loan_paper.statement"]


async def test_papers_of_a_neighbours_loan_do_not_exist(clerk: Caller, database: Database) -> None:
    async with database.transaction() as session:
        _, loan_id = await lent(session)
    asked = {"letter_no": "1/2569", "pay_by": "2090-01-01"}
    for name, query in (("contract", {}), ("statement", {}), ("demand-letter", asked)):
        hidden = await clerk.where("10").get(f"/v1/loans/{loan_id}/{name}.pdf", **query)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "loan_not_found"), name
    missing = await clerk.get(f"/v1/repayments/{loan_id}/receipt.pdf")
    assert (missing.status_code, missing.json()["code"]) == (404, "repayment_not_found")
    unnamed = await clerk.get(f"/v1/loans/{loan_id}/demand-letter.pdf", pay_by="2090-01-01")
    assert unnamed.json()["errors"][0] == {"pointer": "?letter_no", "code": "required", "detail": "ต้องระบุ"}


def test_a_contract_says_in_words_what_was_agreed_by_names() -> None:
    terms = Terms(
        method=Method.EQUAL_INSTALMENT,
        annual_rate=Fraction(9, 100),
        instalments=12,
        day_count=DayCount.ACTUAL_365,
        holiday_rule=HolidayRule.FOLLOWING,
    )
    sentences = rules.conventions(terms, ALLOCATION)
    assert sentences[1] == "ดอกเบี้ยคิดตามจำนวนวันจริง ปีละ 365 วัน"
    assert sentences[-1] == "เงินที่ชำระนำไปหัก ดอกเบี้ยผิดนัด ดอกเบี้ย เงินต้น ตามลำดับ"
    flat = replace(terms, method=Method.FLAT, day_count=DayCount.THIRTY_360_EUROPEAN)
    assert "30E/360" in rules.conventions(flat, ALLOCATION)[1]
    free = replace(terms, method=Method.INTEREST_FREE, annual_rate=Fraction(0), holiday_rule=HolidayRule.NONE)
    assert rules.conventions(free, ALLOCATION) == []
