"""Days late, buckets and portfolio at risk, as rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.demand.rules import (
    FROM_DAYS,
    AtRisk,
    Bucket,
    Standing,
    assess,
    bucket_of,
    days_late,
    opening,
    par,
    reported_bucket,
)
from funds.demand.task_rules import task_rules

DUE = date(2026, 1, 31)


def test_an_instalment_is_late_from_the_day_after_it_was_due() -> None:
    assert days_late(DUE, DUE) == 0
    assert days_late(DUE, date(2026, 2, 1)) == 1
    assert days_late(None, DUE) == 0


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"),
        (91, "91-180"), (180, "91-180"), (181, "180+"), (4_000, "180+"),
    ],
)  # fmt: skip
def test_each_bucket_begins_and_ends_on_its_day(days: int, bucket: str) -> None:
    assert bucket_of(days).value == bucket


def test_portfolio_at_risk_is_the_whole_principal_of_late_loans_over_all_principal() -> None:
    loans = [(1_000_00, 0), (500_00, 31), (250_00, 30), (250_00, 91)]
    assert par(loans, 30) == AtRisk(2_000_00, 750_00)
    assert par(loans, 30).percent == "37.50"
    assert par(loans, 60) == par(loans, 90) == AtRisk(2_000_00, 250_00)


def test_an_empty_portfolio_has_no_share_at_risk() -> None:
    assert par([], 30).percent is None


def test_what_was_reached_is_kept_after_the_loan_caught_up() -> None:
    late = assess(Standing(100_00, DUE, 50_00, 60_00), date(2026, 4, 1))
    after = assess(Standing(100_00), date(2026, 4, 2), worst_days=late.worst_days)
    assert (late.bucket, after.bucket, after.worst_bucket) == (
        Bucket.UP_TO_60,
        Bucket.CURRENT,
        Bucket.UP_TO_60,
    )
    assert (after.late_since, after.overdue_total) == (None, 0)


def test_a_watched_loan_is_reported_in_the_worst_bucket_it_reached() -> None:
    day = date(2026, 4, 2)
    worst = Bucket.UP_TO_90
    assert reported_bucket(Bucket.CURRENT, worst, watch_until=day, day=day) is worst
    assert reported_bucket(Bucket.CURRENT, worst, watch_until=day - timedelta(days=1), day=day) is (
        Bucket.CURRENT
    )
    assert reported_bucket(Bucket.CURRENT, worst, watch_until=None, day=day) is Bucket.CURRENT


@given(
    due=st.dates(date(2020, 1, 1), date(2025, 1, 1)),
    wait=st.integers(0, 900),
    steps=st.lists(st.integers(1, 40), max_size=20),
    worst=st.integers(0, 900),
)
def test_a_run_after_standstill_comes_to_what_runs_each_day_come_to(
    due: date, wait: int, steps: list[int], worst: int
) -> None:
    standing = Standing(1_000, due, 200, 300)
    first = due - timedelta(days=5)
    last = first + timedelta(days=wait)
    known_worst, since = worst, None
    days = [day for day in (first + timedelta(days=n) for n in _sums(steps)) if day < last]
    for day in [*days, last]:
        found = assess(standing, day, worst_days=known_worst, late_since=since)
        known_worst, since = found.worst_days, found.late_since
    assert found == assess(standing, last, worst_days=worst)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 400)), max_size=30))
def test_more_days_never_put_more_at_risk(loans: list[tuple[int, int]]) -> None:
    risks = [par(loans, days).at_risk for days in (0, 30, 60, 90)]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] <= sum(owed for owed, _ in loans)


def test_every_bucket_that_is_late_has_something_to_do() -> None:
    rules = task_rules()
    assert len({rule.code for rule in rules}) == len(rules)
    for bucket in FROM_DAYS:
        assert bool(opening(rules, bucket)) is (bucket is not Bucket.CURRENT)


def _sums(steps: list[int]) -> list[int]:
    return [sum(steps[: at + 1]) for at in range(len(steps))]
