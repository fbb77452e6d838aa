"""XLSX of several sheets that people keep by hand: every sheet as a grid of cells, each at its own address.

`shared.imports.spreadsheet.open_sheet` reads one table with one header; here nothing is
assumed about what stands where.
"""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from shared.imports.limits import MIB, Limits, UnreadableFile
from shared.imports.spreadsheet import check_workbook

Cell = str | int | float | bool | date | datetime | None
"""What a cell holds; a formula is the value that was last computed, None for an empty cell."""

_ADDRESS: Final = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW: Final = re.compile(rb'<row [^>]*?r="([0-9]{1,7})"')
_OVERLAP: Final = 64


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows[0]` is its row 1, `rows[r][0]` is column A."""

    name: str
    visible: bool
    rows: Sequence[Sequence[Cell]]


def read_workbook(file: BinaryIO, limits: Limits, *, sheets: int, cells: int) -> list[Sheet]:
    """Return all sheets of a workbook; raises UnreadableFile.

    `sheets` is how many it may have, `cells` how many lie in the rectangles around its sheets' content: one
    cell far out makes a sheet of thousands of millions, which must be refused before it is opened.
    """
    check_workbook(file, limits)
    _check_extent(file, limits, cells)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        if len(book.sheets_metadata) > sheets:
            raise UnreadableFile("too_many_sheets", f"more than {sheets}")
        return [
            Sheet(
                meta.name,
                meta.visible is SheetVisibleEnum.Visible,
                _rows(book, meta.name),
            )
            for meta in book.sheets_metadata
        ]
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile("bad_xlsx", "not a workbook") from error


def _rows(book: CalamineWorkbook, name: str) -> list[list[Cell]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    # The reader gives rows from the first one, but cells from the first column that has any.
    margin: list[Cell] = [None] * sheet.start[1]
    return [
        margin + [None if value == "" else value for value in row]  # type: ignore[misc]  # it types times too
        for row in sheet.iter_rows()
    ]


def _check_extent(file: BinaryIO, limits: Limits, cells: int) -> None:
    left = cells
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():  # a sheet may lie anywhere
            width, height = _extent(archive, name)
            if height > limits.rows:
                raise UnreadableFile("too_many_rows", f"more than {limits.rows}")
            if width > limits.columns:
                raise UnreadableFile("too_many_columns", f"more than {limits.columns}")
            left -= width * height
            if left < 0:
                raise UnreadableFile("too_many_cells", f"more than {cells}")


def _extent(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    columns: set[bytes] = set()
    height = 0
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(MIB):
            piece = tail + chunk
            for letters, row in _ADDRESS.findall(piece):
                columns.add(letters)
                height = max(height, int(row))
            height = max((height, *map(int, _ROW.findall(piece))))
            tail = piece[-_OVERLAP:]
    return max((_number(letters) for letters in columns), default=1), height


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
