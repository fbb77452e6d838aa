"""What is true of members, of groups and of whoever borrows."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from shared.thai import clean_text, normalise_digits

_PHONE = re.compile(r"0[0-9]{8,9}")
_SIGNS = re.compile(r"[\s().-]")
SHOWN_DIGITS = 4


class LeaveReason(StrEnum):
    """Why somebody is no member any more."""

    RESIGNED = "resigned"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    REMOVED = "removed"
    MISTAKE = "mistake"


class GroupRole(StrEnum):
    """Seat in a borrower group (ตำแหน่งในกลุ่มสมาชิก)."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    MEMBER = "member"


MemberState = Literal["active", "left"]
BorrowerKind = Literal["member", "group", "household"]


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who may owe a fund (ผู้กู้): a member, a group of members, or a target household.

    `size` is how many people answer for it; `name` is None for a household, of which funds knows no name.
    `household_ids` are those that the people live in, as far as they are known.
    """

    kind: BorrowerKind
    id: UUID
    name: str | None
    person_ids: tuple[UUID, ...]
    member_ids: tuple[UUID, ...]
    size: int
    household_ids: tuple[UUID, ...] = ()


def phone_digits(text: str) -> str:
    """Return a Thai phone number as its digits, 081 234 5678 as 0812345678; ValueError for anything else."""
    digits = _SIGNS.sub("", normalise_digits(clean_text(text)))
    if digits.startswith("+66"):
        digits = "0" + digits[3:]
    if not _PHONE.fullmatch(digits):
        raise ValueError("a Thai phone number has 9 or 10 digits and begins with 0")
    return digits


def masked(digits: str) -> str:
    """Return the last four digits, the others as x."""
    return "x" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:]
