"""When a borrower is reminded, and which reminders are still of use after a standstill."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAYS: Final = (30, 15, 7)
"""Days before a due date on which its borrower is reminded."""
AHEAD: Final = timedelta(days=31)
"""How long before its due date an instalment's reminders are planned."""


class ReminderState(StrEnum):
    """State of a reminder."""

    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"


class Skipped(StrEnum):
    """Why a reminder was not sent."""

    PAID = "paid"
    FROZEN = "frozen"
    CLOSED = "closed"
    """The loan is closed or written off."""
    RESCHEDULED = "rescheduled"
    """The loan has another schedule now."""
    BEFORE_LOAN = "before_loan"
    """Its day had passed when the schedule was made."""
    NEARER = "nearer"
    """Its day had passed, and so had that of a nearer one."""
    PAST = "past"
    """The due date has come."""
    REPEATED = "repeated"
    """The borrower was reminded of this due date so many days before already, by an earlier schedule."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """What must be known of an instalment and its loan to decide about its reminders."""

    due_on: date
    made_on: date
    """The day its schedule was made on."""
    settled: bool = False
    in_force: bool = True
    """Its schedule is the loan's present one."""
    loan_state: str = "active"


def day_of(due_on: date, days: int) -> date:
    """Return the day on which a reminder is due."""
    return due_on - timedelta(days=days)


def decide(
    instalment: Instalment, days: int, today: date, *, reminded: Collection[int] = ()
) -> Skipped | None:
    """Return why a reminder whose moment has come is skipped on a day; None when it is to be sent.

    Of several whose day has passed only the one nearest to the due date is sent. `reminded` are the days
    before this due date that the borrower was reminded on already.
    """
    facts = (
        (Skipped.PAID, instalment.settled),
        (Skipped.CLOSED, instalment.loan_state not in ("active", "frozen")),
        (Skipped.RESCHEDULED, not instalment.in_force),
        (Skipped.FROZEN, instalment.loan_state == "frozen"),
        (Skipped.PAST, instalment.due_on <= today),
        (Skipped.REPEATED, days in reminded),
        (Skipped.BEFORE_LOAN, day_of(instalment.due_on, days) < instalment.made_on),
        (Skipped.NEARER, any(day_of(instalment.due_on, nearer) <= today for nearer in DAYS if nearer < days)),
    )
    return next((reason for reason, holds in facts if holds), None)
