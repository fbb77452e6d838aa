"""The interest that each instalment of a plan bears, before it is rounded and before any grace of payment."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import lcm

from funds.schedules.conventions import (
    BY_PERIODS,
    PERIODS_A_YEAR,
    DayCount,
    Disbursement,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LevelFrom,
    Method,
    PaidAt,
    Period,
    RoundedPart,
    Terms,
)
from funds.schedules.day_counts import growth, year_fraction
from funds.schedules.due_dates import a_period_before, due_dates, shifted
from funds.schedules.faults import Fault, ScheduleRefused


@dataclass(frozen=True, slots=True)
class Plan:
    """Due dates of a loan and the interest weights of its periods, all over one denominator.

    `weights[i] / scale` is the interest of one satang outstanding through the whole of period i, and
    `arrivals[i]` are the disbursements of that period with their weights to its end. There are weights of as
    many periods as the level amount is computed over.
    """

    terms: Terms
    due: list[date]
    scale: int
    weights: list[int]
    arrivals: list[list[tuple[int, int]]]
    last_arrival: int
    nominal: int
    """The weight of a period at the year's rate by its periods, whatever its days."""

    @property
    def level_over(self) -> int:
        """Return the number of instalments that the level amount is computed over."""
        return self.terms.level_over or self.terms.instalments

    @property
    def left(self) -> Fraction:
        """Return the principal that instalments before the end leave for the balloon."""
        terms = self.terms
        if terms.paid_at is PaidAt.END or not terms.balloon or terms.level_part is RoundedPart.PRINCIPAL:
            return Fraction(terms.balloon)
        at = terms.instalments
        periodic = terms.level_from is LevelFrom.PERIODIC_RATE
        weight = self.periodic(at) if periodic else self.weights[at]
        return Fraction(terms.balloon * self.scale, self.scale + weight)

    def periodic(self, period: int) -> int:
        """Return the weight of a period at the year's rate by its periods, whatever its days."""
        free = waived(self.terms, period) or _before_any_interest(self.terms, period)
        return 0 if free else self.nominal


