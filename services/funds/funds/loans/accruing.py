"""What instalments bear by a day: penalty where they are late, interest where they are to come."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from funds.loans.rules import Instalment, RepaymentTerms
from funds.schedules.conventions import BY_PERIODS, DayCount
from funds.schedules.day_counts import year_fraction
from funds.schedules.rules import Method

_DAYS_A_YEAR: Final = 365


Pauses = Sequence[tuple[date, date | None]]
"""Times in which a loan was frozen, from a day until before another; None: still is."""


def charge(row: Instalment, day: date, terms: RepaymentTerms, pauses: Pauses = ()) -> None:
    """Charge an overdue instalment's penalty up to a day, on its overdue principal by a year of 365 days.

    The first `penalty_after_days` days late bear none, nor do days in which the loan was frozen.
    """
    if terms.penalty_rate == 0 or row.owed_principal == 0:
        return
    start = row.due_on + timedelta(days=terms.penalty_after_days)
    start = max(start, row.penalty_until or start)
    if day <= start:
        return
    days = (day - start).days - sum(_common_days(start, day, pause) for pause in pauses)
    rate = terms.penalty_rate
    row.penalty += terms.interest_rounding.of(
        row.owed_principal * rate.numerator * days, rate.denominator * _DAYS_A_YEAR
    )
    row.penalty_until = day


def _common_days(start: date, end: date, pause: tuple[date, date | None]) -> int:
    first, last = max(start, pause[0]), min(end, pause[1] or end)
    return max((last - first).days, 0)


def earned(row: Instalment, day: date, terms: RepaymentTerms) -> int:
    """Return the interest of an instalment to come that is earned by a day and not paid.

    On a declining balance by the loan's own day count, by days where it counts periods; of a period of `flat`
    all of it once it has begun. What it has borne before its time is earned already.
    """
    own = row.interest - row.carried_interest
    if day > row.from_on:
        gone, whole = (_counted(terms.day_count, row.from_on, until) for until in (day, row.due_on))
        if terms.method is not Method.FLAT and gone < whole:
            own = terms.interest_rounding.of(*(own * gone / whole).as_integer_ratio())
    else:
        own = 0
    return max(row.carried_interest + own - row.paid_interest - row.waived_interest, 0)


def carried_on(rows: Iterable[Instalment], *, on: date, terms: RepaymentTerms) -> list[Instalment]:
    """Return what is owed of instalments with the interest that they have borne by a day.

    It is all of what is due, and what is earned of the others.
    """
    return [
        replace(row, carried_interest=row.owed_interest if row.due_on <= on else earned(row, on, terms))
        for row in rows
    ]


def _counted(count: DayCount, start: date, end: date) -> Fraction:
    if count in BY_PERIODS:
        return Fraction((end - start).days)
    return Fraction(*year_fraction(count, start, end))
