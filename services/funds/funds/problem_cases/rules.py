"""What is true of a problem case: the order of its steps, its rounds of survey, when it is solved."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CaseState(StrEnum):
    """Where a case stands (สถานะการแก้ไขปัญหา)."""

    OPENED = "opened"
    SURVEYED = "surveyed"
    """Round 1 of the debtor survey is complete (สำรวจลูกหนี้รอบแรก)."""
    PLANNED = "planned"
    TREATED = "treated"
    """A clinic has advised (คลินิกแก้หนี้ออกหน่วยแล้ว)."""
    RESURVEYED = "resurveyed"
    """A later round is complete: what the cure has done is known."""
    SOLVED = "solved"
    CLOSED = "closed"
    """Ended without being solved."""


class Step(StrEnum):
    """What can be done with a case."""

    SURVEY = "survey"
    PLAN = "plan"
    TREAT = "treat"
    SOLVE = "solve"
    CLOSE = "close"


class Answer(StrEnum):
    """What the survey of a debtor brought (ผลสำรวจลูกหนี้)."""

    ACKNOWLEDGED = "acknowledged"
    """She owes what she says she owes (รับสภาพหนี้)."""
    DISPUTED = "disputed"
    NOT_FOUND = "not_found"
    MOVED_AWAY = "moved_away"
    DEAD = "dead"


class Cause(StrEnum):
    """Why it is not paid (สาเหตุที่ค้างชำระ)."""

    BUSINESS_FAILED = "business_failed"
    ILLNESS = "illness"
    DISASTER = "disaster"
    SPENT_OTHERWISE = "spent_otherwise"
    WILL_NOT_PAY = "will_not_pay"
    NOT_INFORMED = "not_informed"
    """Nobody asked for it or gave receipts."""
    PAID_NOT_BOOKED = "paid_not_booked"
    """Paid to somebody who did not book it."""
    OTHER = "other"


SPOKEN: Final = frozenset({Answer.ACKNOWLEDGED, Answer.DISPUTED})
"""Answers of a debtor who was spoken to: they name an amount."""

MAX_ROUNDS: Final = 9

OPEN: Final = tuple(state for state in CaseState if state not in {CaseState.SOLVED, CaseState.CLOSED})

_AFTER: Final[Mapping[tuple[Step, CaseState], CaseState]] = {
    (Step.SURVEY, CaseState.OPENED): CaseState.SURVEYED,
    (Step.SURVEY, CaseState.TREATED): CaseState.RESURVEYED,
    (Step.PLAN, CaseState.SURVEYED): CaseState.PLANNED,
    (Step.PLAN, CaseState.PLANNED): CaseState.PLANNED,
    (Step.PLAN, CaseState.TREATED): CaseState.TREATED,
    (Step.PLAN, CaseState.RESURVEYED): CaseState.PLANNED,
    (Step.TREAT, CaseState.PLANNED): CaseState.TREATED,
    (Step.TREAT, CaseState.TREATED): CaseState.TREATED,
    (Step.SOLVE, CaseState.RESURVEYED): CaseState.SOLVED,
    **{(Step.CLOSE, state): CaseState.CLOSED for state in OPEN},
}


def after(step: Step, state: CaseState) -> CaseState | None:
    """Return the state that a step leads to; None where the step cannot be taken."""
    return _AFTER.get((step, state))


def round_to_survey(state: CaseState, completed: int) -> int | None:
    """Return the number of the round that is being surveyed, None where none is.

    The first follows the opening, each later one the advice of a clinic.
    """
    if after(Step.SURVEY, state) is None or completed >= MAX_ROUNDS:
        return None
    return completed + 1
