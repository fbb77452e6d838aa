"""Terms that make no schedule are refused by their reason."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from funds.schedules.rules import (
    DayCount,
    Disbursement,
    Fault,
    GraceInterest,
    HolidayRule,
    Method,
    Period,
    ScheduleRefused,
    Terms,
    schedule,
)

START = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("fault", "terms"),
    [
        (Fault.INSTALMENTS, {"instalments": 0}),
        (Fault.INSTALMENTS, {"instalments": 1201}),
        (Fault.EVERY, {"every": 0}),
        (Fault.EVERY, {"every": 367}),
        (Fault.DUE_DAY, {"due_day": 32}),
        (Fault.GRACE, {"grace_principal": 12}),
        (Fault.GRACE, {"grace_interest": 12, "grace_interest_mode": GraceInterest.CARRY}),
        (Fault.FIRST_DUE, {"first_due": START}),
        (Fault.RATE, {"method": Method.INTEREST_FREE}),
        (Fault.NEGATIVE, {"instalment_amount": 999_99}),
        (Fault.NEGATIVE, {"first_due": date(2027, 1, 15), "day_count": DayCount.ACTUAL_365}),
        (Fault.CALENDAR, {"instalments": 1200, "every": 12, "period": Period.YEAR}),
    ],
)
def test_what_cannot_be_a_schedule_is_refused_by_its_reason(fault: Fault, terms: dict[str, Any]) -> None:
    agreed: dict[str, Any] = {"method": Method.EQUAL_INSTALMENT, "instalments": 12, **terms}
    with pytest.raises(ScheduleRefused) as refused:
        schedule([Disbursement(START, 100000_00)], Terms(annual_rate=Fraction(12, 100), **agreed))
    assert refused.value.fault is fault


@pytest.mark.parametrize("count", DayCount)
@pytest.mark.parametrize("rule", HolidayRule)
@pytest.mark.parametrize("on", [date.min, date(1, 1, 5), date(9999, 11, 30), date(9999, 12, 30), date.max])
def test_the_ends_of_the_calendar_are_refused_not_stumbled_over(
    on: date, rule: HolidayRule, count: DayCount
) -> None:
    holidays = {date.max, date(1, 2, 1)}
    terms = Terms(
        method=Method.EQUAL_INSTALMENT,
        annual_rate=Fraction(12, 100),
        instalments=1,
        day_count=count,
        holiday_rule=rule,
    )
    try:
        assert schedule([Disbursement(on, 100_00)], terms, holidays).principal == 100_00
    except ScheduleRefused as refused:
        assert refused.fault is Fault.CALENDAR  # noqa: PT017  # a refusal is one of the two outcomes


def test_nothing_lent_and_money_after_the_last_due_date_are_refused() -> None:
    terms = Terms(method=Method.FLAT, annual_rate=Fraction(12, 100), instalments=2)
    for lent, fault in (
        ([], Fault.NO_DISBURSEMENT),
        ([Disbursement(START, 0)], Fault.NO_DISBURSEMENT),
        ([Disbursement(START, 100), Disbursement(date(2026, 3, 15), 100)], Fault.LATE_DISBURSEMENT),
    ):
        with pytest.raises(ScheduleRefused) as refused:
            schedule(lent, terms)
        assert refused.value.fault is fault
