"""The workbook back with its faulty cells coloured and remarks beside them, to be corrected."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from funds.book_imports import headings
from funds.book_imports.checking import Checked
from funds.book_imports.rules import FAULTS, WARNINGS, Fault
from funds.book_imports.tables import Table

_COLOUR, _PALE = "FFFFC7CE", "FFFFEB9C"
_FAULTY: Final = PatternFill("solid", start_color=_COLOUR, end_color=_COLOUR)
_DOUBTFUL: Final = PatternFill("solid", start_color=_PALE, end_color=_PALE)
_REMARK: Final = Font(color="FF9C0006")
_WIDTH: Final = 60
_SHEET: Final = "ผลการตรวจ"


def mark(source: Path, target: Path, checked: Checked) -> None:
    """Write a marked copy of the workbook `source`; what an earlier marking left is taken away first."""
    book = openpyxl.load_workbook(source)
    if _SHEET in book.sheetnames:
        del book[_SHEET]
    by_sheet: dict[str, list[Fault]] = defaultdict(list)
    for fault in checked.faults:
        by_sheet[fault.sheet].append(fault)
    tables = {table.sheet: table for table in checked.tables.values()}
    for name, table in tables.items():
        if name in book.sheetnames:
            _mark_sheet(book[name], table, by_sheet.get(name, []))
    lasts = {name: table.heading.last for name, table in tables.items()}
    _general(book, [one for one in checked.faults if (one.line or 0) <= lasts.get(one.sheet, 0)])
    book.save(target)
    book.close()


def _mark_sheet(sheet: Any, table: Table, faults: Iterable[Fault]) -> None:
    heading = table.heading.last
    remarks = _own_column(sheet, heading)
    for row in sheet.iter_rows(min_row=table.heading.first):
        for cell in row:
            if cell.fill.start_color.rgb in (_COLOUR, _PALE):
                cell.fill = PatternFill()
    texts: dict[int, list[str]] = defaultdict(list)
    for fault in faults:
        if fault.line is None or fault.line <= heading:
            continue
        texts[fault.line].append(sentence(fault))
        if fault.column is not None:
            cell = sheet.cell(fault.line, fault.column + 1)
            if not isinstance(cell, MergedCell):
                cell.fill = _DOUBTFUL if fault.code in WARNINGS else _FAULTY
    title = sheet.cell(heading, remarks, headings.own_column())
    title.font = _REMARK
    for line, found in texts.items():
        cell = sheet.cell(line, remarks, "; ".join(dict.fromkeys(found)))
        cell.font, cell.alignment = _REMARK, Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[get_column_letter(remarks)].width = _WIDTH


def _own_column(sheet: Any, heading: int) -> int:
    """Return the column of our remarks, emptied, else the first one right of everything."""
    own = headings.own_column()
    for cell in sheet[heading]:
        if cell.value == own:
            for (one,) in sheet.iter_rows(min_row=heading, min_col=cell.column, max_col=cell.column):
                if not isinstance(one, MergedCell):
                    one.value = None
            return int(cell.column)
    return int(sheet.max_column) + 1


def _general(book: Any, faults: Iterable[Fault]) -> None:
    """Add a sheet with what is wrong with whole sheets and their headings."""
    lines = [(fault.sheet, sentence(fault)) for fault in faults]
    if not lines:
        return
    sheet = book.create_sheet(_SHEET)
    sheet.append(("แผ่นงาน", headings.own_column()))
    for line in lines:
        sheet.append(line)
    sheet.column_dimensions["B"].width = _WIDTH


def sentence(fault: Fault) -> str:
    """Return what is wrong as a remark says it, in Thai."""
    text = FAULTS[fault.code][0]
    shown = _shown(fault)
    return f"{shown}: {text}" if shown else text


def _shown(fault: Fault) -> str:
    """Return what a remark begins with: the column's usual heading, and the sums that differ."""
    if fault.code in {"total_differs", "register_differs", "unbalanced", "column_missing"}:
        return fault.value or ""
    if fault.code == "part_missing":
        return next((one.name_th for part, one in headings.parts().items() if part.value == fault.field), "")
    for one in headings.parts().values():
        if fault.field is not None and fault.field in one.shown:
            return one.shown[fault.field]
    return ""
