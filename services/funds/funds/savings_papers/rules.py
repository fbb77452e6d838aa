"""How a collection sheet that comes back is read: rows by the headings, amounts as people write them."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from funds.book_imports import values
from funds.book_imports.rules import FAULTS, letters
from funds.book_imports.values import BadCell
from funds.book_imports.workbook import Cell, Sheet
from funds.documents.collection import LOAN, NAME, NUMBER, SAVINGS, SHARES
from shared.thai import name_key

_AMOUNTS: Final = (SAVINGS, SHARES, LOAN)
_HEADINGS: Final = (NUMBER, NAME, *_AMOUNTS)
_SAID: Final = {
    "unknown_fund_member": ("ไม่มีสมาชิกเลขที่นี้", "No present member has this number"),
    "another_name": ("ชื่อไม่ตรงกับเลขที่สมาชิก", "The number is another member's"),
    "member_twice": ("สมาชิกซ้ำ", "The member stands on the sheet twice"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What a member brought by the sheet, in satang."""

    member_id: UUID
    savings: int
    shares: int
    loan: int


class Known(NamedTuple):
    """A present member, and the key of her name."""

    member_id: UUID
    name_key: str


class Wrong(NamedTuple):
    """A cell that cannot be taken: its place such as C7, and why."""

    place: str
    code: str
    th: str
    en: str


def item_id(fund_id: UUID, document_no: str, member_id: UUID) -> UUID:
    """Return the id of a member's deposit on a sheet: the same whenever the sheet is sent."""
    return uuid5(fund_id, f"{document_no}\n{member_id}")


def columns(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Return the row below the headings and the columns by heading; None where they are not there."""
    for number, row in enumerate(sheet.rows):
        found = {values.text(cell): at for at, cell in enumerate(row) if isinstance(cell, str)}
        if all(heading in found for heading in _HEADINGS):
            return number + 1, {heading: found[heading] for heading in _HEADINGS}
    return None


def read(sheet: Sheet, known: Mapping[str, Known]) -> tuple[list[Brought], list[Wrong]] | None:
    """Return who brought what and what is wrong with the sheet; None where it is no collection sheet.

    `known` are the present members by number. Rows without a number (totals, signatures) and without an
    amount are left out.
    """
    table = columns(sheet)
    if table is None:
        return None
    first, places = table
    brought: dict[UUID, Brought] = {}
    wrong: list[Wrong] = []
    for number, row in enumerate(sheet.rows[first:], first + 1):
        cells = {heading: row[at] if at < len(row) else None for heading, at in places.items()}
        if values.text(cells[NUMBER]) is None:
            continue
        found = known.get(values.text(cells[NUMBER]) or "")
        faults = list(_who(cells, found, brought))
        amounts = [_amount(cells[heading]) for heading in _AMOUNTS]
        faults += [
            (heading, one) for heading, one in zip(_AMOUNTS, amounts, strict=True) if isinstance(one, str)
        ]
        wrong += [_wrong(places[heading], number, code) for heading, code in faults]
        if found is not None and not faults:
            brought[found.member_id] = Brought(found.member_id, *(int(one) for one in amounts))
    return [one for one in brought.values() if one.savings or one.shares or one.loan], wrong


def _who(
    cells: Mapping[str, Cell], found: Known | None, before: Container[UUID]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with who stands in a row: the heading of the cell, and why."""
    if found is None:
        yield NUMBER, "unknown_fund_member"
    elif name_key(values.text(cells[NAME]) or "") != found.name_key:
        yield NAME, "another_name"
    elif found.member_id in before:
        yield NUMBER, "member_twice"


def _amount(cell: Cell) -> int | str:
    """Return satang, 0 of an empty cell, or the code of what is wrong with it."""
    try:
        return values.amount(cell) or 0
    except BadCell as bad:
        return bad.code


def _wrong(column: int, row: int, code: str) -> Wrong:
    return Wrong(f"{letters(column)}{row}", code, *(_SAID.get(code) or FAULTS[code]))
