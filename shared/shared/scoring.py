"""The scoring engine: pure functions from an instrument and answers to a result.

Results are exact fractions; they are rounded only when written, half up to two places, so that a band's
edge is reached or not, never nearly.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from shared.instruments import Instrument, Item, Level

Answer = int | None
"""A value of the instrument's scale; None: nobody of that kind (ไม่มีผู้เข้าเกณฑ์), the item does not count."""


class BadAnswer(ValueError):  # noqa: N818  # named after the fact
    """An answer that the instrument does not allow: `item` names it, `code` says why.

    Codes: unknown_item, out_of_scale, unknown_option.
    """

    def __init__(self, item: str, code: str) -> None:
        super().__init__(f"{item}: {code}")
        self.item = item
        self.code = code


@dataclass(frozen=True, slots=True)
class Score:
    """A result: `value` in the instrument's own measure, `percent` of the most that was reachable.

    `passed` is None where the instrument knows no passing; `missing` are items without an answer.
    """

    value: Fraction
    percent: Fraction | None
    by_group: Mapping[str, Fraction]
    passed: bool | None
    level: Level | None
    missing: tuple[str, ...]


def score(instrument: Instrument, answers: Mapping[str, Answer]) -> Score:
    """Score answers by item code (`weighted`: by group code, 0-100). BadAnswer for what is not allowed."""
    if instrument.method == "weighted":
        return _weighted(instrument, answers)
    items = {item.code: item for item in instrument.items}
    for code, answer in answers.items():
        _check(instrument, items.get(code), code, answer)
    by_group = {
        group.code: _measure(instrument, [answers.get(item.code) for item in group.items])
        for group in instrument.groups
    }
    value = _measure(instrument, [answers.get(code) for code in items])
    passed = _passed(instrument, answers, by_group)
    return Score(
        value=value,
        percent=_percent(
            instrument, value, [items[code] for code, given in answers.items() if given is not None]
        ),
        by_group=by_group,
        passed=passed,
        level=None if passed is False else level_of(instrument, value),
        missing=tuple(code for code in items if code not in answers),
    )


def level_of(instrument: Instrument, value: Fraction | int) -> Level | None:
    """Return the highest level whose lowest score is reached; None below all of them."""
    reached = [level for level in instrument.levels if level.least is not None and level.least <= value]
    return max(reached, key=lambda level: level.least or 0, default=None)


def share_level(instrument: Instrument, *, passing: int, of: int) -> Level | None:
    """Return the level of a village by its share of passing households, exact: 20 of 30 is below 70 %."""
    if not 0 <= passing <= of:
        raise ValueError("the passing households are some of the assessed ones")
    reached = [
        level
        for level in instrument.levels
        if of and level.least_percent is not None and passing * 100 >= level.least_percent * of
    ]
    return max(reached, key=lambda level: level.least_percent or 0, default=None)


def choose_level(instrument: Instrument, chosen: Collection[str]) -> Level | None:
    """Return the first level whose conditions the chosen options meet. BadAnswer: an unknown option."""
    known = {option for item in instrument.items for option in item.options}
    for option in chosen:
        if option not in known:
            raise BadAnswer(option, "unknown_option")
    for level in instrument.levels:
        if level.conditions and all(
            any(option in chosen for option in any_of) for any_of in level.conditions
        ):
            return level
    return None


def compare(before: Fraction, after: Fraction) -> Literal["risen", "same", "fallen"]:
    """Compare two rounds (เพิ่มขึ้น / คงที่ / ลดลง), exact: 62.40 to 62.39 has fallen, equal is not risen."""
    if after > before:
        return "risen"
    return "same" if after == before else "fallen"


def two_places(value: Fraction) -> str:
    """Write a result half up (away from zero) to two places: 200/3 is "66.67"."""
    hundredths = (abs(value.numerator) * 200 + value.denominator) // (2 * value.denominator)
    sign = "-" if value < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def _check(instrument: Instrument, item: Item | None, code: str, answer: Answer) -> None:
    if item is None:
        raise BadAnswer(code, "unknown_item")
    if answer is None:
        return
    allowed = range(item.points + 1) if item.points is not None else instrument.scale
    if isinstance(answer, bool) or answer not in allowed:
        raise BadAnswer(code, "out_of_scale")


def _measure(instrument: Instrument, answers: list[Answer]) -> Fraction:
    given = [answer for answer in answers if answer is not None]
    if instrument.method == "count":
        return Fraction(sum(answer == max(instrument.scale) for answer in given))
    if instrument.method == "mean":
        return Fraction(sum(given), len(given)) if given else Fraction(0)
    if instrument.method == "points":
        return Fraction(sum(given))
    raise ValueError(f"{instrument.code} is not scored item by item")


def _percent(instrument: Instrument, value: Fraction, answered: list[Item]) -> Fraction | None:
    if not answered:
        return None
    if instrument.method == "points":
        most = sum(item.points or 0 for item in instrument.items)
    elif instrument.method == "mean":
        most = max(instrument.scale)
    else:
        most = len(answered)
    return value * 100 / most if most else None


def _passed(
    instrument: Instrument, answers: Mapping[str, Answer], by_group: Mapping[str, Fraction]
) -> bool | None:
    if instrument.least_count is None and instrument.least_per_group is None:
        return None
    full = max(instrument.scale)
    mandatory = all(answers.get(item.code) == full for item in instrument.items if item.mandatory)
    enough = sum(by_group.values()) >= (instrument.least_count or 0)
    everywhere = all(value >= (instrument.least_per_group or 0) for value in by_group.values())
    return mandatory and enough and everywhere


def _weighted(instrument: Instrument, answers: Mapping[str, Answer]) -> Score:
    groups = {group.code: group for group in instrument.groups}
    for code, answer in answers.items():
        if code not in groups:
            raise BadAnswer(code, "unknown_item")
        if answer is not None and (isinstance(answer, bool) or not 0 <= answer <= 100):  # noqa: PLR2004 - per cent
            raise BadAnswer(code, "out_of_scale")
    by_group = {code: Fraction(answers.get(code) or 0) for code in groups}
    value = sum((by_group[code] * (group.weight or 0) for code, group in groups.items()), Fraction(0)) / 100
    return Score(
        value=value,
        percent=value,
        by_group=by_group,
        passed=None,
        level=level_of(instrument, value),
        missing=tuple(code for code in groups if answers.get(code) is None),
    )
