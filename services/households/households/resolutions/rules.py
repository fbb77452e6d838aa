"""What keeps a meeting from deciding on a case: who proposes does not certify, nobody decides on her own.

Source: security.md's two-person rules and the quorum of `meetings`. The rules, precisely:

- The district's committee decides on the cases of its district; the province's on appeals of its province.
- Who proposed a case (or brought its appeal) may not record a decision on it. If she is a member who was
  present, she does not count towards the quorum for it; the others may decide without her.
- The same holds for a member whose own household it is, and for one who declared a conflict of interest.
- For each case, the members who may decide must make a quorum of all members in office.
- Rejecting and returning take a reason.
"""

from enum import StrEnum

from households.cases.rules import DECIDES, Case, Decision, after
from households.meetings.rules import Conflict, Sitting

DISTRICT, PROVINCE = 4, 2


class Obstacle(StrEnum):
    """Why a meeting cannot take a decision on a case."""

    WRONG_STATE = "wrong_state"
    NOT_ACTIVE = "household_not_active"
    WRONG_COMMITTEE_LEVEL = "wrong_committee_level"
    WRONG_COMMITTEE_AREA = "wrong_committee_area"
    PROPOSER = "proposer_cannot_certify"
    OWN_HOUSEHOLD = "own_household"
    CONFLICT = "conflict_of_interest"
    REASON = "reason_required"
    QUORUM = "quorum_missing"


def voters(case: Case, sitting: Sitting) -> int:
    """Return how many of the members present may decide on the case."""
    excluded = sitting.excluded(case_id=case.id, household_id=case.household_id, proposers=case.proposers)
    return len(sitting.present) - len(excluded)


def obstacle(
    case: Case, sitting: Sitting, *, decision: Decision, reason: str | None, recorder: str
) -> Obstacle | None:
    """Return the first thing that keeps the meeting from this decision, None when nothing does.

    `recorder` is the subject who records the resolution.
    """
    found = (
        _standing(case, decision) or _committee(case, sitting) or _recorder(case, sitting, recorder=recorder)
    )
    if found is not None:
        return found
    if decision is not Decision.CERTIFIED and not reason:
        return Obstacle.REASON
    absent = len(sitting.present) - voters(case, sitting)
    return None if sitting.quorate(excluded=absent) else Obstacle.QUORUM


def _standing(case: Case, decision: Decision) -> Obstacle | None:
    """Return why nobody may decide this about the case now."""
    if after(case.state, DECIDES[decision]) is None:
        return Obstacle.WRONG_STATE
    return Obstacle.NOT_ACTIVE if decision is Decision.CERTIFIED and not case.active else None


def _committee(case: Case, sitting: Sitting) -> Obstacle | None:
    """Return why this committee does not decide on the case."""
    if len(sitting.area_code) != (PROVINCE if case.appealed_by else DISTRICT):
        return Obstacle.WRONG_COMMITTEE_LEVEL
    return None if case.village_code.startswith(sitting.area_code) else Obstacle.WRONG_COMMITTEE_AREA


def _recorder(case: Case, sitting: Sitting, *, recorder: str) -> Obstacle | None:
    """Return why the recorder has no hand in the decision."""
    if recorder in case.proposers:
        return Obstacle.PROPOSER
    herself = [attendee for attendee in sitting.present if attendee.subject == recorder]
    if any(attendee.household_id == case.household_id for attendee in herself):
        return Obstacle.OWN_HOUSEHOLD
    if any(Conflict(attendee.member_id, case.id) in sitting.conflicts for attendee in herself):
        return Obstacle.CONFLICT
    return None
