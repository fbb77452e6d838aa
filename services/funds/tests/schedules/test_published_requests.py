"""Published tables asked for as a caller of the preview asks, by the fields of its request alone.

HP-12C user's guide and its module "Loan amortizations"; HP-10bII+ manual (Canadian mortgages); BA II Plus
guidebook; numpy-financial's documentation (ipmt); tests of Razorpay's (go-financial), A. Panfutov's and
Timmson's loan calculators and of S. Treanor's FSharp.Finance.Personal; schedules that Apache Fineract's own
generator was seen to make of loans in Mongolian tögrög.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from funds.schedule_previews.schemas import PreviewRequest
from funds.schedule_previews.service import disbursements_of, terms_of
from funds.schedules.conventions import Row, Schedule
from funds.schedules.service import lay_out

LEVEL = {"method": "equal_instalment"}


def ask(**request: Any) -> Schedule:
    """Lay out what a request's body says."""
    body = PreviewRequest.model_validate_json(json.dumps({**LEVEL, **request}))
    terms = terms_of(body)
    lent = disbursements_of(body, terms, today=date(2026, 1, 1))
    return lay_out(lent, terms, frozenset(body.days_off or ()), carried=body.carried)


def baht(amount: int) -> str:
    return f"{amount / 100:.2f}"


def parts(rows: tuple[Row, ...]) -> list[str]:
    return [f"{baht(row.principal)} {baht(row.interest)}" for row in rows]


def summed(rows: tuple[Row, ...]) -> tuple[str, str, str]:
    """Return interest and principal of some instalments, and the balance after them."""
    interest, principal = sum(row.interest for row in rows), sum(row.principal for row in rows)
    return baht(interest), baht(principal), baht(rows[-1].balance)


HP_12C = {"principal": "180000.00", "annual_rate": "7.75", "instalments": 360}
CAR = {"principal": "12500.00", "annual_rate": "10.20", "instalments": 48, "paid_at": "start"}
BA_II = {"principal": "120000.00", "annual_rate": "6.125", "instalments": 360}


@pytest.mark.parametrize(
    ("request_body", "first", "after", "expected"),
    [
        (HP_12C, 0, 12, ("13894.66", "1579.82", "178420.18")),
        (HP_12C, 12, 24, ("13767.79", "1706.69", "176713.49")),
        (CAR, 9, 10, ("88.72", "226.83", "10210.45")),
        ({**HP_12C, "principal": "50000.00", "annual_rate": "13.25", "instalments": 300}, 0, 12,
         ("6608.89", "271.31", "49728.69")),
        ({**HP_12C, "principal": "250000.00", "annual_rate": "5.25"}, 0, 1,
         ("1093.75", "286.76", "249713.24")),
        ({**HP_12C, "principal": "250000.00", "annual_rate": "5.25", "instalments": 300}, 1, 2,
         ("1091.98", "406.14", "249189.49")),
        (BA_II, 0, 9, ("5490.80", "1071.37", "118928.63")),
        (BA_II, 9, 21, ("7242.53", "1507.03", "117421.60")),
    ],
)  # fmt: skip
def test_years_of_a_loan_are_those_that_financial_calculators_amortise(
    request_body: dict[str, Any], first: int, after: int, expected: tuple[str, str, str]
) -> None:
    assert summed(ask(**request_body).rows[first:after]) == expected


NUMPY = [
    "17.17 2299.42", "15.79 2097.46", "14.40 1894.11", "13.01 1689.37", "11.60 1483.22", "10.18 1275.66",
    "8.76 1066.67", "7.32 856.25", "5.88 644.38", "4.42 431.05", "2.96 216.26", "1.49 0.00",
]  # fmt: skip


def test_exact_amounts_carried_on_show_numpys_interest_and_balance_in_every_row() -> None:
    planned = ask(principal="2500.00", annual_rate="8.24", instalments=12, carried="exact")
    assert [f"{baht(row.interest)} {baht(row.balance)}" for row in planned.rows] == NUMPY
    assert baht(planned.interest) == "112.98"
    rounded = ask(principal="2500.00", annual_rate="8.24", instalments=12)
    assert baht(rounded.rows[5].balance) == "1275.65"  # each row rounded: another table


