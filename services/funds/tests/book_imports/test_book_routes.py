"""A book is sent, checked, corrected and posted by two persons: all of it or nothing."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from funds.book_imports import tables
from funds.book_imports.rules import Part
from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from funds.registry import service as registry
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.book_imports.asking import ANY, ROOT, begun, checked, refused, sent
from tests.book_imports.books import BALANCES, DEBTORS, changed, sheets_of, workbook
from tests.factories import OFFICER, a_contribution, a_fund, a_member


async def test_a_village_book_becomes_members_loans_and_one_opening_entry(
    keeper: Caller, approver: Caller, fund_id: str, database: Database, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, workbook(), run)
    assert (found["state"], found["error_count"], found["marked_copy"]) == ("checked", 0, False)
    result = found["result"]
    assert (result["loans"], result["new_members"], result["debit"]) == (2, 2, "280000.00")
    assert result["agreements"][0] == {
        "account": "1100", "register_total": "35000.00", "balance": "35000.00", "agrees": True
    }  # fmt: skip
    assert (await rows(database, "SELECT count(*) FROM loans"))[0]["count"] == 0
    started = await approver.post(f"{path}/post", {}, **ANY)
    assert started.status_code == 202, started.text
    await run()
    job = (await keeper.get(started.headers["location"])).json()
    assert (job["state"], job["result"]["journal_number"]) == ("succeeded", 1)
    posted = (await keeper.get(path)).json()
    assert (posted["state"], posted["posted_by"], posted["journal_number"]) == ("posted", "user:approver", 1)
    async with database.read() as session:
        assert (await ledger.cash(session, posted["fund_id"])).cash == 24_500_000
        assert await ledger.balance(session, posted["fund_id"], Account.LOANS) == 3_500_000
        assert await ledger.balance(session, posted["fund_id"], Account.CAPITAL) == 28_000_000
    open_loans = await rows(
        database,
        "SELECT contract_no, outstanding, principal, next_due_on, loans.state, name FROM loans "
        "JOIN fund_members ON fund_members.id = borrower_id ORDER BY contract_no",
    )
    assert [tuple(row) for row in open_loans] == [
        ("1/2563", 1_500_000, 2_000_000, date(2023, 9, 30), "active", "นายบุญมี ใจดี"),
        ("2/2563", 2_000_000, 2_000_000, date(2023, 9, 30), "active", "นางสาวมาลี สายทอง"),
    ]
    (entry,) = await rows(database, "SELECT kind, business_date, document_kind, line_count FROM journals")
    assert tuple(entry) == ("opening", date(2022, 9, 30), "book_import", 5)


async def test_a_savings_groups_book_brings_savings_shares_and_pledges(
    keeper: Caller, approver: Caller, run: Any, database: Database
) -> None:
    async with database.transaction() as session:
        fund_id = str((await a_fund(session, kind="savings", area_code="34190103")).id)
    path = await begun(keeper, fund_id)
    members = [
        ("เลขที่สมาชิก", "ชื่อ-สกุล", "สัจจะต่อเดือน", "เงินสัจจะสะสม", "หุ้น"),
        ("๑", "นายบุญมี ใจดี", 100, "๕,๒๐๐.๒๕", 1000),
        ("๒", "นางสาวมาลี สายทอง", 50, 2600, None),
    ]
    balances = [
        ("รายการ", "จำนวนเงิน"),
        ("เงินฝากธนาคาร", 10000),
        ("เงินสัจจะสะสม", 7800.25),
        ("หุ้น", 1000),
        ("กำไรสะสม", 1199.75),
    ]
    found = await checked(keeper, path, workbook({"สมาชิก": members, "งบ": balances}), run)
    assert found["state"] == "checked", (await keeper.get(f"{path}/errors")).text
    await approver.post(f"{path}/post", {}, **ANY)
    await run()
    assert (await keeper.get(path)).json()["state"] == "posted"
    kept = await rows(
        database,
        "SELECT member_no, savings, shares, amount FROM savings_accounts "
        "JOIN fund_members ON fund_members.id = member_id JOIN savings_pledges USING (member_id) ORDER BY 1",
    )
    assert [tuple(row) for row in kept] == [("1", 520_025, 100_000, 10_000), ("2", 260_000, 0, 5_000)]
    saver = keeper.may("savings:read")
    listed = (await saver.get(f"/v1/savings/{fund_id}/movements")).json()["items"]
    assert {(row["kind"], row["journal_number"]) for row in listed} == {("opening", 1)}


async def test_a_faulty_book_comes_back_marked_and_its_correction_is_taken(
    keeper: Caller, approver: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    faulty = changed(DEBTORS, {(6, 6): "๑๕,๐๐๐.๐๐๕", (7, 4): "32/13/2563"})
    found = await checked(keeper, path, workbook({"ลูกหนี้": faulty, "งบ": BALANCES}), run)
    assert (found["state"], found["marked_copy"]) == ("faulty", True)
    refused(await approver.post(f"{path}/post", {}, **ANY), 409, "book_not_ready")
    listed = (await keeper.get(f"{path}/errors", count="true")).json()
    assert listed["total"] == found["error_count"] == 2
    assert [
        (one["sheet"], one["cell"], one["column"], one["code"], one["value"]) for one in listed["items"]
    ] == [
        ("ลูกหนี้", "G6", "outstanding", "too_many_places", "15,000.005"),
        ("ลูกหนี้", "E7", "contract_date", "not_a_date", "32/13/2563"),
    ]
    marked = await keeper.get(f"{path}/marked.xlsx")
    book = openpyxl.load_workbook(BytesIO(marked.content))
    sheet = book["ลูกหนี้"]
    assert sheet["G6"].fill.start_color.rgb == sheet["E7"].fill.start_color.rgb == "FFFFC7CE"
    assert sheet["F6"].fill.fill_type is None
    assert (sheet["J4"].value, sheet["J6"].value) == (
        "ผลการตรวจ (ระบบ)", "คงเหลือ: จำนวนเงินมีทศนิยมเกิน 2 ตำแหน่ง"
    )  # fmt: skip
    sheet["G6"], sheet["E7"] = 15000, "1/10/2563"
    target = BytesIO()
    book.save(target)
    again = await checked(keeper, path, target.getvalue(), run)
    assert (again["state"], again["error_count"], again["marked_copy"]) == ("checked", 0, False)
    assert (await keeper.get(f"{path}/errors")).json()["items"] == []
    refused(await keeper.get(f"{path}/marked.xlsx"), 404, "no_marked_copy")


async def test_nothing_is_posted_until_registers_and_balances_agree(
    keeper: Caller, approver: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    other = changed(BALANCES, {(5, 1): 34000, (3, 1): 2000})
    found = await checked(keeper, path, workbook({"ลูกหนี้": DEBTORS, "งบ": other}), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["code"], one["cell"], one["value"]) for one in listed] == [
        ("register_differs", "B5", "1100: 34000.00 <> 35000.00")
    ]
    assert found["result"]["agreements"][0]["agrees"] is False
    refused(await approver.post(f"{path}/post", {}, **ANY), 409, "book_not_ready")


async def test_who_sent_a_book_does_not_post_it(keeper: Caller, fund_id: str, run: Any) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, workbook(), run)
    refused(await keeper.may("funds:approve").post(f"{path}/post", {}, **ANY), 403, "own_book")


async def test_a_file_sent_after_the_check_must_be_checked_again(
    keeper: Caller, approver: Caller, fund_id: str, run: Any, database: Database
) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, workbook(), run)
    started = await approver.post(f"{path}/post", {}, **ANY)
    assert (await sent(keeper, path, workbook(merged=["B3:C3"]))).status_code == 200
    refused(await approver.post(f"{path}/post", {}, **ANY), 409, "book_not_ready")
    await run()
    job = (await keeper.get(started.headers["location"])).json()
    assert (job["state"], job["error"]["code"]) == ("failed", "book_file_changed")
    assert (await rows(database, "SELECT count(*) FROM journals"))[0]["count"] == 0


async def test_what_is_posted_is_the_book_that_was_read(
    keeper: Caller, approver: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, workbook(), run)
    seen = {"If-Match": (await approver.get(path)).headers["etag"]}
    await checked(keeper, path, workbook(merged=["B3:C3"]), run)  # another file, without faults as well
    refused(await approver.post(f"{path}/post", {}, **seen), 412, "stale_version")
    refused(await approver.post(f"{path}/post", {}), 428, "version_required")


async def test_a_posted_book_is_posted_once_and_stays(
    keeper: Caller, approver: Caller, fund_id: str, run: Any, database: Database
) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, workbook(), run)
    for _ in range(2):  # two approvers press the button
        assert (await approver.post(f"{path}/post", {}, **ANY)).status_code == 202
    await run()
    assert (await rows(database, "SELECT count(*) FROM loans"))[0]["count"] == 2
    refused(await sent(keeper, path, workbook()), 409, "book_import_ended")
    refused(await keeper.post(f"{path}/cancel", {}), 409, "book_import_ended")
    refused(await keeper.post(ROOT, {"fund_id": fund_id, "cut_off_on": "2022-09-30"}), 409, "books_in_use")
    assert (await keeper.get(f"{path}/file")).content == workbook_of(await keeper.get(f"{path}/file"))


def workbook_of(answer: Any) -> bytes:
    content: bytes = answer.content
    assert openpyxl.load_workbook(BytesIO(content)).sheetnames == ["ลูกหนี้", "งบ"]
    return content


async def test_books_that_are_in_use_are_not_opened(keeper: Caller, fund_id: str, database: Database) -> None:
    async with database.transaction() as session:
        await a_contribution(session, UUID(fund_id), amount=100)
    refused(await keeper.post(ROOT, {"fund_id": fund_id, "cut_off_on": "2022-09-30"}), 409, "books_in_use")


async def test_an_import_begins_once_a_fund_until_it_is_cancelled(keeper: Caller, fund_id: str) -> None:
    path = await begun(keeper, fund_id)
    body = {"fund_id": fund_id, "cut_off_on": "2022-09-30"}
    refused(await keeper.post(ROOT, body), 409, "book_import_exists")
    refused(await keeper.post(f"{path}/check", {}), 409, "book_file_missing")
    refused(await keeper.get(f"{path}/file"), 404, "file_not_attached")
    assert (await keeper.post(f"{path}/cancel", {})).json()["state"] == "cancelled"
    assert (await begun(keeper, fund_id)) != path
    listed = (await keeper.get(ROOT, count="true")).json()
    assert (len(listed["items"]), listed["total"]) == (2, 2)
    assert len((await keeper.get(ROOT, state="open", fund_id=fund_id)).json()["items"]) == 1
    assert (await keeper.get(ROOT, area="3401")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"cut_off_on": "2140-01-01"}, "date_in_future", "/cut_off_on"),
        ({"cut_off_on": "30/9/2565"}, "invalid_request", "/cut_off_on"),
        ({"state": "posted"}, "invalid_request", "/state"),
    ],
)
async def test_an_import_that_cannot_be_is_refused(
    keeper: Caller, fund_id: str, changes: dict[str, Any], code: str, pointer: str
) -> None:
    body = {"fund_id": fund_id, "cut_off_on": "2022-09-30", **changes}
    problem = refused(await keeper.post(ROOT, body), 422, code)
    assert [one["pointer"] for one in problem["errors"]] == [pointer]


async def test_the_product_of_the_loans_is_one_that_the_fund_lends(keeper: Caller, fund_id: str) -> None:
    products = (await keeper.get("/v1/fund-products", limit=100)).json()["items"]
    ids = {one["code"]: one["id"] for one in products}
    body = {"fund_id": fund_id, "cut_off_on": "2022-09-30"}
    for code in ("WOMENS_REVOLVING", "WOMENS_GRANT"):
        answer = await keeper.post(ROOT, {**body, "product_id": ids[code]})
        refused(answer, 422, "product_does_not_fit")
    refused(await keeper.post(ROOT, {**body, "product_id": fund_id}), 404, "product_not_found")
    made = await keeper.post(ROOT, {**body, "product_id": ids["POVERTY_LOAN"]})
    assert made.json()["product_id"] == ids["POVERTY_LOAN"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name;amount\n", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0 old excel", "old_excel"),
        (b"\xd0\xcf\x11\xe0 " + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 torn", "bad_xlsx"),
        (b"", "not_a_workbook"),
    ],
)
async def test_only_plain_workbooks_are_taken(
    keeper: Caller, fund_id: str, content: bytes, reason: str
) -> None:
    path = await begun(keeper, fund_id)
    assert refused(await sent(keeper, path, content), 422, "unreadable_book")["reason"] == reason
    assert (await keeper.get(path)).json()["file"] is None


async def test_a_file_with_citizen_ids_is_refused_with_their_places_and_not_kept(
    keeper: Caller, fund_id: str
) -> None:
    path = await begun(keeper, fund_id)
    named = changed(DEBTORS, {(6, 8): "๑-๑๐๐๗-๐๐๕๐๐-๑๐-๑", (7, 8): 1100700500101})
    answer = await sent(keeper, path, workbook({"ลูกหนี้": named, "งบ": BALANCES}))
    problem = refused(answer, 422, "citizen_ids_in_book")
    assert [one["pointer"] for one in problem["errors"]] == ["/file/ลูกหนี้/I6", "/file/ลูกหนี้/I7"]
    assert "1100700500101" not in answer.text
    assert (await keeper.get(path)).json()["state"] == "open"


async def test_members_who_are_there_already_are_not_enrolled_again(
    keeper: Caller, approver: Caller, fund_id: str, run: Any, database: Database
) -> None:
    path = await begun(keeper, fund_id)
    await checked(keeper, path, workbook(), run)
    async with database.transaction() as session:
        fund = await registry.require(session, UUID(fund_id), principal=OFFICER)
        await a_member(session, fund, name="นายบุญมี ใจดี", member_no="7")
    assert (await approver.post(f"{path}/post", {}, **ANY)).status_code == 202
    await run()
    found = await rows(database, "SELECT member_no, name FROM fund_members ORDER BY member_no")
    assert [tuple(row) for row in found] == [("7", "นายบุญมี ใจดี"), ("8", "นางสาวมาลี สายทอง")]


async def test_the_template_is_a_workbook_that_is_understood(keeper: Caller) -> None:
    answer = await keeper.get(f"{ROOT}/template.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    found = [tables.find(sheet) for sheet in sheets_of(answer.content)]
    assert [(one.heading.part, one.heading.others) for one in found if one is not None] == [
        (part, ()) for part in (Part.MEMBERS, Part.DEBTORS, Part.BALANCES)
    ]
    assert book.sheetnames == ["ทะเบียนสมาชิก", "ทะเบียนลูกหนี้", "งบทดลองยกมา", "คำอธิบาย"]


async def test_a_book_of_another_area_does_not_exist(keeper: Caller, fund_id: str) -> None:
    path = await begun(keeper, fund_id)
    stranger = keeper.where("3301")
    refused(await stranger.get(path), 404, "book_import_not_found")
    refused(await stranger.get(f"{path}/errors"), 404, "book_import_not_found")
    refused(await stranger.post(f"{path}/check", {}), 404, "book_import_not_found")
    refused(await sent(stranger, path, workbook()), 404, "book_import_not_found")
