"""Who belongs where and when, without a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.thai import name_key, strip_title

_FEAR_OF_AGE = timedelta(days=366 * 130)  # nobody has lived longer; an older date is a mistyped year


class Relation(StrEnum):
    """What a member is to the head of the household (ความสัมพันธ์กับหัวหน้าครัวเรือน)."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    RELATIVE = "relative"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a membership ended."""

    LEFT = "left"
    MOVED = "moved"
    DIED = "died"
    MERGED = "merged"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` up to and without `end`; no `end` is until further notice."""

    start: date
    end: date | None = None

    @property
    def empty(self) -> bool:
        """Say whether no day is in it."""
        return self.end is not None and self.end <= self.start

    def overlaps(self, other: "Period") -> bool:
        """Say whether a day is in both."""
        if self.empty or other.empty:
            return False
        starts_before_end = other.end is None or self.start < other.end
        return starts_before_end and (self.end is None or other.start < self.end)


def free(period: Period, taken: Iterable[Period]) -> bool:
    """Say whether a person can be a member for `period` beside the memberships she has."""
    return not any(period.overlaps(other) for other in taken)


def end_of_death(start: date, died_on: date) -> date:
    """Return the exclusive end of a membership by death: the day after, or never having been."""
    return max(start, died_on + timedelta(days=1))


def plausible_birth(birth_date: date, *, today: date) -> bool:
    """Say whether somebody alive in the registry may be born that day."""
    return today - _FEAR_OF_AGE < birth_date <= today


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """A name as somebody asks for it: keys without title, `last` only where two words were given."""

    first: str
    last: str | None = None


def name_question(text: str) -> NameQuestion | None:
    """Read `นายสมชาย ใจดี` or `สมชาย`; None when nothing searchable is in it."""
    words = [key for word in strip_title(text).split() if (key := name_key(word))]
    if not words:
        return None
    return NameQuestion(words[0], "".join(words[1:]) or None)
