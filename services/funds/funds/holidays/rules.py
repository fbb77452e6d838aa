"""The calendar that due dates are shifted by: Thailand's public holidays and what an area has set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

YEARS: Final = range(1950, 2151)
"""The Christian years that the calendar is asked for; nobody knows the holidays of later ones."""


@lru_cache(maxsize=len(YEARS))
def _known(year: int) -> Mapping[date, str]:
    from holidays import country_holidays  # noqa: PLC0415  # 0.4 s, only where a calendar is asked for

    return dict(country_holidays("TH", years=year, language="th").items())


def national(year: int) -> Mapping[date, str]:
    """Return Thailand's public holidays of a year with their Thai names, substitute days included."""
    return _known(year) if year in YEARS else {}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days, beside Saturdays and Sundays, that nobody pays on: `day in calendar`."""

    local: Mapping[date, bool] = field(default_factory=dict)
    """What an area has set: True closed, False a working day after all."""

    def __contains__(self, day: object) -> bool:
        """Tell whether a day is a holiday."""
        if not isinstance(day, date):
            return False
        closed = self.local.get(day)
        return day in national(day.year) if closed is None else closed
