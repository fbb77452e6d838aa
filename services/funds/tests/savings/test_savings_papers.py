"""A member's pass book, and the sheet that goes to the monthly meeting and comes back filled in."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from funds.documents import collection
from shared.db import Database
from shared.exports import XLSX
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.documents.papers import squeezed, text_of
from tests.factories import a_contribution, a_fund, a_loan, a_member

Filled = dict[str, dict[str, Any]]
"""What is written in by member number: heading to value."""


@pytest.fixture
def clerk(keeper: Caller) -> Caller:
    """Call as a treasurer who may see loans too."""
    return keeper.may("loans:read")


@pytest.fixture
async def group(database: Database) -> dict[str, Any]:
    """Make a savings group of three members, one of whom owes ten instalments of 1,000.00."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", area_code="34190108", name_th="กลุ่มออมทรัพย์บ้านโนนสวน")
        names = ("นางแดง รักเรียน", "นางเขียว ใจดี", "นายขาว ป่าไม้")
        people = [await a_member(session, fund, name=name) for name in names]
        await a_contribution(session, fund.id, amount=5_000_000)
        terms = {"first_due": date(2026, 2, 28), "annual_rate": "0.00"}
        await a_loan(session, fund, borrower=people[0], amount=1_000_000, terms=terms)
    ids = [str(one.id) for one in people]
    return {"path": f"/v1/savings/{fund.id}", "fund_id": fund.id, "people": ids}


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


async def save(keeper: Caller, group: dict[str, Any], member: str, on: str, **amounts: str) -> None:
    facts = {"month": on[:7], "paid_on": on, "held_as": "cash", "document_no": f"ฝ {on}"}
    items = [{"id": str(uuid4()), "member_id": member, **amounts}]
    answer = await keeper.post(f"{group['path']}/deposits", {**facts, "items": items})
    assert answer.json()["recorded"] == 1, answer.text


async def fetched(clerk: Caller, group: dict[str, Any], month: str) -> Workbook:
    answer = await clerk.get(f"{group['path']}/collection-sheet.xlsx", month=month)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return load_workbook(BytesIO(answer.content))


def table(book: Workbook) -> tuple[int, dict[str, int]]:
    """Return the row of the headings, and the columns by heading."""
    page = book.worksheets[0]
    for row in page.iter_rows():
        if row[1].value == collection.NUMBER:
            return row[0].row, {str(cell.value): cell.column for cell in row}
    raise AssertionError("no headings")


