"""Which reminders are of use on a day, as rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.reminders.rules import DAYS, Instalment, Skipped, day_of, decide

DUE = date(2026, 3, 31)
LONG_AGO = date(2025, 1, 1)


def due(**facts: object) -> Instalment:
    return Instalment(**{"due_on": DUE, "made_on": LONG_AGO, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize("days", DAYS)
def test_on_its_own_day_a_reminder_is_sent(days: int) -> None:
    assert decide(due(), days, day_of(DUE, days)) is None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"settled": True}, Skipped.PAID),
        ({"loan_state": "frozen"}, Skipped.FROZEN),
        ({"loan_state": "written_off"}, Skipped.CLOSED),
        ({"loan_state": "closed", "settled": True}, Skipped.PAID),
        ({"in_force": False}, Skipped.RESCHEDULED),
        ({"made_on": day_of(DUE, 30) + timedelta(days=1)}, Skipped.BEFORE_LOAN),
    ],
)
def test_nobody_is_reminded_of_what_need_not_be_paid(facts: dict[str, object], reason: Skipped) -> None:
    assert decide(due(**facts), 30, day_of(DUE, 30)) is reason


def test_on_the_due_date_it_is_too_late_to_remind() -> None:
    assert decide(due(), 7, DUE - timedelta(days=1)) is None
    assert decide(due(), 7, DUE) is Skipped.PAST


def test_a_borrower_is_not_reminded_twice_so_many_days_before_one_due_date() -> None:
    assert decide(due(), 15, day_of(DUE, 15), reminded=[15]) is Skipped.REPEATED


@given(days_before=st.integers(-40, 60))
def test_after_a_standstill_exactly_the_nearest_useful_reminder_is_sent(days_before: int) -> None:
    today = DUE - timedelta(days=days_before)
    reached = [days for days in DAYS if day_of(DUE, days) <= today]
    sent = [days for days in reached if decide(due(), days, today) is None]
    if today >= DUE or not reached:
        assert sent == []
    else:
        assert sent == [min(reached)]


@given(st.lists(st.integers(0, 45), min_size=1, max_size=30, unique=True))
def test_whenever_the_worker_looks_each_reminder_is_decided_once(looks: list[int]) -> None:
    first = DUE - timedelta(days=40)
    decided: dict[int, Skipped | None] = {}
    for look in sorted(looks):
        today = first + timedelta(days=look)
        for days in DAYS:
            if days not in decided and day_of(DUE, days) <= today:
                decided[days] = decide(due(), days, today)
    sent = [days for days, reason in decided.items() if reason is None]
    assert len(sent) <= len(DAYS)
    assert sent == sorted(sent, reverse=True)
