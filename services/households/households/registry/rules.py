"""What makes a household, without a database."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

HEAD = "head"
MAX_MEMBERS = 50
"""Members sent with one request; no household surveyed has had more."""


class Origin(StrEnum):
    """Where a household became known."""

    FEED = "feed"
    """In a survey edition (ในระบบ)."""
    FIELD = "field"
    """Found by a team outside the feed (นอกระบบ, Re X-ray)."""


class Status(StrEnum):
    """Whether there is somebody to accompany."""

    ACTIVE = "active"
    CLOSED = "closed"
    """Nobody lives there any more."""
    MERGED = "merged"
    """It was a duplicate."""


HeadsFault = Literal["none", "several"]


def heads_fault(relations: Sequence[str]) -> HeadsFault | None:
    """Return what is wrong with the heads of a household to be; None when there is exactly one."""
    heads = sum(relation == HEAD for relation in relations)
    if heads == 1:
        return None
    return "none" if heads == 0 else "several"


def second_head(relations: Sequence[str]) -> int:
    """Return the place of the second head among the members sent."""
    return [at for at, relation in enumerate(relations) if relation == HEAD][1]


_DISTRICT = 4


def searchable(area: str | None, areas: Sequence[str]) -> bool:
    """Say whether house numbers can be searched there: in a district or below, where they are few enough."""
    return len(area or "") >= _DISTRICT or all(len(own) >= _DISTRICT for own in areas)
