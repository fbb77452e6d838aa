"""Amounts split into parts: whatever the weights, not a satang is lost or made."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.parts import apportioned

WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**12), st.fractions(0, 10**6, max_denominator=365)), min_size=1, max_size=60
)


@given(st.integers(0, 10**12), WEIGHTS)
def test_parts_sum_to_the_amount_and_are_within_a_satang_of_the_exact_part(
    amount: int, weights: list[int | Fraction]
) -> None:
    whole = sum(weights)
    if whole == 0:
        assert apportioned(0, weights) == [0] * len(weights)
        return
    parts = apportioned(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight) / whole) < 1
        assert isinstance(part, int)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.data())
def test_nobody_takes_more_than_she_has_while_the_amount_is_not_above_all(
    weights: list[int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    assert all(part <= weight for part, weight in zip(apportioned(amount, weights), weights, strict=True))


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_equal_parts_differ_by_one_satang_at_most(amount: int, people: int) -> None:
    parts = apportioned(amount, [1] * people)
    assert max(parts) - min(parts) <= 1


def test_a_hundred_baht_among_three_gives_the_first_the_satang_that_is_left() -> None:
    assert apportioned(10_000, [1, 1, 1]) == [3_334, 3_333, 3_333]


def test_the_largest_remainder_takes_what_is_left_not_the_first() -> None:
    assert apportioned(100, [7, 10, 6]) == [30, 44, 26]  # 30.43, 43.48, 26.09


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1]])
def test_nothing_is_split_among_nobody_or_by_a_negative_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        apportioned(100, weights)
