"""What keeps a meeting from a decision, in its order."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from households.cases.rules import Case, Decision, Origin, State
from households.meetings.rules import Attendee, Conflict, MeetingState, QuorumRule, Sitting
from households.resolutions.rules import Obstacle, obstacle, voters

PROPOSED = Case(
    id=uuid4(),
    household_id=uuid4(),
    village_code="34110209",
    origin=Origin.FIELD,
    state=State.PROPOSED,
    version=3,
    proposed_by="user:team",
)
SITTING = Sitting(
    meeting_id=uuid4(),
    committee_id=uuid4(),
    area_code="3411",
    held_on=date(2026, 1, 5),
    state=MeetingState.HELD,
    in_office=3,
    rule=QuorumRule(1, 2, strict=True),
    present=tuple(Attendee(UUID(int=at), f"user:{at}", None) for at in range(3)),
)


def found(
    case: Case = PROPOSED,
    sitting: Sitting = SITTING,
    decision: Decision = Decision.CERTIFIED,
    reason: str | None = None,
    recorder: str = "user:0",
) -> Obstacle | None:
    return obstacle(case, sitting, decision=decision, reason=reason, recorder=recorder)


def test_a_quorate_district_meeting_certifies_a_proposed_case() -> None:
    assert found() is None
    assert voters(PROPOSED, SITTING) == 3


def test_only_proposed_cases_are_decided_on() -> None:
    for state in State:
        if state is not State.PROPOSED:
            for decision in Decision:
                wrong = found(replace(PROPOSED, state=state), decision=decision, reason="x")
                assert wrong is Obstacle.WRONG_STATE, (state, decision)


def test_a_household_whose_record_is_closed_is_not_certified_but_may_be_rejected() -> None:
    closed = replace(PROPOSED, active=False)
    assert found(closed) is Obstacle.NOT_ACTIVE
    assert found(closed, decision=Decision.REJECTED, reason="ย้ายออก") is None


def test_the_tambon_and_the_province_do_not_certify_but_the_province_hears_appeals() -> None:
    for area in ("34", "341102", "34110209"):
        assert found(sitting=replace(SITTING, area_code=area)) is Obstacle.WRONG_COMMITTEE_LEVEL
    appealed = replace(PROPOSED, appealed_by="user:kin")
    assert found(appealed) is Obstacle.WRONG_COMMITTEE_LEVEL
    assert found(appealed, replace(SITTING, area_code="34")) is None


def test_a_committee_decides_in_its_own_area() -> None:
    assert found(sitting=replace(SITTING, area_code="3415")) is Obstacle.WRONG_COMMITTEE_AREA


def test_who_proposed_or_appealed_does_not_record_the_decision() -> None:
    assert found(recorder="user:team") is Obstacle.PROPOSER
    appealed = replace(PROPOSED, appealed_by="user:kin")
    assert found(appealed, replace(SITTING, area_code="34"), recorder="user:kin") is Obstacle.PROPOSER


def test_a_present_proposer_is_left_out_of_the_quorum() -> None:
    case = replace(PROPOSED, proposed_by="user:1")
    assert voters(case, SITTING) == 2
    assert found(case) is None
    assert found(case, replace(SITTING, in_office=4)) is Obstacle.QUORUM


def test_nobody_decides_on_her_own_household() -> None:
    herself = Attendee(UUID(int=0), "user:0", PROPOSED.household_id)
    sitting = replace(SITTING, present=(herself, *SITTING.present[1:]))
    assert found(sitting=sitting) is Obstacle.OWN_HOUSEHOLD
    assert found(sitting=sitting, recorder="user:1") is None
    assert found(sitting=replace(sitting, in_office=4), recorder="user:1") is Obstacle.QUORUM


def test_who_declared_a_conflict_neither_records_nor_counts() -> None:
    sitting = replace(SITTING, conflicts=frozenset({Conflict(UUID(int=0), PROPOSED.id)}))
    assert found(sitting=sitting) is Obstacle.CONFLICT
    assert found(sitting=sitting, recorder="user:1") is None
    assert voters(PROPOSED, sitting) == 2


def test_rejecting_and_returning_take_a_reason() -> None:
    for decision in (Decision.REJECTED, Decision.RETURNED):
        assert found(decision=decision) is Obstacle.REASON
        assert found(decision=decision, reason="รายได้เกินเกณฑ์") is None


def test_too_few_present_decide_nothing() -> None:
    assert found(sitting=replace(SITTING, present=SITTING.present[:1])) is Obstacle.QUORUM
