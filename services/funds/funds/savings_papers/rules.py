"""How a collection sheet that comes back is read: rows by the headings, amounts as people write them."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from funds.book_imports import values
from funds.book_imports.values import BadCell
from funds.book_imports.workbook import Cell, Sheet
from funds.collection_sheets.rules import Wrong, columns, wrong
from funds.documents.collection import LOAN, NAME, NUMBER, SAVINGS, SHARES
from shared.thai import name_key

_AMOUNTS: Final = (SAVINGS, SHARES, LOAN)
_HEADINGS: Final = (NUMBER, NAME, SAVINGS, SHARES)
"""Sheets of some time ago had loans in the member's row too."""


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


def item_id(fund_id: UUID, document_no: str, member_id: UUID) -> UUID:
    """Return the id of a member's deposit on a sheet: the same whenever the sheet is sent."""
    return uuid5(fund_id, f"{document_no}\n{member_id}")


def read(sheet: Sheet, known: Mapping[str, Known]) -> tuple[list[Brought], list[Wrong]] | None:
    """Return who brought what and what is wrong with the sheet; None where it is no collection sheet.

    `known` are the present members by number. Rows without a number (totals, signatures) and without an
    amount are left out.
    """
    table = columns(sheet, (*_HEADINGS, LOAN)) or columns(sheet, _HEADINGS)
    if table is None:
        return None
    first, places = table
    brought: dict[UUID, Brought] = {}
    found_wrong: list[Wrong] = []
    for number, row in enumerate(sheet.rows[first:], first + 1):
        cells = {heading: row[at] if at < len(row) else None for heading, at in places.items()}
        if values.text(cells[NUMBER]) is None:
            continue
        found = known.get(values.text(cells[NUMBER]) or "")
        faults = list(_who(cells, found, brought))
        amounts = [_amount(cells.get(heading)) for heading in _AMOUNTS]
        faults += [
            (heading, one) for heading, one in zip(_AMOUNTS, amounts, strict=True) if isinstance(one, str)
        ]
        found_wrong += [wrong(places[heading], number, code) for heading, code in faults]
        if found is not None and not faults:
            brought[found.member_id] = Brought(found.member_id, *(int(one) for one in amounts))
    return [one for one in brought.values() if one.savings or one.shares or one.loan], found_wrong


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
