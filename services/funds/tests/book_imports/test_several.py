"""One workbook for all the villages of a district: each fund's book is its own, wholly or not at all."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill

from funds.book_imports import splitting
from funds.book_imports.splitting import Directory, Named, Split
from funds.ledger.checking import differences
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.book_imports.asking import ANY, ROOT, XLSX, begun, checked, refused
from tests.book_imports.books import Rows, changed, sheets_of, workbook
from tests.factories import a_fund

ONE, TWO, THREE = "34190102", "34190103", "34190104"
DEBTORS: Rows = (
    ("ทะเบียนลูกหนี้ กข.คจ. อำเภอพิบูลมังสาหาร",),
    ("รหัสหมู่บ้าน", "ผู้ยืม", "สัญญาเลขที่", "วันที่ยืม", "เงินยืม", "คงเหลือ", "ครบกำหนด"),
    (ONE, "นายบุญมี ใจดี", "1", "1/10/2564", 12000, 6000, "30/9/2566"),
    (None, "นางสาวมาลี สายทอง", "2", "1/10/2564", 12000, 4000, "30/9/2566"),
    ("รวม", None, None, None, 24000, 10000, None),
    (int(TWO), "นายคำดี แสงทอง", "1", "1/10/2564", 9000, 9000, "30/9/2566"),
    ("รวม", None, None, None, 9000, 9000, None),
    ("รวมทั้งสิ้น", None, None, None, 33000, 19000, None),
)
BALANCES: Rows = (
    ("หมู่บ้าน", "รายการ", "เดบิต", "เครดิต"),
    (ONE, "เงินฝากธนาคาร", 270000, None),
    (ONE, "ลูกหนี้", 10000, None),
    (ONE, "ทุน", None, 280000),
    (TWO, "เงินฝากธนาคาร", 271000, None),
    (TWO, "ลูกหนี้", 9000, None),
    (TWO, "ทุน", None, 280000),
    ("รวม", None, 560000, 560000),
)
SHEETS = {"ลูกหนี้": DEBTORS, "งบ": BALANCES}
FIRST, SECOND = uuid7(), uuid7()
NAMED = (
    Named(FIRST, ONE, "กข.คจ. บ้านโนนสวน"),
    Named(SECOND, TWO, "กข.คจ. บ้านโนนกลาง"),
    Named(uuid7(), THREE, "กข.คจ. บ้านเหนือ"),
    Named(uuid7(), THREE, "กข.คจ. บ้านใต้"),
)


def split(sheets: dict[str, Rows]) -> Split:
    return splitting.split(sheets_of(workbook(sheets)), Directory(NAMED))


def said(found: Split) -> list[tuple[str, str | None, str]]:
    return [(fault.sheet, fault.cell, fault.code) for fault in found.faults]


def test_a_column_tells_whose_each_line_is_and_totals_go_with_their_fund() -> None:
    found = split(SHEETS)
    assert said(found) == []
    lines = {
        fund: {name: sorted(kept.lines or ()) for name, kept in sheets.items()}
        for fund, sheets in found.funds.items()
    }
    assert lines == {
        FIRST: {"ลูกหนี้": [3, 4, 5], "งบ": [2, 3, 4]},
        SECOND: {"ลูกหนี้": [6, 7], "งบ": [5, 6, 7]},
    }  # fmt: skip


def test_a_sheet_a_village_is_known_by_its_name_or_its_title() -> None:
    heading, line = DEBTORS[1][1:], DEBTORS[2][1:]
    balances = [row[1:] for row in BALANCES]
    sheets: dict[str, Rows] = {
        f"ลูกหนี้ {ONE}": [heading, line],
        "งบ 1": [("งบ บ้านโนนสวน รหัส " + ONE,), *balances[:4]],
        "กข.คจ. บ้านโนนกลาง": [heading, line],
        "ปก": [("สมุดบัญชี",)],
    }
    found = split(sheets)
    assert said(found) == []
    assert {fund: set(kept) for fund, kept in found.funds.items()} == {
        FIRST: {f"ลูกหนี้ {ONE}", "งบ 1"}, SECOND: {"กข.คจ. บ้านโนนกลาง"}
    }  # fmt: skip
    assert found.ignored == ["ปก"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({(3, 0): None}, [("A3", "required"), ("A4", "required")]),
        ({(6, 0): "34190199"}, [("A6", "fund_unknown")]),
        ({(6, 0): THREE}, [("A6", "fund_ambiguous")]),
        ({(6, 0): "บ้านโนน"}, [("A6", "fund_unknown")]),
        ({(8, 5): 19001}, [(None, "total_differs")]),
    ],
)
def test_what_cannot_be_told_is_said_with_its_place(
    cells: dict[tuple[int, int], Any], expected: list[tuple[str | None, str]]
) -> None:
    found = split({**SHEETS, "ลูกหนี้": changed(DEBTORS, cells)})
    assert [(cell, code) for _, cell, code in said(found)] == expected


def test_a_sheet_of_nobody_is_said() -> None:
    without = [row[1:] for row in DEBTORS[1:4]]
    assert said(split({"ลูกหนี้": without})) == [("ลูกหนี้", None, "fund_not_named")]
    both = [(f"{ONE} และ {TWO}",), *without]
    assert said(split({"ลูกหนี้": both})) == [("ลูกหนี้", None, "fund_ambiguous")]


@given(st.lists(st.sampled_from([ONE, TWO]), min_size=1, max_size=12))
def test_every_line_goes_to_one_fund_and_no_line_to_another(codes: list[str]) -> None:
    lines = [(code, "ก ข", str(at), "1/10/2564", 100, 60, "30/9/2566") for at, code in enumerate(codes)]
    found = split({"ลูกหนี้": [DEBTORS[1], *lines]})
    owners = {ONE: FIRST, TWO: SECOND}
    expected: dict[UUID, set[int]] = {}
    for at, code in enumerate(codes, 2):
        expected.setdefault(owners[code], set()).add(at)
    assert {fund: set(sheets["ลูกหนี้"].lines or ()) for fund, sheets in found.funds.items()} == expected


WIDE: Rows = (
    ("สรุปฐานะกองทุน กข.คจ. อำเภอ",),
    ("ที่", "รหัสหมู่บ้าน", "เงินสด", "เงินฝากธนาคาร", "ลูกหนี้", "ทุน"),
    (1, ONE, None, "๒๗๐,๐๐๐", 10000, 280000),
    (2, TWO, "-", 271000, 9000, 280000),
    (None, "รวม", None, 541000, 19000, 560000),
)


def test_balances_may_stand_a_row_a_fund_and_a_column_an_account() -> None:
    found = split({"ลูกหนี้": DEBTORS, "สรุป": WIDE})
    assert said(found) == []
    assert found.balances[FIRST] == {
        "สรุป": [("เงินฝากธนาคาร", "๒๗๐,๐๐๐"), ("ลูกหนี้", 10000.0), ("ทุน", 280000.0)]
    }


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({(5, 3): 541001}, [("D5", "total_differs")]),
        ({(4, 1): ONE}, [("B4", "duplicate")]),
        ({(4, 1): None}, [("B4", "required")]),
        ({(4, 1): "34190199"}, [("B4", "fund_unknown")]),
    ],
)
def test_what_is_wrong_with_a_row_of_a_fund_is_said(
    cells: dict[tuple[int, int], Any], expected: list[tuple[str, str]]
) -> None:
    found = split({"ลูกหนี้": DEBTORS, "สรุป": changed(WIDE, cells)})
    assert [(cell, code) for _, cell, code in said(found)] == expected


async def test_a_districts_summary_opens_the_books_of_its_villages(
    keeper: Caller, approver: Caller, funds: dict[str, str], run: Any, database: Database
) -> None:
    result = await taken_apart(keeper, workbook({"ลูกหนี้": DEBTORS, "สรุป": WIDE}), run)
    assert [(one["area_code"], one["state"]) for one in result["imports"]] == [
        (ONE, "checked"), (TWO, "checked")
    ]  # fmt: skip
    for one in result["imports"]:
        await approver.post(f"{ROOT}/{one['import_id']}/post", {}, **ANY)
    await run()
    cash = await rows(database, "SELECT fund_id::text, cash FROM fund_books WHERE cash > 0 ORDER BY cash")
    assert [tuple(row) for row in cash] == [(funds[ONE], 27_000_000), (funds[TWO], 27_100_000)]


@pytest.fixture
async def funds(database: Database) -> dict[str, str]:
    """Make three villages' funds with empty books."""
    async with database.transaction() as session:
        made = {code: await a_fund(session, kind="poverty", area_code=code) for code in (ONE, TWO, THREE)}
    return {code: str(fund.id) for code, fund in made.items()}


