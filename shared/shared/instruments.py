"""Scored instruments (แบบประเมิน) and code lists as data: their shape, and how a service reads its own.

A service ships `data/instruments/<CODE>.json`; an officer may load others of the same shape. The engine
that scores them is `shared.scoring`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal, get_args

import orjson

Method = Literal["count", "mean", "points", "weighted", "choice", "list"]
"""How answers become a result.

count: how many items passed; mean: the mean of the answers; points: their sum; weighted: group results
of 0-100 by their weights; choice: a level whose every condition is met by the chosen options; list: a
code list, form or checklist that is not scored.
"""


@dataclass(frozen=True, slots=True)
class Title:
    """A text that people read, in Thai and English."""

    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator (ตัวชี้วัด) or code. `points` is its most points, `options` the codes it chooses from."""

    code: str
    title: Title
    mandatory: bool = False
    points: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A part (ด้าน) of an instrument; `weight` is its share of a weighted result in per cent."""

    code: str
    title: Title
    items: tuple[Item, ...]
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A result's name. `least` is the lowest score, `least_percent` the lowest share of passing households.

    `conditions`: at least one option of every inner tuple must have been chosen.
    """

    code: str
    title: Title
    least: int | None = None
    least_percent: int | None = None
    conditions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument in one version; items are numbered by their codes, unique over all groups.

    `scale` holds the allowed answers, or is empty where the instrument has none. `least_per_group` and
    `least_count` are conditions for passing (None: the instrument does not pass or fail). `valid_years`
    are Buddhist, both included. `incomplete`: parts of the official wording were not found.
    """

    code: str
    version: int
    title: Title
    method: Method
    scale: tuple[int, ...]
    groups: tuple[Group, ...]
    levels: tuple[Level, ...]
    least_per_group: int | None
    least_count: int | None
    valid_years: tuple[int, int] | None
    incomplete: bool
    source: tuple[str, ...]
    confidence: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of all groups, in order."""
        return tuple(item for group in self.groups for item in group.items)


class BadInstrument(ValueError):  # noqa: N818  # named after the fact
    """A file that is no instrument: a part is missing, or two items have one code."""


_METHODS: Final = frozenset(get_args(Method))


def parse(data: Mapping[str, Any]) -> Instrument:
    """Read an instrument from its JSON form. BadInstrument names what is wrong."""
    try:
        scoring = data["scoring"]
        years = data.get("valid_years_be")
        instrument = Instrument(
            code=data["code"],
            version=data["version"],
            title=_title(data),
            method=scoring["method"],
            scale=tuple(value["value"] for value in data.get("scale", [])),
            groups=tuple(_group(group) for group in data["groups"]),
            levels=tuple(_level(level) for level in data["levels"]),
            least_per_group=scoring.get("least_per_group"),
            least_count=scoring.get("least_count"),
            valid_years=(years[0], years[1]) if years else None,
            incomplete=data.get("incomplete", False),
            source=tuple(data["source"]),
            confidence=data["confidence"],
        )
    except (KeyError, TypeError, IndexError) as error:
        raise BadInstrument(f"missing or misshapen: {error}") from error
    if instrument.method not in _METHODS:
        raise BadInstrument(f"unknown method {instrument.method}")
    codes = [item.code for item in instrument.items]
    if len(set(codes)) != len(codes):
        raise BadInstrument("two items have one code")
    return instrument


def load(package: str) -> dict[str, Instrument]:
    """Read the instruments that a service's package ships, by code."""
    folder = files(package).joinpath("data/instruments")
    read = (
        parse(orjson.loads(file.read_bytes())) for file in folder.iterdir() if file.name.endswith(".json")
    )
    return {instrument.code: instrument for instrument in sorted(read, key=lambda one: one.code)}


def _title(data: Mapping[str, Any]) -> Title:
    return Title(th=data["title"]["th"], en=data["title"]["en"])


def _group(data: Mapping[str, Any]) -> Group:
    items = tuple(
        Item(
            code=item["code"],
            title=_title(item),
            mandatory=item.get("mandatory", False),
            points=item.get("points"),
            options=tuple(item.get("options", ())),
        )
        for item in data["items"]
    )
    return Group(code=data["code"], title=_title(data), items=items, weight=data.get("weight"))


def _level(data: Mapping[str, Any]) -> Level:
    return Level(
        code=data["code"],
        title=_title(data),
        least=data.get("least"),
        least_percent=data.get("least_percent"),
        conditions=tuple(tuple(options) for options in data.get("conditions", ())),
    )
