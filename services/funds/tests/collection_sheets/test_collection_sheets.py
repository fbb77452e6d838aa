"""Loan money of a village collected in an afternoon: what comes back of a sheet is all receipts or none."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from funds.documents.collection import BORROWER, CONTRACT, LOAN, RECEIPT
from shared import clock
from shared.db import Database
from shared.exports import XLSX
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_fund, a_group, a_household, a_loan, a_member

TODAY = clock.business_date(clock.now())
Filled = Mapping[str, Mapping[str, Any]]
"""What is written in by borrower: heading to value."""
DAENG, KHIAO = "นางแดง รักเรียน", "นางเขียว ใจดี"


@pytest.fixture
def treasurer(officer: Caller) -> Caller:
    """Call as a fund's treasurer."""
    return officer.only(frozenset({"loans:read", "loans:write"})).named("user:treasurer")


@pytest.fixture
async def village(database: Database) -> dict[str, Any]:
    """Lend 10,000.00 baht each to two members of a village fund, today."""
    async with database.transaction() as session:
        now = clock.now()
        fund = await a_fund(session, kind="village", area_code="34190402", capital=50_000_000, now=now)
        people = [await a_member(session, fund, name=name) for name in (DAENG, KHIAO)]
        loans = [
            await a_loan(session, fund, borrower=one, amount=1_000_000, instalments=10, now=now)
            for one in people
        ]
    return {
        "path": f"/v1/funds/{fund.id}/collection-sheet",
        "fund": fund,
        "loans": [str(one) for one in loans],
    }


