"""Workbooks are read sheet by sheet at the addresses that people see, and bounded before they are opened."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from funds.book_imports.workbook import read_workbook
from shared.imports import Limits, UnreadableFile


def a_book(fill: dict[str, dict[str, Any]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in fill.items():
        sheet = book.create_sheet(name)
        for address, value in cells.items():
            sheet[address] = value
    target = io.BytesIO()
    book.save(target)
    return target


def test_cells_stand_at_their_addresses_though_the_first_ones_are_empty() -> None:
    book = a_book({"ก": {"C2": "ชื่อ", "D3": 1.5, "C4": date(2022, 12, 31)}})
    (sheet,) = read_workbook(book, Limits(), sheets=1, cells=99)
    assert (sheet.name, sheet.visible) == ("ก", True)
    assert [list(row) for row in sheet.rows] == [
        [None, None, None, None],
        [None, None, "ชื่อ", None],
        [None, None, None, 1.5],
        [None, None, date(2022, 12, 31), None],
    ]


def test_every_sheet_is_there_also_an_empty_and_a_hidden_one() -> None:
    book = openpyxl.load_workbook(a_book({"ก": {"A1": 1}, "ว่าง": {}, "ซ่อน": {"A1": 2}}))
    book["ซ่อน"].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    found = read_workbook(target, Limits(), sheets=3, cells=99)
    assert [(one.name, one.visible, len(one.rows)) for one in found] == [
        ("ก", True, 1), ("ว่าง", True, 0), ("ซ่อน", False, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "limits", "code"),
    [
        ({"XFD1048576": 1}, Limits(), "too_many_columns"),
        ({"A1048576": 1}, Limits(rows=60_000), "too_many_rows"),
        ({"A1": 1, "Z4000": 1}, Limits(), "too_many_cells"),
    ],
)
def test_a_cell_far_out_is_refused_before_the_sheet_is_opened(
    cells: dict[str, Any], limits: Limits, code: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_workbook(a_book({"ก": cells}), limits, sheets=1, cells=100_000)
    assert refused.value.code == code


def test_too_many_sheets_are_refused() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_workbook(a_book({"ก": {"A1": 1}, "ข": {}}), Limits(), sheets=1, cells=99)
    assert refused.value.code == "too_many_sheets"


def test_macros_and_what_is_no_workbook_are_refused() -> None:
    book = a_book({"ก": {"A1": 1}})
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    for file, code in ((book, "active_content"), (io.BytesIO(b"\xd0\xcf\x11\xe0"), "bad_xlsx")):
        with pytest.raises(UnreadableFile) as refused:
            read_workbook(file, Limits(), sheets=1, cells=99)
        assert refused.value.code == code
