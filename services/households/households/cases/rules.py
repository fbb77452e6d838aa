"""The way of a target case (ครัวเรือนเป้าหมาย): which step leads from which state to which.

Source: the CDD's steps of the poverty-eradication centres (ศจพ.): find, verify, propose, certify in the
district committee's meeting, plan, assist, follow, graduate.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands."""

    FOUND = "found"
    VERIFIED = "verified"
    PROPOSED = "proposed"
    CERTIFIED = "certified"
    PLANNED = "planned"
    ASSISTED = "assisted"
    FOLLOWED = "followed"
    GRADUATED = "graduated"
    REJECTED = "rejected"
    WELFARE_ONLY = "welfare_only"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What moves a case."""

    VERIFY = "verify"
    REFER = "refer"
    PROPOSE = "propose"
    CERTIFY = "certify"
    RETURN = "return"
    REJECT = "reject"
    APPEAL = "appeal"
    PLAN = "plan"
    ASSIST = "assist"
    FOLLOW = "follow"
    GRADUATE = "graduate"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class Origin(StrEnum):
    """`feed`: the edition marks the household; `field`: the team found it outside (Re X-ray, นอกระบบ)."""

    FEED = "feed"
    FIELD = "field"


class WithdrawReason(StrEnum):
    """Why a household leaves the register: moved away, died, refused, or its record was a duplicate."""

    MOVED = "moved"
    DIED = "died"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class Decision(StrEnum):
    """What a committee resolves over a proposed case."""

    CERTIFIED = "certified"
    REJECTED = "rejected"
    RETURNED = "returned"


OPEN: Final = frozenset(
    {
        State.FOUND,
        State.VERIFIED,
        State.PROPOSED,
        State.CERTIFIED,
        State.PLANNED,
        State.ASSISTED,
        State.FOLLOWED,
    }
)
"""States of a case that is still on its way; a household has at most one such case."""

REGISTER: Final = frozenset({State.CERTIFIED, State.PLANNED, State.ASSISTED, State.FOLLOWED})
"""States in which the household stands on the target register."""

TRANSITIONS: Final[dict[tuple[State, Step], State]] = {
    (State.FOUND, Step.VERIFY): State.VERIFIED,
    (State.FOUND, Step.REFER): State.WELFARE_ONLY,
    (State.FOUND, Step.REJECT): State.REJECTED,
    (State.VERIFIED, Step.VERIFY): State.VERIFIED,
    (State.VERIFIED, Step.REFER): State.WELFARE_ONLY,
    (State.VERIFIED, Step.REJECT): State.REJECTED,
    (State.VERIFIED, Step.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Step.CERTIFY): State.CERTIFIED,
    (State.PROPOSED, Step.RETURN): State.VERIFIED,
    (State.PROPOSED, Step.REJECT): State.REJECTED,
    (State.REJECTED, Step.APPEAL): State.PROPOSED,
    (State.CERTIFIED, Step.PLAN): State.PLANNED,
    (State.PLANNED, Step.ASSIST): State.ASSISTED,
    (State.ASSISTED, Step.FOLLOW): State.FOLLOWED,
    (State.FOLLOWED, Step.ASSIST): State.ASSISTED,
    (State.FOLLOWED, Step.GRADUATE): State.GRADUATED,
    (State.REJECTED, Step.REOPEN): State.FOUND,
    (State.WELFARE_ONLY, Step.REOPEN): State.FOUND,
    (State.WITHDRAWN, Step.REOPEN): State.FOUND,
    (State.GRADUATED, Step.REOPEN): State.FOUND,
} | {(state, Step.WITHDRAW): State.WITHDRAWN for state in OPEN}
"""Every permitted step; what is not here is refused."""

DECIDES: Final = {
    Decision.CERTIFIED: Step.CERTIFY,
    Decision.REJECTED: Step.REJECT,
    Decision.RETURNED: Step.RETURN,
}
"""The step that each decision of a meeting takes."""


def after(state: State, step: Step) -> State | None:
    """Return the state after `step`, or None where the step is not permitted."""
    return TRANSITIONS.get((state, step))


def sources(step: Step) -> frozenset[State]:
    """Return the states from which `step` is permitted."""
    return frozenset(state for state, known in TRANSITIONS if known is step)


def leaves_committee(before: str, now: str) -> bool:
    """Tell whether a move between two villages leaves the district whose committee certifies."""
    return before[:4] != now[:4]
