"""Published schedules of less usual conventions: balloons, payments at the start, month ends, multiples.

Oracle PeopleSoft PeopleTools' reference of PMT; a published balloon calculator's table; Apache Fineract's
tests (ProgressiveEMICalculatorTest, ClientLoanIntegrationTest, LoanFixedPrincipalPercentageAmortizationTest)
and feature files LoanBulletBalloon and LoanMonthEndDueDateStrategy.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from funds.schedules.rules import (
    DayCount,
    Disbursement,
    FlatSplit,
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
    Terms,
    schedule,
)

LEVEL, PRINCIPAL, FLAT = Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL, Method.FLAT


def satang(amount: str) -> int:
    return int(Decimal(amount.replace(",", "")) * 100)


def lay(method: Method, lent: str, rate: str, instalments: int, on: str, **terms: Any) -> Schedule:
    agreed = Terms(method=method, annual_rate=Fraction(rate) / 100, instalments=instalments, **terms)
    return schedule([Disbursement(date.fromisoformat(on), satang(lent))], agreed)


def parts(planned: Schedule) -> list[str]:
    return [f"{row.principal / 100:.2f} {row.interest / 100:.2f}" for row in planned.rows]


@pytest.mark.parametrize(
    ("terms", "level"),
    [
        ({}, "776.33"),
        ({"balloon": satang("30000.00")}, "660.53"),
        ({"balloon": satang("30000.00"), "paid_at": PaidAt.START}, "652.92"),
    ],
)
def test_peoplesofts_pmt_with_a_balloon_and_at_the_start_of_the_month(
    terms: dict[str, Any], level: str
) -> None:
    planned = lay(LEVEL, "50000.00", "14", 120, "2024-01-01", **terms)
    assert {row.total for row in planned.rows[:119]} == {satang(level)}
    at_start = terms.get("paid_at") is PaidAt.START
    assert len(planned.rows) == 120 + at_start
    last = terms.get("balloon", 0) + (0 if at_start else satang(level))
    assert abs(planned.rows[-1].total - last) <= 120  # a satang or so a row
    assert planned.principal == satang("50000.00")


BALLOON_TABLE = (
    "1719.28 2500.00", "1727.88 2491.40", "1736.52 2482.76", "1745.20 2474.08", "1753.92 2465.36",
    "1762.69 2456.59", "1771.51 2447.77", "1780.36 2438.92", "1789.27 2430.01", "1798.21 2421.07",
    "1807.20 2412.08", "1816.24 2403.04", "1825.32 2393.96", "1834.45 2384.83", "1843.62 2375.66",
    "1852.84 2366.44", "1862.10 2357.18", "1871.41 2347.87", "1880.77 2338.51", "1890.17 2329.11",
    "1899.62 2319.66", "1909.12 2310.16", "1918.67 2300.61", "1928.26 2291.02", "1937.90 2281.38",
    "1947.59 2271.69", "1957.33 2261.95", "1967.12 2252.16", "1976.95 2242.33",
)  # fmt: skip


def test_a_balloon_calculators_table_level_over_180_months_and_due_after_59() -> None:
    """formsbirds.com, Balloon Payment Calculator: 500,000 at 6 %, 59 of 4,219.28, then 384,265.10."""
    planned = lay(LEVEL, "500000.00", "6", 60, "2009-10-15", level_over=180)
    assert parts(planned)[:29] == list(BALLOON_TABLE)
    assert planned.rows[0].due_date == date(2009, 11, 15)
    assert {row.total for row in planned.rows[:59]} == {satang("4219.28")}
    assert planned.rows[59].total == satang("384265.10")


def test_a_bullet_loan_is_that_of_apache_fineract() -> None:
    planned = lay(LEVEL, "100.00", "30", 8, "2024-01-01", day_count=DayCount.THIRTY_360_US, grace_principal=7)
    assert parts(planned) == ["0.00 2.50"] * 7 + ["100.00 2.50"]


ROLL = ["2025-03-01", "2025-03-31", "2025-05-01"]
CLAMP = ["2025-02-28", "2025-03-31", "2025-04-30"]
BY_DAYS = {
    "day_count": DayCount.ACTUAL_ACTUAL_LAST,
    "level_from": LevelFrom.ACTUAL_DAYS,
    "last_instalment": LastInstalment.NEAREST,
}


@pytest.mark.parametrize(
    ("month_end", "terms", "days", "rows"),
    [
        (MonthEnd.NEXT_MONTH, BY_DAYS, ROLL, ["3303.22 95.34", "3332.51 66.05", "3364.27 34.29"]),
        (MonthEnd.LAST_DAY, BY_DAYS, CLAMP, ["3305.77 92.05", "3329.59 68.23", "3364.64 33.19"]),
        (MonthEnd.NEXT_MONTH, {}, ROLL, ["3300.22 100.00", "3333.22 67.00", "3366.56 33.67"]),
        (MonthEnd.LAST_DAY, {}, CLAMP, ["3300.22 100.00", "3333.22 67.00", "3366.56 33.67"]),
    ],
)
def test_the_31st_in_shorter_months_is_that_of_apache_fineracts_two_strategies(
    month_end: MonthEnd, terms: dict[str, Any], days: list[str], rows: list[str]
) -> None:
    planned = lay(LEVEL, "10000.00", "12", 3, "2025-01-31", month_end=month_end, **terms)
    assert [str(row.due_date) for row in planned.rows] == days
    assert parts(planned) == rows


def test_two_per_cent_a_month_over_four_months_is_that_of_apache_fineract() -> None:
    planned = lay(LEVEL, "12000.00", "24", 4, "2011-09-20")
    assert parts(planned) == ["2911.49 240.00", "2969.72 181.77", "3029.11 122.38", "3089.68 61.79"]
    assert [str(row.due_date) for row in planned.rows] == [
        "2011-10-20", "2011-11-20", "2011-12-20", "2012-01-20",
    ]  # fmt: skip
    assert planned.interest == satang("605.94")


HUNDREDS = Rounding(RoundingMode.HALF_UP, satang("100.00"))


@pytest.mark.parametrize(
    ("grace", "shown"),
    [
        (
            0,
            {1: "416700 200000", 2: "416700 191700", 3: "416700 183300", 4: "416700 175000",
             5: "416700 166700", 6: "416700 158300", 10: "416700 125000", 20: "416700 41700",
             24: "415900 8300"},
        ),
        (
            5,
            {1: "0 200000", 2: "0 200000", 5: "0 200000", 6: "526300 200000", 7: "526300 189500",
             10: "526300 157900", 20: "526300 52600", 24: "526600 10500"},
        ),
    ],
)  # fmt: skip
def test_level_principal_in_hundreds_is_that_of_apache_fineract(grace: int, shown: dict[int, str]) -> None:
    planned = lay(
        PRINCIPAL, "10000000.00", "24", 24, "2014-06-02", grace_principal=grace,
        instalment_rounding=HUNDREDS, interest_rounding=HUNDREDS,
    )  # fmt: skip
    found = {number: planned.rows[number - 1] for number in shown}
    assert {number: f"{row.principal // 100} {row.interest // 100}" for number, row in found.items()} == shown


@pytest.mark.parametrize(
    ("method", "instalments", "grace", "shown"),
    [
        (PRINCIPAL, 13, 0, {1: "5000.00 1972.60", 2: "5000.00 1936.44", 3: "5000.00 1775.34",
                            12: "5000.00 917.26", 13: "40000.00 789.04"}),
        (PRINCIPAL, 19, 6, {1: "0.00 1972.60", 6: "0.00 1906.85", 7: "5000.00 2038.36",
                            18: "5000.00 828.49", 19: "40000.00 815.34"}),
        (FLAT, 13, 0, {1: "5000.00 2002.95", 2: "5000.00 2002.95", 12: "5000.00 2002.95",
                       13: "40000.00 2002.96"}),
    ],
)  # fmt: skip
def test_five_per_cent_of_the_principal_a_month_and_the_rest_at_the_end_is_that_of_apache_fineract(
    method: Method, instalments: int, grace: int, shown: dict[int, str]
) -> None:
    planned = lay(
        method, "100000.00", "24", instalments, "2011-09-20", grace_principal=grace,
        day_count=DayCount.ACTUAL_365, instalment_amount=satang("5000.00"),
        rounded_part=RoundedPart.PRINCIPAL,
    )  # fmt: skip
    rows = parts(planned)
    assert {number: rows[number - 1] for number in shown} == shown


BY_PERIODS = {"level_from": LevelFrom.ACTUAL_DAYS, "last_instalment": LastInstalment.NEAREST}
UNIT_TESTS: dict[str, tuple[list[tuple[str, str]], dict[str, Any], list[str]]] = {
    "200 more inside the first month": (
        [("2024-01-01", "100.00"), ("2024-01-08", "200.00")],
        {"rounded_interest": RoundedInterest.BALANCE},
        ["49.31 2.02", "49.35 1.98", "49.74 1.59", "50.13 1.20", "50.53 0.80", "50.94 0.40"],
    ),
    "100 more inside the second month": (
        [("2024-01-01", "100.00"), ("2024-02-15", "100.00")],
        {},
        ["16.34 0.79", "36.46 1.07", "36.37 1.16", "36.65 0.88", "36.94 0.59", "37.24 0.29"],
    ),
    "three parts in a broken first month": (
        [("2024-01-05", "100.00"), ("2024-01-08", "50.00"), ("2024-01-08", "25.00")],
        {"first_due": date(2024, 2, 1), "first_period": DayCount.PERIOD_BY_DAYS},
        ["28.79 1.15", "28.78 1.16", "29.01 0.93", "29.24 0.70", "29.47 0.47", "29.71 0.23"],
    ),
    "the same, named by the day count alone": (
        [("2024-01-05", "100.00"), ("2024-01-08", "75.00")],
        {"first_due": date(2024, 2, 1), "day_count": DayCount.PERIOD_BY_DAYS},
        ["28.79 1.15", "28.78 1.16", "29.01 0.93", "29.24 0.70", "29.47 0.47", "29.71 0.23"],
    ),
    "weekly in a year of 364 days": (
        [("2024-01-01", "100.00")],
        {"period": Period.WEEK, "day_count": DayCount.ACTUAL_364},
        ["16.59 0.18", "16.62 0.15", "16.65 0.12", "16.68 0.09", "16.71 0.06", "16.75 0.03"],
    ),
    "every two weeks in a year of 364 days": (
        [("2024-01-01", "100.00")],
        {"period": Period.WEEK, "every": 2, "day_count": DayCount.ACTUAL_364, "instalments": 3},
        ["33.21 0.36", "33.33 0.24", "33.46 0.12"],
    ),
    "every 15 days in a year of 360": (
        [("2024-01-01", "100.00")],
        {"period": Period.DAY, "every": 15, "day_count": DayCount.ACTUAL_360},
        ["16.50 0.40", "16.57 0.33", "16.64 0.26", "16.70 0.20", "16.77 0.13", "16.82 0.07"],
    ),
    "actual/actual from the end of a year": (
        [("2023-12-12", "100.00")],
        {"day_count": DayCount.ACTUAL_ACTUAL_LAST},
        ["16.33 0.80", "16.46 0.67", "16.63 0.50", "16.72 0.41", "16.87 0.26", "16.99 0.14"],
    ),
    "one instalment": ([("2024-01-01", "100.00")], {"instalments": 1}, ["100.00 0.79"]),
}


@pytest.mark.parametrize("case", UNIT_TESTS.values(), ids=UNIT_TESTS)
def test_parts_paid_out_inside_periods_and_short_periods_are_those_of_apache_fineracts_calculator(
    case: tuple[list[tuple[str, str]], dict[str, Any], list[str]],
) -> None:
    """Of Fineract's ProgressiveEMICalculatorTest, all at 9.4822 % a year; months of 30 days are `period`."""
    lent, chosen, expected = case
    terms = {"method": LEVEL, "instalments": 6, **BY_PERIODS, **chosen}
    paid_out = [Disbursement(date.fromisoformat(on), satang(amount)) for on, amount in lent]
    assert parts(schedule(paid_out, Terms(annual_rate=Fraction("9.4822") / 100, **terms))) == expected


def test_the_rule_of_78_gives_twelve_seventy_eighths_first() -> None:
    """bit1024.com, Rule of 78s: of 1,200 interest over 12 months the third bears 153.85."""
    planned = lay(
        FLAT, "12000.00", "10", 12, "2026-01-01", flat_split=FlatSplit.SUM_OF_DIGITS,
        rounded_part=RoundedPart.TOTAL,
    )  # fmt: skip
    assert [row.total for row in planned.rows] == [satang("1100.00")] * 12
    assert [row.interest for row in planned.rows[:3]] == [184_62, 169_23, 153_85]
    assert planned.rows[-1].interest == 15_38
    assert planned.interest == satang("1200.00")
