"""What is true of a clinic."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar


class ClinicState(StrEnum):
    """A planned clinic is held or cancelled."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


T = TypeVar("T")


def twice(stops: Iterable[Sequence[T]]) -> list[tuple[int, int]]:
    """Return the places (stop, case) of what stands at two stops, or at one of them twice."""
    seen: set[T] = set()
    places = []
    for stop, cases in enumerate(stops):
        for at, case in enumerate(cases):
            if case in seen:
                places.append((stop, at))
            seen.add(case)
    return places
