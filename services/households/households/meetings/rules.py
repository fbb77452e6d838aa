"""Quorum (องค์ประชุม), conflicts of interest and the states of a meeting."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


class MeetingState(StrEnum):
    """`draft` may be changed, `held` may resolve, `closed` is the record (รายงานการประชุม)."""

    DRAFT = "draft"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QuorumRule:
    """The share of the members in office that must be present; dated, with its source.

    `strict`: more than the share; otherwise the share is enough.
    """

    numerator: int
    denominator: int
    strict: bool

    def met(self, *, present: int, in_office: int) -> bool:
        """Tell whether `present` of `in_office` members make a quorum; nobody in office never does."""
        have, need = present * self.denominator, in_office * self.numerator
        return in_office > 0 and (have > need if self.strict else have >= need)


@dataclass(frozen=True, slots=True)
class Attendee:
    """A member in office who was present; `household_id` is the member's own household, where recorded."""

    member_id: UUID
    subject: str
    household_id: UUID | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A member's declared interest in one case (การแจ้งส่วนได้เสีย)."""

    member_id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a decision must know about a meeting."""

    meeting_id: UUID
    committee_id: UUID
    area_code: str
    held_on: date
    state: MeetingState
    in_office: int
    rule: QuorumRule
    present: tuple[Attendee, ...]
    conflicts: frozenset[Conflict] = field(default_factory=frozenset)

    def excluded(self, *, case_id: UUID, household_id: UUID, proposers: Iterable[str]) -> set[UUID]:
        """Return the present members who may not decide on the case.

        Who proposed it, whose own household it is, who declared a conflict (security.md: two-person rules).
        """
        barred = set(proposers)
        return {
            attendee.member_id
            for attendee in self.present
            if attendee.subject in barred
            or attendee.household_id == household_id
            or Conflict(attendee.member_id, case_id) in self.conflicts
        }

    def quorate(self, *, excluded: int = 0) -> bool:
        """Tell whether the members who may decide make a quorum of all members in office.

        A member who may not decide counts as absent; the members in office stay the measure, so that
        excluding members never makes a decision easier.
        """
        return self.rule.met(present=len(self.present) - excluded, in_office=self.in_office)
