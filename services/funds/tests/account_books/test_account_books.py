"""A fund's books as files: what was booked is in them; for who may see the fund, its books and debts."""

from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncSession

from funds.documents.places import place
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.loans import service as lending
from funds.loans.rules import BookLoan, PlannedRow
from funds.products import service as products
from funds.registry.rules import FundFacts
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import (
    NOW,
    OFFICER,
    a_committee_member,
    a_contribution,
    a_fund,
    a_household,
    a_loan,
)
from tests.repayments.helpers import pay

SINCE = {"since": "2020-10-01", "until": "2035-09-30"}


@pytest.fixture
def auditor(officer: Caller) -> Caller:
    return officer.only({"funds:read", "ledgers:read", "loans:read"}).where("34").named("user:auditor")


def read(content: bytes) -> dict[str, list[list[Any]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in load_workbook(BytesIO(content)).worksheets
    }


async def test_what_was_booked_stands_in_every_book_and_the_trial_balance_agrees(
    auditor: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
        await a_contribution(session, fund.id, amount=2_000_000_00)
    answer = await auditor.get(f"/v1/funds/{fund.id}/books.xlsx", **SINCE)
    assert answer.status_code == 200, answer.text
    sheets = read(answer.content)
    assert list(sheets) == ["เงินสดและธนาคาร", "รายวัน", "แยกประเภท", "ลูกหนี้", "งบทดลอง"]
    assert sheets["เงินสดและธนาคาร"][-2][5] == 2_000_000
    assert sheets["รายวัน"][-1][6:] == [2_000_000, 2_000_000]
    assert sheets["งบทดลอง"][-1] == ["รวม", None, 2_000_000, 2_000_000]
    (audit,) = await rows(database, "SELECT actor, subjects FROM audit WHERE action = 'fund_books.export'")
    assert (audit[0], list(audit[1])) == ("user:auditor", [fund.id])


async def test_the_four_books_tell_the_villages_state(auditor: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", area_code="34150109")
        await a_contribution(session, fund.id, amount=280_000_00)
        await a_committee_member(session, fund)
        await a_household(session, fund)
    answer = await auditor.get(f"/v1/funds/{fund.id}/poverty-books.xlsx", **SINCE)
    assert answer.status_code == 200, answer.text
    sheets = read(answer.content)
    assert len(sheets) == 4
    lines = [row[0] for row in sheets["น้ำตาล สถานะหมู่บ้าน"]]
    assert place("34150109") in lines
    assert "เงินทุนที่ได้รับ (บาท): 280,000.00" in lines
    assert "ครัวเรือนเป้าหมาย (ครัวเรือน): 1" in lines


async def a_loan_taken_over(session: AsyncSession, fund: FundFacts) -> None:
    """Let the books before have a household's loan 3/2567 of 20,000.00, of which 6,000.00 is owed."""
    cut_off = date(2025, 9, 30)
    product = await products.terms_of_code(session, "POVERTY_LOAN", on=cut_off)
    old = BookLoan(
        product_id=product.product_id,
        borrower_kind="household",
        borrower_id=(await a_household(session, fund)).id,
        contract_no="3/2567",
        contract_date=date(2024, 5, 1),
        principal=2_000_000,
        outstanding=600_000,
        annual_rate=Fraction(0),
        instalments=[PlannedRow(date(2026, 5, 1), 600_000, 0)],
    )
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    (loan_id,) = await lending.open_from_book(session, loans=[old], cut_off=cut_off, **by)
    lines = (Line(Account.LOANS, debit=600_000, loan_id=loan_id), Line(Account.CAPITAL, credit=600_000))
    await ledger.post(session, entry=Entry(JournalKind.OPENING, "book", uuid7(), cut_off, lines), **by)


def rows_of(sheet: list[list[Any]], contract_no: str) -> list[list[Any]]:
    return [row for row in sheet if contract_no in row]


async def test_the_household_and_debtor_books_say_what_was_lent_repaid_and_owed_at_the_end_of_their_time(
    auditor: Caller, database: Database
) -> None:
    feb, mar = date(2026, 2, 15), date(2026, 3, 15)
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", capital=28_000_000)
        terms = {"contract_no": "12/2569", "first_due": feb}
        loan_id = await a_loan(session, fund, amount=3_000_000, instalments=6, terms=terms)
        await pay(session, loan_id, feb, 500_000)
        await pay(session, loan_id, mar, 700_000)  # 2,000.00 of it is kept ahead
        await a_loan_taken_over(session, fund)
    path = f"/v1/funds/{fund.id}/poverty-books.xlsx"
    for until, repaid, left in ((mar, 10_000, 20_000), (feb, 5_000, 25_000)):
        answer = await auditor.get(path, since="2023-10-01", until=until.isoformat())
        assert answer.status_code == 200, answer.text
        sheets = read(answer.content)
        (lent,) = rows_of(sheets["ม่วง ทะเบียนครัวเรือน"], "12/2569")
        assert (lent[6], lent[8], lent[9]) == (30_000, repaid, left)
        (before,) = rows_of(sheets["ม่วง ทะเบียนครัวเรือน"], "3/2567")
        assert (before[4].date(), before[6], before[8], before[9]) == (
            date(2024, 5, 1),
            20_000,
            14_000,
            6_000,
        )
        debtor = rows_of(sheets["เหลือง คุมลูกหนี้"], "12/2569")
        assert [value for value in debtor[-1] if isinstance(value, int | float)][-1] == left
        state = [row[0] for row in sheets["น้ำตาล สถานะหมู่บ้าน"]]
        assert "ครัวเรือนที่ยืมเงิน (ครัวเรือน): 2" in state
        assert "ลูกหนี้เกินกำหนด (บาท): 0.00" in state
    late = await auditor.get(path, since="2023-10-01", until="2026-04-20")
    state = [row[0] for row in read(late.content)["น้ำตาล สถานะหมู่บ้าน"]]
    assert "ลูกหนี้เกินกำหนด (บาท): 5,000.00" in state  # April's, before the daily run used what was paid ahead
    earlier = await auditor.get(path, since="2023-10-01", until="2026-01-14")
    sheets = read(earlier.content)
    assert rows_of(sheets["ม่วง ทะเบียนครัวเรือน"], "12/2569") == []
    assert "ครัวเรือนที่ยืมเงิน (ครัวเรือน): 1" in [row[0] for row in sheets["น้ำตาล สถานะหมู่บ้าน"]]


async def test_the_four_books_are_the_poverty_funds(auditor: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
    answer = await auditor.get(f"/v1/funds/{fund.id}/poverty-books.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_this_kind_of_fund")


async def test_a_time_that_is_turned_round_and_a_fund_elsewhere_are_refused(
    auditor: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
    path = f"/v1/funds/{fund.id}/books.xlsx"
    turned = await auditor.get(path, since="2026-01-02", until="2026-01-01")
    assert (turned.status_code, turned.json()["code"]) == (422, "period_turned")
    hidden = await auditor.where("10").get(path)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "fund_not_found")
    for missing in ("ledgers:read", "loans:read"):
        refused = await auditor.only(auditor.scopes - {missing}).get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_a_place_is_written_out_from_its_code() -> None:
    assert place("34150109").startswith("หมู่ที่ 9 ตำบล")
    assert place("341501").endswith("จังหวัดอุบลราชธานี")
    assert "เขต" in place("100101")
    assert place("999999") == ""
