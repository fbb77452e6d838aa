"""Days that instalments fall due on: periods from an anchor, the due day of a month, shifts off holidays."""

import calendar
from collections.abc import Container
from datetime import date, timedelta

from funds.schedules.conventions import (
    LAST_DUE_DAY,
    HolidayRule,
    MonthEnd,
    PaidAt,
    Period,
    Terms,
)
from funds.schedules.faults import Fault, ScheduleRefused

_MONTHS = {Period.MONTH: 1, Period.YEAR: 12}
_DAYS = {Period.DAY: 1, Period.WEEK: 7}
_SATURDAY = 5
HALF = 15
"""Days between the two due days of a month where only one is agreed."""
_APART = range(10, 21)


def due_dates(terms: Terms, *, disbursed_on: date, count: int) -> list[date]:
    """Return the first `count` due dates before any shift; ValueError or OverflowError beyond the calendar.

    `first_due` is taken as it is given; the due day is that of `due_day`, else of `first_due`, else of the
    disbursement; a shorter month has it by `month_end`. What is paid at the start begins with the
    disbursement.
    """
    first = disbursed_on if terms.paid_at is PaidAt.START else terms.first_due
    match terms.period:
        case Period.DAY | Period.WEEK:
            step = timedelta(days=_DAYS[terms.period] * terms.every)
            first = first or disbursed_on + step
            return [first + step * at for at in range(count)]
        case Period.HALF_MONTH:
            return _by_half_months(terms, first, disbursed_on=disbursed_on, count=count)
        case Period.MONTH | Period.YEAR:
            return _by_months(terms, first, disbursed_on=disbursed_on, count=count)


def a_period_before(day: date, terms: Terms) -> date | None:
    """Return the day one period earlier, None before the calendar begins."""
    try:
        match terms.period:
            case Period.DAY | Period.WEEK:
                return day - timedelta(days=_DAYS[terms.period] * terms.every)
            case Period.HALF_MONTH:
                return _half_months_before(day, terms)
            case Period.MONTH | Period.YEAR:
                return _in_month(day, -_MONTHS[terms.period] * terms.every, day.day, MonthEnd.LAST_DAY)
    except (OverflowError, ValueError):
        return None


def _by_months(terms: Terms, first: date | None, *, disbursed_on: date, count: int) -> list[date]:
    step = _MONTHS[terms.period] * terms.every
    if first is not None:
        day = terms.due_day or first.day
        later = [_in_month(first, step * at, day, terms.month_end) for at in range(1, count)]
        return [first, *later]
    day = terms.due_day or disbursed_on.day
    return [_in_month(disbursed_on, step * at, day, terms.month_end) for at in range(1, count + 1)]


def _by_half_months(terms: Terms, first: date | None, *, disbursed_on: date, count: int) -> list[date]:
    """Return every so many of the two due days of each month that follow the first, or the disbursement."""
    after = first or disbursed_on
    days = _two_days(terms, after)
    months = range(-1, (count + 1) * terms.every // 2 + 2)
    known = (_in_month(after, month, day, terms.month_end) for month in months for day in days)
    later = [day for day in known if day > after][terms.every - 1 :: terms.every]
    return [first, *later][:count] if first is not None else later[:count]


def _half_months_before(day: date, terms: Terms) -> date:
    days = _two_days(terms, day)
    months = range(-(terms.every // 2) - 2, 2)
    known = (_in_month(day, month, due, terms.month_end) for month in months for due in days)
    return [one for one in known if one < day][-terms.every]


def _two_days(terms: Terms, anchor: date) -> tuple[int, int]:
    one = terms.due_day or anchor.day
    other = terms.second_due_day or (LAST_DUE_DAY if one == HALF else (one + HALF - 1) % (2 * HALF) + 1)
    if not 1 <= other <= LAST_DUE_DAY or abs(one - other) not in _APART:
        raise ScheduleRefused(Fault.SECOND_DUE_DAY)
    return min(one, other), max(one, other)


def _in_month(anchor: date, months: int, day: int, month_end: MonthEnd) -> date:
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    last = calendar.monthrange(year, month + 1)[1]
    if day > last and month_end is MonthEnd.NEXT_MONTH:
        return date(year, month + 1, last) + timedelta(days=1)
    return date(year, month + 1, min(day, last))


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
