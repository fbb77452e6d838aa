"""Facts that events bring, and which of several of one kind counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID


class Fact(Protocol):
    """A fact about one thing, numbered by the version of that thing."""

    @property
    def key(self) -> UUID:
        """The thing that the fact is about."""

    @property
    def sequence(self) -> int:
        """The thing's version after the fact."""


F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a household is."""

    key: UUID
    sequence: int
    village_code: str


@dataclass(frozen=True, slots=True)
class Status:
    """What an edition says of a household's poverty; persons are counted, incomes are bands."""

    key: UUID
    sequence: int
    village_code: str
    edition_id: UUID
    edition_year: int
    dimensions: tuple[str, ...]
    survey_poor: int
    target_poor: int
    income_band: str | None


@dataclass(frozen=True, slots=True)
class CaseFact:
    """Whether a target case stands on the register; `certified_on` is None for one that left it."""

    key: UUID
    sequence: int
    household_id: UUID
    village_code: str
    certified_on: date | None


@dataclass(frozen=True, slots=True)
class Death:
    """A person's death; `household_id` is where she lived, if anywhere."""

    key: UUID
    sequence: int
    household_id: UUID | None
    village_code: str
    died_on: date


def newest(facts: Iterable[F]) -> list[F]:
    """Return the newest fact about each thing, in the things' order.

    One order for everybody: two batches that meet lock their rows in the same order.
    """
    kept: dict[UUID, F] = {}
    for fact in facts:
        known = kept.get(fact.key)
        if known is None or known.sequence < fact.sequence:
            kept[fact.key] = fact
    return [kept[key] for key in sorted(kept)]
