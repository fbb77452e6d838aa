"""Workbooks as funds keep them, for tests."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl

from funds.book_imports.workbook import Sheet, read_workbook
from shared.imports import Limits

Rows = Sequence[Sequence[Any]]

DEBTORS: Rows = (
    ("ทะเบียนคุมลูกหนี้ กข.คจ. บ้านโนนสวน หมู่ที่ ๒",),
    (),
    ("ที่", "ชื่อ - สกุล", None, "การยืม", None, None, "คงเหลือ (บาท)", "กำหนดส่งคืน", "หมายเหตุ"),
    (None, None, None, "สัญญาเลขที่", "วันที่", "จำนวนเงิน", None, None, None),
    ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"),
    ("๑", "นายบุญมี", "ใจดี", "๑/๒๕๖๓", "๑ ต.ค. ๖๓", 20000, "๑๕,๐๐๐.๐๐", "30/9/2566", None),
    ("๒", "นางสาวมาลี", "สายทอง", "๒/๒๕๖๓", date(2020, 10, 1), "20,000", 20000.0, date(2566, 9, 30), None),
    (None, "รวม 2 ราย", None, None, None, 40000, "๓๕,๐๐๐", None, None),
    (),
    (
        None,
        "ลงชื่อ ............................ ประธาน",
    ),
)
"""A register with a title, a heading over two lines with merged cells, numbered columns, Thai digits,
Buddhist years, a total and a signature."""

BALANCES: Rows = (
    ("งบทดลอง ณ ๓๐ ก.ย. ๖๕",),
    ("รายการ", "เดบิต", "เครดิต"),
    ("เงินสดในมือ", "๑,๐๐๐.๐๐", None),
    ("เงินฝากธนาคาร", 244000, None),
    ("ลูกหนี้เงินยืม", 35000, "-"),
    ("เงินทุน", None, 280000),
    ("รวม", 280000, 280000),
)

CUT_OFF = date(2022, 9, 30)


def workbook(sheets: dict[str, Rows] | None = None, *, merged: Sequence[str] = ()) -> bytes:
    """Return an .xlsx of sheets by name; without any, the register and balances of a village."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (sheets or {"ลูกหนี้": DEBTORS, "งบ": BALANCES}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for area in merged:
        book.worksheets[0].merge_cells(area)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def changed(rows: Rows, cells: dict[tuple[int, int], Any]) -> Rows:
    """Return rows with other values in some cells: row from 1, column from 0."""
    made = [list(row) for row in rows]
    for (line, column), value in cells.items():
        made[line - 1][column] = value
    return made


def sheets_of(content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook."""
    return read_workbook(BytesIO(content), Limits(rows=60_000, columns=200), sheets=30, cells=3_000_000)
