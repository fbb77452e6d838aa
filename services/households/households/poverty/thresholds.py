"""The dated lines of income, shipped as data with their source."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import orjson

MISSING: Final = "no threshold"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line in baht per person and year, valid for editions of these Buddhist years (both included)."""

    code: str
    baht: int
    valid_years: tuple[int, int]
    confidence: str
    th: str
    en: str
    source: str


@cache
def shipped() -> tuple[Threshold, ...]:
    """Return every threshold of the data file."""
    rows = orjson.loads(files("households.poverty").joinpath("data/thresholds.json").read_bytes())
    return tuple(Threshold(**{**row, "valid_years": tuple(row["valid_years"])}) for row in rows)


def baht(code: str, edition_year: int) -> int:
    """Return a line for an edition's year; the nearest one before or after where none is valid then."""
    lines = [line for line in shipped() if line.code == code]
    if not lines:
        message = f"{MISSING}: {code}"
        raise LookupError(message)

    def distance(line: Threshold) -> int:
        first, last = line.valid_years
        return max(first - edition_year, edition_year - last, 0)

    return min(lines, key=distance).baht
