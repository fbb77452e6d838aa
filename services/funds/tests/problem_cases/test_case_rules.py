"""The order of a case's steps, in any order that people try them."""

from hypothesis import given
from hypothesis import strategies as st

from funds.problem_cases.rules import MAX_ROUNDS, OPEN, CaseState, Step, after, round_to_survey

CURE = [Step.SURVEY, Step.PLAN, Step.TREAT, Step.SURVEY, Step.SOLVE]


def test_the_cure_is_survey_plan_clinic_survey_and_then_it_is_solved() -> None:
    state, way = CaseState.OPENED, []
    for step in CURE:
        found = after(step, state)
        assert found is not None
        state = found
        way.append(state.value)
    assert way == ["surveyed", "planned", "treated", "resurveyed", "solved"]


@given(st.lists(st.sampled_from(Step), max_size=40))
def test_whatever_is_tried_nothing_is_solved_before_a_clinic_and_two_surveys(tried: list[Step]) -> None:
    state, done = CaseState.OPENED, list[Step]()
    for step in tried:
        found = after(step, state)
        if found is None:
            continue
        assert state in OPEN
        state = found
        done.append(step)
    if state is CaseState.SOLVED:
        places = iter(done)
        assert all(step in places for step in CURE)  # in this order, others may lie between


@given(st.sampled_from(CaseState), st.integers(min_value=0, max_value=20))
def test_a_round_is_surveyed_only_after_the_opening_or_a_clinic(state: CaseState, completed: int) -> None:
    number = round_to_survey(state, completed)
    if number is not None:
        assert state in {CaseState.OPENED, CaseState.TREATED}
        assert number == completed + 1 <= MAX_ROUNDS


def test_an_ended_case_stays_as_it_is() -> None:
    assert {after(step, state) for step in Step for state in (CaseState.SOLVED, CaseState.CLOSED)} == {None}
