"""Tables found in sheets: the heading over one or two rows, columns in any order, rows, totals.

Nothing is assumed about where a table stands: titles above it, numbered columns below its heading, page
totals within it and signatures under it are what such sheets have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from funds.book_imports import headings, values
from funds.book_imports.headings import PartHeadings
from funds.book_imports.rules import Fault, Part
from funds.book_imports.workbook import Cell, Sheet

SEARCHED: Final = 40
"""A heading stands in the first rows of a sheet."""
_NUMBERED: Final = re.compile(r"\(?[0-9]{1,2}\)?")
_NAMES: Final = frozenset({"name", "title", "first_name", "last_name"})
_TEXTS: Final = _NAMES | {"phone", "account", "contract_no", "member_no", "household"}
_OWN: Final = ("contract_no", "member_no", "contract_date", "due_on", "joined_on")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a table's heading stands: rows counted from 1, fields by column from 0."""

    part: Part
    first: int
    last: int
    columns: dict[str, int]
    twice: tuple[tuple[int, str], ...]
    """Further columns with a heading of a field that has one already."""
    others: tuple[tuple[int, tuple[str, ...]], ...]
    """Columns whose headings mean nothing here, with the ways they may be read."""

    @property
    def fund_column(self) -> int | None:
        """Return the column that names funds: the first heading of the list that there is."""
        written = {headings.normal(way): at for at, ways in reversed(self.others) for way in ways}
        return next((written[word] for word in headings.fund_columns() if word in written), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its number in the sheet, its cells by field, the fund that it names."""

    number: int
    cells: dict[str, Cell]
    fund: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A row of totals: of the rows before it, `page` where only those of a page may be meant."""

    number: int
    cells: dict[str, Cell]
    after: int
    """How many rows of the table stand above it."""
    page: bool


@dataclass(slots=True)
class Table:
    """A table as it was found; nothing of it is checked."""

    sheet: str
    heading: Heading
    lines: list[Line] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)

    def column(self, name: str) -> int | None:
        """Return a field's column, counted from 0."""
        return self.heading.columns.get(name)


def find(sheet: Sheet) -> Table | None:
    """Return the table of a sheet; None when no row of it is a heading that is known."""
    heading = _heading(sheet.rows)
    if heading is None:
        return None
    table = Table(sheet.name, heading)
    extra = _unnamed(sheet.rows, heading)
    fund_at = heading.fund_column
    numeric = [name for name in heading.columns if name not in _TEXTS]
    for number, row in enumerate(sheet.rows[heading.last :], heading.last + 1):
        cells = {name: row[at] if at < len(row) else None for name, at in heading.columns.items()}
        if number == heading.last + 1 and _numbered(row):
            continue
        if all(values.text(cell) is None for cell in cells.values()):
            continue
        kind = _total(row, heading)
        if kind is not None:
            table.totals.append(Total(number, cells, len(table.lines), kind == "page"))
        elif not (_closed(table) and all(values.text(cells[name]) is None for name in numeric)):
            fund = values.text(row[fund_at]) if fund_at is not None and fund_at < len(row) else None
            table.lines.append(Line(number, _joined(cells, row, extra), fund))
    return table


def faults(table: Table) -> Iterator[Fault]:
    """Yield what is wrong with a table's heading."""
    known = headings.parts()[table.heading.part]
    for at, name in table.heading.twice:
        yield Fault(table.sheet, "column_twice", table.heading.last, at, name)
    for names in known.required:
        if not any(name in table.heading.columns for name in names):
            yield Fault(
                table.sheet, "column_missing", table.heading.last, None, names[0], known.shown[names[0]]
            )
    if not table.lines:
        yield Fault(table.sheet, "no_rows", table.heading.last)


def _heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    best: Heading | None = None
    for at in range(min(SEARCHED, len(rows))):
        for height in (1, 2):
            written = _written(rows, at, height)
            if written is None:
                continue
            for part, known in headings.parts().items():
                found = _match(part, known, written, first=at + 1, last=at + height)
                if found is not None and (best is None or len(found.columns) > len(best.columns)):
                    best = found
    return best


