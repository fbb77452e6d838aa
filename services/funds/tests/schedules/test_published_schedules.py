"""Schedules that other systems publish, to the satang.

Apache Fineract's end-to-end tests (EMI calculation; its products by name), ERPNext's loan tests, and the
examples in the documentation of spreadsheets' PMT, IPMT, PPMT, CUMIPMT and CUMPRINC.
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
    Period,
    RoundedPart,
    Rounding,
    RoundingMode,
    Schedule,
    Terms,
    schedule,
)

WHOLE = 100


def satang(amount: str) -> int:
    return int(Decimal(amount) * 100)


def level(principal: str, rate: str, instalments: int, **terms: Any) -> Schedule:
    """Lay out level instalments from 1 January 2024, or as said."""
    on = terms.pop("on", date(2024, 1, 1))
    agreed: dict[str, Any] = {"method": Method.EQUAL_INSTALMENT, **terms}
    return schedule(
        [Disbursement(on, satang(principal))],
        Terms(annual_rate=Fraction(rate) / 100, instalments=instalments, **agreed),
    )


DAYS: dict[str, Any] = {"level_from": LevelFrom.ACTUAL_DAYS, "last_instalment": LastInstalment.NEAREST}
DECEMBER = date(2023, 12, 12)

FINERACT = {
    "actual/actual, 12 %": (
        ("10000.00", "12", 6, {"on": DECEMBER, "day_count": DayCount.ACTUAL_ACTUAL_LAST}),
        [
            "1623.75 101.81",
            "1640.42 85.14",
            "1661.51 64.05",
            "1673.98 51.58",
            "1692.11 33.45",
            "1708.23 17.36",
        ],
    ),
    "actual/actual, 9.4822 %": (
        ("10000.00", "9.4822", 6, {"on": DECEMBER, "day_count": DayCount.ACTUAL_ACTUAL_LAST}),
        [
            "1632.67 80.45",
            "1645.92 67.20",
            "1662.62 50.50",
            "1672.49 40.63",
            "1686.80 26.32",
            "1699.50 13.65",
        ],
    ),
    "actual/actual, level moved by a cent": (
        ("331.77", "10.65", 5, {"on": DECEMBER, "day_count": DayCount.ACTUAL_ACTUAL_LAST}),
        ["65.14 3.00", "65.73 2.41", "66.44 1.70", "66.93 1.21", "67.53 0.59"],
    ),
    "360/30, 12 %": (
        ("100.00", "12", 6, {"day_count": DayCount.THIRTY_360_US}),
        ["16.25 1.00", "16.41 0.84", "16.58 0.67", "16.74 0.51", "16.91 0.34", "17.11 0.17"],
    ),
    "360/30, 9.4822 %": (
        ("100.00", "9.4822", 6, {"day_count": DayCount.THIRTY_360_EUROPEAN}),
        ["16.34 0.79", "16.47 0.66", "16.60 0.53", "16.73 0.40", "16.86 0.27", "17.00 0.13"],
    ),
    "360/30, level moved by a cent": (
        ("75.00", "12.3", 5, {"day_count": DayCount.THIRTY_360_BOND}),
        ["14.70 0.77", "14.85 0.62", "15.00 0.47", "15.16 0.31", "15.29 0.16"],
    ),
    "360/30, every two months": (
        ("100.00", "12", 3, {"every": 2, "day_count": DayCount.THIRTY_360_US}),
        ["32.68 2.00", "33.33 1.35", "33.99 0.68"],
    ),
    "360 days, every two weeks": (
        ("100.00", "9.4822", 6, {"every": 2, "period": Period.WEEK, "day_count": DayCount.ACTUAL_360}),
        ["16.51 0.37", "16.57 0.31", "16.63 0.25", "16.69 0.19", "16.76 0.12", "16.84 0.06"],
    ),
    "365/actual, 12 %": (
        ("100.00", "12", 6, {"day_count": DayCount.ACTUAL_365}),
        ["16.23 1.02", "16.45 0.80", "16.56 0.69", "16.75 0.50", "16.90 0.35", "17.11 0.17"],
    ),
}


@pytest.mark.parametrize("case", FINERACT.values(), ids=FINERACT)
def test_level_instalments_by_days_are_those_of_apache_fineract(case: Any) -> None:
    (principal, rate, instalments, terms), expected = case
    planned = level(principal, rate, instalments, **DAYS, **terms)
    rows = [(satang(part), satang(cost)) for part, cost in (row.split() for row in expected)]
    assert [(row.principal, row.interest) for row in planned.rows] == rows
    assert planned.rows[-1].balance == 0


FLAT: dict[str, Any] = {
    "method": Method.FLAT,
    "day_count": DayCount.ACTUAL_ACTUAL,
    "flat_split": FlatSplit.BY_PERIOD,
    "rounded_part": RoundedPart.TOTAL,
}
FINERACT_FLAT = {
    "1,000 at 12 %": (
        [Disbursement(date(2024, 6, 1), 1000_00)],
        "12",
        ["333.55 9.84", "333.23 10.16", "333.22 10.16"],
    ),
    "100 at 4 %": (
        [Disbursement(date(2024, 1, 1), 100_00)],
        "4",
        ["33.33 0.34", "33.35 0.32", "33.32 0.34"],
    ),
    "a second disbursement inside a period": (
        [Disbursement(date(2024, 6, 1), 1000_00), Disbursement(date(2024, 7, 15), 250_00)],
        "12",
        ["333.55 9.84", "458.80 11.56", "457.65 12.70"],
    ),
}


@pytest.mark.parametrize("case", FINERACT_FLAT.values(), ids=FINERACT_FLAT)
def test_flat_interest_by_days_is_that_of_apache_fineract(case: Any) -> None:
    lent, rate, expected = case
    planned = schedule(lent, Terms(annual_rate=Fraction(rate) / 100, instalments=3, **FLAT))
    rows = [(satang(part), satang(cost)) for part, cost in (row.split() for row in expected)]
    assert [(row.principal, row.interest) for row in planned.rows] == rows


def test_a_second_disbursement_on_a_due_date_is_levelled_as_by_apache_fineract() -> None:
    lent = [Disbursement(date(2024, 1, 1), 100_00), Disbursement(date(2024, 3, 1), 100_00)]
    agreed = Terms(
        method=Method.EQUAL_INSTALMENT,
        annual_rate=Fraction("9.4822") / 100,
        instalments=6,
        day_count=DayCount.THIRTY_360_US,
        **DAYS,
    )
    expected = ["16.34 0.79", "16.47 0.66", "41.31 1.32", "41.64 0.99", "41.96 0.67", "42.28 0.33"]
    rows = [(satang(part), satang(cost)) for part, cost in (row.split() for row in expected)]
    assert [(row.principal, row.interest) for row in schedule(lent, agreed).rows] == rows


MAMBU_ANNUAL = "120"  # 10 % a month


def test_ten_per_cent_a_month_is_that_of_mambu_and_a_textbook() -> None:
    flat = level("1000.00", MAMBU_ANNUAL, 4, method=Method.FLAT)
    assert [row.total for row in flat.rows] == [satang("350.00")] * 4
    declining = level("1000.00", MAMBU_ANNUAL, 4, method=Method.EQUAL_PRINCIPAL)
    assert [row.interest for row in declining.rows] == [100_00, 75_00, 50_00, 25_00]
    equal = level("1000.00", MAMBU_ANNUAL, 4)
    assert [row.total for row in equal.rows[:3]] == [satang("315.47")] * 3
    assert abs(equal.rows[3].total - 315_47) <= 2


SPREADSHEET = {
    "100,000 at 12 % over 12 months": (("100000.00", "12", 12, {}), 0, "8884.88"),
    "200,000 at 6 % over 30 years": (("200000.00", "6", 360, {}), 0, "1199.10"),
    "200,000 at 6.5 % over 30 years": (("200000.00", "6.5", 360, {}), 0, "1264.14"),
    "200,000 at 7.5 % over 15 years": (("200000.00", "7.5", 180, {}), 0, "1854.02"),
    "110,000 at 12.9 % over 60 months": (("110000.00", "12.9", 60, {}), 0, "2497.21"),
    "10,000 at 8 % over 10 months": (("10000.00", "8", 10, {}), 0, "1037.03"),
    "200,000 at 8 % over 10 years, the last year": (
        ("200000.00", "8", 10, {"period": Period.YEAR}),
        8,
        "29805.90",
    ),
    "1,200 at 12 % over 12 months": (("1200.00", "12", 12, {}), 0, "106.62"),
}


@pytest.mark.parametrize("case", SPREADSHEET.values(), ids=SPREADSHEET)
def test_a_level_instalment_is_the_spreadsheets_pmt(case: Any) -> None:
    (principal, rate, instalments, terms), at, expected = case
    assert level(principal, rate, instalments, **terms).rows[at].total == satang(expected)


def test_parts_of_an_instalment_are_the_spreadsheets_ipmt_and_ppmt() -> None:
    first = level("2000.00", "10", 24).rows[0]
    assert (first.principal, first.total - first.principal) == (satang("75.62"), satang("16.67"))
    assert level("8000.00", "10", 36).rows[0].interest == satang("66.67")
    yearly = level("8000.00", "10", 3, period=Period.YEAR)
    assert yearly.rows[2].interest == satang("292.45")
    last = level("200000.00", "8", 10, period=Period.YEAR).rows[9]
    assert abs(last.principal - satang("27598.05")) <= 4  # the satangs of ten roundings


def test_a_years_sums_are_the_spreadsheets_cumipmt_and_cumprinc_within_its_roundings() -> None:
    planned = level("125000.00", "9", 360)
    second_year = planned.rows[12:24]
    assert planned.rows[0].interest == satang("937.50")
    assert planned.rows[0].principal == satang("68.28")
    assert abs(sum(row.interest for row in second_year) - satang("11135.23")) <= 12
    assert abs(sum(row.principal for row in second_year) - satang("934.11")) <= 12


UP = Rounding(RoundingMode.UP, WHOLE)


def test_an_instalment_rounded_up_is_that_of_erpnext() -> None:
    planned = level("280000.00", "8.4", 20, instalment_rounding=UP)
    assert planned.rows[0].total == satang("15052.00")
    assert round(planned.interest / WHOLE) == 21034
    assert round(planned.total / WHOLE) == 301034
    shown = [planned.rows[at] for at in (3, 17, 19)]
    assert [round(row.principal / WHOLE) for row in shown] == [13369, 14740, 14941]
    assert [round(row.interest / WHOLE) for row in shown] == [1683, 312, 105]
    assert shown[-1].balance == 0


def test_an_agreed_amount_ends_the_loan_when_it_is_repaid_as_in_erpnext() -> None:
    planned = level("280000.00", "8.4", 30, instalment_amount=satang("14000.00"))
    assert len(planned.rows) == 22
    assert round(planned.interest / WHOLE) == 22712
    assert round(planned.total / WHOLE) == 302712
    assert planned.rows[-1].total < satang("14000.00")
