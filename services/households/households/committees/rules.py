"""Committees' terms: who is in office on a day, and which terms may not stand beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Where a committee stands: ศจพ.จ., ศจพ.อ., ทีมปฏิบัติการตำบล, คณะกรรมการหมู่บ้าน (กม.)."""

    PROVINCE = "province"
    DISTRICT = "district"
    TAMBON = "tambon"
    VILLAGE = "village"


DIGITS = {Level.PROVINCE: 2, Level.DISTRICT: 4, Level.TAMBON: 6, Level.VILLAGE: 8}
"""The length of the area code of a committee of each level."""


class Role(StrEnum):
    """A member's seat: ประธาน, รองประธาน, เลขานุการ, กรรมการ."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    SECRETARY = "secretary"
    MEMBER = "member"


SINGLE_SEATS = frozenset({Role.CHAIR, Role.SECRETARY})
"""Seats that one member holds at a time."""


@dataclass(frozen=True, slots=True)
class Term:
    """A member's time in office (วาระ), both days included; without an end it runs on."""

    subject: str
    role: Role
    starts: date
    ends: date | None

    def covers(self, day: date) -> bool:
        """Tell whether the member is in office on `day`."""
        return self.starts <= day and (self.ends is None or day <= self.ends)

    def overlaps(self, other: "Term") -> bool:
        """Tell whether the two terms share a day."""
        return (self.ends is None or other.starts <= self.ends) and (
            other.ends is None or self.starts <= other.ends
        )


def area_fits(level: Level, area_code: str) -> bool:
    """Tell whether an area code is of the level that the committee stands for."""
    return len(area_code) == DIGITS[level]


def same_person_twice(term: Term, others: Iterable[Term]) -> bool:
    """Tell whether the person would sit twice on the committee on some day."""
    return any(term.subject == other.subject and term.overlaps(other) for other in others)


def seat_taken(term: Term, others: Iterable[Term]) -> bool:
    """Tell whether the chair's or secretary's seat is held by another on some day of `term`."""
    return term.role in SINGLE_SEATS and any(
        term.role == other.role and term.overlaps(other) for other in others
    )
