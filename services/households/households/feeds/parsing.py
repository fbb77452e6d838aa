"""A piece of a feed file turned into rows for COPY and rows rejected; runs in the worker processes.

Every reader takes lines of UTF-8 whose fields stand in the canonical order, splits them once, and puts the
row together from fields that were read and encoded before. Only when a field does not fit is the line read
column by column, so that all of its faults are told.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any, Final

from households.feeds import rules
from households.feeds.rules import FileKind, Unfit
from households.poverty.instruments import Instrument
from shared.citizen import CitizenKeys

HASH_BYTES: Final = 8
KEY_BYTES: Final = 8
"""How much of a blind index tells two persons apart well enough to look closer."""
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of one import are read against."""

    edition_year: int
    instrument: Instrument
    today: date
    income_line: int
    low_income: int
    tambons: Collection[str]
    areas: tuple[str, ...]
    keys: CitizenKeys
    hash_key: bytes


@dataclass(slots=True)
class Rejected:
    """A row that was not taken: its line in the piece, what is wrong with which column, and the row."""

    line: int
    faults: list[tuple[str | None, str, str]]
    """Column (None: the row as a whole), code, the value as it came."""
    raw: bytes


@dataclass(slots=True)
class Piece:
    """What came of a piece of a file. Lines are counted from 0 at the piece's beginning, blank ones too."""

    lines: int = 0
    rows: int = 0
    copied: int = 0
    copy: bytes = b""
    keys: bytes = b""
    """Of each copied person or welfare row the beginning of its blind index: has it come before?"""
    rejected: list[Rejected] = field(default_factory=list)
    places: "array[int]" = field(default_factory=lambda: array("q"))
    """Places among the known rows of those that the edition holds in this very form, and their lines."""
    unchanged: "array[int]" = field(default_factory=lambda: array("q"))

    def note_unchanged(self, place: int, line: int) -> None:
        """Note a row that the edition holds already."""
        self.places.append(place)
        self.unchanged.append(line)

    def finish(self, rows: Sequence[bytes], copied: int) -> "Piece":
        """Put the rows for COPY together and count."""
        self.copy, self.copied = b"".join(rows), copied
        self.rows = copied + len(self.rejected) + len(self.places)
        return self


class Layout:
    """How a file's columns lie: brings the fields of a line into the canonical order."""

    def __init__(self, header: Sequence[str], wanted: Sequence[str], separator: bytes) -> None:
        self.separator = separator
        self.width = len(header)
        self.wanted = tuple(wanted)
        places = [header.index(name) for name in wanted]
        self.straight = places == list(range(self.width))
        self._pick: Callable[[list[bytes]], tuple[bytes, ...]] = itemgetter(*places)

    def fields(self, line: bytes) -> tuple[bytes, ...]:
        """Return the wanted fields of a line; raises Unfit when it has not the header's width."""
        parts = line.split(self.separator)
        if len(parts) != self.width:
            raise Unfit("wrong_column_count")
        return self._pick(parts)


class RowHash:
    """Recognises a row that came before in the same form: a keyed hash, since rows hold citizen ids."""

    def __init__(self, kind: FileKind, layout: Layout, context: Context) -> None:
        order = b"\x1f".join([kind.encode(), layout.separator, *(name.encode() for name in layout.wanted)])
        if not layout.straight:
            order += b"\x1e"
        self._start = hashlib.blake2b(order, digest_size=HASH_BYTES, key=context.hash_key)

    def __call__(self, line: bytes) -> bytes:
        """Return the 8 bytes of a line."""
        digest = self._start.copy()
        digest.update(line)
        return digest.digest()


def known_place(known: Sequence[int], digest: bytes) -> int:
    """Return where a row hash stands in the sorted known ones, -1 when it is new."""
    number = int.from_bytes(digest, "big")
    place = bisect_left(known, number)
    return place if place < len(known) and known[place] == number else -1


def sortable(row_hash: int) -> int:
    """Return a stored row hash (a signed bigint) as the number that known rows are sorted by."""
    return row_hash & _MASK


def faults(
    fields: Sequence[bytes], columns: Sequence[str], readers: Sequence[Callable[[str], Any]]
) -> list[tuple[str | None, str, str]]:
    """Read a row column by column and return everything that is wrong with it."""
    found: list[tuple[str | None, str, str]] = []
    for raw, column, read in zip(fields, columns, readers, strict=True):
        value = raw.decode()
        try:
            read(value)
        except Unfit as wrong:
            found.append((column, wrong.code, value))
    return found


def indicator_reader(bits: Sequence[int], separator: bytes) -> Callable[[str], tuple[str, int, int]]:
    """Return a reader of all indicators of a row at once: their letters, failed ones, dimensions."""
    between = separator.decode()

    def read(text: str) -> tuple[str, int, int]:
        results = [rules.result(part) for part in text.split(between)]
        if len(results) != len(bits):
            raise Unfit("wrong_column_count")
        failed = sum(1 << place for place, result in enumerate(results) if result == "F")
        dimensions = 0
        for place, bit in enumerate(bits):
            if failed >> place & 1:
                dimensions |= bit
        return "".join(results), failed, dimensions

    return read


def household_readers(context: Context) -> tuple[tuple[str, ...], list[Callable[[str], Any]]]:
    """Return the columns of a household row and how each one is read."""
    columns = (*rules.HOUSEHOLD_COLUMNS, *context.instrument.household_codes)
    readers: list[Callable[[str], Any]] = [
        partial(rules.edition_year, expected=context.edition_year),
        rules.house_id,
        rules.house_no,
        partial(rules.village, tambons=context.tambons, areas=context.areas),
        partial(rules.coordinate, limit=90.0),
        partial(rules.coordinate, limit=180.0),
        rules.members,
        *(rules.whole for _ in rules.AMOUNTS),
        *(rules.result for _ in context.instrument.household_codes),
    ]
    return columns, readers


def person_readers(context: Context) -> tuple[tuple[str, ...], list[Callable[[str], Any]]]:
    """Return the columns of a person row and how each one is read."""
    columns = (*rules.PERSON_COLUMNS, *context.instrument.person_codes)
    readers: list[Callable[[str], Any]] = [
        rules.house_reference,
        rules.citizen_id,
        rules.prefix,
        rules.name,
        rules.name,
        rules.sex,
        partial(rules.birth_date, today=context.today),
        rules.relation,
        rules.occupation,
        rules.flag,
        rules.flag,
        rules.flag,
        *(rules.result for _ in context.instrument.person_codes),
    ]
    return columns, readers


def welfare_readers(_context: Context) -> tuple[tuple[str, ...], list[Callable[[str], Any]]]:
    """Return the columns of a welfare row and how each one is read."""
    return rules.WELFARE_COLUMNS, [rules.citizen_id, rules.flag, rules.flag]


def columns_of(kind: FileKind, instrument: Instrument) -> tuple[str, ...]:
    """Return the columns a file must have."""
    if kind == "households":
        return (*rules.HOUSEHOLD_COLUMNS, *instrument.household_codes)
    if kind == "persons":
        return (*rules.PERSON_COLUMNS, *instrument.person_codes)
    return rules.WELFARE_COLUMNS
