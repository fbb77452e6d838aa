"""How likely two entries are the same person or the same household, 0 to 1."""

from collections.abc import Mapping
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

LIKELY = 0.6
"""Least score of a pair worth showing to an officer."""
_EARTH = 6_371_000.0  # metres
_NEAR = 60.0  # metres: a phone's position and a survey's differ by less
_FAR = 500.0


def person_score(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return how likely two entries are one person; 0 where both have a citizen id, since theirs differ."""
    if one["citizen_id_index"] is not None and other["citizen_id_index"] is not None:
        return 0.0
    score = 0.0
    for name in ("first_name_key", "last_name_key"):
        score += 0.25 if one[name] == other[name] else 0.0
    score += _birth_score(one["birth_date"], other["birth_date"])
    if one["sex"] is not None and other["sex"] is not None:
        score += 0.05 if one["sex"] == other["sex"] else -0.3
    score += 0.1 if one["village_code"] == other["village_code"] else 0.0
    return round(max(0.0, min(score, 1.0)), 2)


def _birth_score(one: date | None, other: date | None) -> float:
    if one is None or other is None:
        return 0.1
    if one == other:
        return 0.35
    # Day and month unknown are written as 1 January in surveys.
    same_year = one.year == other.year
    return 0.15 if same_year else -0.3


def household_score(one: Mapping[str, Any], other: Mapping[str, Any], *, shared_names: int) -> float:
    """Return how likely two entries of one village are one household; 0 where both have a house id.

    `shared_names`: members of equal first and last name.
    """
    if one["house_id"] is not None and other["house_id"] is not None:
        return 0.0
    score = 0.5 if one["house_no"] and one["house_no"] == other["house_no"] else 0.0
    score += min(shared_names, 2) * 0.2
    if one["lat"] is not None and other["lat"] is not None:
        apart = metres(one["lat"], one["lon"], other["lat"], other["lon"])
        score += 0.2 if apart <= _NEAR else -0.3 if apart > _FAR else 0.0
    return round(max(0.0, min(score, 1.0)), 2)


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance of two places on the sphere (haversine)."""
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * _EARTH * asin(sqrt(chord))
