"""The interest that each instalment of a plan bears, before it is rounded and before any grace of payment."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm

from funds.schedules.conventions import (
    PERIODS_A_YEAR,
    DayCount,
    Disbursement,
    Fault,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LastInstalment,
    ScheduleRefused,
    Terms,
)
from funds.schedules.day_counts import year_fraction
from funds.schedules.due_dates import due_dates, shifted


@dataclass(frozen=True, slots=True)
class Plan:
    """Due dates of a loan and the interest weights of its periods, all over one denominator.

    `weights[i] / scale` is the interest of one satang outstanding through the whole of period i, and
    `arrivals[i]` are the disbursements of that period with their weights to its end.
    """

    terms: Terms
    due: list[date]
    scale: int
    weights: list[int]
    arrivals: list[list[tuple[int, int]]]
    last_arrival: int

    def periodic(self, period: int) -> int:
        """Return the weight of a period at the year's rate by its periods, whatever its days."""
        if _waived(self.terms, period):
            return 0
        exact = self.scale * _nominal(self.terms)
        return exact.numerator  # `scale` is a multiple of its denominator


def plan(disbursements: Sequence[Disbursement], terms: Terms, holidays: Container[date]) -> Plan:
    """Return the plan of a loan; raises ScheduleRefused."""
    lent = sorted(disbursements)
    began = lent[0].on
    count = terms.instalments + (terms.last_instalment is LastInstalment.ADDITIONAL)
    nominal = due_dates(terms, disbursed_on=began, count=count)
    if nominal[0] <= began:
        raise ScheduleRefused(Fault.FIRST_DUE)
    due = [_shift(day, terms.holiday_rule, holidays, began) for day in nominal]
    ends = due if terms.interest_follows_shift else nominal
    starts = [began, *ends[:-1]]
    if lent[-1].on >= ends[terms.instalments - 1]:
        raise ScheduleRefused(Fault.LATE_DISBURSEMENT)
    weight = _Weights(terms, _nominal(terms))
    spans = enumerate(zip(starts, ends, strict=True))
    weights = [weight.of(at, begin, begin, end) for at, (begin, end) in spans]
    arriving: list[list[tuple[int, Fraction]]] = [[] for _ in ends]
    at = 0
    for on, amount in lent:
        while on >= ends[at]:
            at += 1
        arriving[at].append((amount, weight.of(at, on, starts[at], ends[at])))
    scale = lcm(
        weight.nominal.denominator,
        *{one.denominator for one in weights},
        *(one.denominator for some in arriving for _, one in some),
    )
    return Plan(
        terms=terms,
        due=due,
        scale=scale,
        weights=[one.numerator * (scale // one.denominator) for one in weights],
        arrivals=[[(amount, (scale * one).numerator) for amount, one in some] for some in arriving],
        last_arrival=at,
    )


def flat(plan: Plan, at: int) -> tuple[list[Fraction], Fraction]:
    """Return what the disbursements of period `at` owe by `flat` in each period on, and in all; exact."""
    terms, arrivals = plan.terms, plan.arrivals[at]
    amount = sum(lent for lent, _ in arrivals)
    first = sum(lent * weight for lent, weight in arrivals)
    weights = [first, *(amount * weight for weight in plan.weights[at + 1 : terms.instalments])]
    owed = Fraction(sum(weights), plan.scale)
    if terms.flat_split is FlatSplit.BY_PERIOD:
        return [Fraction(weight, plan.scale) for weight in weights], owed
    charged = [not _waived(terms, period) for period in range(at, terms.instalments)]
    share, nothing = owed / max(sum(charged), 1), Fraction(0)
    return [share if one else nothing for one in charged], owed


def _shift(day: date, rule: HolidayRule, holidays: Container[date], began: date) -> date:
    moved = shifted(day, rule, holidays)
    return moved if moved > began else shifted(day, HolidayRule.FOLLOWING, holidays)


def _nominal(terms: Terms) -> Fraction:
    return terms.annual_rate * terms.every / PERIODS_A_YEAR[terms.period]


def _waived(terms: Terms, period: int) -> bool:
    return period < terms.grace_interest and terms.grace_interest_mode is GraceInterest.WAIVE


@dataclass(slots=True)
class _Weights:
    """The interest of one satang over times; periods of the same length are computed once."""

    terms: Terms
    nominal: Fraction
    known: dict[tuple[int, int], Fraction] = field(default_factory=dict)

    def of(self, period: int, since: date, begin: date, end: date) -> Fraction:
        """Return the interest of one satang outstanding from `since` to the end of a period."""
        terms = self.terms
        if terms.interest_from is not None:
            since = max(since, terms.interest_from)
        if since >= end or _waived(terms, period):
            return Fraction(0)
        if terms.day_count is not DayCount.PERIOD:
            return self._by_days(terms.day_count, since, end)
        if period == 0 and terms.first_period is not DayCount.PERIOD and not _whole(terms, begin, end):
            return self._by_days(terms.first_period, since, end)
        if since == begin:
            return self.nominal
        return self.nominal * Fraction((end - since).days, (end - begin).days)

    def _by_days(self, count: DayCount, since: date, end: date) -> Fraction:
        part = year_fraction(count, since, end)
        weight = self.known.get(part)
        if weight is None:
            weight = self.known[part] = self.terms.annual_rate * Fraction(*part)
        return weight


def _whole(terms: Terms, begin: date, end: date) -> bool:
    """Tell whether a first period is as long as the others."""
    plain = Terms(
        method=terms.method,
        annual_rate=terms.annual_rate,
        instalments=1,
        every=terms.every,
        period=terms.period,
    )
    return due_dates(plain, disbursed_on=begin, count=1) == [end]
