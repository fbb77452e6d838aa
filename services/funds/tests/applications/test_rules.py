"""Shares that always sum, steps by amount, and who may decide."""

from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.applications.rules import (
    DEFAULT_STEPS,
    Decision,
    State,
    Taken,
    after,
    decided_other_step,
    last_day,
    sits_at,
    split,
    steps_for,
)
from funds.products.rules import BorrowerKind, Category, FundKind, ProductTerms, Step, StepKind, StepLevel

RECOMMENDS = Step("TAMBON", StepLevel.TAMBON, StepKind.RECOMMEND)
APPROVES = Step("PROVINCE", StepLevel.PROVINCE, StepKind.APPROVE)


def terms(*steps: Step) -> ProductTerms:
    return ProductTerms(
        product_id=uuid4(),
        code="SOME_LOAN",
        fund_kind=FundKind.WOMENS,
        category=Category.LOAN,
        borrower=BorrowerKind.GROUP,
        valid_from=date(2020, 1, 1),
        approval_steps=steps,
    )


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=60))
def test_shares_sum_to_the_amount_and_differ_from_the_exact_share_by_less_than_a_satang(
    amount: int, parts: list[int]
) -> None:
    shares = split(amount, parts)
    assert sum(shares) == amount
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - Fraction(amount * part, sum(parts))) < 1


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_equal_parts_differ_by_one_satang_at_most(amount: int, people: int) -> None:
    shares = split(amount, [1] * people)
    assert max(shares) - min(shares) <= 1


def test_a_hundred_baht_among_three_gives_the_first_the_satang_that_is_left() -> None:
    assert split(10_000, [1, 1, 1]) == (3_334, 3_333, 3_333)


@pytest.mark.parametrize("parts", [[], [0], [2, -1]])
def test_nothing_is_split_among_nobody_or_by_no_part(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        split(100, parts)


def test_a_small_amount_skips_the_steps_that_larger_ones_take() -> None:
    district = Step("DISTRICT", StepLevel.DISTRICT, StepKind.RECOMMEND, from_amount=5_000_000)
    product = terms(RECOMMENDS, district, APPROVES)
    assert [step.code for step in steps_for(product, 4_999_999)] == ["TAMBON", "PROVINCE"]
    assert [step.code for step in steps_for(product, 5_000_000)] == ["TAMBON", "DISTRICT", "PROVINCE"]


def test_the_last_step_always_approves() -> None:
    assert [step.kind for step in steps_for(terms(RECOMMENDS), 1)] == [StepKind.APPROVE]
    assert steps_for(terms(), 1) == DEFAULT_STEPS


@pytest.mark.parametrize(
    ("step", "decision", "state"),
    [
        (RECOMMENDS, Decision.RECOMMEND, State.RECOMMENDED),
        (RECOMMENDS, Decision.APPROVE, None),
        (APPROVES, Decision.APPROVE, State.APPROVED),
        (APPROVES, Decision.RECOMMEND, None),
        (RECOMMENDS, Decision.RETURN, State.RETURNED),
        (APPROVES, Decision.REJECT, State.REJECTED),
    ],
)
def test_a_step_decides_as_its_kind_says_or_sends_back(
    step: Step, decision: Decision, state: State | None
) -> None:
    assert after(step, decision) is state


@pytest.mark.parametrize(
    ("level", "areas", "sits"),
    [
        (StepLevel.PROVINCE, ("34",), True),
        (StepLevel.PROVINCE, ("3419",), False),
        (StepLevel.DISTRICT, ("3419",), True),
        (StepLevel.DISTRICT, ("341902",), False),
        (StepLevel.DISTRICT, ("3415",), False),
        (StepLevel.TAMBON, ("341902",), True),
        (StepLevel.VILLAGE, ("34190201",), True),
        (StepLevel.TAMBON, ("34190201",), False),
        (StepLevel.PROVINCE, ("",), True),
        (StepLevel.PROVINCE, (), False),
    ],
)
def test_a_body_over_an_area_is_made_of_those_who_see_all_of_its_level(
    level: StepLevel, areas: tuple[str, ...], *, sits: bool
) -> None:
    assert sits_at(level, "34190201", areas) is sits


def test_one_person_decides_one_step_only_and_that_step_again_in_a_later_round() -> None:
    taken = [Taken(1, "TAMBON", "user:a"), Taken(1, "DISTRICT", "user:b")]
    assert decided_other_step(taken, subject="user:a", step="PROVINCE", round_no=1)
    assert decided_other_step(taken, subject="user:a", step="DISTRICT", round_no=2)
    assert decided_other_step(taken, subject="user:a", step="TAMBON", round_no=1)
    assert not decided_other_step(taken, subject="user:a", step="TAMBON", round_no=2)
    assert not decided_other_step(taken, subject="user:c", step="PROVINCE", round_no=1)


def test_an_approval_recorded_late_is_valid_from_its_recording() -> None:
    assert last_day(date(2021, 3, 1), date(2026, 1, 15)) == date(2026, 4, 15)
