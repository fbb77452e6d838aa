"""Parts of a year between two days, as exact numerators and denominators."""

from datetime import date

from funds.schedules.conventions import DayCount

_FEBRUARY = 2
_END = 30


def year_fraction(count: DayCount, start: date, end: date) -> tuple[int, int]:
    """Return the part of a year from `start` to `end` by a day count that counts days.

    ValueError for `period` and `period/days`, which do not.
    """
    match count:
        case DayCount.ACTUAL_360 | DayCount.ACTUAL_364 | DayCount.ACTUAL_365:
            return (end - start).days, int(count.value.removeprefix("ACT/"))
        case DayCount.ACTUAL_ACTUAL:
            return _by_years(start.toordinal(), end.toordinal()), 365 * 366
        case DayCount.ACTUAL_ACTUAL_LAST:
            return _by_years(start.toordinal() + 1, end.toordinal() + 1), 365 * 366
        case DayCount.THIRTY_360_US | DayCount.THIRTY_360_BOND | DayCount.THIRTY_360_EUROPEAN:
            return _thirty(count, start, end), 360
        case DayCount.THIRTY_365:
            return _thirty(DayCount.THIRTY_360_EUROPEAN, start, end), 365
        case DayCount.PERIOD | DayCount.PERIOD_BY_DAYS:
            raise ValueError("periods are not counted in days")


def _by_years(first: int, after: int) -> int:
    """Return the days from `first` until before `after`: 366 each in a usual year, 365 in a leap year."""
    total = 0
    while first < after:
        year = date.fromordinal(first).year
        until = min(after, date(year + 1, 1, 1).toordinal())
        total += (until - first) * (365 if _leap(year) else 366)
        first = until
    return total


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _thirty(count: DayCount, start: date, end: date) -> int:
    first, last = start.day, end.day
    if count is DayCount.THIRTY_360_EUROPEAN:
        first, last = min(first, _END), min(last, _END)
    else:
        if count is DayCount.THIRTY_360_US and _ends_february(start):
            last = _END if _ends_february(end) else last
            first = _END
        first = min(first, _END)
        last = min(last, _END) if first == _END else last
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _ends_february(day: date) -> bool:
    return day.month == _FEBRUARY and day.day == (29 if _leap(day.year) else 28)