async def fetched(caller: Caller, village: Mapping[str, Any], **query: str) -> Workbook:
    answer = await caller.get(f"{village['path']}.xlsx", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return load_workbook(BytesIO(answer.content))


def table(book: Workbook) -> dict[str, dict[str, Any]]:
    """Return the cells of each borrower's row by heading."""
    page = book["เงินกู้"]
    lines = list(page.iter_rows())
    top = next(at for at, line in enumerate(lines) if line[1].value == CONTRACT)
    headings = [str(cell.value) for cell in lines[top]]
    cells = [dict(zip(headings, line, strict=True)) for line in lines[top + 1 :]]
    return {str(one[BORROWER].value): one for one in cells}


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def filled(book: Workbook, written: Filled) -> bytes:
    lines = table(book)
    for name, values in written.items():
        for heading, value in values.items():
            lines[name][heading].value = value
    return saved(book)


async def send(
    caller: Caller, village: Mapping[str, Any], content: bytes, counted: str, end: str = "", **changes: str
) -> Any:
    facts = {"paid_on": TODAY.isoformat(), "channel": "cash", "counted": counted, **changes}
    files = {"file": ("sheet.xlsx", content, XLSX)}
    return await caller.request("POST", f"{village['path']}{end}", data=facts, files=files)


async def receipts(database: Database) -> list[Any]:
    return await rows(database, "SELECT receipt_no, amount, batch_id FROM repayments ORDER BY receipt_no")


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return dict(answer.json())


BOTH: Filled = {DAENG: {LOAN: 1025, RECEIPT: "๑/๒๕๖๙"}, KHIAO: {LOAN: "500.50", RECEIPT: "2/2569"}}


async def test_the_sheet_has_every_open_loan_with_what_is_due(
    treasurer: Caller, village: dict[str, Any]
) -> None:
    lines = table(await fetched(treasurer, village, until=f"{TODAY.year + 20}-01-01"))
    shown = lines[DAENG]
    assert shown["เงินต้นคงเหลือ"].value == 10_000
    assert shown["ต้องชำระ"].value > 10_000
    assert (shown[LOAN].value, shown[RECEIPT].value) == (None, None)
    assert shown[RECEIPT].number_format == "@"
    early = table(await fetched(treasurer, village, until=TODAY.isoformat()))
    assert early[KHIAO]["ต้องชำระ"].value is None


async def test_a_filled_sheet_becomes_a_receipt_a_row_once_however_often_it_is_sent(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    content = filled(await fetched(treasurer, village), BOTH)
    first = (await send(treasurer, village, content, "1525.50")).json()
    assert (first["recorded"], first["repeated"], first["amount"]) == (2, 0, "1525.50")
    assert [(one["receipt_no"], one["amount"]) for one in first["results"]] == [
        ("1/2569", "1025.00"),
        ("2/2569", "500.50"),
    ]
    again = (await send(treasurer, village, content, "1525.50")).json()
    assert (again["recorded"], again["repeated"], again["amount"]) == (0, 2, "0.00")
    assert [one["repayment_id"] for one in again["results"]] == [
        one["repayment_id"] for one in first["results"]
    ]
    kept = await receipts(database)
    assert [(one["receipt_no"], one["amount"]) for one in kept] == [("1/2569", 102_500), ("2/2569", 50_050)]
    assert {str(one["batch_id"]) for one in kept} == {first["batch_id"]}
    listed = (await treasurer.get("/v1/repayments", batch_id=first["batch_id"])).json()["items"]
    assert len(listed) == 2


async def test_a_sheet_sent_twice_at_once_beside_single_receipts_records_each_row_once(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    content = filled(await fetched(treasurer, village), BOTH)
    slips = [
        {"loan_id": loan, "receipt_no": f"บ {at}", "amount": "1.00", "channel": "cash"}
        for at, loan in enumerate(village["loans"] * 3)
    ]
    answers = await asyncio.gather(
        *(send(treasurer, village, content, "1525.50") for _ in range(3)),
        *(treasurer.post("/v1/repayments", slip) for slip in slips),
    )
    sheets = [one.json() for one in answers[:3]]
    assert sorted(one["recorded"] for one in sheets) == [0, 0, 2]
    assert {one.status_code for one in answers[3:]} == {201}
    assert len(await receipts(database)) == 8


async def test_nothing_of_a_sheet_is_recorded_while_a_row_cannot_be_taken(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    written = {**BOTH, DAENG: {LOAN: "ร้อยบาท", RECEIPT: "1/2569"}}
    content = filled(await fetched(treasurer, village), written)
    problem = refused(await send(treasurer, village, content, "1.00"), 422, "sheet_not_filled")
    assert [one["code"] for one in problem["errors"]] == ["not_an_amount"]
    assert problem["errors"][0]["pointer"].startswith("/file/เงินกู้/H")
    assert await receipts(database) == []


async def test_what_only_the_loan_refuses_keeps_all_of_the_sheet_from_being_recorded(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    book = await fetched(treasurer, village)
    slip = {
        "loan_id": village["loans"][1],
        "receipt_no": "2/2569",
        "amount": "10.00",
        "channel": "cash",
    }
    assert (await treasurer.post("/v1/repayments", slip)).status_code == 201
    content = filled(book, BOTH)
    problem = refused(await send(treasurer, village, content, "1525.50"), 422, "sheet_not_filled")
    (told,) = problem["errors"]
    assert told["code"] == "receipt_used"
    assert [one["receipt_no"] for one in await receipts(database)] == ["2/2569"]


async def test_the_marked_copy_says_what_becomes_of_each_row_and_records_nothing(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    written = {DAENG: BOTH[DAENG], KHIAO: {LOAN: "ห้าร้อย", RECEIPT: "2/2569"}}
    content = filled(await fetched(treasurer, village), written)
    answer = await send(treasurer, village, content, "1.00", "/marked.xlsx")
    assert answer.status_code == 200, answer.text
    assert await receipts(database) == []
    marked = load_workbook(BytesIO(answer.content))
    lines = table(marked)
    assert lines[DAENG]["ผลการตรวจ"].value == "บันทึกได้"
    assert lines[KHIAO]["ผลการตรวจ"].value == "ไม่ใช่จำนวนเงิน"
    assert lines[KHIAO][LOAN].fill.start_color.rgb == "FFFFC7CE"
    mended = filled(marked, {KHIAO: {LOAN: 500.5}})
    assert (await send(treasurer, village, mended, "1525.50")).json()["recorded"] == 2
    answer = await send(treasurer, village, mended, "1525.50", "/marked.xlsx")
    lines = table(load_workbook(BytesIO(answer.content)))
    assert [lines[name]["ผลการตรวจ"].value for name in (DAENG, KHIAO)] == ["บันทึกแล้ว"] * 2
    assert lines[KHIAO][LOAN].fill.start_color.rgb != "FFFFC7CE"


async def test_money_counted_is_the_sum_of_the_rows_or_nothing_is_recorded(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    content = filled(await fetched(treasurer, village), BOTH)
    problem = refused(await send(treasurer, village, content, "1525.00"), 422, "counted_differs")
    assert problem["total"] == "1525.50"
    assert "1525.00" in problem["detail"]
    book = load_workbook(BytesIO(content))
    table(book)["None"][LOAN].value = 1525
    problem = refused(await send(treasurer, village, saved(book), "1525.50"), 422, "sheet_not_filled")
    assert [one["code"] for one in problem["errors"]] == ["total_differs"]
    assert await receipts(database) == []
    table(book)["None"][LOAN].value = 1525.5
    assert (await send(treasurer, village, saved(book), "1525.50")).json()["recorded"] == 2


async def test_money_of_a_closed_month_is_booked_on_the_day_that_is_given(
    treasurer: Caller, village: dict[str, Any], database: Database
) -> None:
    content = filled(await fetched(treasurer, village), BOTH)
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    problem = refused(
        await send(treasurer, village, content, "1525.50", booked_on=tomorrow), 422, "sheet_not_filled"
    )
    assert [one["code"] for one in problem["errors"]] == ["payment_in_future"] * 2
    days = {"booked_on": TODAY.isoformat()}
    assert (await send(treasurer, village, content, "1525.50", **days)).json()["recorded"] == 2
    assert {one["booked_on"] for one in await rows(database, "SELECT booked_on FROM repayments")} == {TODAY}


async def test_a_row_whose_receipt_was_reversed_asks_for_another_receipt(
    treasurer: Caller, village: dict[str, Any]
) -> None:
    content = filled(await fetched(treasurer, village), {DAENG: BOTH[DAENG]})
    told = (await send(treasurer, village, content, "1025.00")).json()["results"][0]
    reversal = f"/v1/repayments/{told['repayment_id']}/reversal"
    assert (await treasurer.named("user:chair").post(reversal, {"reason": "รับผิดวัน"})).status_code == 200
    problem = refused(await send(treasurer, village, content, "1025.00"), 422, "sheet_not_filled")
    assert [one["code"] for one in problem["errors"]] == ["repayment_reversed"]
    mended = filled(load_workbook(BytesIO(content)), {DAENG: {LOAN: 1020}})
    assert (await send(treasurer, village, mended, "1020.00")).json()["recorded"] == 1


async def test_a_groups_row_is_split_by_its_shares_and_a_household_goes_by_its_members_name(
    treasurer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        now = clock.now()
        womens = await a_fund(session, capital=50_000_000, now=now)
        group = await a_group(session, womens, size=3, name="กลุ่มทอผ้า")
        await a_loan(session, womens, borrower=group, now=now)
        poverty = await a_fund(session, kind="poverty", capital=28_000_000, now=now)
        household = await a_household(session, poverty)
        await a_loan(session, poverty, borrower=household, instalments=6, now=now)
    for fund, name in ((womens, "กลุ่มทอผ้า"), (poverty, None)):
        village = {"path": f"/v1/funds/{fund.id}/collection-sheet"}
        book = await fetched(treasurer, village)
        borrower = next(iter(table(book)))
        assert borrower == (name or borrower) != "None"
        content = filled(book, {borrower: {LOAN: 100, RECEIPT: "7"}})
        told = (await send(treasurer, village, content, "100.00")).json()
        assert told["recorded"] == 1
        receipt = (await treasurer.get(f"/v1/repayments/{told['results'][0]['repayment_id']}")).json()
        assert len(receipt["parts"]) == (3 if name else 0)


async def test_a_meetings_sheet_of_a_savings_group_has_its_loans_beside_it(
    treasurer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        now = clock.now()
        fund = await a_fund(session, kind="savings", area_code="34190110", capital=5_000_000, now=now)
        member = await a_member(session, fund, name=DAENG)
        await a_loan(session, fund, borrower=member, amount=1_000_000, now=now)
    clerk = treasurer.may("savings:read")
    answer = await clerk.get(f"/v1/savings/{fund.id}/collection-sheet.xlsx", month=f"{TODAY:%Y-%m}")
    content = filled(load_workbook(BytesIO(answer.content)), {DAENG: BOTH[DAENG]})
    village = {"path": f"/v1/funds/{fund.id}/collection-sheet"}
    assert (await send(clerk, village, content, "1025.00")).json()["recorded"] == 1


async def test_what_is_no_filled_sheet_is_refused(treasurer: Caller, village: dict[str, Any]) -> None:
    empty = saved(await fetched(treasurer, village))
    refused(await send(treasurer, village, empty, "1.00"), 422, "nothing_collected")
    refused(await send(treasurer, village, saved(Workbook()), "1.00"), 422, "no_collection_table")
    refused(await send(treasurer, village, b"name;amount", "1.00"), 422, "unreadable_book")
    refused(await send(treasurer.where("10"), village, empty, "1.00"), 404, "fund_not_found")
    refused(await send(treasurer.only({"loans:read"}), village, empty, "1.00"), 403, "scope_missing")
