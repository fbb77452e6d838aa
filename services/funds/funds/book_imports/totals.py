"""Sums of columns, and rows of totals that are not the sum of what stands above them."""

from collections.abc import Collection, Iterator
from typing import Final

from funds.book_imports import values
from funds.book_imports.rules import Fault
from funds.book_imports.tables import Table
from funds.book_imports.values import BadCell
from funds.book_imports.workbook import Cell
from shared.money import baht

SUMMED: Final = frozenset(
    {"principal", "paid", "outstanding", "interest_left", "advance", "savings", "shares", "pledge"}
    | {"debit", "credit", "amount"}
)


def wrong(table: Table, bad: Collection[str | None]) -> Iterator[Fault]:
    """Yield the totals that are not the sum of the rows above; a page's may be of the page alone.

    Columns with a `bad` cell have no sum yet.
    """
    names = [name for name in table.heading.columns if name in SUMMED and name not in bad]
    running = {name: [0] for name in names}
    for line in table.lines:
        for name in names:
            running[name].append(running[name][-1] + amount(line.cells.get(name)))
    before = 0
    for total in table.totals:
        for name in names:
            shown = said(total.cells.get(name))
            whole = running[name][total.after]
            page = whole - running[name][before]
            if shown is not None and shown != whole and not (total.page and shown == page):
                at = table.column(name)
                yield Fault(
                    table.sheet, "total_differs", total.number, at, name, f"{baht(shown)} <> {baht(whole)}"
                )
        before = total.after


def summed(table: Table | None, name: str) -> int:
    """Return the sum of a column of a table, in satang; what is no amount counts nothing."""
    return 0 if table is None else sum(amount(line.cells.get(name)) for line in table.lines)


def said(cell: Cell) -> int | None:
    """Return the amount of a cell, None where it holds none."""
    try:
        return values.amount(cell)
    except BadCell:
        return None


def amount(cell: Cell) -> int:
    """Return the amount of a cell, 0 where it holds none."""
    return said(cell) or 0
