"""Schedules as other capabilities lay them out, refused by name."""

from collections.abc import Container
from datetime import date

from funds.schedules.conventions import Carried
from funds.schedules.errors import FAULTS
from funds.schedules.rules import Disbursement, Schedule, ScheduleRefused, Terms, schedule
from funds.schedules.unrounded import unrounded


def lay_out(
    lent: list[Disbursement], terms: Terms, closed: Container[date], *, carried: Carried = Carried.ROUNDED
) -> Schedule:
    """Return the schedule; raises the refusals of `errors.FAULTS`."""
    compute = schedule if carried is Carried.ROUNDED else unrounded
    try:
        return compute(lent, terms, closed)
    except ScheduleRefused as refused:
        refusal, pointer = FAULTS[refused.fault]
        raise refusal(pointer=pointer) from refused
