"""Whatever people send: a precise word for each file that is not taken, the others read as they show."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment, Font

from funds.book_imports import formulas
from funds.book_imports.reading import MAX_BYTES
from shared.testing.caller import Caller
from tests.book_imports.asking import ANY, begun, checked, refused, sent
from tests.book_imports.books import BALANCES, DEBTORS, Rows, changed, workbook


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a workbook with further parts in its archive, or others in place of its own."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            if name not in parts:
                archive.writestr(name, source.read(name))
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def calculated(content: bytes, values: dict[str, str]) -> bytes:
    """Return a workbook whose formulas of the first sheet have values, as a spreadsheet program saves it."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = archive.read(part).decode()
    for cell, value in values.items():
        made = rf'<c r="{cell}"\g<1>><f>\g<2></f><v>{value}</v></c>'
        text, found = re.subn(rf'<c r="{cell}"([^>]*)><f>([^<]*)</f><v ?/?>(?:</v>)?</c>', made, text)
        assert found == 1, cell
    return with_parts(content, {part: text.encode()})


def wide(columns: int) -> bytes:
    return workbook({"ลูกหนี้": [*DEBTORS, ["x"] * columns], "งบ": BALANCES})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a CSV": ("ชื่อ,คงเหลือ\nบุญมี,100\n".encode, "not_a_workbook"),
    "a page of a browser": (lambda: b"<html><table></table></html>", "not_a_workbook"),
    "an .xls of Excel 97": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_excel"),
    "one with a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"
    ),
    "an archive of something else": (lambda: a_zip({"readme.txt": b"x"}), "bad_xlsx"),
    "half of a file": (lambda: workbook()[:-200], "bad_xlsx"),
    "one with macros": (lambda: with_parts(workbook(), {"xl/vbaProject.bin": b"x"}), "active_content"),
    "one that links to another file": (
        lambda: with_parts(workbook(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "active_content"
    ),
    "a bomb": (lambda: with_parts(workbook(), {"xl/bomb.xml": bytes(30_000_000)}), "archive_ratio"),
    "a large bomb": (
        lambda: with_parts(workbook(), {"xl/bomb.xml": bytes(210_000_000)}), "archive_too_large"
    ),
    "300 columns": (lambda: wide(300), "too_many_columns"),
    "31 sheets": (lambda: workbook({str(at): [["ก"]] for at in range(31)}), "too_many_sheets"),
}  # fmt: skip


def a_zip(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_not_taken_says_why_and_what_to_do(keeper: Caller, fund_id: str, what: str) -> None:
    make, reason = REFUSED[what]
    path = await begun(keeper, fund_id)
    problem = refused(await sent(keeper, path, make()), 422, "unreadable_book")
    assert (problem["reason"], bool(problem["detail"])) == (reason, True)
    assert (await keeper.get(path)).json()["file"] is None


async def test_a_file_of_more_than_fifteen_mebibytes_is_refused_while_it_comes(
    keeper: Caller, fund_id: str
) -> None:
    path = await begun(keeper, fund_id)
    answer = await sent(keeper, path, b"PK\x03\x04" + bytes(MAX_BYTES + 70_000))
    assert answer.status_code == 413, answer.text


async def test_wrong_sheets_are_named_and_what_is_missing_is_told(
    keeper: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, workbook({"เบิกจ่าย": [["ที่", "วันเดือนปี", "รายการ"]]}), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["code"], one["column"]) for one in listed] == [
        ("part_missing", "balances"), ("part_missing", "debtors")
    ]  # fmt: skip
    assert found["result"]["ignored_sheets"] == ["เบิกจ่าย"]


async def test_a_hundred_columns_blank_rows_and_a_protected_sheet_disturb_nobody(
    keeper: Caller, fund_id: str, run: Any
) -> None:
    spread = [list(row) + [None] * (100 - len(row)) for row in DEBTORS]
    spread[5:5] = [[], []]
    book = openpyxl.load_workbook(BytesIO(workbook({"ลูกหนี้": spread, "งบ": BALANCES})))
    book["ลูกหนี้"].protection.enable()
    target = BytesIO()
    book.save(target)
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, target.getvalue(), run)
    assert (found["state"], found["result"]["loans"]) == ("checked", 2)