async def send(caller: Caller, content: bytes, *, headers: Any = None, **more: Any) -> Any:
    data = {"kind": "poverty", "cut_off_on": "2022-09-30", **more}
    given: dict[str, Any] = {"data": data, "files": {"file": ("book.xlsx", content, XLSX)}}
    return await caller.request("POST", f"{ROOT}/workbooks", **given, headers=headers or {})


async def taken_apart(caller: Caller, content: bytes, run: Any) -> dict[str, Any]:
    answer = await send(caller, content)
    assert answer.status_code == 202, answer.text
    await run()
    job = (await caller.get(answer.headers["location"])).json()
    assert job["state"] == "succeeded", job
    result: dict[str, Any] = job["result"]
    return result


async def test_each_fund_is_posted_by_itself_and_one_with_faults_waits(
    keeper: Caller, approver: Caller, funds: dict[str, str], run: Any, database: Database
) -> None:
    faulty = changed(DEBTORS, {(6, 3): "32/13/2564"})
    result = await taken_apart(keeper, workbook({**SHEETS, "ลูกหนี้": faulty}), run)
    found = {one["area_code"]: one for one in result["imports"]}
    assert {code: (one["state"], one["errors"]) for code, one in found.items()} == {
        ONE: ("checked", 0), TWO: ("faulty", 1)
    }  # fmt: skip
    paths = {code: f"{ROOT}/{one['import_id']}" for code, one in found.items()}
    (told,) = (await keeper.get(f"{paths[TWO]}/errors")).json()["items"]
    assert (told["sheet"], told["cell"], told["code"]) == ("ลูกหนี้", "D6", "not_a_date")
    assert (await approver.post(f"{paths[ONE]}/post", {}, **ANY)).status_code == 202
    refused(await approver.post(f"{paths[TWO]}/post", {}, **ANY), 409, "book_not_ready")
    refused(await keeper.may("funds:approve").post(f"{paths[ONE]}/post", {}, **ANY), 403, "own_book")
    await run()
    booked = await rows(database, "SELECT fund_id::text, total FROM journals")
    assert [tuple(row) for row in booked] == [(funds[ONE], 28_000_000)]
    # The corrected workbook is sent whole again: whose book is posted takes none, the other goes on.
    again = await taken_apart(keeper, workbook(SHEETS), run)
    assert again["refused"] == [{"fund_id": funds[ONE], "code": "books_in_use"}]
    assert [(one["import_id"], one["state"]) for one in again["imports"]] == [
        (found[TWO]["import_id"], "checked")
    ]
    await approver.post(f"{paths[TWO]}/post", {}, **ANY)
    await run()
    async with database.transaction() as session:
        for fund_id in funds.values():
            assert await differences(session, fund_id=UUID(fund_id)) == []
    assert (await rows(database, "SELECT count(*) FROM loans"))[0]["count"] == 3


