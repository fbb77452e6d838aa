"""Parts of a year as ISDA's and the spreadsheets' own examples count them."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.schedules.conventions import DayCount
from funds.schedules.day_counts import growth, year_fraction

US, BOND, EUROPEAN = DayCount.THIRTY_360_US, DayCount.THIRTY_360_BOND, DayCount.THIRTY_360_EUROPEAN


@pytest.mark.parametrize(
    ("start", "end", "us", "bond", "european"),
    [
        ("2007-01-15", "2007-01-30", 15, 15, 15),
        ("2007-01-15", "2007-02-15", 30, 30, 30),
        ("2007-01-15", "2007-07-15", 180, 180, 180),
        ("2007-09-30", "2008-03-31", 180, 180, 180),
        ("2007-09-30", "2007-10-31", 30, 30, 30),
        ("2007-09-30", "2008-09-30", 360, 360, 360),
        ("2007-01-15", "2007-01-31", 16, 16, 15),
        ("2007-01-31", "2007-02-28", 28, 28, 28),
        ("2007-02-28", "2007-03-31", 30, 33, 32),
        ("2006-08-31", "2007-02-28", 178, 178, 178),
        ("2007-02-28", "2007-08-31", 180, 183, 182),
        ("2007-02-14", "2007-02-28", 14, 14, 14),
        ("2007-02-26", "2008-02-29", 363, 363, 363),
        ("2008-02-29", "2009-02-28", 360, 359, 359),
        ("2008-02-29", "2008-03-30", 30, 31, 31),
        ("2008-02-29", "2008-03-31", 30, 32, 31),
        ("2007-03-31", "2008-02-29", 329, 329, 329),
        ("2011-07-05", "2013-07-16", 731, 731, 731),
    ],
)
def test_months_of_thirty_days_differ_at_their_ends(
    start: str, end: str, us: int, bond: int, european: int
) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    counted = [year_fraction(count, first, last) for count in (US, BOND, EUROPEAN)]
    assert counted == [(us, 360), (bond, 360), (european, 360)]
    assert year_fraction(DayCount.THIRTY_365, first, last) == (european, 365)


@pytest.mark.parametrize(
    ("start", "end", "fraction"),
    [
        ("2003-11-01", "2004-05-01", Fraction(61, 365) + Fraction(121, 366)),
        ("1999-02-01", "1999-07-01", Fraction(150, 365)),
        ("1999-07-01", "2000-07-01", Fraction(184, 365) + Fraction(182, 366)),
        ("2002-08-15", "2003-07-15", Fraction(334, 365)),
        ("2003-07-15", "2004-01-15", Fraction(170, 365) + Fraction(14, 366)),
        ("1999-07-30", "2000-01-30", Fraction(155, 365) + Fraction(29, 366)),
        ("2000-01-30", "2000-06-30", Fraction(152, 366)),
    ],
)
def test_actual_actual_is_that_of_isdas_memorandum(start: str, end: str, fraction: Fraction) -> None:
    got = year_fraction(DayCount.ACTUAL_ACTUAL, date.fromisoformat(start), date.fromisoformat(end))
    assert Fraction(*got) == fraction


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2007-01-31", "2007-02-28", 30),
        ("2007-02-14", "2007-02-28", 16),
        ("2007-02-28", "2007-03-31", 30),
        ("2006-08-31", "2007-02-28", 180),
        ("2007-02-28", "2007-08-31", 180),
        ("2007-02-26", "2008-02-29", 364),
        ("2008-02-29", "2008-03-30", 30),
        ("2007-01-15", "2007-01-31", 15),
    ],
)
def test_german_months_end_on_their_30th_but_the_last_of_february_on_the_last_due_date(
    start: str, end: str, days: int
) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert year_fraction(DayCount.THIRTY_360_GERMAN, first, last) == (days, 360)
    matures = year_fraction(DayCount.THIRTY_360_GERMAN, first, last, matures=last)
    assert matures == (days - (30 - last.day if last.month == 2 else 0), 360)


@pytest.mark.parametrize(
    ("start", "end", "fraction"),
    [
        ("2003-11-01", "2004-05-01", Fraction(182, 366)),
        ("1999-02-01", "1999-07-01", Fraction(150, 365)),
        ("1999-07-01", "2000-07-01", Fraction(1)),
        ("2002-08-15", "2003-07-15", Fraction(334, 365)),
        ("2003-07-15", "2004-01-15", Fraction(184, 365)),
        ("1999-07-30", "2000-01-30", Fraction(184, 365)),
        ("2000-01-30", "2000-06-30", Fraction(152, 366)),
        ("1994-02-10", "1997-06-30", 3 + Fraction(140, 365)),
        ("2004-02-28", "2008-02-27", 3 + Fraction(365, 366)),
        ("2004-02-29", "2007-02-28", Fraction(3)),
    ],
)
def test_actual_actual_afb_is_that_of_isdas_memorandum(start: str, end: str, fraction: Fraction) -> None:
    got = year_fraction(DayCount.ACTUAL_ACTUAL_AFB, date.fromisoformat(start), date.fromisoformat(end))
    assert Fraction(*got) == fraction


@pytest.mark.parametrize(
    ("start", "end", "year"),
    [
        ("2011-12-28", "2012-01-28", 366),
        ("2012-12-28", "2013-01-28", 365),
        ("2011-06-30", "2012-06-30", 366),
        ("2012-03-01", "2013-03-01", 365),
        ("2012-02-28", "2013-02-28", 366),
        ("2012-02-29", "2013-02-28", 365),
    ],
)
def test_actual_365l_takes_the_year_that_a_period_ends_in_and_a_years_29th_of_february(
    start: str, end: str, year: int
) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert year_fraction(DayCount.ACTUAL_365_L, first, last) == ((last - first).days, year)


def test_the_29th_of_february_bears_nothing_where_leap_days_are_not_counted() -> None:
    first, last = date(2024, 2, 28), date(2024, 3, 1)
    assert year_fraction(DayCount.NO_LEAP_365, first, last) == (1, 365)
    assert year_fraction(DayCount.NO_LEAP_365, first, date(2024, 2, 29)) == (0, 365)
    assert year_fraction(DayCount.NO_LEAP_365, date(2024, 1, 1), date(2025, 1, 1)) == (365, 365)
    assert Fraction(*year_fraction(DayCount.ACTUAL_365_25, first, last)) == Fraction(2 * 4, 1461)


def test_a_compounded_rate_grows_to_itself_over_its_own_periods() -> None:
    eight = Fraction(8, 100)
    assert growth(eight, Fraction(1, 4), None) == Fraction(2, 100)
    assert growth(eight, Fraction(1, 4), 4) == Fraction(2, 100)
    assert growth(eight, Fraction(1), 4) == Fraction(8_243_216, 100_000_000)
    assert growth(Fraction(0), Fraction(1, 12), 2) == 0
    monthly = growth(Fraction(12, 100), Fraction(1, 12), 1)
    assert abs((1 + monthly) ** 12 - Fraction(112, 100)) < Fraction(1, 10**28)


def test_with_the_last_day_counted_the_turn_of_the_year_moves_by_a_day() -> None:
    got = year_fraction(DayCount.ACTUAL_ACTUAL_LAST, date(2023, 12, 12), date(2024, 1, 12))
    assert Fraction(*got) == Fraction(19, 365) + Fraction(12, 366)


def test_actual_365_is_more_than_a_year_in_a_leap_year() -> None:
    first, last = date(2024, 1, 1), date(2025, 1, 1)
    assert year_fraction(DayCount.ACTUAL_365, first, last) == (366, 365)
    assert year_fraction(DayCount.ACTUAL_360, first, last) == (366, 360)
    assert year_fraction(DayCount.ACTUAL_364, first, last) == (366, 364)
    assert Fraction(*year_fraction(DayCount.ACTUAL_ACTUAL, first, last)) == 1


def test_periods_are_not_counted_in_days() -> None:
    with pytest.raises(ValueError, match="not counted in days"):
        year_fraction(DayCount.PERIOD, date(2024, 1, 1), date(2024, 2, 1))


@given(
    start=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    length=st.integers(0, 4000),
    cut=st.integers(0, 4000),
    count=st.sampled_from(
        [
            DayCount.ACTUAL_365,
            DayCount.ACTUAL_365_25,
            DayCount.ACTUAL_ACTUAL,
            DayCount.ACTUAL_ACTUAL_LAST,
            DayCount.NO_LEAP_365,
        ]
    ),
)
def test_actual_days_add_up_wherever_they_are_cut(
    start: date, length: int, cut: int, count: DayCount
) -> None:
    end = start + timedelta(days=length)
    middle = start + timedelta(days=min(cut, length))
    parts = [
        Fraction(*year_fraction(count, *span)) for span in ((start, middle), (middle, end), (start, end))
    ]
    assert parts[0] + parts[1] == parts[2]
