"""Repayment schedules (ตารางผ่อนชำระ) of any agreed terms, exact to the satang.

`schedule(disbursements, terms, holidays)` is all that others need; the words are in `conventions`. What was
lent (and capitalised) is the sum of the principals, the last balance is 0, no part of a row is negative.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from funds.schedules import interest
from funds.schedules.conventions import (
    LAST_DUE_DAY,
    MAX_COMPOUNDING,
    MAX_EVERY,
    MAX_INSTALMENTS,
    DayCount,
    Disbursement,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LastInstalment,
    LevelFrom,
    Method,
    MonthEnd,
    PaidAt,
    Period,
    RoundedInterest,
    RoundedPart,
    Rounding,
    RoundingMode,
    Row,
    Schedule,
    Terms,
)
from funds.schedules.faults import Fault, ScheduleRefused
from funds.schedules.interest import Plan, plan

__all__ = [
    "DayCount", "Disbursement", "Fault", "FlatSplit", "GraceInterest", "HolidayRule", "LastInstalment",
    "LevelFrom", "Method", "MonthEnd", "PaidAt", "Period", "RoundedInterest", "RoundedPart", "Rounding",
    "RoundingMode", "Row", "Schedule", "ScheduleRefused", "Terms", "schedule",
]  # fmt: skip


def schedule(
    disbursements: Sequence[Disbursement], terms: Terms, holidays: Container[date] = frozenset()
) -> Schedule:
    """Return the instalments of what is disbursed on the agreed terms; amounts in satang.

    `holidays` holds the days, beside Saturdays and Sundays, that a due date is shifted off. When an
    instalment is rounded up so far that the loan is repaid before the agreed number, the schedule ends there.
    Raises ScheduleRefused.
    """
    _check(disbursements, terms)
    try:
        planned = plan(disbursements, terms, holidays)
    except ScheduleRefused:
        raise
    except (OverflowError, ValueError) as error:  # a day before the year 1 or after 9999
        raise ScheduleRefused(Fault.CALENDAR) from error
    repaid = _Repayment(planned)
    rows = repaid.rows()
    if terms.last_instalment is LastInstalment.NEAREST and _level_is_computed(terms):
        found = (rows, *_moved(planned, repaid.levels))
        rows = min(found, key=lambda laid: _last_difference(laid, terms.balloon))
    return Schedule(
        rows=tuple(rows),
        principal=sum(row.principal for row in rows),
        interest=sum(row.interest for row in rows),
        total=sum(row.total for row in rows),
        capitalised=sum(row.capitalised for row in rows),
    )


def _check(disbursements: Sequence[Disbursement], terms: Terms) -> None:
    faults = {
        Fault.NO_DISBURSEMENT: not disbursements or any(one.amount <= 0 for one in disbursements),
        Fault.INSTALMENTS: not 1 <= terms.instalments <= MAX_INSTALMENTS,
        Fault.EVERY: not 1 <= terms.every <= MAX_EVERY,
        Fault.COMPOUNDING: terms.compounding is not None and not 1 <= terms.compounding <= MAX_COMPOUNDING,
        Fault.DUE_DAY: terms.due_day is not None and not 1 <= terms.due_day <= LAST_DUE_DAY,
        Fault.GRACE: not _grace_fits(terms),
        Fault.PRINCIPAL_EVERY: not _every_fits(terms),
        Fault.CAPITALISED: not _capitalised_alone(terms),
        Fault.RATE: terms.method is Method.INTEREST_FREE and terms.annual_rate != 0,
        Fault.BALLOON: not 0 <= terms.balloon < max(sum(one.amount for one in disbursements), 1),
        Fault.LEVEL_OVER: not terms.instalments <= (terms.level_over or terms.instalments) <= MAX_INSTALMENTS,
    }
    for fault, found in faults.items():
        if found:
            raise ScheduleRefused(fault)


def _grace_fits(terms: Terms) -> bool:
    collected = terms.grace_interest_mode is not GraceInterest.WAIVE
    most = terms.instalments - 1 if collected else terms.instalments
    return 0 <= terms.grace_principal < terms.instalments and 0 <= terms.grace_interest <= most


def _every_fits(terms: Terms) -> bool:
    level = terms.level_part is RoundedPart.PRINCIPAL
    return terms.principal_every == 1 or (level and 1 < terms.principal_every <= terms.instalments)


def _capitalised_alone(terms: Terms) -> bool:
    """Tell whether interest is added to a declining balance only, while no principal is due."""
    if terms.grace_interest_mode is not GraceInterest.CAPITALISE:
        return True
    return terms.method is not Method.FLAT and terms.grace_interest <= terms.grace_principal


def _level_is_computed(terms: Terms) -> bool:
    return (
        terms.level_part is RoundedPart.TOTAL and terms.instalment_amount is None and terms.level_over is None
    )


def _moved(planned: Plan, levels: dict[tuple[int, int], int]) -> Iterator[list[Row]]:
    """Yield the rows with the level moved by one multiple either way, where that repays the loan."""
    step = planned.terms.level_rounding.multiple
    for by in (-step, step):
        with suppress(ScheduleRefused):
            yield _Repayment(planned, moved=by, levels=levels).rows()


def _last_difference(rows: Sequence[Row], balloon: int) -> int:
    return abs(rows[-1].total - balloon - rows[-2].total) if len(rows) > 1 else 0


@dataclass(slots=True)
class _Repayment:
    """A loan while its instalments are laid out one after the other."""

    plan: Plan
    moved: int = 0
    """Satang that the computed level is moved by (LastInstalment.NEAREST)."""
    balance: int = 0
    flat_left: int = 0
    """Interest of `flat` that is owed and not yet charged."""
    flat_owed: Fraction = Fraction(0)
    flat_parts: list[Fraction] = field(default_factory=list)
    """Each period's part of it, before it is rounded."""
    flat_charged: int = 0
    deferred: int = 0
    """Interest charged while its payment was in grace."""
    share: int = 0
    """Part of the deferred interest that each instalment takes (GraceInterest.SPREAD)."""
    level: int = -1
    """Below 0: to be computed."""
    levels: dict[tuple[int, int], int] = field(default_factory=dict)
    """Level instalments by their first period and the balance then: exact ones take a while."""
    left: int = 0
    """Principal that instalments leave for the end."""

    def rows(self) -> list[Row]:
        """Return the instalments; raises ScheduleRefused for negative amortisation."""
        planned, terms = self.plan, self.plan.terms
        rows: list[Row] = []
        self.left = int(planned.left)
        flat = terms.method is Method.FLAT
        self.flat_parts = [Fraction(0)] * terms.instalments
        for at, due in enumerate(planned.due):
            own, exact = self._own_flat(at) if flat else self._own(at)
            if planned.arrivals[at]:
                self.level = -1
            principal = 0
            if terms.bears_principal(at):
                if self.level < 0:
                    self.level = self._level(at, exact)
                principal, own = self._principal(at, own)
            if flat:
                self.flat_left -= own
                self.flat_charged += own
            self.balance -= principal
            added = self._capitalised(at, own)
            ended = self.balance == 0 and self.flat_left == 0 and at >= planned.last_arrival
            collected = self._collected(at, own - added, everything=ended)
            rows.append(Row(at + 1, due, principal, collected, principal + collected, self.balance, added))
            if ended:
                break
        return rows

    def _capitalised(self, at: int, own: int) -> int:
        """Add an instalment's interest to the balance, where that is agreed, and return it."""
        terms = self.plan.terms
        if terms.grace_interest_mode is not GraceInterest.CAPITALISE or at >= terms.grace_interest:
            return 0
        self.balance += own
        return own

    def _own(self, at: int) -> tuple[int, int]:
        """Return a period's interest on the declining balance, rounded and (over the scale) exact."""
        rounding, scale = self.plan.terms.interest_rounding, self.plan.scale
        exact = self.balance * self.plan.weights[at]
        arrivals = self.plan.arrivals[at]
        each = self.plan.terms.rounded_interest is RoundedInterest.BALANCE and len(arrivals) > 0
        own = self._by_balances(at) if each else 0
        for amount, weight in arrivals:
            exact += amount * weight
            self.balance += amount
        return own if each else rounding.of(exact, scale), exact

    def _by_balances(self, at: int) -> int:
        """Return a period's interest, that of each balance in it rounded by itself."""
        rounding, scale = self.plan.terms.interest_rounding, self.plan.scale
        balance, left, own = self.balance, self.plan.weights[at], 0
        for weight, same in groupby(self.plan.arrivals[at], key=itemgetter(1)):
            own += rounding.of(balance * max(left - weight, 0), scale)
            balance, left = balance + sum(amount for amount, _ in same), weight
        return own + rounding.of(balance * left, scale)

    def _own_flat(self, at: int) -> tuple[int, int]:
        """Return a period's part of the flat interest; the last period takes what is left of it."""
        terms = self.plan.terms
        rounding = terms.interest_rounding
        if self.plan.arrivals[at]:
            self.balance += sum(amount for amount, _ in self.plan.arrivals[at])
            parts, owed = interest.flat(self.plan, at)
            before = self.flat_parts[at:]
            self.flat_parts[at:] = [old + new if old else new for old, new in zip(before, parts, strict=True)]
            self.flat_owed += owed
            if terms.flat_split is not FlatSplit.BY_PERIOD:
                self.flat_left = rounding.of(*self.flat_owed.as_integer_ratio()) - self.flat_charged
            else:
                self.flat_left = sum(rounding.of(*part.as_integer_ratio()) for part in self.flat_parts[at:])
        if at >= terms.instalments - 1:
            return self.flat_left, 0
        return min(rounding.of(*self.flat_parts[at].as_integer_ratio()), self.flat_left), 0

    def _level(self, at: int, exact: int) -> int:
        """Return the level amount from a period on: of the instalment or of its principal."""
        terms = self.plan.terms
        if terms.instalment_amount is not None:
            return terms.instalment_amount
        left = terms.instalments - at
        over = self.plan.level_over - at
        rounding = terms.level_rounding
        moved = self.moved if at >= self.plan.last_arrival else 0
        if left < 1:  # the additional instalment takes what is left
            return self.balance + self.flat_left + exact
        if terms.method is Method.EQUAL_INSTALMENT and terms.level_part is RoundedPart.TOTAL:
            level = self.levels.get((at, self.balance))
            if level is None:
                value, payments = self._annuity(at, exact)
                level = self.levels[at, self.balance] = rounding.of(max(value, 0), payments)
            return max(level + moved, 0)
        spread = max(self.balance - terms.balloon, 0)
        if terms.method is Method.FLAT and terms.level_part is RoundedPart.TOTAL:
            return max(rounding.of(spread * left + self.flat_left * over, left * over) + moved, 0)
        return rounding.of(spread, 1 + -(-(over - 1) // terms.principal_every))

    def _annuity(self, at: int, exact: int) -> tuple[int, int]:
        """Return the level instalment that repays the balance exactly, as numerator and denominator.

        With B outstanding and x its interest, growth factors f of the later periods and b left at the end:
        ((B + x) · Πf - b) ÷ (… ((1·f + 1)·f + 1) …).
        """
        planned, scale = self.plan, self.plan.scale
        later = range(at + 1, planned.level_over)
        if planned.terms.level_from is LevelFrom.PERIODIC_RATE:
            exact = self.balance * planned.periodic(at)
            weights = [planned.periodic(period) for period in later]
        else:
            weights = planned.weights[at + 1 : planned.level_over]
        value, payments, power = self.balance * scale + exact, 1, 1
        for weight, equal in groupby(weights):
            times = sum(1 for _ in equal)
            grown, plain = (scale + weight) ** times, scale**times
            between = scale * (grown - plain) // weight if weight else times * plain
            payments = payments * grown + power * between
            value, power = value * grown, power * plain
        left = planned.left
        value = value * left.denominator - left.numerator * power * scale
        return value, scale * payments * left.denominator

    def _principal(self, at: int, own: int) -> tuple[int, int]:
        """Return an instalment's principal, and its own interest where the principal's end changes that."""
        terms = self.plan.terms
        last = at == len(self.plan.due) - 1
        if last or (terms.method is Method.EQUAL_PRINCIPAL and self.balance == 0):
            return self.balance, own
        total = terms.level_part is RoundedPart.TOTAL
        principal = self.level - own if total else self.level
        if principal < 0:
            raise ScheduleRefused(Fault.NEGATIVE)
        principal = min(principal, max(self.balance - self.left, 0))
        repaid = principal == self.balance and at >= self.plan.last_arrival
        if repaid and terms.method is Method.FLAT and not interest.waived(terms, at):
            own = min(self.flat_left, self.level - principal) if total else self.flat_left
        return principal, own

    def _collected(self, at: int, own: int, *, everything: bool) -> int:
        """Return the interest due with an instalment: its own, and what a grace has put off."""
        terms = self.plan.terms
        if terms.grace_interest_mode in (GraceInterest.WAIVE, GraceInterest.CAPITALISE):
            return own
        if at < terms.grace_interest and not everything:
            self.deferred += own
            return 0
        if at == terms.grace_interest and terms.grace_interest_mode is GraceInterest.SPREAD:
            self.share = terms.interest_rounding.of(self.deferred, terms.instalments - at)
        carried = terms.grace_interest_mode is GraceInterest.CARRY
        extra = self.deferred if carried or everything else min(self.share, self.deferred)
        self.deferred -= extra
        return own + extra
