"""What else a book brings: money paid ahead, households, everybody who had a hand in the file."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import asyncpg
import openpyxl
import pytest

from funds.book_imports.errors import CONSTRAINTS
from funds.findings import service as findings
from funds.ledger.checking import differences
from funds.registry import service as registry
from shared.db import Database, driver
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.book_imports.asking import ANY, begun, checked, refused, sent
from tests.book_imports.books import Rows, changed, workbook
from tests.factories import NOW, OFFICER, a_household
from tests.repayments.helpers import at, pay, stands, take_back

HEADING = [
    "สัญญาเลขที่", "ผู้ยืม", "วันที่ยืม", "เงินยืม", "คงเหลือ", "ชำระเกิน", "งวดถัดไป", "ครบกำหนด", "เหลืองวด",
    "รหัสครัวเรือนในระบบ",
]  # fmt: skip
AHEAD: Rows = (
    HEADING,
    ["1", "นายบุญมี ใจดี", "1/10/2564", 12000, 6000, 500, "31/3/2566", "30/9/2566", 2, None],
    ["2", "นางสาวมาลี สายทอง", "1/10/2564", 12000, 4000, None, "31/3/2566", "30/9/2566", 2, None],
)
BALANCES: Rows = (
    ["รายการ", "เดบิต", "เครดิต"],
    ["เงินฝากธนาคาร", 270500, None],
    ["ลูกหนี้เงินยืม", 10000, None],
    ["เงินรับล่วงหน้า", None, 500],
    ["เงินทุน", None, 280000],
)


def a_book(debtors: Rows = AHEAD, balances: Rows = BALANCES) -> bytes:
    return workbook({"ลูกหนี้": debtors, "งบ": balances})


async def posted(keeper: Caller, approver: Caller, path: str, run: Any) -> dict[str, Any]:
    assert (await approver.post(f"{path}/post", {}, **ANY)).status_code == 202
    await run()
    found: dict[str, Any] = (await keeper.get(path)).json()
    assert found["state"] == "posted"
    return found


async def test_money_paid_ahead_is_taken_over_and_pays_the_next_instalment(
    keeper: Caller, approver: Caller, fund_id: str, run: Any, database: Database
) -> None:
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, a_book(), run)
    assert found["state"] == "checked", (await keeper.get(f"{path}/errors")).text
    await posted(keeper, approver, path, run)
    (loan,) = await rows(database, "SELECT id, outstanding, advance FROM loans WHERE contract_no = '1'")
    assert (loan["outstanding"], loan["advance"]) == (600_000, 50_000)
    async with database.transaction() as session:
        assert await differences(session, fund_id=UUID(fund_id)) == []
        late = await pay(session, loan["id"], date(2023, 3, 31), 250_000, now=at(date(2023, 6, 1)))
        loan_after = await stands(session, loan["id"])
        assert (loan_after.outstanding, loan_after.advance) == (300_000, 0)
        # What came after is allocated anew from what was taken over, money paid ahead too.
        await take_back(session, late, date(2023, 6, 2))
        assert (await stands(session, loan["id"])).outstanding == 550_000
        assert await differences(session, fund_id=UUID(fund_id)) == []


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({(2, 5): 6000.01}, [("F2", "advance_over_outstanding")]),
        ({(2, 4): 0}, [("F2", "advance_over_outstanding")]),
        ({(2, 6): "30/9/2565"}, [("F2", "advance_not_taken")]),
    ],
)
async def test_money_ahead_of_nothing_to_come_is_refused(
    keeper: Caller, fund_id: str, run: Any, cells: dict[tuple[int, int], Any], told: list[tuple[str, str]]
) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, a_book(changed(AHEAD, cells)), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["cell"], one["code"]) for one in listed][:1] == told


async def test_the_balance_of_what_was_paid_ahead_is_the_sum_of_its_column(
    keeper: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    other = changed(BALANCES, {(2, 1): 270400, (4, 2): 400})
    await checked(keeper, path, a_book(balances=other), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["code"], one["value"]) for one in listed] == [("register_differs", "2100: 400.00 <> 500.00")]


async def test_known_households_are_linked_and_others_only_told(
    keeper: Caller, approver: Caller, fund_id: str, run: Any, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await registry.require(session, UUID(fund_id), principal=OFFICER)
        known = (await a_household(session, fund, certified=False)).id
    path = await begun(keeper, fund_id)
    debtors = changed(AHEAD, {(2, 9): str(known), (3, 9): str(uuid7())})
    found = await checked(keeper, path, a_book(debtors), run)
    assert (found["state"], found["error_count"], found["warning_count"]) == ("checked", 0, 2)
    listed = (await keeper.get(f"{path}/errors", count="true")).json()
    assert listed["total"] == 2
    assert [(one["cell"], one["code"], one["severity"]) for one in listed["items"]] == [
        ("J2", "household_not_target", "warning"),
        ("J3", "household_unknown", "warning"),
    ]
    marked = openpyxl.load_workbook(BytesIO((await keeper.get(f"{path}/marked.xlsx")).content))
    assert marked["ลูกหนี้"]["J3"].fill.start_color.rgb == "FFFFEB9C"
    await posted(keeper, approver, path, run)
    members = await rows(database, "SELECT name, household_id FROM fund_members ORDER BY member_no")
    assert [tuple(row) for row in members] == [("นายบุญมี ใจดี", known), ("นางสาวมาลี สายทอง", None)]
    async with database.transaction() as session:
        await findings.look(session, area="", fund_id=UUID(fund_id), now=NOW)
    told = await rows(database, "SELECT fact FROM fund_findings WHERE code = 'A.5'")
    loans = await rows(database, "SELECT id FROM loans WHERE contract_no = '1'")
    assert [row["fact"] for row in told] == [f"loan:{loans[0]['id']}"]


async def test_nobody_who_ever_sent_a_file_posts_the_book(
    keeper: Caller, approver: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    author = keeper.named("user:author")
    await sent(author, path, workbook())
    found = await checked(keeper, path, workbook(), run)  # a colleague sends the same book again
    assert (found["state"], found["file"]["sent_by"]) == ("checked", "user:tester")
    for one in (author, keeper):
        refused(await one.may("funds:approve").post(f"{path}/post", {}, **ANY), 403, "own_book")
    await posted(keeper, approver, path, run)


async def test_the_database_too_keeps_whoever_sent_a_file_from_posting(
    keeper: Caller, fund_id: str, database: Database
) -> None:
    path = await begun(keeper, fund_id)
    for one in (keeper.named("user:author"), keeper):
        await sent(one, path, workbook())
    forged = "UPDATE book_imports SET state = 'posted', posted_by = $1, journal_id = id"
    for subject in ("user:author", "user:tester"):
        with pytest.raises(asyncpg.CheckViolationError) as refusal:
            async with database.transaction() as session:
                await (await driver(session)).execute(forged, subject)
        assert refusal.value.constraint_name in CONSTRAINTS


async def test_names_in_full_are_for_who_sends_or_posts_books(
    keeper: Caller, approver: Caller, fund_id: str
) -> None:
    path = await begun(keeper, fund_id)
    await sent(keeper, path, workbook())
    reader = keeper.only({"ledgers:read"})
    for what in ("file", "marked.xlsx"):
        refused(await reader.get(f"{path}/{what}"), 403, "scope_missing")
    assert (await approver.only({"ledgers:read", "funds:approve"}).get(f"{path}/file")).status_code == 200
