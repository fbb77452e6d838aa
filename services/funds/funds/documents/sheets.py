"""Worksheets as committees print and file them: what they hold. `excel` writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MONEY = "money"
    """Satang; shown as baht."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, what it holds, and whether its sum stands below."""

    heading: str
    width: float = 14
    kind: Kind = Kind.TEXT
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a book; every row has a value (or None) for each column."""

    name: str
    headings: Sequence[str]
    """Lines above the table."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
