"""Villages for the households: the catalogue's tambons, each with some village numbers."""

from collections.abc import Sequence
from random import Random
from typing import Final, NamedTuple

from shared.areas import catalogue

_VILLAGES: Final = (6, 16)  # villages of a tambon, fewest and most
_HOUSES: Final = 60  # of a village, before it has all its villages
_TAMBON: Final = 6  # digits
_EAST: Final = {"34": (14.9, 104.5, 1.0, 1.0)}  # south, west, height, width in degrees: Ubon Ratchathani
_ELSEWHERE: Final = (14.5, 100.5, 2.5, 2.5)  # inland; invented like the people
_NEAR: Final = 0.04  # degrees between the houses of a village, about 4 km


class Village(NamedTuple):
    """A village: its code, and the middle that its houses lie around (WGS 84)."""

    code: str
    lat: float
    lon: float


def villages(provinces: Sequence[str], households: int, rng: Random) -> list[Village]:
    """Return villages of every tambon in force of the provinces ("" is the whole country).

    A small edition gets fewer villages a tambon, so that a village still has its sixty houses or so.
    """
    tambons = [
        area
        for area in catalogue()
        if len(area.code) == _TAMBON and not area.valid_to and area.code.startswith(tuple(provinces))
    ]
    if not tambons:
        raise ValueError("no tambon in force in these provinces")
    enough = max(1, round(households / len(tambons) / _HOUSES))
    found: list[Village] = []
    for area in tambons:
        south, west, height, width = _EAST.get(area.code[:2], _ELSEWHERE)
        lat, lon = south + rng.random() * height, west + rng.random() * width
        most = _VILLAGES[0] + int(rng.random() * (_VILLAGES[1] - _VILLAGES[0]))
        found.extend(
            Village(
                code=f"{area.code}{number:02d}",
                lat=lat + (rng.random() - 0.5) * _NEAR,
                lon=lon + (rng.random() - 0.5) * _NEAR,
            )
            for number in range(1, min(most, enough) + 1)
        )
    return found
