"""What holds of every schedule, whatever was agreed."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from funds.holidays.rules import Calendar
from funds.schedules.rules import (
    DayCount,
    Disbursement,
    Fault,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LastInstalment,
    LevelFrom,
    Method,
    MonthEnd,
    PaidAt,
    Period,
    RoundedInterest,
    RoundedPart,
    Rounding,
    RoundingMode,
    Schedule,
    ScheduleRefused,
    Terms,
    schedule,
)
from funds.schedules.unrounded import unrounded

ROUNDINGS = st.builds(Rounding, st.sampled_from(RoundingMode), st.sampled_from([1, 25, 100, 1000]))
NOT_ABOUT_THE_TERMS = {
    Fault.NEGATIVE,
    Fault.LATE_DISBURSEMENT,
    Fault.GRACE,
    Fault.CALENDAR,
    Fault.FIRST_DUE,
    Fault.CAPITALISED,
    Fault.BALLOON,
    Fault.SECOND_DUE_DAY,
    Fault.PRINCIPAL_EVERY,
}


@st.composite
def agreed(draw: st.DrawFn) -> Terms:
    method = draw(st.sampled_from(Method))
    instalments = draw(st.integers(1, 60))
    rate = (
        Fraction(0) if method is Method.INTEREST_FREE else Fraction(draw(st.integers(0, 150_000)), 1_000_000)
    )
    given_terms: dict[str, Any] = {
        "compounding": draw(st.none() | st.sampled_from([1, 2, 4, 12, 365])),
        "every": draw(st.integers(1, 6)),
        "period": draw(st.sampled_from(Period)),
        "due_day": draw(st.none() | st.integers(1, 31)),
        "second_due_day": draw(st.none() | st.integers(1, 31)),
        "month_end": draw(st.sampled_from(MonthEnd)),
        "paid_at": draw(st.sampled_from(PaidAt)),
        "grace_principal": draw(st.integers(0, max(instalments - 1, 0))),
        "principal_every": draw(st.just(1) | st.integers(1, instalments)),
        "grace_interest": draw(st.integers(0, instalments)),
        "grace_interest_mode": draw(st.sampled_from(GraceInterest)),
        "day_count": draw(st.sampled_from(DayCount)),
        "first_period": draw(st.sampled_from(DayCount)),
        "interest_from": draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1))),
        "holiday_rule": draw(st.sampled_from(HolidayRule)),
        "interest_follows_shift": draw(st.booleans()),
        "interest_rounding": draw(ROUNDINGS),
        "rounded_interest": draw(st.sampled_from(RoundedInterest)),
        "instalment_rounding": draw(st.none() | ROUNDINGS),
        "rounded_part": draw(st.none() | st.sampled_from(RoundedPart)),
        "instalment_amount": draw(st.none() | st.integers(1, 10_000_00)),
        "balloon": draw(st.just(0) | st.integers(0, 200_000_00)),
        "level_over": draw(st.none() | st.integers(instalments, 120)),
        "level_from": draw(st.sampled_from(LevelFrom)),
        "flat_split": draw(st.sampled_from(FlatSplit)),
        "last_instalment": draw(st.sampled_from(LastInstalment)),
    }
    return Terms(method=method, annual_rate=rate, instalments=instalments, **given_terms)


DISBURSEMENTS = st.lists(
    st.builds(
        Disbursement,
        st.integers(0, 200).map(lambda days: date(2026, 1, 30) + timedelta(days=days)),
        st.integers(1, 300_000_00),
    ),
    min_size=1,
    max_size=4,
)


def late(terms: Terms, lent: list[Disbursement], days: list[date]) -> int:
    """Return the number of an instalment by which all is lent, whatever is shifted."""
    paid_out = max(lent).on + timedelta(days=15)
    return next((number for number, day in enumerate(days, 1) if day > paid_out), len(days)) + terms.every


COMPUTED = st.sampled_from([schedule, unrounded])


@settings(max_examples=400, deadline=None)
@given(terms=agreed(), lent=DISBURSEMENTS, compute=COMPUTED)
def test_principals_sum_to_what_was_lent_and_nothing_is_negative(
    terms: Terms, lent: list[Disbursement], compute: Callable[..., Schedule]
) -> None:
    try:
        planned = compute(lent, terms, Calendar())
    except ScheduleRefused as refused:
        assert refused.fault in NOT_ABOUT_THE_TERMS  # noqa: PT017  # a refusal is one of the two outcomes
        return
    assert compute(lent[::-1], terms, Calendar()) == planned
    assert planned.principal - planned.capitalised == sum(one.amount for one in lent)
    assert planned.total == planned.principal + planned.interest
    assert planned.rows[-1].balance == 0
    lent_by_now = {row.number: row for row in planned.rows}
    assert list(lent_by_now) == list(range(1, len(planned.rows) + 1))
    assert len(planned.rows) <= terms.rows <= terms.instalments + 1
    for row in planned.rows:
        assert min(row.principal, row.interest, row.balance, row.capitalised) >= 0
        assert row.total == row.principal + row.interest
        if not terms.bears_principal(row.number - 1):
            assert row.principal == 0
        if row.number <= terms.grace_interest and row.number < len(planned.rows):
            assert row.interest == 0
    days = [row.due_date for row in planned.rows]
    assert days == sorted(days)
    assert days[0] >= min(lent).on
    assert days[0] > min(lent).on or terms.paid_at is PaidAt.START
    if terms.paid_at is PaidAt.END:
        paid_out = [row for row in planned.rows[:-1] if row.number >= late(terms, lent, days)]
        assert all(row.balance >= terms.balloon for row in paid_out)
    assert planned.capitalised == 0 or terms.grace_interest_mode is GraceInterest.CAPITALISE
    if terms.annual_rate == 0:
        assert planned.interest == 0


@settings(max_examples=100, deadline=None)
@given(
    amount=st.integers(100_00, 1_000_000_00),
    rate=st.integers(1, 15),
    instalments=st.integers(2, 120),
    method=st.sampled_from([Method.FLAT, Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL]),
)
def test_flat_costs_more_than_a_declining_balance_at_the_same_rate(
    amount: int, rate: int, instalments: int, method: Method
) -> None:
    lent = [Disbursement(date(2026, 1, 1), amount)]
    terms = Terms(method=method, annual_rate=Fraction(rate, 100), instalments=instalments)
    flat = Terms(method=Method.FLAT, annual_rate=Fraction(rate, 100), instalments=instalments)
    assert schedule(lent, terms).interest <= schedule(lent, flat).interest + instalments


@settings(max_examples=100, deadline=None)
@given(amount=st.integers(1_000_00, 1_000_000_00), rate=st.integers(1, 15), instalments=st.integers(2, 60))
def test_level_instalments_differ_only_in_the_last_by_the_roundings(
    amount: int, rate: int, instalments: int
) -> None:
    terms = Terms(method=Method.EQUAL_INSTALMENT, annual_rate=Fraction(rate, 100), instalments=instalments)
    rows = schedule([Disbursement(date(2026, 1, 1), amount)], terms).rows
    assert len({row.total for row in rows[:-1]}) == 1
    assert abs(rows[-1].total - rows[0].total) <= instalments * 2