def filled(book: Workbook, written: Filled) -> bytes:
    page = book.worksheets[0]
    top, columns = table(book)
    for row in range(top + 1, page.max_row + 1):
        values = written.get(str(page.cell(row, columns[collection.NUMBER]).value), {})
        for heading, value in values.items():
            page.cell(row, columns[heading]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def send(caller: Caller, group: dict[str, Any], content: bytes, **changes: str) -> Any:
    facts = {"month": "2026-01", "paid_on": "2026-01-14", "held_as": "cash", "document_no": "ใบเก็บ 1/2569"}
    return await caller.request(
        "POST",
        f"{group['path']}/collection-sheet",
        data={**facts, **changes},
        files={"file": ("sheet.xlsx", content, XLSX)},
    )


async def test_a_pass_book_tells_every_movement_with_what_was_there_after_it(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = group["path"], group["people"][0]
    pledge = {"member_id": one, "month_from": "2025-10", "amount": "100.00"}
    await keeper.post(f"{path}/pledges", pledge)
    await save(keeper, group, one, "2025-11-05", savings="1000.00", shares="200.00")
    await save(keeper, group, one, "2025-12-05", savings="250.50")
    taken = {
        "member_id": one,
        "paid_on": "2026-01-10",
        "held_as": "cash",
        "document_no": "ถ 1",
        "savings": "50.50",
    }
    assert (await keeper.post(f"{path}/withdrawals", taken)).status_code == 201
    answer = await keeper.get(f"{path}/accounts/{one}/passbook.pdf", moved_from="2025-12-01")
    assert answer.headers["content-type"] == "application/pdf"
    says = text_of(answer.content)
    for words in (
        "กลุ่มออมทรัพย์บ้านโนนสวน",
        "นางแดง รักเรียน",
        "เงินสัจจะเดือนละ 100.00 บาท",
        "ยอดยกมา 1,000.00 200.00",
        "05/12/2568 ฝ 2025-12-05 ฝาก 250.50 1,250.50 200.00",
        "10/01/2569 ถ 1 ถอน -50.50 1,200.00 200.00",
        "ยอดยกไป 1,200.00 200.00",
        "หนึ่งพันสองร้อยบาทถ้วน",
    ):
        assert squeezed(words) in says
    assert "05/11/2568" not in says
    (seen,) = await rows(database, "SELECT count(*) FROM audit WHERE action = 'savings_paper.passbook'")
    assert seen["count"] == 1
    refused(await keeper.get(f"{path}/accounts/{uuid4()}/passbook.pdf"), 404, "savings_account_not_found")


async def test_the_collection_sheet_lists_all_members_with_pledge_and_what_is_due(
    clerk: Caller, group: dict[str, Any]
) -> None:
    one, two, _ = group["people"]
    pledge = {"member_id": one, "month_from": "2025-10", "amount": "100.00"}
    await clerk.post(f"{group['path']}/pledges", pledge)
    await save(clerk, group, two, "2026-01-05", savings="300.00", shares="50.00")
    book = await fetched(clerk, group, "2026-01")
    page = book.worksheets[0]
    assert page.cell(1, 1).value == "ใบเก็บเงินประจำเดือน มกราคม 2569"
    top, columns = table(book)

    def column(heading: str) -> list[Any]:
        return [page.cell(row, columns[heading]).value for row in range(top + 1, top + 5)]

    assert column(collection.NAME) == ["นางแดง รักเรียน", "นางเขียว ใจดี", "นายขาว ป่าไม้", None]
    assert column("สัจจะเดือนนี้") == [100, None, None, 100]
    assert column("เงินสัจจะสะสม") == [0, 300, 0, 300]
    assert column("ส่งแล้วเดือนนี้") == [None, 300, None, 300]
    assert column("เงินกู้ครบกำหนด") == [None, None, None, 0]
    assert column(collection.SAVINGS) == [None] * 4
    book = await fetched(clerk, group, "2026-03")
    page = book.worksheets[0]
    top, columns = table(book)
    assert column("เงินกู้ครบกำหนด") == [2000, None, None, 2000]
    without = clerk.only({"savings:read"})
    refused(
        await without.get(f"{group['path']}/collection-sheet.xlsx", month="2026-01"), 403, "scope_missing"
    )


async def test_a_filled_sheet_is_recorded_once_however_often_it_is_sent(
    clerk: Caller, group: dict[str, Any]
) -> None:
    one, two, three = group["people"]
    written: Filled = {
        "1": {collection.SAVINGS: 100, collection.SHARES: "๕๐.-"},
        "2": {collection.SAVINGS: "200.25"},
        "3": {collection.SHARES: 15},
    }
    content = filled(await fetched(clerk, group, "2026-01"), written)
    first = (await send(clerk, group, content)).json()
    assert (first["recorded"], first["refused"]) == (2, 1)
    assert (first["savings"], first["shares"], first["loans"]) == ("300.25", "50.00", "0.00")
    assert [one["member_id"] for one in first["results"]] == [one, two, three]
    assert first["results"][2]["problem"]["code"] == "not_whole_shares"
    again = (await send(clerk, group, content)).json()
    assert (again["recorded"], again["repeated"], again["refused"]) == (0, 2, 1)
    mended = filled(load_workbook(BytesIO(content)), {"3": {collection.SHARES: 20}})
    last = (await send(clerk, group, mended)).json()
    assert (last["recorded"], last["repeated"], last["shares"]) == (1, 2, "20.00")
    listed = (await clerk.get(f"{group['path']}/accounts")).json()["items"]
    assert {row["member_id"]: (row["savings"], row["shares"]) for row in listed} == {
        one: ("100.00", "50.00"),
        two: ("200.25", "0.00"),
        three: ("0.00", "20.00"),
    }
    bank = (await send(clerk, group, mended, held_as="bank")).json()
    assert {one["problem"]["code"] for one in bank["results"]} == {"savings_movement_exists"}


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ({"1": {collection.SAVINGS: "ร้อยบาท"}, "2": {collection.SAVINGS: 100}}, {"not_an_amount"}),
        ({"1": {collection.SAVINGS: 100.005}}, {"too_many_places"}),
        ({"2": {collection.SHARES: -10}}, {"negative"}),
        ({"3": {collection.NUMBER: "33", collection.SAVINGS: 1}}, {"unknown_fund_member"}),
        ({"3": {collection.NUMBER: "2", collection.SAVINGS: 1}}, {"another_name"}),
        (
            {"3": {collection.NUMBER: 2, collection.NAME: "นางเขียว  ใจดี", collection.SAVINGS: 1}},
            {"member_twice"},
        ),
    ],
)
async def test_nothing_of_a_sheet_is_recorded_while_a_row_cannot_be_read(
    clerk: Caller, group: dict[str, Any], database: Database, written: Filled, places: set[str]
) -> None:
    content = filled(await fetched(clerk, group, "2026-01"), written)
    problem = refused(await send(clerk, group, content), 422, "sheet_not_filled")
    assert {one["code"] for one in problem["errors"]} == places
    assert all(one["pointer"].startswith("/file/") for one in problem["errors"])
    assert (await rows(database, "SELECT count(*) FROM savings_movements"))[0]["count"] == 0


async def test_what_is_no_filled_sheet_is_refused(clerk: Caller, group: dict[str, Any]) -> None:
    empty = filled(await fetched(clerk, group, "2026-01"), {})
    refused(await send(clerk, group, empty), 422, "nothing_collected")
    other = BytesIO()
    Workbook().save(other)
    refused(await send(clerk, group, other.getvalue()), 422, "no_collection_table")
    refused(await send(clerk, group, b"name;amount"), 422, "unreadable_book")
    content = filled(await fetched(clerk, group, "2026-01"), {"1": {collection.SAVINGS: 100}})
    refused(await send(clerk, group, content, paid_on="2149-01-01"), 422, "date_in_future")
    refused(await send(clerk.where("10"), group, content), 404, "fund_not_found")
    refused(await send(clerk.only({"savings:read"}), group, content), 403, "scope_missing")


async def test_what_a_dead_members_heir_owes_stands_on_the_heirs_line(
    clerk: Caller, group: dict[str, Any], database: Database
) -> None:
    heir = UUID(group["people"][1])
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE loans SET answerable_as = 'heirs', answerable = 'นางเขียว ใจดี', "
                "answerable_member_id = :heir, answerable_since = '2026-01-10'"
            ),
            {"heir": heir},
        )
    book = await fetched(clerk, group, "2026-02")
    top, columns = table(book)
    page = book.worksheets[0]
    due = [page.cell(row, columns["เงินกู้ครบกำหนด"]).value for row in range(top + 1, top + 4)]
    assert due == [None, 1000, None]
