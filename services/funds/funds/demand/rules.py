"""How late a loan is, in which bucket, how much of a portfolio is at risk, and what is to be done when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from shared.money import percent


class Bucket(StrEnum):
    """Days late in bands (ช่วงอายุหนี้ค้างชำระ)."""

    CURRENT = "current"
    UP_TO_30 = "1-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    UP_TO_180 = "91-180"
    OVER_180 = "180+"


FROM_DAYS: Final = {
    Bucket.CURRENT: 0,
    Bucket.UP_TO_30: 1,
    Bucket.UP_TO_60: 31,
    Bucket.UP_TO_90: 61,
    Bucket.UP_TO_180: 91,
    Bucket.OVER_180: 181,
}
"""The first day late of each bucket, in rising order."""

AT_RISK_DAYS: Final = (30, 60, 90)


class TaskKind(StrEnum):
    """What is done about a late loan (วิธีติดตามทวงถาม)."""

    VISIT = "visit"
    MEETING = "meeting"
    LETTER = "letter"
    """A demand letter (หนังสือทวงถาม)."""
    MEDIATION = "mediation"
    """Before a mediator (ไกล่เกลี่ย)."""
    DEATH = "death"
    """The borrower died: find out who answers for the debt."""


class TaskState(StrEnum):
    """State of a task."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How a task ended; those above `PAID` are what people report, the others what the daily run found."""

    PROMISED = "promised"
    """She says when she will pay."""
    PART_PAID = "part_paid"
    CANNOT_PAY = "cannot_pay"
    REFUSES = "refuses"
    NOT_FOUND = "not_found"
    DELIVERED = "delivered"
    AGREED = "agreed"
    """An agreement was reached; relief follows."""
    PAID = "paid"
    SUPERSEDED = "superseded"
    """The loan went into a later bucket, whose tasks came instead."""
    DECIDED = "decided"
    """A relief, a write-off, or who answers after a death."""


REPORTED: Final = frozenset(Outcome) - {Outcome.SUPERSEDED, Outcome.DECIDED}


@dataclass(frozen=True, slots=True)
class TaskRule:
    """A task that opens when a loan comes into a bucket, to be done within so many days."""

    code: str
    bucket: Bucket
    kind: TaskKind
    within_days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a loan owes on a day: outstanding principal, and what was due before that day; in satang."""

    outstanding: int
    oldest_due_on: date | None = None
    overdue_principal: int = 0
    overdue_total: int = 0


@dataclass(frozen=True, slots=True)
class Arrears:
    """How late a loan is at the end of a day (สถานะค้างชำระ); amounts in satang.

    `late_since` is the first day late of the present time of being late, which goes on while anything is
    unpaid. `worst_days` is lowered by no payment of its day and no restructuring; a receipt that was recorded
    late takes back the days that it shows were none.
    """

    days_late: int
    bucket: Bucket
    worst_days: int
    worst_bucket: Bucket
    late_since: date | None
    oldest_due_on: date | None
    overdue_principal: int
    overdue_total: int
    outstanding: int


def days_late(oldest_due_on: date | None, day: date) -> int:
    """Return the days from the oldest unpaid due date to a business day; 0 when nothing is late."""
    return max((day - oldest_due_on).days, 0) if oldest_due_on is not None else 0


def bucket_of(days: int) -> Bucket:
    """Return the bucket of so many days late."""
    return next(bucket for bucket, first in reversed(FROM_DAYS.items()) if days >= first)


def assess(standing: Standing, day: date, *, worst_days: int = 0, late_since: date | None = None) -> Arrears:
    """Return how late a loan is on a day; `worst_days` and `late_since` are what was known before.

    The result depends on what is owed and on the day, not on how often it was asked before: a run after
    days of standstill comes to what a run each day would have come to.
    """
    late = days_late(standing.oldest_due_on, day)
    worst = max(worst_days, late)
    since = None
    if late:
        assert standing.oldest_due_on is not None  # noqa: S101  # else nothing is late
        since = late_since or standing.oldest_due_on + timedelta(days=1)
    return Arrears(
        days_late=late,
        bucket=bucket_of(late),
        worst_days=worst,
        worst_bucket=bucket_of(worst),
        late_since=since,
        oldest_due_on=standing.oldest_due_on if late else None,
        overdue_principal=standing.overdue_principal if late else 0,
        overdue_total=standing.overdue_total if late else 0,
        outstanding=standing.outstanding,
    )


def reported_bucket(bucket: Bucket, worst: Bucket, *, watch_until: date | None, day: date) -> Bucket:
    """Return the bucket a loan is reported in: the worst one reached while a restructured loan is watched."""
    watched = watch_until is not None and day <= watch_until
    return worst if watched and FROM_DAYS[worst] > FROM_DAYS[bucket] else bucket


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A portfolio's outstanding principal and the part of it that is at risk, in satang."""

    outstanding: int
    at_risk: int

    @property
    def percent(self) -> str | None:
        """Return the share in per cent with two places, half up; None of an empty portfolio."""
        return percent(self.at_risk, self.outstanding)


def par(loans: Iterable[tuple[int, int]], days: int) -> AtRisk:
    """Return the portfolio at risk over `days` (PAR30, PAR60, PAR90), of (outstanding, days late) of loans.

    The whole outstanding principal of a loan with anything more than so many days late, over all.
    """
    outstanding = risky = 0
    for owed, late in loans:
        outstanding += owed
        risky += owed if late > days else 0
    return AtRisk(outstanding, risky)


def opening(rules: Sequence[TaskRule], bucket: Bucket) -> list[TaskRule]:
    """Return the tasks that open when a loan comes into a bucket."""
    return [rule for rule in rules if rule.bucket is bucket]
