"""What a death does to a loan, and what may be decided."""

from enum import StrEnum


class DeathDecision(StrEnum):
    """Who answers for the debt of somebody who died (ผู้รับผิดชอบหนี้)."""

    HEIRS = "heirs"
    """An heir, with what she inherits (ทายาท ป.พ.พ. มาตรา 1601)."""
    ESTATE = "estate"
    """The estate by its administrator, until it is divided (ผู้จัดการมรดก)."""
    GUARANTORS = "guarantors"
    GROUP = "group"
    """The other members of the group."""
    WRITE_OFF = "write_off"
    """Nobody: the loan stays frozen and is proposed to be written off."""
    MISTAKE = "mistake"
    """She is alive, or is another person."""


class DeathState(StrEnum):
    """State of the case."""

    OPEN = "open"
    PROPOSED = "proposed"
    DECIDED = "decided"


NAMED = frozenset({DeathDecision.HEIRS, DeathDecision.ESTATE, DeathDecision.GUARANTORS})
"""Decisions that name who answers."""


def answered(state: DeathState, decision: DeathDecision | None) -> bool:
    """Tell whether it is decided who answers for a debt that was the dead's own, or that she lives.

    That the group answers says nothing of what one of its members owes alone.
    """
    return state is DeathState.DECIDED and (decision in NAMED or decision is DeathDecision.MISTAKE)


def freezes(borrower_kind: str) -> bool:
    """Tell whether a borrower's death freezes the loan: a group lives on."""
    return borrower_kind != "group"


def fits(decision: DeathDecision, borrower_kind: str) -> bool:
    """Tell whether a decision can be about such a borrower's loan.

    A group answers for its own loan, which its other members' deaths do not end; nobody else has a group.
    """
    if decision is DeathDecision.GROUP:
        return borrower_kind == "group"
    return decision is not DeathDecision.WRITE_OFF or borrower_kind != "group"


def thaws(decision: DeathDecision) -> bool:
    """Tell whether the loan is demanded again after the decision."""
    return decision is not DeathDecision.WRITE_OFF