def test_a_years_sums_of_exact_amounts_are_the_spreadsheets_cumipmt_and_cumprinc() -> None:
    """125,000 at 9 % over 30 years, months 13 to 24: 11,135.23 and 934.11."""
    planned = ask(principal="125000.00", annual_rate="9.00", instalments=360, carried="exact")
    before, after = planned.rows[11].balance, planned.rows[23].balance
    assert abs(before - after - 934_11) <= 1  # of two balances, each rounded
    assert abs(sum(row.interest for row in planned.rows[12:24]) - 11135_23) <= 6


def test_a_rounded_payment_leaves_the_last_what_the_exact_amounts_come_to() -> None:
    """As =ROUND(PMT(…); 2) over interest that no row rounds: the level stays, the last differs."""
    rounding = {"mode": "half_up", "multiple": "0.01"}
    planned = ask(
        principal="2500.00", annual_rate="8.24", instalments=12, carried="exact", instalment_rounding=rounding
    )
    assert abs(planned.rows[-1].total - 217_75) <= 3
    assert planned.principal == 2500_00


@pytest.mark.parametrize(
    ("principal", "rate", "level"),
    [
        ("30000.00", "9.00", "237.85"),
        ("130000.00", "12.00", "1308.30"),
    ],
)
def test_a_canadian_mortgage_is_compounded_twice_a_year(principal: str, rate: str, level: str) -> None:
    planned = ask(principal=principal, annual_rate=rate, instalments=360, compounding=2)
    assert baht(planned.rows[0].total) == level


def test_a_rate_compounded_with_each_instalment_is_the_nominal_one() -> None:
    plain = ask(principal="100000.00", annual_rate="12.00", instalments=24)
    assert ask(principal="100000.00", annual_rate="12.00", instalments=24, compounding=12) == plain
    quarterly = ask(principal="100000.00", annual_rate="10.25", instalments=2, every=6, compounding=1)
    assert quarterly.rows[0].interest == 5000_00  # 1.05² = 1.1025


@pytest.mark.parametrize(("principal", "level"), [("4500.00", "135.17"), ("45000.00", "1351.68")])
def test_odd_days_before_the_first_period_are_compounded_as_by_hp_12c(principal: str, level: str) -> None:
    """36 months at 5 % from 15 February: 16 odd days of 30; HP's guide, and calcfxc's documentation."""
    planned = ask(
        principal=principal, annual_rate="5.00", instalments=36, disbursed_on="2004-02-15",
        first_due="2004-04-01", first_period="30/360", compounding=12, level_from="actual_days",
    )  # fmt: skip
    assert baht(planned.rows[0].total) == level


def test_two_thai_banks_first_interest_of_a_house_loan() -> None:
    """W. Chongnguluam, dev.to: of 4,900,000 at 1.75 %, by a twelfth of a year, and by 30 days of 365."""
    house = {"principal": "4900000.00", "annual_rate": "1.75", "instalments": 360}
    agreed = {"instalment_amount": "27600.00", "disbursed_on": "2026-01-15"}
    assert baht(ask(**house, **agreed).rows[0].interest) == "7145.83"
    assert baht(ask(**house, **agreed, day_count="30/365").rows[0].interest) == "7047.95"


PANFUTOV = {
    1: "12902.12 2083.33", 2: "12955.88 2029.57", 3: "13009.86 1975.59", 12: "13505.94 1479.51",
    24: "14196.93 788.52", 35: "14861.35 124.10", 36: "14923.18 62.18",
}  # fmt: skip


def test_three_years_at_five_per_cent_are_panfutovs_table() -> None:
    planned = ask(principal="500000.00", annual_rate="5.00", instalments=36)
    rows = parts(planned.rows)
    assert {number: rows[number - 1] for number in PANFUTOV} == PANFUTOV
    assert baht(planned.interest) == "39476.11"


def test_flat_daily_instalments_are_go_financials() -> None:
    planned = ask(
        principal="10000.00", annual_rate="73.00", method="flat", instalments=30, period="day",
        first_due="2020-04-15",
    )  # fmt: skip
    assert parts(planned.rows) == ["333.33 20.00"] * 29 + ["333.43 20.00"]
    assert planned.rows[-1].due_date == date(2020, 5, 14)


def test_actual_days_in_usual_and_leap_years_are_timmsons_sums() -> None:
    year = {"annual_rate": "11.50", "instalments": 12, "day_count": "ACT/ACT last day"}
    level = ask(principal="500000.00", disbursed_on="2018-10-25", **year)
    assert baht(level.interest) == "31684.22"
    leap = ask(principal="50000.00", disbursed_on="2016-10-25", method="equal_principal", **year)
    assert baht(leap.interest) == "3111.18"


