"""Worksheets written with openpyxl: a heading, columns, sums; dates in the Buddhist era."""

from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from funds.documents.sheets import Kind, Sheet
from shared.imports import formula_safe

_FONT: Final = "TH SarabunPSK"  # on every Thai office machine; others show their own
_THIN: Final = Border(*(Side(style="thin") for _ in range(4)))
_FORMATS: Final = {Kind.DATE: "[$-107041E]d mmm yyyy", Kind.MONEY: "#,##0.00"}


def workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Return the sheets as one Excel file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = title
    book.properties.creator = "Chumchon"
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name[:31]), sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for at, text in enumerate(sheet.headings, start=1):
        cell = page.cell(at, 1, _text(text))
        cell.font = Font(_FONT, size=18 if at == 1 else 15, bold=at == 1)
        page.merge_cells(start_row=at, end_row=at, start_column=1, end_column=len(sheet.columns))
        cell.alignment = Alignment(horizontal="center")
    top = len(sheet.headings) + 1
    for at, column in enumerate(sheet.columns, start=1):
        cell = page.cell(top, at, column.heading)
        cell.font, cell.border = Font(_FONT, size=15, bold=True), _THIN
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(at)].width = column.width
    styled = _styled(page, bold=False)
    for line, row in enumerate(sheet.rows, start=top + 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            _write(page.cell(line, at), value, styled[column.kind], column.kind)
    if sheet.rows and any(column.summed for column in sheet.columns):
        _sums(page, sheet, top + 1 + len(sheet.rows))
    page.freeze_panes = page.cell(top + 1, 1)
    page.print_title_rows = f"{top}:{top}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _styled(page: Worksheet, *, bold: bool) -> dict[Kind, Cell]:
    """Return a cell of no place for each kind, styled: to style every cell anew takes three times as long."""
    made = {}
    for kind in Kind:
        cell = made[kind] = Cell(page, row=1, column=1)
        cell.font, cell.border = Font(_FONT, size=15, bold=bold), _THIN
        if kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        if kind is Kind.TEXT:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    return made


def _write(cell: Any, value: Any, styled: Cell, kind: Kind) -> None:
    cell._style = copy(styled._style)  # noqa: SLF001  # no public way to style a cell like another
    if value is None:
        return
    if kind is Kind.MONEY:
        cell.value = Decimal(value) / 100
    elif kind is Kind.TEXT:
        cell.value = _text(value)
    else:
        cell.value = value


def _sums(page: Worksheet, sheet: Sheet, line: int) -> None:
    styled = _styled(page, bold=True)
    for at, column in enumerate(sheet.columns, start=1):
        value: Any = None
        if column.summed:
            value = sum(row[at - 1] or 0 for row in sheet.rows)
        elif at == 1:
            value = "รวม"
        kind = Kind.TEXT if at == 1 and not column.summed else column.kind
        _write(page.cell(line, at), value, styled[kind], kind)


def _text(value: Any) -> Any:
    return formula_safe(ILLEGAL_CHARACTERS_RE.sub("", str(value)))
