"""Survey instruments (แบบสำรวจ จปฐ.): the indicators of a feed, and what failing one deprives of."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

import orjson

from households.poverty.rules import BIT, Dimension

Unit = Literal["household", "person"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its column in the feed, and the dimension that failing it deprives of, if any."""

    code: str
    th: str
    en: str
    unit: Unit
    dimension: Dimension | None


@dataclass(frozen=True)
class Instrument:
    """A version of the Basic Minimum Needs survey (จปฐ.) as data, with source and confidence."""

    code: str
    th: str
    en: str
    valid_years: tuple[int, int]
    indicators: tuple[Indicator, ...]

    def of(self, unit: Unit) -> tuple[Indicator, ...]:
        """Return the indicators of households or of persons, in the order in which they are stored."""
        return tuple(indicator for indicator in self.indicators if indicator.unit == unit)

    @cached_property
    def household_codes(self) -> tuple[str, ...]:
        """The columns of households.csv that hold indicators."""
        return tuple(indicator.code for indicator in self.of("household"))

    @cached_property
    def person_codes(self) -> tuple[str, ...]:
        """The columns of persons.csv that hold indicators."""
        return tuple(indicator.code for indicator in self.of("person"))

    def bits(self, unit: Unit) -> tuple[int, ...]:
        """Return for each indicator of a unit the bit of its dimension, 0 where it has none."""
        return tuple(BIT[i.dimension] if i.dimension else 0 for i in self.of(unit))


@cache
def shipped() -> dict[str, Instrument]:
    """Return the instruments of the data file by code."""
    documents = orjson.loads(files("households.poverty").joinpath("data/instruments.json").read_bytes())
    return {
        one["code"]: Instrument(
            code=one["code"],
            th=one["th"],
            en=one["en"],
            valid_years=(one["valid_years"][0], one["valid_years"][1]),
            indicators=tuple(Indicator(**indicator) for indicator in one["indicators"]),
        )
        for one in documents
    }
