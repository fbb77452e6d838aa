"""Who is poor, in which band her household's income lies, and what the public may see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.poverty import rules, thresholds
from households.poverty.instruments import shipped

BITS = st.integers(0, 31)


@given(BITS, st.integers(0, 3))
def test_target_poor_are_registered_poor_and_these_are_survey_poor(dimensions: int, welfare: int) -> None:
    target = rules.target_poor(dimensions, welfare)
    registered = rules.registered_poor(dimensions, welfare)
    assert not target or registered
    assert not registered or rules.survey_poor(dimensions)


def test_who_is_registered_but_not_verified_is_not_target_poor() -> None:
    assert rules.registered_poor(8, rules.REGISTERED)
    assert not rules.target_poor(8, rules.REGISTERED)
    assert rules.target_poor(8, rules.REGISTERED | rules.VERIFIED)
    assert not rules.target_poor(0, rules.REGISTERED | rules.VERIFIED)


@given(BITS)
def test_dimension_names_are_those_of_the_bits(bits: int) -> None:
    assert sum(rules.BIT[name] for name in rules.dimension_names(bits)) == bits


@pytest.mark.parametrize(
    ("income", "members", "band"),
    [
        (37_999, 1, "under_38000"),
        (38_000, 1, "38000_to_100000"),
        (200_000, 2, "38000_to_100000"),
        (200_001, 2, "over_100000"),
        (75_999, 2, "under_38000"),
        (0, 0, "under_38000"),
    ],
)
def test_income_is_judged_per_person_and_year(income: int, members: int, band: str) -> None:
    place = rules.income_band(income, members, income_line=38_000, low_income=100_000)
    assert rules.INCOME_BANDS[place] == band


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (151, 151)])
def test_the_public_sees_no_cell_under_five(count: int, shown: int | None) -> None:
    assert rules.public(count) == shown


@pytest.mark.parametrize("year", [2560, 2564, 2565, 2580])
def test_the_income_line_is_38000_baht(year: int) -> None:
    assert thresholds.baht("income_line", year) == 38_000
    assert thresholds.baht("low_income", year) == 100_000


def test_a_line_is_that_of_the_nearest_year() -> None:
    assert thresholds.baht("poverty_line", 2570) == 32_000
    with pytest.raises(LookupError):
        thresholds.baht("no_such_line", 2565)


def test_the_five_dimensions_come_from_17_indicators() -> None:
    instrument = shipped()["JPT_2560_2564"]
    assert len(instrument.household_codes) == 13
    assert len(instrument.person_codes) == 18
    by_dimension = [indicator.dimension for indicator in instrument.indicators if indicator.dimension]
    assert {name: by_dimension.count(name) for name in rules.DIMENSIONS} == {
        "health": 4, "living": 4, "education": 4, "income": 3, "access": 2,
    }  # fmt: skip
