"""An empty workbook with the three tables, for funds that begin one."""

from io import BytesIO

import openpyxl
from openpyxl.styles import Font

from funds.book_imports.headings import parts
from funds.book_imports.rules import Part

_COLUMNS = {
    Part.MEMBERS: ("member_no", "name", "phone", "joined_on", "pledge", "savings", "shares"),
    Part.DEBTORS: (
        "contract_no",
        "member_no",
        "name",
        "contract_date",
        "principal",
        "annual_rate",
        "paid",
        "outstanding",
        "interest_left",
        "due_on",
        "next_due_on",
        "left",
    ),
    Part.BALANCES: ("account", "debit", "credit"),
}
_WIDTH = 18


def workbook() -> bytes:
    """Return the workbook as .xlsx."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for part, names in _COLUMNS.items():
        known = parts()[part]
        sheet = book.create_sheet(known.name_th)
        sheet.append([known.shown[name] for name in names])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = _WIDTH
        sheet.freeze_panes = "A2"
    target = BytesIO()
    book.save(target)
    return target.getvalue()