@pytest.mark.usefixtures("funds")
async def test_a_funds_part_holds_nobody_else_and_looks_as_it_did(keeper: Caller, run: Any) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(SHEETS)))
    sheet = book["ลูกหนี้"]
    sheet["B6"].font, sheet["F6"].number_format = Font(bold=True), "#,##0.00"
    sheet["C6"].fill = PatternFill("solid", start_color="FFAABBCC", end_color="FFAABBCC")
    sheet["D6"], sheet["H6"] = date(2564, 10, 1), "=1+1"
    sheet["H3"].data_type, sheet["H3"].value = "s", "=HYPERLINK(1)"
    sheet["H3"].data_type = "s"
    target = BytesIO()
    book.save(target)
    result = await taken_apart(keeper, target.getvalue(), run)
    (of_two,) = [one for one in result["imports"] if one["area_code"] == TWO]
    assert of_two["state"] == "checked"
    part = openpyxl.load_workbook(BytesIO((await keeper.get(f"{ROOT}/{of_two['import_id']}/file")).content))
    words = [str(cell) for one in part.worksheets for row in one.values for cell in row if cell is not None]
    assert "นายคำดี แสงทอง" in words
    assert not [word for word in words if "บุญมี" in word or "มาลี" in word or ONE in word]
    kept = part["ลูกหนี้"]
    assert (kept["B6"].font.bold, kept["F6"].number_format) == (True, "#,##0.00")
    assert kept["C6"].fill.start_color.rgb == "FFAABBCC"
    (of_one,) = [one for one in result["imports"] if one["area_code"] == ONE]
    other = openpyxl.load_workbook(BytesIO((await keeper.get(f"{ROOT}/{of_one['import_id']}/file")).content))
    assert other["ลูกหนี้"]["H3"].data_type != "f"


