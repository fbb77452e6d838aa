"""Official area codes (รหัสเขตการปกครอง), a prefix tree of 2, 4, 6 and 8 digits.

Province (จังหวัด) 2, district (อำเภอ/เขต) 4, tambon (ตำบล/แขวง) 6, village (หมู่บ้าน) 8 digits. The
catalogue file `data/areas.csv` holds provinces, districts and tambons; villages come with the feeds.
Columns that hold codes are text COLLATE "C", so that a prefix is a range of the index.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import StringConstraints
from sqlalchemy import ColumnElement, and_, false, or_, true

AreaCode = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{2}){1,4}$")]
"""Code of a province, district, tambon or village; ASCII digits only."""

VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
"""Code of a village (รหัสหมู่บ้าน): tambon and two digits of the village number (หมู่ที่)."""

Level = Literal["country", "province", "district", "tambon", "village"]

LEVELS: Final[dict[int, Level]] = {0: "country", 2: "province", 4: "district", 6: "tambon", 8: "village"}
"""Digits of a code → its level; the empty code is the whole country."""


@dataclass(frozen=True, slots=True)
class Area:
    """One line of the catalogue.

    `valid_to` is the day the register closed the code (2006-01-01: on or before that day);
    `successors` are the codes that took its place. `lat`/`lon` (WGS 84) are None where unknown.
    """

    code: str
    name_th: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    lat: float | None
    lon: float | None
    source: str
    confidence: str


def level_of(code: str) -> Level:
    """Return the level that a code's length names. ValueError for a length that no area has."""
    try:
        return LEVELS[len(code)]
    except KeyError:
        raise ValueError("an area code has 2, 4, 6 or 8 digits") from None


def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes above and including this one, widest first: 34, 3415, 341501."""
    return tuple(code[:digits] for digits in range(2, len(code) + 1, 2))


def covers(prefixes: Iterable[str], code: str) -> bool:
    """Tell whether one of the area prefixes ("" is the whole country) contains the code."""
    return any(code.startswith(prefix) for prefix in prefixes)


def descends(column: ColumnElement[str] | Any, code: str) -> ColumnElement[bool]:
    """Build the predicate "this area or one below it" as a range, which an index on the column answers."""
    if not code:
        return true()
    _check_prefix(code)
    return and_(column >= code, column < _after(code))


def within(column: ColumnElement[str] | Any, prefixes: Sequence[str]) -> ColumnElement[bool]:
    """Build the visibility filter of a caller's areas: "" sees everything, no area sees nothing."""
    kept = widest(prefixes)
    if not kept:
        return false()
    if kept == ("",):
        return true()
    return or_(*(descends(column, prefix) for prefix in kept))


def widest(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Drop prefixes that another one contains, so that no row is matched twice; sorted."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)


def catalogue() -> Iterator[Area]:
    """Read the shipped catalogue, ordered by code: a parent always before its children."""
    with files("shared").joinpath("data/areas.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield Area(
                code=row["code"],
                name_th=row["name_th"],
                name_en=row["name_en"],
                valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                successors=tuple(row["successors"].split()),
                lat=float(row["lat"]) if row["lat"] else None,
                lon=float(row["lon"]) if row["lon"] else None,
                source=row["source"],
                confidence=row["confidence"],
            )


def _check_prefix(code: str) -> None:
    if len(code) not in LEVELS or not (code.isascii() and code.isdigit()):
        raise ValueError("an area prefix has 0, 2, 4, 6 or 8 digits")


def _after(prefix: str) -> str:
    """Return the first text that sorts (bytewise) after everything that begins with the prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
