"""The demo's lending sums to the published figures, however it is split."""

from datetime import date
from io import BytesIO
from random import Random

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.demo_data import books, lending

MOST_PER_PROJECT = 200_000_00


def test_projects_sum_to_what_the_women_s_fund_gave() -> None:
    loans, grants = lending.projects()
    assert (len(loans), sum(loans)) == (20, 1_934_422_00)
    assert (len(grants), sum(grants)) == (11, 326_590_00)
    assert max(loans + grants) <= MOST_PER_PROJECT


def test_poverty_funds_sum_to_the_district_s_figures() -> None:
    funds = lending.poverty_funds()
    problems = [fund for fund in funds if fund.problem]
    assert len({fund.village_code for fund in funds}) == 82
    assert sum(fund.capital for fund in funds) == 23_951_565_00
    assert sum(len(fund.debts) for fund in funds) == 2_792
    assert (len(problems), sum(fund.overdue for fund in problems)) == (21, 3_350_200_00)
    assert len([fund for fund in problems if fund.overdue_left == 0]) == 11
    assert sum(fund.overdue_left or 0 for fund in problems) == 794_964_00


def test_nothing_is_lent_that_is_not_there() -> None:
    for fund in lending.poverty_funds():
        assert 0 < fund.outstanding < fund.capital
        assert (fund.overdue_left or 0) <= fund.overdue
        assert all(debt.outstanding > 0 for debt in fund.debts)


def test_the_same_again() -> None:
    assert lending.poverty_funds() == lending.poverty_funds()
    assert lending.women(100) == lending.women(100)
    assert len(set(lending.women(100))) == 100


@given(
    total=st.integers(0, 10**12), count=st.integers(1, 500), unit=st.integers(1, 10**6), seed=st.integers()
)
def test_parts_always_sum(total: int, count: int, unit: int, seed: int) -> None:
    parts = lending.split(total, count, rng=Random(seed), unit=unit)  # noqa: S311 - repeatable on purpose
    assert (sum(parts), len(parts)) == (total, count)
    assert all(part >= 0 for part in parts)
    assert all(part % unit == 0 for part in parts[:-1])


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2026, 10, 31), -8, date(2026, 2, 28)),
        (date(2026, 1, 15), 0, date(2026, 1, 31)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
    ],
)
def test_the_last_day_of_a_month_before_or_after(day: date, months: int, end: date) -> None:
    assert books.month_end(day, months=months) == end


def test_a_book_has_three_tables_in_thai() -> None:
    fund = lending.poverty_funds()[0]
    sheets = openpyxl.load_workbook(BytesIO(books.workbook(fund, cut_off_on=date(2026, 10, 31))))
    assert sheets.sheetnames == ["ทะเบียนสมาชิก", "ทะเบียนลูกหนี้", "งบทดลอง"]
    assert sheets["ทะเบียนสมาชิก"].max_row == len(fund.debts) + 3
    assert sheets["งบทดลอง"].cell(1, 1).value == "งบทดลอง ณ วันที่ ๓๑ ต.ค. ๖๙"
