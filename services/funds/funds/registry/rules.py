"""What is true of a fund: its kinds, where they may stand, and how its state changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Kind(StrEnum):
    """Kind of a fund (ประเภทกองทุน)."""

    WOMENS = "womens"
    """Women's development fund (กองทุนพัฒนาบทบาทสตรี), one a tambon."""
    POVERTY = "poverty"
    """Poverty fund (กข.คจ.), one a village."""
    SAVINGS = "savings"
    """Savings group for production (กลุ่มออมทรัพย์เพื่อการผลิต)."""
    VILLAGE = "village"
    """Village fund (กองทุนหมู่บ้าน)."""
    INSTITUTION = "institution"
    """Community finance institution (สถาบันการเงินชุมชน)."""


class State(StrEnum):
    """State of a fund (สถานะกองทุน); a closed one stays closed."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


DISTRICT, TAMBON, VILLAGE = 4, 6, 8

AREA_DIGITS: Final[Mapping[Kind, frozenset[int]]] = {
    Kind.WOMENS: frozenset({TAMBON}),
    Kind.POVERTY: frozenset({VILLAGE}),
    Kind.VILLAGE: frozenset({VILLAGE}),
    Kind.SAVINGS: frozenset({TAMBON, VILLAGE}),
    Kind.INSTITUTION: frozenset({TAMBON, VILLAGE}),
}
"""Digits of the area code that a fund of a kind stands in."""

_STEPS: Final[Mapping[State, frozenset[State]]] = {
    State.ACTIVE: frozenset({State.SUSPENDED, State.CLOSED}),
    State.SUSPENDED: frozenset({State.ACTIVE, State.CLOSED}),
    State.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class FundFacts:
    """What others must know of a fund before they do anything with it."""

    id: UUID
    kind: Kind
    area_code: str
    state: State
    version: int
    name_th: str

    @property
    def active(self) -> bool:
        """Tell whether money may move and people may join."""
        return self.state is State.ACTIVE


def area_fits(kind: Kind, area_code: str) -> bool:
    """Tell whether the code is of the level that a fund of this kind stands in."""
    return len(area_code) in AREA_DIGITS[kind]


def may_become(present: State, wanted: State) -> bool:
    """Tell whether a fund's state may change so."""
    return wanted in _STEPS[present]
