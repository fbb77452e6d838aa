"""What is true of a team: four roles, four persons, one standing team a district."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

DISTRICT: Final = 4
"""Digits of a district's code."""


class TeamRole(StrEnum):
    """Who belongs to a team; each role is one person's."""

    COMMUNITY_DEVELOPER = "community_developer"
    """พัฒนากร."""
    SAVINGS_EXPERT = "savings_expert"
    """ผู้เชี่ยวชาญกลุ่มออมทรัพย์เพื่อการผลิต."""
    POVERTY_FUND_EXPERT = "poverty_fund_expert"
    """ผู้เชี่ยวชาญโครงการ กข.คจ."""
    FUND_CENTRE_COMMITTEE = "fund_centre_committee"
    """กรรมการศูนย์จัดการกองทุนชุมชน."""


def missing(roles: Iterable[TeamRole]) -> tuple[TeamRole, ...]:
    """Return the roles that nobody has."""
    taken = set(roles)
    return tuple(role for role in TeamRole if role not in taken)


def repeated(values: Sequence[str | None]) -> list[int]:
    """Return the places of values that stand before in the sequence; None is nobody."""
    counts: Counter[str] = Counter()
    places = []
    for at, value in enumerate(values):
        if value is None:
            continue
        counts[value] += 1
        if counts[value] > 1:
            places.append(at)
    return places


def districts(areas: Iterable[str]) -> tuple[str, ...]:
    """Return the areas with what lies inside a district taken as the district.

    A district's team and clinics are for all its villages: whoever works in one of them sees them.
    """
    return tuple(sorted({area[:DISTRICT] for area in areas}))
