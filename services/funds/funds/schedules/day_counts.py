"""Parts of a year between two days, as exact numerators and denominators, and what a rate grows to in one."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from funds.schedules.conventions import BY_PERIODS, DayCount

_FEBRUARY = 2
_END = 30
_YEAR = 365
_PLACES = 30


def year_fraction(count: DayCount, start: date, end: date, *, matures: date | None = None) -> tuple[int, int]:
    """Return the part of a year from `start` to `end` by a day count that counts days.

    `matures` is the last due date, whose end of February `30E/360 ISDA` leaves. ValueError for `period` and
    `period/days`, which count no days.
    """
    if count in BY_PERIODS:
        raise ValueError("periods are not counted in days")
    if count is DayCount.ACTUAL_ACTUAL_AFB:
        return _by_whole_years(start, end)
    if count is DayCount.ACTUAL_365_L:
        return _actual(start, end), _days_of_end(start, end)
    if count is DayCount.THIRTY_360_GERMAN:
        return _german(start, end, matures), 360
    days, year = _COUNTS[count]
    return days(start, end), year


def _actual(start: date, end: date) -> int:
    return (end - start).days


def _hundredths(start: date, end: date) -> int:
    return 100 * (end - start).days


def _without_leap_days(start: date, end: date) -> int:
    tomorrow = timedelta(days=1)
    return (end - start).days - _leap_days(start + tomorrow, end + tomorrow)


def _first_days(start: date, end: date) -> int:
    return _by_years(start.toordinal(), end.toordinal())


def _last_days(start: date, end: date) -> int:
    return _by_years(start.toordinal() + 1, end.toordinal() + 1)


def _by_years(first: int, after: int) -> int:
    """Return the days from `first` until before `after`: 366 each in a usual year, 365 in a leap year."""
    total = 0
    while first < after:
        year = date.fromordinal(first).year
        until = min(after, date(year + 1, 1, 1).toordinal())
        total += (until - first) * (365 if _leap(year) else 366)
        first = until
    return total


def _by_whole_years(start: date, end: date) -> tuple[int, int]:
    """Return whole years back from the end, and the days before them by 366 where they have a 29 February."""
    years, before = 0, end
    while (earlier := _a_year_before(end, years + 1)) >= start:
        years, before = years + 1, earlier
    year = 366 if _leap_days(start, before) else 365
    return years * year + (before - start).days, year


def _a_year_before(day: date, years: int) -> date:
    last = 29 if _leap(day.year - years) else 28
    return day.replace(year=day.year - years, day=last if _ends_february(day) else day.day)


def _days_of_end(start: date, end: date) -> int:
    tomorrow = timedelta(days=1)
    a_year = (end - start).days >= _YEAR
    leap = _leap_days(start + tomorrow, end + tomorrow) > 0 if a_year else _leap(end.year)
    return _YEAR + leap


def _leap_days(first: date, after: date) -> int:
    """Return how many 29ths of February there are from `first` until before `after`."""
    years = filter(_leap, range(first.year, after.year + 1))
    return sum(first <= date(year, _FEBRUARY, 29) < after for year in years)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _american(start: date, end: date) -> int:
    if _ends_february(start):
        return _thirty(start, end, _END, _END if _ends_february(end) else min(end.day, _END))
    return _bond(start, end)


def _bond(start: date, end: date) -> int:
    return _thirty(start, end, start.day, end.day if start.day < _END else min(end.day, _END))


def _european(start: date, end: date) -> int:
    return _thirty(start, end, start.day, min(end.day, _END))


def _thirty(start: date, end: date, first: int, last: int) -> int:
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - min(first, _END)


def _german(start: date, end: date, matures: date | None) -> int:
    first = _END if _ends_month(start) else start.day
    kept = end == matures and end.month == _FEBRUARY
    last = _END if _ends_month(end) and not kept else end.day
    return _thirty(start, end, first, last)


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _ends_february(day: date) -> bool:
    return day.month == _FEBRUARY and day.day == (29 if _leap(day.year) else 28)


def growth(rate: Fraction, part: Fraction, compounding: int | None) -> Fraction:
    """Return the interest of one on a part of a year; a compounded rate's to thirty places.

    Compounded m times a year, r grows to (1 + r/m) to the power of m times the part.
    """
    if compounding is None:
        return rate * part
    with localcontext(prec=3 * _PLACES):
        base = 1 + Decimal(rate.numerator) / (rate.denominator * compounding)
        power = Decimal(part.numerator * compounding) / part.denominator
        return Fraction(round(base**power - 1, _PLACES))


_COUNTS: Final[Mapping[DayCount, tuple[Callable[[date, date], int], int]]] = {
    DayCount.THIRTY_360_US: (_american, 360),
    DayCount.THIRTY_360_BOND: (_bond, 360),
    DayCount.THIRTY_360_EUROPEAN: (_european, 360),
    DayCount.THIRTY_365: (_european, 365),
    DayCount.ACTUAL_360: (_actual, 360),
    DayCount.ACTUAL_364: (_actual, 364),
    DayCount.ACTUAL_365: (_actual, 365),
    DayCount.ACTUAL_365_25: (_hundredths, 36525),
    DayCount.NO_LEAP_365: (_without_leap_days, 365),
    DayCount.ACTUAL_ACTUAL: (_first_days, 365 * 366),
    DayCount.ACTUAL_ACTUAL_LAST: (_last_days, 365 * 366),
}
"""Days by each, and those of a year."""
