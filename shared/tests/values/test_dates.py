"""Buddhist years, fiscal years, and dates as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dates import be_string, be_year, fiscal_bounds, fiscal_year, parse_thai_date, thai_string

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def test_fiscal_year_2563_is_october_2019_to_september_2020() -> None:
    assert fiscal_bounds(2563) == (date(2019, 10, 1), date(2020, 9, 30))
    assert fiscal_year(date(2019, 9, 30)) == 2562
    assert fiscal_year(date(2019, 10, 1)) == 2563


@given(DATES)
def test_a_day_lies_in_its_fiscal_year(day: date) -> None:
    first, last = fiscal_bounds(fiscal_year(day))
    assert first <= day <= last


@pytest.mark.parametrize(
    "text",
    [
        "1972-11-05", "2515-11-05", "5/11/2515", "05/11/2515", "5-11-2515", "5.11.2515", "5/11/1972",
        "๕/๑๑/๒๕๑๕", " 5/11/2515 ", "5 พฤศจิกายน 2515", "๕ พ.ย. ๒๕๑๕", "5 พฤศจิกายน พ.ศ. 2515",
        "วันที่ 5 พฤศจิกายน 2515", "5 พย 2515", "5 พฤศจิกายน ค.ศ. 1972",
    ],
)  # fmt: skip
def test_one_day_is_read_in_all_its_spellings(text: str) -> None:
    assert parse_thai_date(text) == date(1972, 11, 5)


@pytest.mark.parametrize(
    "text",
    [
        "", "2565-13-40", "31/02/2565", "29/02/2566", "5/11/15", "5/11/2300", "5/11/2151", "2200-01-01",
        "5/11-2515", "5//2515", "2515", "25151105", "5 มะม่วง 2515", "1972-11-05T00:00:00", "0000-00-00", "x",
    ],
)  # fmt: skip
def test_what_is_no_day_of_a_known_era_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the importer takes any ValueError as bad_date
        parse_thai_date(text)


def test_the_29th_of_february_follows_the_christian_leap_year() -> None:
    assert parse_thai_date("29/02/2567") == date(2024, 2, 29)


@given(DATES)
def test_what_is_written_is_read_again(day: date) -> None:
    assert be_year(day) == day.year + 543
    assert parse_thai_date(be_string(day)) == day
    assert parse_thai_date(thai_string(day)) == day
    assert parse_thai_date(day.isoformat()) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(parse_thai_date(text), date)
    except ValueError:
        return
