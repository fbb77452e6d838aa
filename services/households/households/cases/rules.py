"""The way of a target case (ครัวเรือนเป้าหมาย): which step leads from which state to which.

Source: the CDD's steps of the poverty-eradication centres (ศจพ.): find, verify, propose, certify in the
district committee's meeting, plan, assist, follow, graduate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


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

    OPEN = "open"
    VERIFY = "verify"
    REFER = "refer"
    PROPOSE = "propose"
    CERTIFY = "certify"
    RETURN = "return"
    REJECT = "reject"
    """By a meeting."""
    DISMISS = "dismiss"
    """By the team in the field, before it proposes."""
    APPEAL = "appeal"
    PLAN = "plan"
    ASSIST = "assist"
    FOLLOW = "follow"
    GRADUATE = "graduate"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    MOVE = "move"


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
    (State.FOUND, Step.DISMISS): State.REJECTED,
    (State.VERIFIED, Step.VERIFY): State.VERIFIED,
    (State.VERIFIED, Step.REFER): State.WELFARE_ONLY,
    (State.VERIFIED, Step.DISMISS): State.REJECTED,
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
    **{(state, Step.WITHDRAW): State.WITHDRAWN for state in OPEN},
    **{(state, Step.MOVE): state for state in OPEN},
}
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


@dataclass(frozen=True, slots=True)
class Case:
    """A target case as it stands."""

    id: UUID
    household_id: UUID
    village_code: str
    origin: Origin
    state: State
    version: int
    edition_id: UUID | None = None
    developable: bool | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: str | None = None
    verified_by: str | None = None
    proposed_by: str | None = None
    appealed_by: str | None = None
    committee_id: UUID | None = None
    resolution_id: UUID | None = None
    decided_on: date | None = None
    certified_on: date | None = None
    reason: str | None = None
    active: bool = True
    """Whether the household's record stands: not closed, nor merged into another."""

    @property
    def proposers(self) -> frozenset[str]:
        """Who brought the case before the committee and so does not decide on it."""
        return frozenset(filter(None, (self.proposed_by, self.appealed_by)))

    @property
    def rejected_by_committee(self) -> bool:
        """Whether a meeting rejected it, not the team in the field: only that is appealed against."""
        return self.state is State.REJECTED and self.resolution_id is not None


class StepRefused(Exception):  # noqa: N818  # named after the fact
    """The step is not permitted in the case's state."""


def take(case: Case, step: Step, **changes: Any) -> Case:  # the fields of a case
    """Return the case after a step, one version on, with `changes`; raises StepRefused."""
    state = after(case.state, step)
    if state is None:
        raise StepRefused
    return replace(case, state=state, version=case.version + 1, **changes)


def verify(case: Case, *, developable: bool, facts: Mapping[str, Any], notes: str | None, by: str) -> Case:
    """Return the case after the team's visit: on its way, or referred to welfare when not developable."""
    step = Step.VERIFY if developable else Step.REFER
    return take(case, step, developable=developable, facts=facts, notes=notes, verified_by=by, reason=None)


def dismiss(case: Case, *, reason: str) -> Case:
    """Return the case as rejected by the team; an earlier meeting that returned it has no part in this."""
    return take(case, Step.DISMISS, reason=reason, committee_id=None, resolution_id=None, decided_on=None)


def propose(case: Case, *, by: str) -> Case:
    """Return the case as proposed to the district committee; refused also when nobody lives there."""
    if not case.active:
        raise StepRefused
    return take(case, Step.PROPOSE, proposed_by=by, appealed_by=None, reason=None)


def decide(
    case: Case,
    decision: Decision,
    *,
    committee_id: UUID,
    resolution_id: UUID,
    on: date,
    reason: str | None,
) -> Case:
    """Return the case after a meeting's decision; only certification sets the day on the register."""
    return take(
        case,
        DECIDES[decision],
        committee_id=committee_id,
        resolution_id=resolution_id,
        decided_on=on,
        certified_on=on if decision is Decision.CERTIFIED else None,
        reason=reason,
    )


def appeal(case: Case, *, by: str, reason: str) -> Case:
    """Return the case before the province's committee; raises StepRefused unless a committee rejected it.

    One appeal: what the province rejects stays rejected until the case is opened anew.
    """
    if not case.rejected_by_committee or case.appealed_by is not None:
        raise StepRefused
    return take(case, Step.APPEAL, appealed_by=by, reason=reason)


def reopen(case: Case, *, reason: str) -> Case:
    """Return the case at its beginning: what was verified and decided before stays in its history only."""
    return take(
        case,
        Step.REOPEN,
        developable=None,
        facts={},
        notes=None,
        verified_by=None,
        proposed_by=None,
        appealed_by=None,
        committee_id=None,
        resolution_id=None,
        decided_on=None,
        certified_on=None,
        reason=reason,
    )


def follow_move(case: Case, village_code: str) -> tuple[Step, Case]:
    """Return the step of a case whose household lives elsewhere now, and the case after it.

    Within the district the case goes along; out of it, the committee that decides is another one's, so
    the case ends there (moved) and the new district may open its own.
    """
    if leaves_committee(case.village_code, village_code):
        moved = WithdrawReason.MOVED.value
        return Step.WITHDRAW, take(case, Step.WITHDRAW, village_code=village_code, reason=moved)
    return Step.MOVE, take(case, Step.MOVE, village_code=village_code, reason=None)


def out_of_poverty(dimensions: int, income_band: int) -> bool:
    """Tell whether a survey finds a household out of poverty: nothing failed, income not below the line.

    `income_band` is 0 below the line, 1 up to the low-income limit, 2 above it.
    """
    return dimensions == 0 and income_band > 0
