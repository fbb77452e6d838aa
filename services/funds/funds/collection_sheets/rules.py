"""How a collection sheet of loans is read when it comes back: rows by the headings, amounts as written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from funds.book_imports import values
from funds.book_imports.rules import FAULTS, letters
from funds.book_imports.values import BadCell
from funds.book_imports.workbook import Cell, Sheet
from funds.documents.collection import BORROWER, CONTRACT, LOAN, RECEIPT
from shared.thai import name_key

_HEADINGS: Final = (CONTRACT, BORROWER, LOAN, RECEIPT)
MOST: Final = 1_000
"""Rows with money: they are recorded in one transaction, which holds the fund's books."""
_MOST_LETTERS: Final = 60
_TOTAL: Final = "รวม"
_SAID: Final = {
    "unknown_fund_member": ("ไม่มีสมาชิกเลขที่นี้", "No present member has this number"),
    "another_name": ("ชื่อไม่ตรงกับเลขที่สมาชิก", "The number is another member's"),
    "member_twice": ("สมาชิกซ้ำ", "The member stands on the sheet twice"),
    "unknown_contract": ("กองทุนไม่มีสัญญาเลขที่นี้", "The fund has no contract of this number"),
    "another_borrower": ("ชื่อไม่ตรงกับสัญญาเลขที่นี้", "The contract is another borrower's"),
    "contract_twice": ("สัญญานี้ซ้ำกับแถวก่อนหน้า", "The contract stands on the sheet twice"),
    "receipt_twice": ("เลขที่ใบเสร็จซ้ำกับแถวก่อนหน้า", "The receipt number stands on the sheet twice"),
    "too_many_rows": (
        f"ใบหนึ่งมียอดรับได้ไม่เกิน {MOST} แถว ให้แบ่งเป็นหลายใบ",
        f"At most {MOST} rows with money on a sheet: send several",
    ),
    "receipt_is_a_date": (
        "โปรแกรมเปลี่ยนเลขที่ใบเสร็จเป็นวันที่ ให้จัดรูปแบบช่องเป็นข้อความแล้วพิมพ์ใหม่",
        "The program made a date of the number: format the cell as text and type it again",
    ),
}


class Wrong(NamedTuple):
    """A cell that cannot be taken: row from 1, column from 0, and why."""

    row: int
    column: int
    code: str
    th: str
    en: str

    @property
    def place(self) -> str:
        """Return the cell's address, as C7."""
        return f"{letters(self.column)}{self.row}"


class Lent(NamedTuple):
    """A loan of the fund, and the keys of the names that may stand beside its number."""

    loan_id: UUID
    name_keys: frozenset[str]


class Slip(NamedTuple):
    """A row with money: the receipt that becomes of it; amounts in satang."""

    row: int
    loan_id: UUID
    contract_no: str
    receipt_no: str
    amount: int


@dataclass(frozen=True, slots=True)
class Read:
    """What a sheet says; `columns` by heading, `top` the row of the headings from 1."""

    sheet: str
    top: int
    columns: Mapping[str, int]
    slips: Sequence[Slip]
    wrong: Sequence[Wrong]

    @property
    def total(self) -> int:
        """Return the sum of all rows, in satang."""
        return sum(one.amount for one in self.slips)


def item_id(fund_id: UUID, slip: Slip, paid_on: date) -> UUID:
    """Return the id of a row's receipt: the same whenever a sheet says the same of it."""
    said = (slip.receipt_no, slip.loan_id, paid_on, slip.amount)
    return uuid5(fund_id, "\n".join(map(str, ("receipt", *said))))


def wrong(column: int, row: int, code: str) -> Wrong:
    """Return what is wrong with a cell with its texts."""
    return Wrong(row, column, code, *(_SAID.get(code) or FAULTS[code]))


def columns(sheet: Sheet, headings: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings from 1, and the columns by heading; None where they are not there."""
    for number, row in enumerate(sheet.rows, 1):
        found = {values.text(cell): at for at, cell in enumerate(row) if isinstance(cell, str)}
        if all(heading in found for heading in headings):
            return number, {heading: found[heading] for heading in headings}
    return None


def read(sheets: Sequence[Sheet], known: Mapping[str, Lent]) -> Read | None:
    """Return what the first sheet with the headings says; None where none has them.

    `known` are the fund's loans by contract number. A row without an amount and without a receipt is left
    out: nobody paid. Where the row of totals has a sum, it is that of the rows.
    """
    for sheet in sheets:
        found = columns(sheet, _HEADINGS)
        if found is not None:
            return _read(sheet, *found, known)
    return None


def _read(sheet: Sheet, top: int, places: Mapping[str, int], known: Mapping[str, Lent]) -> Read:
    slips: list[Slip] = []
    found: list[Wrong] = []
    totals: list[tuple[int, int]] = []
    for number, row in enumerate(sheet.rows[top:], top + 1):
        cells = {heading: row[at] if at < len(row) else None for heading, at in places.items()}
        amount, contract = _amount(cells[LOAN]), values.text(cells[CONTRACT])
        if contract is None:
            if isinstance(amount, int) and amount and any(values.text(cell) == _TOTAL for cell in row):
                totals.append((number, amount))
                continue
            faults = [(CONTRACT, "required")] if amount or cells[RECEIPT] is not None else []
        elif not amount and cells[RECEIPT] is None:
            continue
        else:
            faults = list(_faults(cells, amount, known, slips))
        found += [wrong(places[heading], number, code) for heading, code in faults]
        if contract is not None and not faults:
            receipt = values.text(cells[RECEIPT]) or ""
            slips.append(Slip(number, known[contract].loan_id, contract, receipt, int(amount)))
    total = sum(one.amount for one in slips)
    if len(slips) > MOST:
        found.append(wrong(places[LOAN], slips[MOST].row, "too_many_rows"))
    if not found:
        found = [wrong(places[LOAN], row, "total_differs") for row, said in totals if said != total]
    return Read(sheet.name, top, places, slips[:MOST], found)


def _faults(
    cells: Mapping[str, Cell], amount: int | str, known: Mapping[str, Lent], before: Sequence[Slip]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a row: the heading of the cell, and why."""
    contract, receipt = values.text(cells[CONTRACT]) or "", values.text(cells[RECEIPT])
    if contract not in known:
        yield CONTRACT, "unknown_contract"
    elif name_key(values.text(cells[BORROWER]) or "") not in known[contract].name_keys:
        yield BORROWER, "another_borrower"
    elif any(one.contract_no == contract for one in before):
        yield CONTRACT, "contract_twice"
    if isinstance(amount, str):
        yield LOAN, amount
    elif amount == 0:
        yield LOAN, "required"
    if isinstance(cells[RECEIPT], date):
        yield RECEIPT, "receipt_is_a_date"
    elif receipt is None:
        yield RECEIPT, "required"
    elif len(receipt) > _MOST_LETTERS:
        yield RECEIPT, "too_long"
    elif any(one.receipt_no == receipt for one in before):
        yield RECEIPT, "receipt_twice"


def _amount(cell: Cell) -> int | str:
    """Return satang, 0 of an empty cell, or the code of what is wrong with it."""
    try:
        return values.amount(cell) or 0
    except BadCell as bad:
        return bad.code
