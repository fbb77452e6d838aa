"""Why there is no schedule of some terms, as the rules say it."""

from enum import StrEnum


class Fault(StrEnum):
    """Why there is no schedule of such terms."""

    NO_DISBURSEMENT = "no_disbursement"
    INSTALMENTS = "instalments_out_of_range"
    EVERY = "every_out_of_range"
    COMPOUNDING = "compounding_out_of_range"
    DUE_DAY = "due_day_out_of_range"
    SECOND_DUE_DAY = "second_due_day_too_near"
    GRACE = "grace_too_long"
    PRINCIPAL_EVERY = "principal_every_out_of_range"
    FIRST_DUE = "first_due_too_early"
    LATE_DISBURSEMENT = "disbursement_too_late"
    RATE = "rate_not_zero"
    NEGATIVE = "negative_amortisation"
    CAPITALISED = "interest_not_capitalised"
    BALLOON = "balloon_too_large"
    LEVEL_OVER = "level_over_out_of_range"
    PAID_AT_START = "first_due_not_at_start"
    CALENDAR = "beyond_calendar"


class ScheduleRefused(ValueError):  # noqa: N818 - a rule's answer, which errors.py names for the caller
    """There is no schedule of these terms; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