async def test_amounts_with_blanks_and_commas_are_read_and_minus_is_told(
    keeper: Caller, fund_id: str, run: Any
) -> None:
    path = await begun(keeper, fund_id)
    odd = changed(DEBTORS, {(6, 6): " 15,000.00 ", (7, 6): "20,000.-"})
    found = await checked(keeper, path, workbook({"ลูกหนี้": odd, "งบ": BALANCES}), run)
    assert found["state"] == "checked"
    below = changed(DEBTORS, {(6, 6): -15000})
    await checked(keeper, path, workbook({"ลูกหนี้": below, "งบ": BALANCES}), run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["cell"], one["code"]) for one in listed] == [("G6", "negative")]


FORMULAS: Rows = changed(DEBTORS, {(6, 6): "=F6-5000", (8, 5): "=SUM(F6:F7)", (8, 6): "=SUM(G6:G7)"})


async def test_formulas_are_read_as_the_values_that_they_show(keeper: Caller, fund_id: str, run: Any) -> None:
    written = workbook({"ลูกหนี้": FORMULAS, "งบ": BALANCES})
    saved = calculated(written, {"G6": "15000", "F8": "40000", "G8": "35000"})
    assert formulas.unread(BytesIO(saved)) == {}
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, saved, run)
    assert (found["state"], found["result"]["agreements"][0]["register_total"]) == ("checked", "35000.00")
    wrong = calculated(written, {"G6": "15000", "F8": "40000", "G8": "35001"})
    await checked(keeper, path, wrong, run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["cell"], one["code"]) for one in listed] == [("G8", "total_differs")]


async def test_a_formula_that_no_program_calculated_is_told(keeper: Caller, fund_id: str, run: Any) -> None:
    path = await begun(keeper, fund_id)
    written = workbook({"ลูกหนี้": FORMULAS, "งบ": BALANCES})
    assert set(formulas.unread(BytesIO(written))) == {("ลูกหนี้", cell) for cell in ("G6", "F8", "G8")}
    await checked(keeper, path, written, run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert ("G6", "not_calculated") in [(one["cell"], one["code"]) for one in listed]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
async def test_an_error_in_a_cell_is_not_read_as_nothing(
    keeper: Caller, fund_id: str, run: Any, error: str
) -> None:
    path = await begun(keeper, fund_id)
    broken = workbook({"ลูกหนี้": changed(DEBTORS, {(6, 6): error}), "งบ": BALANCES})
    await checked(keeper, path, broken, run)
    listed = (await keeper.get(f"{path}/errors")).json()["items"]
    assert [(one["cell"], one["code"]) for one in listed] == [("G6", "cell_error")]


async def test_a_marked_copy_looks_as_the_workbook_did_and_its_correction_posts(
    keeper: Caller, approver: Caller, fund_id: str, run: Any
) -> None:
    faulty = changed(DEBTORS, {(6, 6): "หมื่นห้า"})
    book = openpyxl.load_workbook(BytesIO(workbook({"ลูกหนี้": faulty, "งบ": BALANCES}, merged=["B3:C4"])))
    sheet = book["ลูกหนี้"]
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    sheet["F6"].number_format, sheet["E7"].number_format = "#,##0.00", "d mmm yyyy"
    sheet.column_dimensions["B"].width, sheet.freeze_panes = 42, "A6"
    sheet["E7"] = date(2020, 10, 1)
    target = BytesIO()
    book.save(target)
    path = await begun(keeper, fund_id)
    found = await checked(keeper, path, target.getvalue(), run)
    assert (found["state"], found["error_count"]) == ("faulty", 1)
    marked = openpyxl.load_workbook(BytesIO((await keeper.get(f"{path}/marked.xlsx")).content))
    copy = marked["ลูกหนี้"]
    assert (copy["A1"].font.bold, copy["A1"].font.size, copy["A1"].alignment.horizontal) == (
        True, 16, "center"
    )  # fmt: skip
    assert (copy["F6"].number_format, copy["E7"].number_format) == ("#,##0.00", "d mmm yyyy")
    assert (copy.column_dimensions["B"].width, copy.freeze_panes) == (42, "A6")
    assert "B3:C4" in {area.coord for area in copy.merged_cells.ranges}
    assert copy["J6"].value == "คงเหลือ: ไม่ใช่จำนวนเงิน"
    copy["G6"] = "๑๕,๐๐๐"
    again = BytesIO()
    marked.save(again)
    assert (await checked(keeper, path, again.getvalue(), run))["state"] == "checked"
    await approver.post(f"{path}/post", {}, **ANY)
    await run()
    assert (await keeper.get(path)).json()["state"] == "posted"
