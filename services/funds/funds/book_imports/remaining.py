"""What is still to be paid of a loan that is taken over: instalments from the cut-off on.

A register says when the next and the last instalment fall due and how many are left; where it has no next
one, they lie evenly between the cut-off and the last. Principal is spread
evenly, satang left over go to the last instalment. Interest is what the register says is left; where it says
nothing, each instalment bears the contract's rate by actual days of 365 since the one before, counted from
the cut-off, on the principal left (on all that was lent where the product's interest is flat). A loan past
its last day bears none beyond what the register says: it is overdue since then.
"""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from funds.book_imports.rules import DebtorRow
from funds.products.rules import ProductTerms
from funds.schedules.rules import Method

_MONTHS: Final = 12
_YEAR: Final = 365


class Due(NamedTuple):
    """An instalment still to be paid, in satang."""

    due_on: date
    principal: int
    interest: int


def remaining(row: DebtorRow, *, terms: ProductTerms, cut_off_on: date) -> list[Due]:
    """Return the instalments of an open loan, the oldest first."""
    days = due_days(first_due(row, cut_off_on), row.due_on, row.left)
    principals = even(row.outstanding, len(days))
    if row.interest_left is not None:
        interests = even(row.interest_left, len(days))
        return [Due(*one) for one in zip(days, principals, interests, strict=True)]
    rate = terms.annual_rate if row.annual_rate is None else row.annual_rate
    dues, left, since = [], row.outstanding, cut_off_on
    for day, principal in zip(days, principals, strict=True):
        base = row.principal if terms.method is Method.FLAT else left
        interest = base * rate * Fraction(max((day - since).days, 0), _YEAR)
        dues.append(Due(day, principal, terms.interest_rounding.of(*interest.as_integer_ratio())))
        left -= principal
        since = max(since, day)
    return dues


def first_due(row: DebtorRow, cut_off_on: date) -> date:
    """Return the day of the next instalment; where it is not told, they come evenly after the cut-off."""
    if row.next_due_on is not None:
        return row.next_due_on
    if row.left is None or row.left == 1 or row.due_on <= cut_off_on:
        return row.due_on
    step, rest = divmod(_months(cut_off_on, row.due_on), row.left)
    if step > 0 and rest == 0:
        return _in_month(row.due_on, -step * (row.left - 1))
    return cut_off_on + timedelta(days=max((row.due_on - cut_off_on).days // row.left, 1))


def due_days(first: date, last: date, count: int | None) -> list[date]:
    """Return days from the first to the last: by whole months where they fit, else by equal days.

    Without a count both days, or the one that they are.
    """
    if count is None:
        return [first] if first == last else [first, last]
    if count == 1:
        return [last]
    step, rest = divmod(_months(first, last), count - 1)
    if step > 0 and rest == 0:
        return [*(_in_month(first, step * at) for at in range(count - 1)), last]
    span = (last - first).days
    return [first + timedelta(days=span * at // (count - 1)) for at in range(count)]


def even(amount: int, parts: int) -> list[int]:
    """Return an amount in equal parts of whole satang; what does not divide goes to the last."""
    each = amount // parts
    return [each] * (parts - 1) + [amount - each * (parts - 1)]


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * _MONTHS + last.month - first.month


def _in_month(anchor: date, months: int) -> date:
    years, month = divmod(anchor.month - 1 + months, _MONTHS)
    year = anchor.year + years
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))