def plan(disbursements: Sequence[Disbursement], terms: Terms, holidays: Container[date]) -> Plan:
    """Return the plan of a loan; raises ScheduleRefused."""
    lent = sorted(disbursements)
    began = lent[0].on
    ahead = _ahead(terms)
    known = max(terms.rows, terms.level_over or 0) + ahead
    agreed, due = _dates(terms, began, known, holidays)
    until = due if terms.interest_follows_shift else agreed
    if lent[-1].on > began and lent[-1].on >= until[terms.instalments - 1]:
        raise ScheduleRefused(Fault.LATE_DISBURSEMENT)
    ends = until[ahead:]
    starts = [began, *ends[:-1]]
    weight = _Weights(terms, nominal(terms), until[terms.instalments - 1])
    spans = enumerate(zip(starts, ends, strict=True))
    weights = [weight.of(at, begin, begin, end) for at, (begin, end) in spans]
    arriving: list[list[tuple[int, Fraction]]] = [[] for _ in ends]
    at = 0
    for on, amount in lent:
        while on >= until[at] and on > began:
            at += 1
        arriving[at].append((amount, weight.of(at, on, starts[at], ends[at])))
    scale = lcm(
        weight.nominal.denominator,
        *{one.denominator for one in weights},
        *(one.denominator for some in arriving for _, one in some),
    )
    return Plan(
        terms=terms,
        due=due[: terms.rows],
        scale=scale,
        weights=[one.numerator * (scale // one.denominator) for one in weights],
        arrivals=[[(amount, (scale * one).numerator) for amount, one in some] for some in arriving],
        last_arrival=at,
        nominal=(scale * weight.nominal).numerator,
    )


def _dates(terms: Terms, began: date, count: int, holidays: Container[date]) -> tuple[list[date], list[date]]:
    """Return the due dates before and after their shift off holidays."""
    nominal = due_dates(terms, disbursed_on=began, count=count)
    at_start = terms.paid_at is PaidAt.START
    if at_start and terms.first_due not in (None, began):
        raise ScheduleRefused(Fault.PAID_AT_START)
    if nominal[0] <= began and not at_start:
        raise ScheduleRefused(Fault.FIRST_DUE)
    earliest = began if at_start else began + timedelta(days=1)
    return nominal, [_shift(day, terms.holiday_rule, holidays, earliest) for day in nominal]


def flat(plan: Plan, at: int) -> tuple[list[Fraction], Fraction]:
    """Return what the disbursements of period `at` owe by `flat` in each period on, and in all; exact."""
    terms, arrivals = plan.terms, plan.arrivals[at]
    amount = sum(lent for lent, _ in arrivals)
    first = sum(lent * weight for lent, weight in arrivals)
    weights = [first, *(amount * weight for weight in plan.weights[at + 1 : terms.instalments])]
    owed = Fraction(sum(weights), plan.scale)
    if terms.flat_split is FlatSplit.BY_PERIOD:
        return [Fraction(weight, plan.scale) for weight in weights], owed
    charged = [not waived(terms, period) for period in range(at, terms.instalments)]
    left = sum(charged)
    if terms.flat_split is FlatSplit.SUM_OF_DIGITS:
        share = owed / max(left * (left + 1) // 2, 1)
        digits = [share * (left - sum(charged[:place])) for place in range(len(charged))]
    else:
        digits = [owed / max(left, 1)] * len(charged)
    return [digit if one else Fraction(0) for digit, one in zip(digits, charged, strict=True)], owed


def _shift(day: date, rule: HolidayRule, holidays: Container[date], earliest: date) -> date:
    moved = shifted(day, rule, holidays)
    return moved if moved >= earliest else shifted(day, HolidayRule.FOLLOWING, holidays)


def nominal(terms: Terms) -> Fraction:
    """Return the interest of one on a whole period, whatever its days."""
    part = Fraction(terms.every, PERIODS_A_YEAR[terms.period])
    return growth(terms.annual_rate, part, terms.compounding)


def _ahead(terms: Terms) -> bool:
    """Tell whether an instalment pays the interest of the time that follows it: flat, paid at the start."""
    return terms.paid_at is PaidAt.START and terms.method is Method.FLAT


def _before_any_interest(terms: Terms, period: int) -> bool:
    """Tell whether an instalment is due on the day of the disbursement, on a balance that bore nothing."""
    return period == 0 and terms.paid_at is PaidAt.START and not _ahead(terms)


def waived(terms: Terms, period: int) -> bool:
    """Tell whether a period bears no interest: it is in a grace that charges none."""
    return period < terms.grace_interest and terms.grace_interest_mode is GraceInterest.WAIVE


@dataclass(slots=True)
class _Weights:
    """The interest of one satang over times; periods of the same length are computed once."""

    terms: Terms
    nominal: Fraction
    matures: date
    known: dict[tuple[int, int], Fraction] = field(default_factory=dict)

    def of(self, period: int, since: date, begin: date, end: date) -> Fraction:
        """Return the interest of one satang outstanding from `since` to the end of a period."""
        terms = self.terms
        if terms.interest_from is not None:
            since = max(since, terms.interest_from)
        if since >= end or waived(terms, period):
            return Fraction(0)
        if terms.day_count not in BY_PERIODS:
            return self._by_days(terms.day_count, since, end)
        if _before_any_interest(terms, period):
            return Fraction(0)
        first = terms.first_period if terms.day_count is DayCount.PERIOD else terms.day_count
        if period == 0 and first is not DayCount.PERIOD and not _whole(terms, begin, end):
            if first is not DayCount.PERIOD_BY_DAYS:
                return self._by_days(first, since, end)
            begin = a_period_before(end, terms) or begin
        if since == begin:
            return self.nominal
        return self.nominal * Fraction((end - since).days, (end - begin).days)

    def _by_days(self, count: DayCount, since: date, end: date) -> Fraction:
        part = year_fraction(count, since, end, matures=self.matures)
        weight = self.known.get(part)
        if weight is None:
            terms = self.terms
            weight = self.known[part] = growth(terms.annual_rate, Fraction(*part), terms.compounding)
        return weight


def _whole(terms: Terms, begin: date, end: date) -> bool:
    """Tell whether a first period is as long as the others."""
    plain = Terms(
        method=terms.method,
        annual_rate=terms.annual_rate,
        instalments=1,
        every=terms.every,
        period=terms.period,
        due_day=terms.due_day if terms.period is Period.HALF_MONTH else None,
        second_due_day=terms.second_due_day,
    )
    return due_dates(plain, disbursed_on=begin, count=1) == [end]
