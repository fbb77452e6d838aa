"""Balances of several funds on one sheet as a district sums them up: a row a fund, a column an account."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from funds.book_imports import headings, totals, values
from funds.book_imports.rules import Fault
from funds.book_imports.tables import SEARCHED
from funds.book_imports.workbook import Cell, Sheet

_FEWEST: Final = 2
"""A balance has two sides: fewer columns of accounts make no such sheet."""


@dataclass(frozen=True, slots=True)
class WideRow:
    """A fund's balances: its row in the sheet, how it is named, amounts by column."""

    number: int
    fund: str | None
    cells: dict[int, Cell]


@dataclass(slots=True)
class Wide:
    """Such a sheet: which column names funds, what the others are headed, its rows and totals."""

    sheet: str
    fund_column: int
    accounts: dict[int, str]
    """Headings that name accounts, by column."""
    rows: list[WideRow] = field(default_factory=list)
    totals: list[tuple[int, WideRow]] = field(default_factory=list)
    """Rows of totals, each with how many rows stand above it."""


def find(sheet: Sheet) -> Wide | None:
    """Return the balances of a sheet that has a row a fund; None where it has not."""
    for head, row in enumerate(sheet.rows[:SEARCHED], 1):
        words = {at: word for at, cell in enumerate(row) if (word := values.text(cell)) is not None}
        fund_at = next((at for at, word in words.items() if headings.normal(word) in _named()), None)
        accounts = {at: word for at, word in words.items() if headings.account(word) is not None}
        if fund_at is None or len(accounts) < _FEWEST:
            continue
        found = Wide(sheet.name, fund_at, accounts)
        for number, cells in enumerate(sheet.rows[head:], head + 1):
            _take(found, number, cells)
        return found
    return None


def _named() -> frozenset[str]:
    return frozenset(headings.fund_columns())


def _take(found: Wide, number: int, cells: Sequence[Cell]) -> None:
    amounts = {at: cells[at] for at in found.accounts if at < len(cells) and cells[at] is not None}
    fund = values.text(cells[found.fund_column]) if found.fund_column < len(cells) else None
    if not amounts:
        return
    taken = WideRow(number, fund, amounts)
    if fund is not None and headings.total_of(fund) is not None:
        found.totals.append((len(found.rows), taken))
    else:
        found.rows.append(taken)


def wrong_totals(wide: Wide) -> Iterator[Fault]:
    """Yield the totals that are not the sum of all rows above them."""
    for above, total in wide.totals:
        for at, cell in total.cells.items():
            said = totals.said(cell)
            whole = sum(totals.amount(row.cells.get(at)) for row in wide.rows[:above])
            if said is not None and said != whole:
                yield Fault(wide.sheet, "total_differs", total.number, at)