TREANOR = {
    "annual_rate": "292.00", "instalments": 5, "due_day": 31, "day_count": "ACT/365",
    "level_from": "actual_days", "interest_rounding": {"mode": "down"},
    "instalment_rounding": {"mode": "up"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("on", "level", "last", "interest"),
    [
        ("2022-11-26", "456.88", "366.06 90.78", "784.36"),
        ("2022-10-29", "556.05", "445.52 110.48", "1280.20"),
    ],
)
def test_0_8_per_cent_a_day_with_a_broken_first_month_is_treanors(
    on: str, level: str, last: str, interest: str
) -> None:
    planned = ask(principal="1500.00", disbursed_on=on, first_due="2022-11-30", **TREANOR)
    assert {baht(row.total) for row in planned.rows[:4]} == {level}
    assert parts(planned.rows)[-1] == last
    assert baht(planned.interest) == interest


FINERACT = {"level_from": "actual_days", "last_instalment": "nearest", "disbursed_on": "2024-01-01"}
WHOLE = {"multiple": "1.00"}
HUNDREDS = {"multiple": "100.00"}


@pytest.mark.parametrize(
    ("principal", "rate", "instalments", "chosen", "interest"),
    [
        ("5000000.00", "18.50", 18, {}, "763994.33"),
        ("4999999.00", "18.50", 18, {}, "763994.20"),
        ("87654321.00", "18.50", 18, {}, "13393481.04"),
        ("50000000.00", "16.80", 36, {}, "13995886.40"),
        ("1200000.00", "21.60", 12, {}, "144988.47"),
        ("1200000.00", "21.60", 12, {"day_count": "ACT/ACT last day"}, "144659.21"),
        ("1200000.00", "21.60", 12, {"day_count": "ACT/ACT AFB"}, "145011.43"),
        ("5000000.00", "18.50", 18, {"interest_rounding": WHOLE, "instalment_rounding": WHOLE}, "763994.00"),
        ("5000000.00", "18.50", 18, {"interest_rounding": HUNDREDS, "instalment_rounding": HUNDREDS},
         "764100.00"),
    ],
)  # fmt: skip
def test_large_loans_come_to_apache_fineracts_interest_to_the_last_unit(
    principal: str, rate: str, instalments: int, chosen: dict[str, Any], interest: str
) -> None:
    """Months of 30 days, a year of 366 days for a month with 29 February, and currencies without decimals."""
    planned = ask(principal=principal, annual_rate=rate, instalments=instalments, **FINERACT, **chosen)
    assert baht(planned.interest) == interest


def test_an_instalment_in_hundreds_leaves_apache_fineracts_last_one() -> None:
    planned = ask(
        principal="1200000.00", annual_rate="21.60", instalments=12, instalment_rounding=HUNDREDS, **FINERACT
    )
    assert {baht(row.total) for row in planned.rows[:11]} == {"112100.00"}
    assert baht(planned.rows[11].total) == "111866.22"


def test_days_off_named_by_the_caller_count_instead_of_thailands() -> None:
    """Russia's 4 November 2019 (Monday): due the 2nd, a Saturday, it is paid on the 5th."""
    asked = {
        "principal": "1000.00", "annual_rate": "0.00", "method": "interest_free", "instalments": 1,
        "first_due": "2019-11-02", "holiday_rule": "following",
    }  # fmt: skip
    assert ask(**asked, days_off=["2019-11-04"]).rows[0].due_date == date(2019, 11, 5)
    assert ask(**asked, days_off=[]).rows[0].due_date == date(2019, 11, 4)


def test_what_is_shown_of_exact_amounts_sums_to_the_satang() -> None:
    for method in ("flat", "equal_instalment", "equal_principal"):
        planned = ask(
            principal="1000.01", annual_rate="7.77", method=method, instalments=37, carried="exact",
            grace_principal=2,
        )  # fmt: skip
        assert sum(row.principal for row in planned.rows) == 1000_01
        assert all(row.total == row.principal + row.interest for row in planned.rows)
        assert planned.rows[-1].balance == 0
        assert Decimal(planned.total) == planned.principal + planned.interest
