"""Whose is which line of a workbook that holds the books of several funds.

A table names its funds by a column (code of the village or tambon, name or id of the fund; an empty cell is
the one above, as with merged cells), else its sheet does, by its name or its title. Balances
may also stand a row a fund, a column an account (`wide`). What cannot be told is a fault: nothing of such a
workbook is taken.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from funds.book_imports import tables, totals, values, wide
from funds.book_imports.rules import Fault
from funds.book_imports.tables import Line, Table, Total
from funds.book_imports.wide import Wide
from funds.book_imports.workbook import Cell, Sheet
from shared.thai import name_key

_CODE: Final = re.compile(r"(?<![0-9])(?:[0-9]{8}|[0-9]{6})(?![0-9])")


class Named(NamedTuple):
    """A fund that a workbook may name."""

    id: UUID
    area_code: str
    name: str


class Kept(NamedTuple):
    """What of a sheet is a fund's: the rows of titles and heading, and its own lines; None is all of them."""

    head: int
    lines: frozenset[int] | None


@dataclass(slots=True)
class Split:
    """A workbook's sheets by fund, and what cannot be told."""

    funds: dict[UUID, dict[str, Kept]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    balances: dict[UUID, dict[str, list[tuple[str, Cell]]]] = field(default_factory=dict)
    """Of sheets with a row a fund: accounts as they are headed, with their amounts, by sheet."""
    ignored: list[str] = field(default_factory=list)
    """Sheets without a table that is known."""

    @property
    def all_funds(self) -> list[UUID]:
        """Return every fund that the workbook has something of."""
        return list(dict.fromkeys([*self.funds, *self.balances]))


class Directory:
    """Funds by everything that names one of them alone."""

    def __init__(self, funds: Iterable[Named]) -> None:
        """Take the funds that may be named."""
        self._known: dict[str, set[UUID]] = {}
        for fund in funds:
            for word in (str(fund.id), fund.area_code, name_key(fund.name)):
                self._known.setdefault(word, set()).add(fund.id)

    def find(self, written: str) -> set[UUID]:
        """Return the funds that a text is the code, name or id of; of a longer text, those of codes in it."""
        exact = self._known.get(written.lower()) or self._known.get(name_key(written))
        if exact:
            return set(exact)
        return set().union(*(self._known.get(code, set()) for code in _CODE.findall(written)))


def split(sheets: Sequence[Sheet], directory: Directory) -> Split:
    """Return what of a workbook is whose."""
    found = Split()
    for sheet in sheets:
        table = tables.find(sheet) if sheet.visible else None
        if table is None:
            broad = wide.find(sheet) if sheet.visible else None
            if broad is not None:
                _a_row_a_fund(found, broad, directory)
            elif sheet.rows:
                found.ignored.append(sheet.name)
            continue
        if table.heading.fund_column is None:
            _whole(found, sheet, table, directory)
        else:
            _by_line(found, table, directory)
    return found


def _whole(found: Split, sheet: Sheet, table: Table, directory: Directory) -> None:
    above = [values.text(cell) for row in sheet.rows[: table.heading.last] for cell in row]
    named = [directory.find(word) for word in (sheet.name, *filter(None, above))]
    funds = set().union(*named)
    if len(funds) == 1:
        found.funds.setdefault(funds.pop(), {})[sheet.name] = Kept(table.heading.last, None)
    else:
        code = "fund_ambiguous" if funds else "fund_not_named"
        found.faults.append(Fault(sheet.name, code, table.heading.last))


def _by_line(found: Split, table: Table, directory: Directory) -> None:
    owners: list[UUID | None] = []
    owner: UUID | None = None
    for line in table.lines:
        named = set() if line.fund is None else directory.find(line.fund)
        if line.fund is not None:
            owner = next(iter(named)) if len(named) == 1 else None
        if owner is None:
            code = "required" if line.fund is None else "fund_ambiguous" if named else "fund_unknown"
            at = table.heading.fund_column
            found.faults.append(Fault(table.sheet, code, line.number, at, "fund", line.fund))
        owners.append(owner)
    if None in owners:
        return
    kept: dict[UUID, set[int]] = {}
    for line, whose in zip(table.lines, owners, strict=True):
        kept.setdefault(_sure(whose), set()).add(line.number)
    for total, whose in _totals(found, table, owners):
        kept[whose].add(total.number)
    for whose, lines in kept.items():
        found.funds.setdefault(whose, {})[table.sheet] = Kept(table.heading.last, frozenset(lines))


def _a_row_a_fund(found: Split, broad: Wide, directory: Directory) -> None:
    found.faults += wide.wrong_totals(broad)
    for row in broad.rows:
        named = set() if row.fund is None else directory.find(row.fund)
        if len(named) != 1:
            code = "required" if row.fund is None else "fund_ambiguous" if named else "fund_unknown"
            found.faults.append(Fault(broad.sheet, code, row.number, broad.fund_column, "fund", row.fund))
            continue
        of_fund = found.balances.setdefault(named.pop(), {})
        if broad.sheet in of_fund:
            found.faults.append(
                Fault(broad.sheet, "duplicate", row.number, broad.fund_column, "fund", row.fund)
            )
        of_fund[broad.sheet] = [(broad.accounts[at], cell) for at, cell in row.cells.items()]


def _sure(owner: UUID | None) -> UUID:
    assert owner is not None  # noqa: S101  # asked before
    return owner


def _totals(found: Split, table: Table, owners: Sequence[UUID | None]) -> Iterator[tuple[Total, UUID]]:
    """Yield the totals that are of one fund; those of several are compared here, since no part can."""
    names = [name for name in table.heading.columns if name in totals.SUMMED]
    before = 0
    for total in table.totals:
        said = {name: amount for name in names if (amount := totals.said(total.cells.get(name))) is not None}
        block, above = slice(before, total.after), slice(0, total.after)
        ranges = (block, above) if total.page else (above,)
        mixed = len(set(owners[above])) > 1
        if mixed and any(said == _sums(table.lines[of], said) for of in ranges):
            before = total.after
            continue
        whose = set(owners[block])
        if len(whose) == 1:
            yield total, _sure(whose.pop())
        else:
            found.faults.append(Fault(table.sheet, "total_differs", total.number))
        before = total.after


def _sums(lines: Sequence[Line], names: Mapping[str, int]) -> dict[str, int]:
    return {name: sum(totals.amount(line.cells.get(name)) for line in lines) for name in names}
