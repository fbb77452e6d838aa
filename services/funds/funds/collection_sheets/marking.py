"""A filled collection sheet back with remarks beside its rows, and the faulty cells coloured."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from funds.collection_sheets.rules import Read, Wrong

_COLOUR: Final = "FFFFC7CE"
_FAULTY: Final = PatternFill("solid", start_color=_COLOUR, end_color=_COLOUR)
_REMARK: Final = Font(color="FF9C0006")
_HEADING: Final = "ผลการตรวจ"
_WIDTH: Final = 60


def marked(file: BinaryIO, read: Read, wrong: Iterable[Wrong], fine: Mapping[int, str]) -> bytes:
    """Return the workbook with what is wrong by row, and `fine` beside the other rows.

    What an earlier marking left is taken away first.
    """
    file.seek(0)
    book = openpyxl.load_workbook(file)
    page = book[read.sheet]
    column = _own_column(page, read.top)
    remarks: dict[int, list[str]] = defaultdict(list)
    for row in page.iter_rows(min_row=read.top):
        for cell in row:
            if not isinstance(cell, MergedCell) and cell.fill.start_color.rgb == _COLOUR:
                cell.fill = PatternFill()
    for one in wrong:
        remarks[one.row].append(one.th)
        cell = page.cell(one.row, one.column + 1)
        if not isinstance(cell, MergedCell):
            cell.fill = _FAULTY
    for line, text in fine.items():
        if line not in remarks:
            page.cell(line, column, text)
    for line, texts in remarks.items():
        cell = page.cell(line, column, "; ".join(dict.fromkeys(texts)))
        cell.font, cell.alignment = _REMARK, Alignment(wrap_text=True, vertical="top")
    page.column_dimensions[get_column_letter(column)].width = _WIDTH
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _own_column(page: Any, top: int) -> int:
    """Return the column of our remarks, emptied, else the first one right of everything; headed."""
    own = next((cell.column for cell in page[top] if cell.value == _HEADING), page.max_column + 1)
    for (cell,) in page.iter_rows(min_row=top, min_col=own, max_col=own):
        if not isinstance(cell, MergedCell):
            cell.value = None
    page.cell(top, own, _HEADING).font = _REMARK
    return int(own)
