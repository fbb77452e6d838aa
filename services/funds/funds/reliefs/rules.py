"""What a relief makes of what is owed: the rows of the new schedule, in satang."""

import calendar
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from funds.loans.rules import Instalment, PlannedRow
from funds.schedules.rules import Disbursement, Terms, schedule


class ReliefKind(StrEnum):
    """Kind of relief (วิธีผ่อนปรน)."""

    RESCHEDULE = "reschedule"
    """What is owed is laid out anew (ปรับตารางผ่อนชำระ)."""
    GRACE = "grace"
    """Every instalment to come moves by some months (พักชำระหนี้)."""
    INTEREST_WAIVER = "interest_waiver"
    """Interest is not asked for any more (งดดอกเบี้ย)."""
    SPLIT = "split"
    """A group's debt becomes its members' own (แยกหนี้กลุ่มเป็นรายบุคคล)."""
    SETTLEMENT = "settlement"
    """One agreed sum on one day, the rest of interest and penalty given up (ประนอมหนี้)."""


class ReliefState(StrEnum):
    """State of a relief."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


def owed(rows: Sequence[Instalment]) -> tuple[int, int, int]:
    """Return principal, interest and penalty that are owed of instalments, due or to come."""
    return (
        sum(row.owed_principal for row in rows),
        sum(row.owed_interest for row in rows),
        sum(row.owed_penalty for row in rows),
    )


def rescheduled(
    rows: Sequence[Instalment], terms: Terms, *, on: date, holidays: Container[date] = frozenset()
) -> list[PlannedRow]:
    """Return a new schedule of the principal that is owed, by the terms agreed anew, from a day on.

    `rows` are carried on to that day: interest borne until then and penalty stay owed, the first new
    instalment asks for them. Raises ScheduleRefused.
    """
    principal = sum(row.owed_principal for row in rows)
    interest = sum(row.carried_interest for row in rows)
    penalty = sum(row.owed_penalty for row in rows)
    made = schedule([Disbursement(on, principal)], terms, holidays)
    laid = [PlannedRow(row.due_date, row.principal, row.interest) for row in made.rows]
    asked = laid[0].interest + interest
    return [replace(laid[0], interest=asked, penalty=penalty, carried=interest), *laid[1:]]


def postponed(rows: Sequence[Instalment], months: int, *, on: date) -> list[PlannedRow]:
    """Return what is owed with the same amounts, each due so many months later.

    What was due already is due with the first instalment, so many months from the day on.
    """
    moved = [
        PlannedRow(
            max(_later(row.due_on, months), _later(on, months)),
            row.owed_principal,
            row.owed_interest,
            row.owed_penalty,
            row.carried_interest,
        )
        for row in rows
        if row.owed
    ]
    return _merged(moved)


def settled(rows: Sequence[Instalment], amount: int, *, due_on: date) -> list[PlannedRow]:
    """Return one instalment of the agreed sum: the principal, and as much interest as is over."""
    principal, interest, _ = owed(rows)
    asked = min(amount - principal, interest)
    return [PlannedRow(due_on, principal, asked, amount - principal - asked, carried=asked)]


def waived(rows: Sequence[Instalment], amount: int) -> dict[int, int]:
    """Return how a waiver of so much interest falls on instalments by number, the oldest due first."""
    parts: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row.due_on, row.number)):
        taken = min(amount, row.owed_interest)
        if taken:
            parts[row.number] = taken
            amount -= taken
    return parts


def _later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _merged(rows: Sequence[PlannedRow]) -> list[PlannedRow]:
    """Return rows by day, those of one day as one."""
    by_day: Mapping[date, list[PlannedRow]] = {
        day: [row for row in rows if row.due_on == day] for day in sorted({row.due_on for row in rows})
    }
    return [
        PlannedRow(
            day,
            sum(row.principal for row in same),
            sum(row.interest for row in same),
            sum(row.penalty for row in same),
            sum(row.carried for row in same),
        )
        for day, same in by_day.items()
    ]
