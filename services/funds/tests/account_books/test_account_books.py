"""A fund's books as files: what was booked is in them; for who may see the fund, its books and debts."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from funds.documents.places import place
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_committee_member, a_contribution, a_fund, a_household

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
