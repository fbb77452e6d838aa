"""Schedules whose numbers were worked out by hand or by plain Decimal arithmetic, method by method."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from funds.schedules.rules import (
    DayCount,
    Disbursement,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LastInstalment,
    LevelFrom,
    Method,
    Period,
    RoundedPart,
    Rounding,
    RoundingMode,
    Row,
    Schedule,
    Terms,
    schedule,
)

WHOLE_BAHT = Rounding(RoundingMode.HALF_UP, 100)
START = date(2026, 1, 15)
CENT = Decimal("0.01")


def lay(principal: int, rate: str, instalments: int, method: Method, **terms: Any) -> Schedule:
    on = terms.pop("on", START)
    agreed = Terms(method=method, annual_rate=Fraction(rate) / 100, instalments=instalments, **terms)
    return schedule([Disbursement(on, principal * 100)], agreed)


def parts(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(f"{row.principal / 100:.2f}", f"{row.interest / 100:.2f}") for row in rows]


def totals(planned: Schedule) -> list[str]:
    return [f"{row.total / 100:.2f}" for row in planned.rows]


def test_five_thousand_flat_at_twelve_per_cent_costs_328_baht_a_month_and_324_at_the_end() -> None:
    terms: dict[str, Any] = {"first_due": date(2022, 11, 1), "instalment_rounding": WHOLE_BAHT}
    planned = lay(5000, "12", 18, Method.FLAT, on=date(2022, 10, 1), **terms)
    assert totals(planned) == ["328.00"] * 17 + ["324.00"]
    assert {row.interest for row in planned.rows} == {50_00}
    assert (planned.interest, planned.principal) == (900_00, 5000_00)
    assert [planned.rows[0].due_date, planned.rows[17].due_date] == [date(2022, 11, 1), date(2024, 4, 1)]


def test_flat_interest_that_does_not_divide_leaves_the_rest_to_the_last_instalment() -> None:
    planned = lay(1000, "10", 12, Method.FLAT)
    assert parts(planned.rows) == [("83.33", "8.33")] * 11 + [("83.37", "8.37")]
    assert planned.interest == 100_00


def test_flat_level_to_the_satang_is_the_sum_divided() -> None:
    planned = lay(1000, "10", 12, Method.FLAT, instalment_rounding=Rounding())
    assert totals(planned) == ["91.67"] * 11 + ["91.63"]


def test_flat_by_actual_days_is_spread_evenly_or_borne_by_each_period() -> None:
    # 15 January to 15 July 2026 are 181 days: 12,000 × 9 % × 181/365 = 535.561… → 535.56
    even = lay(12000, "9", 6, Method.FLAT, day_count=DayCount.ACTUAL_365)
    assert parts(even.rows) == [("2000.00", "89.26")] * 6
    own = lay(12000, "9", 6, Method.FLAT, day_count=DayCount.ACTUAL_365, flat_split=FlatSplit.BY_PERIOD)
    # 31, 28, 31, 30, 31, 30 days at 2.958904… a day
    assert [cost for _, cost in parts(own.rows)] == ["91.73", "82.85", "91.73", "88.77", "91.73", "88.77"]
    assert (even.interest, own.interest) == (535_56, 535_58)


def test_flat_weekly_and_daily_divide_the_rate_by_52_and_365() -> None:
    weekly = lay(5200, "10", 10, Method.FLAT, period=Period.WEEK)
    assert parts(weekly.rows) == [("520.00", "10.00")] * 10
    assert weekly.rows[9].due_date == date(2026, 3, 26)
    daily = lay(3650, "10", 10, Method.FLAT, period=Period.DAY)
    assert parts(daily.rows) == [("365.00", "1.00")] * 10


def test_flat_with_grace_on_principal_divides_it_among_the_others() -> None:
    planned = lay(1200, "12", 12, Method.FLAT, grace_principal=4)
    assert parts(planned.rows) == [("0.00", "12.00")] * 4 + [("150.00", "12.00")] * 8


def test_flat_with_an_interest_free_period_charges_only_the_others() -> None:
    planned = lay(1200, "12", 12, Method.FLAT, grace_interest=3)
    assert [cost for _, cost in parts(planned.rows)] == ["0.00"] * 3 + ["12.00"] * 9


def test_flat_interest_put_off_is_spread_or_carried() -> None:
    put_off: dict[str, Any] = {"grace_interest": 4}
    spread = lay(1200, "12", 12, Method.FLAT, grace_interest_mode=GraceInterest.SPREAD, **put_off)
    assert [cost for _, cost in parts(spread.rows)] == ["0.00"] * 4 + ["18.00"] * 8
    carried = lay(1200, "12", 12, Method.FLAT, grace_interest_mode=GraceInterest.CARRY, **put_off)
    assert [cost for _, cost in parts(carried.rows)] == ["0.00"] * 4 + ["60.00"] + ["12.00"] * 7
    assert spread.interest == carried.interest == 144_00


def test_equal_principal_quarterly() -> None:
    planned = lay(200000, "3", 8, Method.EQUAL_PRINCIPAL, every=3)
    interest = [f"{1500 - Decimal('187.50') * at:.2f}" for at in range(8)]
    assert parts(planned.rows) == [("25000.00", cost) for cost in interest]
    assert planned.interest == 6750_00


def test_equal_principal_rounded_up_to_a_thousand_leaves_a_smaller_last_one() -> None:
    up = Rounding(RoundingMode.UP, 1000_00)
    planned = lay(500000, "6", 72, Method.EQUAL_PRINCIPAL, instalment_rounding=up)
    assert [row.principal for row in planned.rows] == [7000_00] * 71 + [3000_00]
    assert planned.rows[0].interest == 2500_00
    assert planned.rows[1].interest == 2465_00


def test_equal_principal_may_round_the_whole_instalment() -> None:
    whole: dict[str, Any] = {"rounded_part": RoundedPart.TOTAL, "instalment_amount": 20000_00}
    planned = lay(100000, "12", 6, Method.EQUAL_PRINCIPAL, **whole)
    assert totals(planned)[:5] == ["20000.00"] * 5
    assert parts(planned.rows)[:2] == [("19000.00", "1000.00"), ("19190.00", "810.00")]


def test_the_poverty_fund_lends_free_of_interest_in_six_instalments() -> None:
    planned = lay(20000, "0", 6, Method.INTEREST_FREE, every=6, on=date(2026, 10, 1))
    assert totals(planned) == ["3333.33"] * 5 + ["3333.35"]
    assert planned.rows[5].due_date == date(2029, 10, 1)


def test_interest_only_and_the_principal_at_the_end_is_a_long_grace() -> None:
    planned = lay(50000, "12", 6, Method.EQUAL_PRINCIPAL, grace_principal=5)
    assert parts(planned.rows) == [("0.00", "500.00")] * 5 + [("50000.00", "500.00")]


def plain_annuity(
    principal: int, rate: str, months: int, days: Sequence[int] | None = None
) -> list[tuple[str, str]]:
    """Work out level instalments by PMT in Decimal; with `days`, interest by actual days/365."""
    monthly = Decimal(rate) / 1200
    level = (principal * monthly / (1 - (1 + monthly) ** -months)).quantize(CENT, ROUND_HALF_UP)
    balance, rows = Decimal(principal), []
    for at in range(months):
        part = monthly if days is None else Decimal(rate) / 100 * days[at] / 365
        interest = (balance * part).quantize(CENT, ROUND_HALF_UP)
        principal_part = balance if at == months - 1 else level - interest
        balance -= principal_part
        rows.append((f"{principal_part:.2f}", f"{interest:.2f}"))
    return rows


@pytest.mark.parametrize(
    ("principal", "rate", "months"),
    [(100000, "12", 12), (50000, "15", 24), (123456, "7.25", 37), (200000, "3", 24), (9999, "0.1", 10)],
)
def test_level_instalments_by_the_annuity_formula(principal: int, rate: str, months: int) -> None:
    assert parts(lay(principal, rate, months, Method.EQUAL_INSTALMENT).rows) == plain_annuity(
        principal, rate, months
    )


def test_interest_runs_by_actual_days_from_the_real_disbursement_and_the_last_instalment_is_adjusted() -> (
    None
):
    terms: dict[str, Any] = {"first_due": date(2026, 2, 28), "due_day": 31, "day_count": DayCount.ACTUAL_365}
    planned = lay(100000, "12", 6, Method.EQUAL_INSTALMENT, on=date(2026, 1, 20), **terms)
    days = [39, 31, 30, 31, 30, 31]
    assert parts(planned.rows) == plain_annuity(100000, "12", 6, days)
    assert [row.due_date.day for row in planned.rows] == [28, 31, 30, 31, 30, 31]


def test_half_even_half_down_and_half_up_part_at_half_a_satang() -> None:
    # 301.00 × 6 %/12 = 1.505: half up 1.51, half even and half down 1.50
    up = lay(301, "6", 2, Method.EQUAL_PRINCIPAL)
    even = lay(301, "6", 2, Method.EQUAL_PRINCIPAL, interest_rounding=Rounding(RoundingMode.HALF_EVEN))
    assert [row.interest for row in up.rows] == [151, 75]
    assert [row.interest for row in even.rows] == [150, 75]
    down = lay(301, "6", 2, Method.EQUAL_PRINCIPAL, interest_rounding=Rounding(RoundingMode.HALF_DOWN))
    assert [row.interest for row in down.rows] == [150, 75]
    assert [Rounding(mode).of(15, 10) for mode in RoundingMode] == [2, 1, 2, 1, 2]


def test_a_broken_first_period_is_whole_or_by_days() -> None:
    terms: dict[str, Any] = {"first_due": date(2026, 2, 1)}
    whole = lay(36500, "12", 2, Method.EQUAL_PRINCIPAL, on=date(2026, 1, 17), **terms)
    days = lay(
        36500,
        "12",
        2,
        Method.EQUAL_PRINCIPAL,
        on=date(2026, 1, 17),
        first_period=DayCount.ACTUAL_365,
        **terms,
    )
    assert [row.interest for row in whole.rows] == [365_00, 182_50]
    assert [row.interest for row in days.rows] == [180_00, 182_50]
    full = lay(36500, "12", 2, Method.EQUAL_PRINCIPAL, on=date(2026, 1, 1), first_period=DayCount.ACTUAL_365)
    assert full.rows[0].interest == 365_00  # a whole first period is not broken


def test_no_interest_before_the_day_that_it_begins() -> None:
    terms: dict[str, Any] = {"day_count": DayCount.ACTUAL_365, "interest_from": date(2026, 2, 5)}
    planned = lay(36500, "10", 2, Method.EQUAL_PRINCIPAL, **terms)
    assert [row.interest for row in planned.rows] == [100_00, 140_00]


def test_grace_on_principal_then_level_instalments() -> None:
    planned = lay(100000, "12", 14, Method.EQUAL_INSTALMENT, grace_principal=2)
    assert parts(planned.rows[:2]) == [("0.00", "1000.00")] * 2
    assert parts(planned.rows[2:]) == plain_annuity(100000, "12", 12)


def test_interest_put_off_by_a_grace_comes_at_once_or_in_even_parts() -> None:
    grace: dict[str, Any] = {"grace_principal": 2, "grace_interest": 2}
    carried = lay(100000, "12", 14, Method.EQUAL_INSTALMENT, grace_interest_mode=GraceInterest.CARRY, **grace)
    assert totals(carried)[:4] == ["0.00", "0.00", "10884.88", "8884.88"]
    spread = lay(100000, "12", 14, Method.EQUAL_INSTALMENT, grace_interest_mode=GraceInterest.SPREAD, **grace)
    assert totals(spread)[2:13] == ["9051.55"] * 11
    assert spread.interest == carried.interest


def test_an_interest_free_period_is_level_with_the_rest() -> None:
    # A = 100,000 / (2 + annuity of ten months at 1 %): the level that repays with two free months.
    planned = lay(100000, "12", 12, Method.EQUAL_INSTALMENT, grace_interest=2)
    monthly = Decimal("0.01")
    level = (100000 / (2 + (1 - (1 + monthly) ** -10) / monthly)).quantize(CENT, ROUND_HALF_UP)
    assert totals(planned)[:11] == [f"{level:.2f}"] * 11
    assert [row.interest for row in planned.rows[:3]] == [0, 0, round((100000_00 - 2 * level * 100) / 100)]


def test_several_disbursements_are_levelled_anew_each_time() -> None:
    terms = Terms(method=Method.EQUAL_INSTALMENT, annual_rate=Fraction(12, 100), instalments=12)
    lent = [Disbursement(START, 60000_00), Disbursement(date(2026, 4, 15), 40000_00)]
    planned = schedule(lent, terms)
    assert totals(planned)[:3] == ["5330.93"] * 3  # 60,000 over 12
    balance = planned.rows[2].balance + 40000_00
    monthly = Decimal("0.01")
    anew = (Decimal(balance) / 100 * monthly / (1 - (1 + monthly) ** -9)).quantize(CENT, ROUND_HALF_UP)
    assert totals(planned)[3:11] == [f"{anew:.2f}"] * 8
    assert planned.principal == 100000_00


def test_a_disbursement_inside_a_period_bears_interest_from_its_day() -> None:
    terms = Terms(
        method=Method.EQUAL_PRINCIPAL,
        annual_rate=Fraction(10, 100),
        instalments=2,
        day_count=DayCount.ACTUAL_365,
    )
    lent = [Disbursement(date(2026, 1, 1), 36500_00), Disbursement(date(2026, 1, 22), 36500_00)]
    planned = schedule(lent, terms)
    assert planned.rows[0].interest == 310_00 + 100_00  # 31 days of the first, 10 of the second
    assert [row.principal for row in planned.rows] == [36500_00, 36500_00]
    half = schedule(lent, Terms(method=Method.EQUAL_PRINCIPAL, annual_rate=Fraction(12, 100), instalments=2))
    assert half.rows[0].interest == 365_00 + round(Fraction(36500_00, 100) * 10 / 31)


def test_flat_with_several_disbursements_charges_each_from_its_own_day() -> None:
    terms = Terms(method=Method.FLAT, annual_rate=Fraction(12, 100), instalments=4)
    planned = schedule([Disbursement(START, 1000_00), Disbursement(date(2026, 3, 15), 1000_00)], terms)
    assert parts(planned.rows) == [("250.00", "10.00")] * 2 + [("750.00", "20.00")] * 2


def test_the_last_instalment_is_smaller_larger_or_one_more() -> None:
    down, up = Rounding(RoundingMode.DOWN, 100_00), Rounding(RoundingMode.UP, 100_00)
    larger = lay(100000, "12", 12, Method.EQUAL_INSTALMENT, instalment_rounding=down)
    smaller = lay(100000, "12", 12, Method.EQUAL_INSTALMENT, instalment_rounding=up)
    assert totals(larger)[0] == "8800.00"
    assert larger.rows[11].total > 8800_00
    assert totals(smaller)[0] == "8900.00"
    assert smaller.rows[11].total < 8900_00
    more = lay(
        100000,
        "12",
        12,
        Method.EQUAL_INSTALMENT,
        instalment_rounding=down,
        last_instalment=LastInstalment.ADDITIONAL,
    )
    assert totals(more)[:12] == ["8800.00"] * 12
    assert (len(more.rows), more.rows[12].due_date) == (13, date(2027, 2, 15))
    assert more.rows[12].total < 8800_00


def test_instalments_rounded_far_up_end_early() -> None:
    planned = lay(1000, "0", 12, Method.INTEREST_FREE, instalment_rounding=Rounding(RoundingMode.UP, 200_00))
    assert totals(planned) == ["200.00"] * 5


def test_the_thirty_first_is_the_last_day_of_shorter_months() -> None:
    planned = lay(1200, "0", 5, Method.INTEREST_FREE, on=date(2027, 11, 30), due_day=31)
    days = [row.due_date for row in planned.rows]
    assert [str(day) for day in days] == [
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
    ]
    from_31st = lay(300, "0", 3, Method.INTEREST_FREE, on=date(2026, 1, 31))
    assert [row.due_date.day for row in from_31st.rows] == [28, 31, 30]


def test_due_dates_leave_weekends_and_holidays_by_the_rule() -> None:
    holidays = {date(2026, 2, 2)}  # a Monday

    def due(rule: HolidayRule, first: date, **terms: Any) -> Row:
        agreed = Terms(
            method=Method.EQUAL_PRINCIPAL, annual_rate=Fraction(10, 100), instalments=2, first_due=first,
            day_count=DayCount.ACTUAL_365, holiday_rule=rule, **terms,
        )  # fmt: skip
        return schedule([Disbursement(date(2026, 1, 1), 36500_00)], agreed, holidays).rows[0]

    saturday, last = date(2026, 1, 31), date(2026, 2, 28)
    assert due(HolidayRule.NONE, saturday).due_date == saturday
    assert due(HolidayRule.FOLLOWING, saturday).due_date == date(2026, 2, 3)
    assert due(HolidayRule.PRECEDING, saturday).due_date == date(2026, 1, 30)
    assert due(HolidayRule.MODIFIED_FOLLOWING, saturday).due_date == date(2026, 1, 30)
    assert due(HolidayRule.MODIFIED_FOLLOWING, last).due_date == date(2026, 2, 27)
    assert due(HolidayRule.FOLLOWING, saturday).interest == 300_00
    assert due(HolidayRule.FOLLOWING, saturday, interest_follows_shift=True).interest == 330_00


def test_a_due_date_is_never_shifted_onto_the_disbursement() -> None:
    friday = date(2026, 1, 2)
    terms: dict[str, Any] = {"period": Period.DAY, "holiday_rule": HolidayRule.PRECEDING}
    planned = lay(100, "0", 1, Method.INTEREST_FREE, on=friday, **terms)
    assert planned.rows[0].due_date == date(2026, 1, 5)


def test_the_exact_level_leaves_only_roundings_to_the_last_instalment() -> None:
    terms: dict[str, Any] = {"day_count": DayCount.ACTUAL_365, "level_from": LevelFrom.ACTUAL_DAYS}
    planned = lay(100000, "12", 60, Method.EQUAL_INSTALMENT, **terms)
    assert abs(planned.rows[-1].total - planned.rows[0].total) <= 60


def test_the_roundings_are_those_of_decimal() -> None:
    for cents in range(0, 1000, 7):
        amount = Decimal(cents) / 8
        assert Rounding().of(cents, 8) == int(amount.quantize(Decimal(1), ROUND_HALF_UP))
        assert Rounding(RoundingMode.HALF_EVEN).of(cents, 8) == int(
            amount.quantize(Decimal(1), ROUND_HALF_EVEN)
        )
    assert Rounding(RoundingMode.UP, 25).of(101, 4) == 50
    assert Rounding(RoundingMode.DOWN, 25).of(199, 4) == 25


def test_interest_every_month_and_principal_every_quarter() -> None:
    planned = lay(1200, "12", 12, Method.EQUAL_PRINCIPAL, principal_every=3)
    assert [part for part, _ in parts(planned.rows)] == ["0.00", "0.00", "300.00"] * 4
    assert [cost for _, cost in parts(planned.rows)] == [
        "12.00", "12.00", "12.00", "9.00", "9.00", "9.00", "6.00", "6.00", "6.00", "3.00", "3.00", "3.00",
    ]  # fmt: skip


def test_principal_every_fifth_month_ends_with_the_last_and_begins_after_the_grace() -> None:
    planned = lay(900, "12", 12, Method.FLAT, principal_every=5, grace_principal=1)
    paid = {row.number: f"{row.principal / 100:.2f}" for row in planned.rows if row.principal}
    assert paid == {6: "300.00", 11: "300.00", 12: "300.00"}
    assert {row.interest for row in planned.rows} == {9_00}


def test_money_paid_out_between_is_in_the_next_principal() -> None:
    agreed = Terms(method=Method.INTEREST_FREE, annual_rate=Fraction(0), instalments=6, principal_every=2)
    lent = [Disbursement(START, 600_00), Disbursement(date(2026, 3, 20), 300_00)]
    assert [row.principal for row in schedule(lent, agreed).rows] == [0, 200_00, 0, 350_00, 0, 350_00]
