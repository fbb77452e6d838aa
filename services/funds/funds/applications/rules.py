"""What is true of an application (คำขอ): its states, the steps it takes, who may decide, how it is shared."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from funds.products.rules import ProductTerms, Step, StepKind, StepLevel


class State(StrEnum):
    """Where an application stands (สถานะคำขอ)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECOMMENDED = "recommended"
    """At least one step has recommended it; the next one decides."""
    RETURNED = "returned"
    """Sent back to be corrected, and submitted again then."""
    REJECTED = "rejected"
    APPROVED = "approved"
    """Its money is kept back (กันเงิน) until it is taken up, cancelled or lapses."""
    CONTRACTED = "contracted"
    """A loan has taken it up."""
    PAID = "paid"
    """A grant has taken it up."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Approved, and not taken up in time."""


class Decision(StrEnum):
    """What a step resolves (มติ)."""

    RECOMMEND = "recommend"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


FORWARD: Final = frozenset({Decision.RECOMMEND, Decision.APPROVE})
EDITABLE: Final = frozenset({State.DRAFT, State.RETURNED})
PENDING: Final = frozenset({State.SUBMITTED, State.RECOMMENDED})
"""Before a step that decides."""
CANCELLABLE: Final = EDITABLE | PENDING | {State.APPROVED}
STANDING: Final = PENDING | {State.APPROVED}

APPROVAL_DAYS: Final = 90
"""An approval that nobody takes up lapses after so many days (this project's setting; confidence low)."""
MOST_APPROVAL_DAYS: Final = 366

_DIGITS: Final = {StepLevel.VILLAGE: 8, StepLevel.TAMBON: 6, StepLevel.DISTRICT: 4, StepLevel.PROVINCE: 2}
_FORWARD: Final = {StepKind.RECOMMEND: Decision.RECOMMEND, StepKind.APPROVE: Decision.APPROVE}
DEFAULT_STEPS: Final = (Step("FUND_COMMITTEE", StepLevel.VILLAGE, StepKind.APPROVE),)
"""Where a product names no steps, the fund's committee approves."""


class Taken(NamedTuple):
    """A decision taken before: in which round, on which step, by whom."""

    round: int
    step: str
    subject: str


@dataclass(frozen=True, slots=True)
class Approved:
    """What a loan or a grant takes up; amounts in satang.

    `reserved` is what is kept back in the fund's books for it, from now on the taker's to release as it
    pays out. `shares` are members' parts of a group's amount and sum to it; nothing for others.
    """

    application_id: UUID
    fund_id: UUID
    area_code: str
    product_id: UUID
    category: str
    borrower_kind: str
    borrower_id: UUID
    amount: int
    shares: tuple["Share", ...]
    applied_on: date
    approved_on: date
    reserved: int
    annual_rate: str | None
    """Per cent a year, where another rate than the fund's own was applied for and approved."""
    months: int | None
    instalments: int | None


class Share(NamedTuple):
    """A member's part of what a group applies for, in satang."""

    member_id: UUID
    amount: int


def steps_for(terms: ProductTerms, amount: int) -> tuple[Step, ...]:
    """Return the steps that an application for so many satang takes; the last one approves."""
    steps = terms.steps(amount) or DEFAULT_STEPS
    return (*steps[:-1], steps[-1]._replace(kind=StepKind.APPROVE))


def after(step: Step, decision: Decision) -> State | None:
    """Return the state after a decision on a step; None where the step does not decide so."""
    if decision is Decision.RETURN:
        return State.RETURNED
    if decision is Decision.REJECT:
        return State.REJECTED
    if decision is not _FORWARD[step.kind]:
        return None
    return State.APPROVED if decision is Decision.APPROVE else State.RECOMMENDED


def sits_at(level: StepLevel, area_code: str, areas: Collection[str], *, in_office: bool = False) -> bool:
    """Tell whether somebody belongs to the body of a level over a fund's area.

    A body's people are those whose area is its own: who sees one tambon does not decide for its district,
    nor the province's officer in the tambon's place. At the level of the fund itself (or below it, where
    nothing stands) so does who is `in_office` on its committee, whatever area she was given.
    """
    body = area_code[: _DIGITS[level]]
    return body in areas or (in_office and body == area_code)


def given_of(amount: int, resolved: int | None) -> int:
    """Return what is given of what was asked for: all of it, unless a step has resolved on less."""
    return amount if resolved is None else resolved


def decided_other_step(taken: Iterable[Taken], *, subject: str, step: str, round_no: int) -> bool:
    """Tell whether a person has decided another step, or this one in this round already."""
    mine = [one for one in taken if one.subject == subject]
    return any(one.round == round_no or one.step != step for one in mine)


def last_day(decided_on: date, today: date) -> date:
    """Return the last day of an approval: counted from its recording, where it is recorded late."""
    return max(decided_on, today) + timedelta(days=APPROVAL_DAYS)