def _written(rows: Sequence[Sequence[Cell]], at: int, height: int) -> list[tuple[str, ...]] | None:
    """Return, for each column, the ways its heading may be read: the most exact first."""
    top = [values.text(cell) or "" for cell in rows[at]]
    if not any(top) or not all(isinstance(cell, str | None) for cell in rows[at]):
        return None
    if height == 1:
        return [(word,) if word else () for word in top]
    if at + 1 >= len(rows) or not all(isinstance(cell, str | None) for cell in rows[at + 1]):
        return None
    below = [values.text(cell) or "" for cell in rows[at + 1]]
    width = max(len(top), len(below))
    top += [""] * (width - len(top))
    below += [""] * (width - len(below))
    read: list[tuple[str, ...]] = []
    over = ""
    for word, under in zip(top, below, strict=True):
        over = word or (over if under else "")
        ways = (f"{over} {under}", f"{over}{under}", under, word)
        read.append(tuple(way for way in ways if way.strip()))
    return read


def _match(
    part: Part, known: PartHeadings, written: Sequence[tuple[str, ...]], *, first: int, last: int
) -> Heading | None:
    columns: dict[str, int] = {}
    twice: list[tuple[int, str]] = []
    others: list[tuple[int, tuple[str, ...]]] = []
    own = headings.normal(headings.own_column())
    for at, ways in enumerate(written):
        forms = [headings.normal(way) for way in ways]
        name = next((known.fields[form] for form in forms if form in known.fields), None)
        if name is None:
            if ways and own not in forms:
                others.append((at, ways))
        elif name in columns:
            twice.append((at, name))
        else:
            columns[name] = at
    if not all(names & columns.keys() for names in known.known_by):
        return None
    return Heading(part, first, last, columns, tuple(twice), tuple(others))


def _unnamed(rows: Sequence[Sequence[Cell]], heading: Heading) -> list[int]:
    """Return columns without a heading right of the name's: its heading is merged over them."""
    after = next((heading.columns[name] for name in ("name", "first_name") if name in heading.columns), None)
    if after is None or "last_name" in heading.columns:
        return []
    found: list[int] = []
    at = after + 1
    while at not in heading.columns.values() and _bare(rows, heading, at) and len(found) <= 1:
        if not any(isinstance(row[at], str) for row in rows[heading.last :] if at < len(row)):
            break
        found.append(at)
        at += 1
    return found


def _bare(rows: Sequence[Sequence[Cell]], heading: Heading, at: int) -> bool:
    over = rows[heading.first - 1 : heading.last]
    return all(at >= len(row) or values.text(row[at]) is None for row in over)


def _joined(cells: dict[str, Cell], row: Sequence[Cell], extra: Sequence[int]) -> dict[str, Cell]:
    """Return the cells with one name out of the columns that hold it."""
    parts = [cells.get("title"), cells.get("first_name"), cells.get("name"), cells.get("last_name")]
    parts[3:3] = [row[at] for at in extra if at < len(row)]
    words = [word for word in map(values.text, parts) if word is not None]
    title = values.text(cells.get("title"))
    name = " ".join(words)
    if title is not None and len(words) > 1:
        name = f"{title}{' '.join(words[1:])}"
    return {**cells, "name": name or None}


def _numbered(row: Sequence[Cell]) -> bool:
    """Tell whether a row below the heading only numbers the columns: (1) (2) (3)."""
    words = [word for word in map(values.text, row) if word is not None]
    return len(words) > 1 and all(
        _NUMBERED.fullmatch(word) and int(word.strip("()")) == at for at, word in enumerate(words, 1)
    )


def _total(row: Sequence[Cell], heading: Heading) -> str | None:
    """Return what kind of total a row is; a row with a number or day of its own is somebody's."""
    words = {at: word for at, word in enumerate(map(values.text, row)) if word is not None}
    kinds = {at: headings.total_of(word) for at, word in words.items() if isinstance(row[at], str)}
    kind = next(filter(None, kinds.values()), None)
    account = words.get(heading.columns.get("account", -1), "")
    if kind is None and account.startswith("รวม"):
        return "page"
    for name in _OWN:
        at = heading.columns.get(name, -1)
        if at in words and not kinds.get(at) and any(sign.isdigit() for sign in words[at]):
            return None
    return kind


def _closed(table: Table) -> bool:
    """Tell whether the table's own total stands above: what has no numbers below it are signatures."""
    return any(not total.page for total in table.totals)
