"""What is true of a health check: which form, what it gives, and when a level is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from funds.registry.rules import Kind
from shared.dates import fiscal_year
from shared.instruments import Instrument
from shared.scoring import Answer, level_of, score

INSTRUMENTS: Final[Mapping[Kind, str]] = {
    Kind.POVERTY: "KKK_GOVERNANCE_18",
    Kind.SAVINGS: "SAVINGS_GOVERNANCE_21",
}
"""The form of a kind of fund; the other kinds have none."""

ITEMS: Final[Mapping[str, int]] = {"KKK_GOVERNANCE_18": 18, "SAVINGS_GOVERNANCE_21": 21}
"""How many indicators (ตัวชี้วัด) the official form has."""

LEVELS: Final = ("1", "2", "3")
"""Codes of the levels: needs improvement, medium, and the best."""


class CheckState(StrEnum):
    """A draft can be corrected, a confirmed check stays as it is."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What answers give. `level` is None while items are unanswered or the edition has no cut-offs."""

    passed: int
    items: int
    level: int | None
    mandatory_failed: tuple[str, ...]
    missing: tuple[str, ...]


class Unfit(StrEnum):
    """Why an edition is not one of its form."""

    METHOD = "wrong_method"
    ITEMS = "wrong_item_count"
    LEVELS = "wrong_levels"


def unfit(instrument: Instrument) -> Unfit | None:
    """Return why an edition cannot be used; None when it can.

    One that is not `incomplete` has exactly the official number of items, and the levels 1, 2 and 3 with
    rising cut-offs from 0 on.
    """
    official = ITEMS[instrument.code]
    if instrument.method != "count" or not instrument.scale:
        return Unfit.METHOD
    count = len(instrument.items)
    if count > official or (count != official and not instrument.incomplete):
        return Unfit.ITEMS
    if tuple(level.code for level in instrument.levels) != LEVELS:
        return Unfit.LEVELS
    least = [level.least for level in instrument.levels if level.least is not None]
    if least != sorted(set(least)) or (least and (least[0] != 0 or least[-1] > official)):
        return Unfit.LEVELS
    if not instrument.incomplete and len(least) != len(LEVELS):
        return Unfit.LEVELS
    return None


def outcome(instrument: Instrument, answers: Mapping[str, Answer]) -> Outcome:
    """Return what answers by item code give; raises `scoring.BadAnswer` for what the form does not allow.

    The level is that of the number of items passed; a mandatory item (ตัวชี้วัดบังคับ) not passed holds the
    fund at level 1 (the sources do not say how mandatory items count: this project's reading).
    """
    result = score(instrument, answers)
    full = max(instrument.scale)
    failed = tuple(
        item.code
        for item in instrument.items
        if item.mandatory and item.code in answers and answers[item.code] != full
    )
    passed = int(result.value)
    level = None
    if not (instrument.incomplete or result.missing):
        reached = level_of(instrument, passed)
        level = 1 if failed or reached is None else int(reached.code)
    return Outcome(passed, len(instrument.items), level, failed, result.missing)


def year_fits(year: int, checked_on: date) -> bool:
    """Tell whether a check of a day may be the one of a fiscal year: that year's, or the one just ended."""
    return year in (fiscal_year(checked_on), fiscal_year(checked_on) - 1)
