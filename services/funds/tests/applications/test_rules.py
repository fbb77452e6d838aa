"""Shares that always sum, steps by amount, and who may decide."""

from datetime import date
from uuid import uuid4

import pytest

from funds.applications.rules import (
    DEFAULT_STEPS,
    Decision,
    State,
    Taken,
    after,
    decided_other_step,
    last_day,
    sits_at,
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
        (StepLevel.PROVINCE, ("",), False),
        (StepLevel.PROVINCE, (), False),
        (StepLevel.DISTRICT, ("3419",), True),
        (StepLevel.DISTRICT, ("34",), False),
        (StepLevel.DISTRICT, ("341902",), False),
        (StepLevel.DISTRICT, ("3415",), False),
        (StepLevel.DISTRICT, ("3415", "3419"), True),
        (StepLevel.TAMBON, ("341902",), True),
        (StepLevel.TAMBON, ("34190201",), False),
        (StepLevel.VILLAGE, ("34190201",), True),
        (StepLevel.VILLAGE, ("34190202",), False),
        (StepLevel.VILLAGE, ("3419", "34", ""), False),
    ],
)
def test_a_body_over_an_area_is_made_of_those_whose_area_is_its_own(
    level: StepLevel, areas: tuple[str, ...], *, sits: bool
) -> None:
    assert sits_at(level, "34190201", areas) is sits


@pytest.mark.parametrize(
    ("level", "area_code", "sits"),
    [
        (StepLevel.VILLAGE, "34190201", True),
        (StepLevel.TAMBON, "34190201", False),
        (StepLevel.DISTRICT, "34190201", False),
        (StepLevel.VILLAGE, "341902", True),
        (StepLevel.TAMBON, "341902", True),
        (StepLevel.PROVINCE, "341902", False),
    ],
)
def test_the_funds_own_committee_decides_at_the_funds_own_level(
    level: StepLevel, area_code: str, *, sits: bool
) -> None:
    assert sits_at(level, area_code, ("34",), in_office=True) is (sits or level is StepLevel.PROVINCE)
    assert sits_at(level, area_code, (), in_office=True) is sits


def test_one_person_decides_one_step_only_and_that_step_again_in_a_later_round() -> None:
    taken = [Taken(1, "TAMBON", "user:a"), Taken(1, "DISTRICT", "user:b")]
    assert decided_other_step(taken, subject="user:a", step="PROVINCE", round_no=1)
    assert decided_other_step(taken, subject="user:a", step="DISTRICT", round_no=2)
    assert decided_other_step(taken, subject="user:a", step="TAMBON", round_no=1)
    assert not decided_other_step(taken, subject="user:a", step="TAMBON", round_no=2)
    assert not decided_other_step(taken, subject="user:c", step="PROVINCE", round_no=1)


def test_an_approval_recorded_late_is_valid_from_its_recording() -> None:
    assert last_day(date(2021, 3, 1), date(2026, 1, 15)) == date(2026, 4, 15)
