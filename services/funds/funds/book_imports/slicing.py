"""A workbook cut into one a fund: its rows at their own places, looking as they did, values for formulas."""

from collections.abc import Iterator
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from openpyxl.utils import get_column_letter

from funds.book_imports.splitting import Kept, Split

Rows = tuple[tuple[Any, ...], ...]
_BALANCES = ("รายการ", "จำนวนเงิน")


def cut(source: Path, split: Split) -> Iterator[tuple[UUID, bytes]]:
    """Yield a workbook for each fund; a row keeps its number, so that what is wrong is found in both.

    Of a sheet with a row a fund, its balances become a sheet with a row an account.
    """
    book = openpyxl.load_workbook(source, data_only=True)
    # The rows of each sheet once: asked for one by one, each costs a look through the whole sheet.
    rows: dict[str, Rows] = {}
    for fund_id in split.all_funds:
        part = openpyxl.Workbook()
        part.remove(part.active)
        for name, kept in split.funds.get(fund_id, {}).items():
            if name not in rows:
                rows[name] = tuple(book[name].iter_rows())
            _copy(book[name], rows[name], part.create_sheet(name), kept)
        for name, balances in split.balances.get(fund_id, {}).items():
            sheet = part.create_sheet(name)
            for row in (_BALANCES, *balances):
                sheet.append(row)
        target = BytesIO()
        part.save(target)
        yield fund_id, target.getvalue()
    book.close()


def _copy(source: Any, rows: Rows, target: Any, kept: Kept) -> None:
    lines = sorted(kept.lines or range(kept.head + 1, len(rows) + 1))
    looks: dict[Any, Any] = {}
    for number in (*range(1, kept.head + 1), *lines):
        for cell in rows[number - 1]:
            if cell.value is not None or cell.has_style:
                _copy_cell(cell, target.cell(number, cell.column), looks)
    for area in source.merged_cells.ranges:
        if area.max_row <= kept.head or kept.lines is None:
            target.merge_cells(area.coord)
    for at in range(1, len(rows[0]) + 1):
        width = source.column_dimensions[get_column_letter(at)].width
        target.column_dimensions[get_column_letter(at)].width = width


def _copy_cell(cell: Any, other: Any, looks: dict[Any, Any]) -> None:
    if cell.value is not None:
        other.value = cell.value
        if cell.data_type == "s":  # a text that begins with = stays a text
            other.data_type = "s"
    if not cell.has_style:
        return
    known = looks.get(cell.style_id)
    if known is None:
        other.font, other.fill, other.border = copy(cell.font), copy(cell.fill), copy(cell.border)
        other.alignment, other.number_format = copy(cell.alignment), cell.number_format
        looks[cell.style_id] = other._style  # noqa: SLF001  # one look serves all cells that have it
    else:
        other._style = copy(known)  # noqa: SLF001  # likewise
