"""Days that instalments fall due on: periods from an anchor, the due day of a month, shifts off holidays."""

import calendar
from collections.abc import Container
from datetime import date, timedelta

from funds.schedules.conventions import HolidayRule, Period, Terms

_MONTHS = {Period.MONTH: 1, Period.YEAR: 12}
_DAYS = {Period.DAY: 1, Period.WEEK: 7}
_SATURDAY = 5


def due_dates(terms: Terms, *, disbursed_on: date, count: int) -> list[date]:
    """Return the first `count` due dates before any shift; ValueError or OverflowError beyond the calendar.

    `first_due` is taken as it is given; the due day is that of `due_day`, else of `first_due`, else of the
    disbursement, or the last day of a shorter month.
    """
    if terms.period in _DAYS:
        step = timedelta(days=_DAYS[terms.period] * terms.every)
        first = terms.first_due or disbursed_on + step
        return [first + step * at for at in range(count)]
    return _by_months(terms, disbursed_on=disbursed_on, count=count)


def a_period_before(day: date, period: Period, every: int) -> date | None:
    """Return the day one period earlier, None before the calendar begins."""
    try:
        if period in _DAYS:
            return day - timedelta(days=_DAYS[period] * every)
        return _in_month(day, -_MONTHS[period] * every, day.day)
    except (OverflowError, ValueError):
        return None


def _by_months(terms: Terms, *, disbursed_on: date, count: int) -> list[date]:
    step = _MONTHS[terms.period] * terms.every
    if terms.first_due is not None:
        day = terms.due_day or terms.first_due.day
        later = [_in_month(terms.first_due, step * at, day) for at in range(1, count)]
        return [terms.first_due, *later]
    day = terms.due_day or disbursed_on.day
    return [_in_month(disbursed_on, step * at, day) for at in range(1, count + 1)]


def _in_month(anchor: date, months: int, day: int) -> date:
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def shifted(day: date, rule: HolidayRule, holidays: Container[date]) -> date:
    """Return the working day that `day` is moved to; Saturdays and Sundays are no working days."""
    match rule:
        case HolidayRule.NONE:
            return day
        case HolidayRule.FOLLOWING:
            return _working(day, 1, holidays)
        case HolidayRule.PRECEDING:
            return _working(day, -1, holidays)
        case HolidayRule.MODIFIED_FOLLOWING:
            later = _working(day, 1, holidays)
            return later if later.month == day.month else _working(day, -1, holidays)


def _working(day: date, step: int, holidays: Container[date]) -> date:
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=step)
    return day
