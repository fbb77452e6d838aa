"""Quorum: more than half of the members in office, whoever may not decide counts as absent."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.meetings.rules import Attendee, Conflict, MeetingState, QuorumRule, Sitting

MORE_THAN_HALF = QuorumRule(numerator=1, denominator=2, strict=True)
CASE, HOUSEHOLD = uuid4(), uuid4()


def sitting(present: int, in_office: int, *, conflicts: int = 0, own: int = 0) -> Sitting:
    attendees = tuple(
        Attendee(UUID(int=at), f"user:{at}", HOUSEHOLD if at < own else None) for at in range(present)
    )
    return Sitting(
        meeting_id=uuid4(),
        committee_id=uuid4(),
        area_code="3411",
        held_on=date(2026, 1, 5),
        state=MeetingState.HELD,
        in_office=in_office,
        rule=MORE_THAN_HALF,
        present=attendees,
        conflicts=frozenset(Conflict(attendees[present - 1 - at].member_id, CASE) for at in range(conflicts)),
    )


@pytest.mark.parametrize(
    ("present", "in_office", "enough"),
    [(0, 0, False), (1, 1, True), (1, 2, False), (2, 3, True), (2, 4, False), (3, 4, True), (3, 5, True)],
)
def test_more_than_half_of_those_in_office_make_a_quorum(
    present: int, in_office: int, *, enough: bool
) -> None:
    assert MORE_THAN_HALF.met(present=present, in_office=in_office) is enough


def test_a_rule_of_at_least_two_thirds_is_met_by_exactly_two_thirds() -> None:
    rule = QuorumRule(numerator=2, denominator=3, strict=False)
    assert rule.met(present=4, in_office=6)
    assert not rule.met(present=3, in_office=6)


@given(present=st.integers(0, 30), more=st.integers(0, 10), in_office=st.integers(0, 40))
def test_more_members_present_never_lose_a_quorum(present: int, more: int, in_office: int) -> None:
    if MORE_THAN_HALF.met(present=present, in_office=in_office):
        assert MORE_THAN_HALF.met(present=present + more, in_office=in_office)


@given(present=st.integers(0, 30), in_office=st.integers(0, 40), excluded=st.integers(0, 30))
def test_excluding_members_never_makes_a_quorum(present: int, in_office: int, excluded: int) -> None:
    meeting = sitting(present, in_office)
    if meeting.quorate(excluded=excluded):
        assert meeting.quorate()


def test_who_proposed_who_owns_and_who_declared_do_not_decide() -> None:
    meeting = sitting(5, 5, conflicts=1, own=1)
    excluded = meeting.excluded(case_id=CASE, household_id=HOUSEHOLD, proposers=["user:2"])
    assert excluded == {UUID(int=0), UUID(int=2), UUID(int=4)}
    assert not meeting.quorate(excluded=len(excluded))


def test_one_person_excluded_for_two_reasons_counts_once() -> None:
    meeting = sitting(3, 4, conflicts=3, own=3)
    assert len(meeting.excluded(case_id=CASE, household_id=HOUSEHOLD, proposers=["user:0"])) == 3


def test_a_conflict_about_another_case_excludes_nobody() -> None:
    meeting = sitting(3, 4, conflicts=3)
    assert not meeting.excluded(case_id=uuid4(), household_id=uuid4(), proposers=["user:9"])
