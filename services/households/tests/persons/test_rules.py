"""Periods of membership and names, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.persons.rules import Period, end_of_death, free, name_question, plausible_birth

DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
EVER = date(2026, 9, 1)  # after every period that ends


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    length = draw(st.none() | st.integers(0, 90))
    return Period(start, None if length is None else start + timedelta(days=length))


def days_of(period: Period) -> set[date]:
    end = period.end or EVER
    return {period.start + timedelta(days=n) for n in range((end - period.start).days)}


@given(periods(), periods())
def test_two_memberships_overlap_exactly_when_they_share_a_day(one: Period, other: Period) -> None:
    assert one.overlaps(other) == bool(days_of(one) & days_of(other))
    assert one.overlaps(other) == other.overlaps(one)


@given(st.lists(periods(), max_size=8))
def test_memberships_taken_only_where_free_never_share_a_day(wanted: list[Period]) -> None:
    taken: list[Period] = []
    for period in wanted:
        if free(period, taken):
            taken.append(period)
    days = [day for period in taken for day in days_of(period)]
    assert len(days) == len(set(days))


@given(DAYS, DAYS)
def test_a_death_ends_a_membership_after_its_day_and_never_before_its_begin(start: date, died: date) -> None:
    end = end_of_death(start, died)
    assert end >= start
    assert end == start or end == died + timedelta(days=1)
    assert Period(start, end).empty == (died < start)


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("born", [TODAY, date(1900, 1, 1)])
def test_who_is_born_today_may_be_registered(born: date) -> None:
    assert plausible_birth(born, today=TODAY)


@pytest.mark.parametrize("born", [date(2026, 11, 21), date(1483, 5, 11)])
def test_nobody_is_born_tomorrow_or_in_a_buddhist_year_taken_down_twice(born: date) -> None:
    assert not plausible_birth(born, today=TODAY)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("นางสาวสมหญิง ศรีสุข", "สมหญิง", "ศรีสุข"),
        ("  สมชาย   ณ อยุธยา ", "สมชาย", "ณอยุธยา"),
        ("สมชาย", "สมชาย", None),
    ],
)
def test_a_name_is_read_without_its_title(asked: str, first: str, last: str | None) -> None:
    question = name_question(asked)
    assert question is not None
    assert (question.first, question.last) == (first, last)


@pytest.mark.parametrize("asked", ["", "   ", "!!", "\u200b"])
def test_signs_alone_are_no_name(asked: str) -> None:
    assert name_question(asked) is None
