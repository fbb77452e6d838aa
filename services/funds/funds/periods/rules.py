"""When a period ends."""

from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """A month or so (งวดเดือน), or a year whose income and expenses move into the surplus (ปิดบัญชีสิ้นปี)."""

    MONTH = "month"
    YEAR = "year"


def ends_a_month(day: date) -> bool:
    """Tell whether a day is the last one of its month."""
    return (day + timedelta(days=1)).day == 1
