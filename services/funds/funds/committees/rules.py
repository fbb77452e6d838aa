"""What is true of a committee's terms and of a meeting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Seat on a fund's committee (ตำแหน่งกรรมการกองทุน)."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    """Keeps the money (เหรัญญิก)."""
    MEMBER = "member"


class EndReason(StrEnum):
    """Why a term ended, and so why a committee hands over."""

    TERM_ENDED = "term_ended"
    RESIGNED = "resigned"
    REMOVED = "removed"
    DIED = "died"
    MOVED_AWAY = "moved_away"


class MeetingKind(StrEnum):
    """Kind of a meeting (ประเภทการประชุม)."""

    COMMITTEE = "committee"
    GENERAL = "general"
    """Yearly meeting of the members (ประชุมใหญ่สามัญ)."""
    EXTRAORDINARY = "extraordinary"
    """Of the members, called for a reason (ประชุมใหญ่วิสามัญ)."""
    FORUM = "forum"
    """Village forum (เวทีประชาคม)."""


SINGLE_SEATS = frozenset({Role.CHAIR, Role.SECRETARY, Role.TREASURER})
"""Seats that one person holds at a time; whoever leaves one of them hands over."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term in office; `ends` is its last day, None while it runs on."""

    role: Role
    starts: date
    ends: date | None
    subject: str | None = None
    person_id: UUID | None = None

    def overlaps(self, other: "Term") -> bool:
        """Tell whether both are in office on some day."""
        begins_before = other.ends is None or self.starts <= other.ends
        return begins_before and (self.ends is None or other.starts <= self.ends)


def same_person_twice(term: Term, others: Iterable[Term]) -> bool:
    """Tell whether the same user or person is in office already on some of the days."""
    return any(_same(term, other) and term.overlaps(other) for other in others)


def seat_taken(term: Term, others: Iterable[Term]) -> bool:
    """Tell whether somebody else is chair, secretary or treasurer on some of the days."""
    if term.role not in SINGLE_SEATS:
        return False
    return any(other.role is term.role and term.overlaps(other) for other in others)


def quorum(present: int, total: int) -> bool:
    """Tell whether more than half of those who belong were present (ครบองค์ประชุม)."""
    return 2 * present > total


def _same(term: Term, other: Term) -> bool:
    by_user = term.subject is not None and term.subject == other.subject
    return by_user or (term.person_id is not None and term.person_id == other.person_id)
