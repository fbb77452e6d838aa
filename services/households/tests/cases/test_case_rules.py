"""The way of a case: any sequence of steps keeps what must hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from households.cases import rules
from households.cases.rules import (
    OPEN,
    REGISTER,
    TRANSITIONS,
    Case,
    Decision,
    Origin,
    State,
    Step,
    StepRefused,
    after,
)


def case(state: State = State.FOUND, **changes: object) -> Case:
    found = Case(
        id=uuid4(),
        household_id=uuid4(),
        village_code="34110209",
        origin=Origin.FIELD,
        state=State.FOUND,
        version=1,
    )
    return replace(found, state=state, **changes)  # type: ignore[arg-type]  # fields of a case


@given(state=st.sampled_from(State), step=st.sampled_from(Step))
def test_a_step_is_taken_exactly_where_the_table_permits_it(state: State, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        taken = rules.take(case(state), step)
        assert (taken.state, taken.version) == (TRANSITIONS[state, step], 2)
    else:
        with pytest.raises(StepRefused):
            rules.take(case(state), step)


def test_a_household_reaches_the_register_only_through_a_decision() -> None:
    into = {(source, step) for (source, step), target in TRANSITIONS.items() if target is State.CERTIFIED}
    assert {pair for pair in into if pair[1] is not Step.MOVE} == {(State.PROPOSED, Step.CERTIFY)}


def test_every_open_case_can_be_withdrawn_and_every_closed_one_opened_anew() -> None:
    for state in State:
        if state in OPEN:
            assert after(state, Step.WITHDRAW) is State.WITHDRAWN
            assert after(state, Step.REOPEN) is None
        else:
            assert after(state, Step.REOPEN) is State.FOUND
            assert after(state, Step.WITHDRAW) is None


def test_the_register_is_a_part_of_the_open_cases() -> None:
    assert REGISTER < OPEN
    assert State.GRADUATED not in REGISTER


def test_who_is_not_developable_is_referred_to_welfare() -> None:
    referred = rules.verify(case(), developable=False, facts={}, notes=None, by="user:team")
    assert referred.state is State.WELFARE_ONLY


def test_only_a_committees_rejection_is_appealed_against_and_once() -> None:
    returned = case(State.VERIFIED, resolution_id=uuid4())
    in_the_field = rules.dismiss(returned, reason="x")
    with pytest.raises(StepRefused):
        rules.appeal(in_the_field, by="user:a", reason="x")
    rejected = case(State.REJECTED, proposed_by="user:team", resolution_id=uuid4())
    appealed = rules.appeal(rejected, by="user:kin", reason="x")
    assert appealed.state is State.PROPOSED
    assert appealed.proposers == {"user:team", "user:kin"}
    again = replace(appealed, state=State.REJECTED)
    with pytest.raises(StepRefused):
        rules.appeal(again, by="user:kin", reason="x")


def test_within_the_district_a_case_moves_along_and_out_of_it_it_ends() -> None:
    step, along = rules.follow_move(case(State.CERTIFIED), "34110101")
    assert (step, along.state, along.village_code) == (Step.MOVE, State.CERTIFIED, "34110101")
    step, ended = rules.follow_move(case(State.CERTIFIED), "34150101")
    assert (step, ended.state, ended.reason) == (Step.WITHDRAW, State.WITHDRAWN, "moved")


@pytest.mark.parametrize(
    ("dimensions", "band", "out"), [(0, 1, True), (0, 2, True), (0, 0, False), (8, 2, False), (16, 1, False)]
)
def test_out_of_poverty_is_nothing_failed_and_income_over_the_line(
    dimensions: int, band: int, *, out: bool
) -> None:
    assert rules.out_of_poverty(dimensions, band) is out


class AnyWay(RuleBasedStateMachine):
    """Any officer's order of steps, refused ones included."""

    def __init__(self) -> None:
        super().__init__()
        self.case = case()
        self.steps = 0

    def _try(self, step: Callable[[], Case]) -> None:
        before = self.case
        try:
            self.case = step()
        except StepRefused:
            assert self.case is before
        else:
            self.steps += 1

    @rule(developable=st.booleans())
    def verify(self, *, developable: bool) -> None:
        self._try(
            lambda: rules.verify(self.case, developable=developable, facts={}, notes=None, by="user:team")
        )

    @rule(by=st.sampled_from(["user:team", "user:other"]))
    def propose(self, by: str) -> None:
        self._try(lambda: rules.propose(self.case, by=by))

    @rule(decision=st.sampled_from(Decision))
    def decide(self, decision: Decision) -> None:
        self._try(
            lambda: rules.decide(
                self.case,
                decision,
                committee_id=UUID(int=1),
                resolution_id=UUID(int=2),
                on=date(2026, 1, 5),
                reason="x",
            )
        )

    @rule()
    def appeal(self) -> None:
        self._try(lambda: rules.appeal(self.case, by="user:kin", reason="x"))

    @rule()
    def dismiss(self) -> None:
        self._try(lambda: rules.dismiss(self.case, reason="x"))

    @rule()
    def reopen(self) -> None:
        self._try(lambda: rules.reopen(self.case, reason="x"))

    @rule(step=st.sampled_from([Step.PLAN, Step.ASSIST, Step.FOLLOW, Step.GRADUATE, Step.WITHDRAW]))
    def go_on(self, step: Step) -> None:
        self._try(lambda: rules.take(self.case, step, reason="x"))

    @invariant()
    def each_step_is_one_version(self) -> None:
        assert self.case.version == 1 + self.steps

    @invariant()
    def who_stands_on_the_register_was_certified_by_a_meeting(self) -> None:
        if self.case.state in REGISTER | {State.GRADUATED}:
            assert self.case.resolution_id is not None
            assert self.case.certified_on is not None
            assert self.case.proposed_by is not None
            assert self.case.developable

    @invariant()
    def what_is_proposed_says_by_whom(self) -> None:
        if self.case.state is State.PROPOSED:
            assert self.case.proposers


TestAnyWay = AnyWay.TestCase
