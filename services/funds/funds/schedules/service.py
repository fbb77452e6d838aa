"""Schedules as other capabilities lay them out, refused by name."""

from collections.abc import Container
from datetime import date

from funds.schedules.errors import FAULTS
from funds.schedules.rules import Disbursement, Schedule, ScheduleRefused, Terms, schedule


def lay_out(lent: list[Disbursement], terms: Terms, closed: Container[date]) -> Schedule:
    """Return the schedule; raises the refusals of `errors.FAULTS`."""
    try:
        return schedule(lent, terms, closed)
    except ScheduleRefused as refused:
        refusal, pointer = FAULTS[refused.fault]
        raise refusal(refusal.title_th, refusal.title_en, pointer=pointer) from refused