@pytest.mark.usefixtures("funds")
async def test_funds_of_other_areas_are_not_there(keeper: Caller, run: Any) -> None:
    answer = await send(keeper.where(ONE), workbook(SHEETS))
    problem = refused(answer, 422, "funds_not_named")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/file/ลูกหนี้/A6", "fund_unknown"),
        ("/file/งบ/A5", "fund_unknown"),
        ("/file/งบ/A6", "fund_unknown"),
        ("/file/งบ/A7", "fund_unknown"),
    ]
    await run()
    assert (await keeper.get(ROOT)).json()["items"] == []


@pytest.mark.usefixtures("funds")
async def test_a_workbook_sent_again_with_its_key_is_taken_apart_once(
    keeper: Caller, run: Any, database: Database
) -> None:
    content, key = workbook(SHEETS), {"Idempotency-Key": str(uuid7())}
    answers = [await send(keeper, content, headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (await rows(database, "SELECT count(*) FROM jobs"))[0]["count"] == 1
    await run()
    assert (await rows(database, "SELECT count(*) FROM book_imports"))[0]["count"] == 2
    other = await send(keeper, workbook({**SHEETS, "สรุป": WIDE}), headers=key)
    assert other.status_code == 422, other.text


async def test_a_fund_that_takes_no_book_is_left_out_with_the_reason(
    keeper: Caller, funds: dict[str, str], run: Any
) -> None:
    standing = await keeper.post(ROOT, {"fund_id": funds[ONE], "cut_off_on": "2021-09-30"})
    result = await taken_apart(keeper, workbook(SHEETS), run)
    assert result["refused"] == [{"fund_id": funds[ONE], "code": "book_import_exists"}]
    assert [one["area_code"] for one in result["imports"]] == [TWO]
    assert (await keeper.get(f"{ROOT}/{standing.json()['id']}")).json()["state"] == "open"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "bank"}, "invalid_request"),
        ({"cut_off_on": "30/9/2565"}, "invalid_request"),
        ({"cut_off_on": "2140-01-01"}, "date_in_future"),
        ({"state": "posted"}, "invalid_request"),
    ],
)
@pytest.mark.usefixtures("funds")
async def test_what_is_said_of_a_workbook_is_right(keeper: Caller, more: dict[str, str], code: str) -> None:
    refused(await send(keeper, workbook(SHEETS), **more), 422, code)


@pytest.mark.usefixtures("funds")
async def test_a_workbook_without_any_table_or_with_citizen_ids_is_refused(keeper: Caller) -> None:
    answer = refused(await send(keeper, workbook({"ปก": [["สมุด"]]})), 422, "unreadable_book")
    assert answer["reason"] == "no_table"
    named = changed(DEBTORS, {(3, 1): "นายบุญมี 1100700500101"})
    refused(await send(keeper, workbook({**SHEETS, "ลูกหนี้": named})), 422, "citizen_ids_in_book")


async def test_another_villages_line_in_the_book_of_one_fund_is_told(
    keeper: Caller, funds: dict[str, str], run: Any
) -> None:
    path = await begun(keeper, funds[ONE])
    await checked(keeper, path, workbook(SHEETS), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert ("other_fund", "A6") in [(one["code"], one["cell"]) for one in listed]
