"""What the demo lends: projects of a tambon's women's fund, poverty funds of a district, with given sums.

Single amounts are invented and always the same; what they sum to was published. Amounts are satang.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from shared.areas import catalogue
from tools.demo_data.names import FEMALE, MALE, SURNAMES

TAMBON: Final = "341522"
"""Mueang Si Khai (เมืองศรีไค)."""
LOANS, LENT = 20, 1_934_422_00
GRANTS, GRANTED = 11, 326_590_00

DISTRICT: Final = "3419"
"""Phibun Mangsahan (พิบูลมังสาหาร)."""
FUNDS, CAPITAL, HOUSEHOLDS = 82, 23_951_565_00, 2_792
PROBLEMS, OVERDUE = 21, 3_350_200_00
SOLVED, LEFT = 11, 794_964_00

GIVEN: Final = 280_000_00
"""What the state gave each village (เงินทุน กข.คจ.)."""
INSTALMENTS: Final = 6
MISSED: Final = 5
"""Of the instalments of a loan in arrears; the last one is still to come, so that the loan stays open."""

_BAHT: Final = 100
_FEWEST: Final = 28
"""Borrowing households of a village."""
_LATE_SHARE: Final = (3, 5)
"""So many of a problem fund's loans are in arrears."""
_OUT: Final = (7, 10)
"""So much of a sound fund's capital is lent out, of a problem fund what its late loans leave."""


@dataclass(frozen=True, slots=True)
class Debt:
    """An open loan of a poverty fund: `outstanding` is spread evenly over `left` instalments."""

    name: str
    outstanding: int
    left: int
    late: bool

    @property
    def overdue(self) -> int:
        """Return what of it is past due."""
        return self.outstanding // self.left * MISSED if self.late else 0


@dataclass(frozen=True, slots=True)
class PovertyFund:
    """A village's fund (กข.คจ.) as its book says it, and what is left overdue once it was treated."""

    village_code: str
    name: str
    capital: int
    debts: tuple[Debt, ...]
    overdue_left: int | None
    """None: it never was a problem fund; 0: solved."""

    @property
    def problem(self) -> bool:
        """Tell whether something is overdue."""
        return self.overdue_left is not None

    @property
    def outstanding(self) -> int:
        """Return what is lent out."""
        return sum(debt.outstanding for debt in self.debts)

    @property
    def overdue(self) -> int:
        """Return what is overdue before any treatment."""
        return sum(debt.overdue for debt in self.debts)


def split(total: int, count: int, *, rng: Random, unit: int = 1) -> list[int]:
    """Split a total into amounts of like size that sum to it; all but the last are multiples of `unit`."""
    weights = [rng.randint(70, 130) for _ in range(count)]
    amounts = [total * weight // sum(weights) // unit * unit for weight in weights]
    whole, rest = divmod(total - sum(amounts), unit)
    for at in range(whole):
        amounts[at % count] += unit
    amounts[-1] += rest
    return amounts


def projects() -> tuple[list[int], list[int]]:
    """Return what the loans and the grants of the women's fund are for."""
    rng = _rng("projects")
    return (
        split(LENT, LOANS, rng=rng, unit=500 * _BAHT),
        split(GRANTED, GRANTS, rng=rng, unit=500 * _BAHT),
    )


def women(count: int) -> list[str]:
    """Return names of members of the women's fund, no name twice."""
    return list(_names(_rng("women"), count, first=FEMALE, titles=("นาง", "นางสาว")))


def poverty_funds() -> list[PovertyFund]:
    """Return the poverty funds of the district, those with problems among them."""
    rng = _rng("poverty funds")
    capitals = [GIVEN + more for more in split(CAPITAL - FUNDS * GIVEN, FUNDS, rng=rng, unit=_BAHT)]
    sizes = [_FEWEST + more for more in split(HOUSEHOLDS - FUNDS * _FEWEST, FUNDS, rng=rng)]
    chosen = rng.sample(range(FUNDS), PROBLEMS)
    late = dict(zip(chosen, split(OVERDUE, PROBLEMS, rng=rng, unit=MISSED * _BAHT), strict=True))
    left = [0] * SOLVED + split(LEFT, PROBLEMS - SOLVED, rng=rng, unit=_BAHT)
    remains = dict(zip(chosen, left, strict=True))
    return [
        PovertyFund(
            village_code=code,
            name=f"กข.คจ. หมู่ที่ {int(code[6:])} ตำบล{tambon}",
            capital=capitals[at],
            debts=tuple(_debts(rng, capitals[at], sizes[at], late.get(at, 0))),
            overdue_left=remains.get(at),
        )
        for at, (code, tambon) in enumerate(_villages())
    ]


def _debts(rng: Random, capital: int, households: int, overdue: int) -> list[Debt]:
    names = list(_names(rng, households, first=MALE + FEMALE, titles=("",)))
    part, whole = _LATE_SHARE
    behind = households * part // whole if overdue else 0
    each = split(overdue // MISSED, behind, rng=rng, unit=_BAHT) if behind else []
    late = [
        Debt(name, one * INSTALMENTS, INSTALMENTS, late=True) for name, one in zip(names, each, strict=False)
    ]
    part, whole = _OUT
    sound = (capital - sum(debt.outstanding for debt in late)) * part // whole // _BAHT * _BAHT
    amounts = split(sound, households - behind, rng=rng, unit=100 * _BAHT)
    return late + [
        Debt(name, amount, rng.randint(1, INSTALMENTS - 1), late=False)
        for name, amount in zip(names[behind:], amounts, strict=True)
    ]


def _villages() -> Iterator[tuple[str, str]]:
    """Yield code and tambon's name of as many villages as there are funds, the tambons evenly."""
    tambons = [
        area
        for area in catalogue()
        if area.code.startswith(DISTRICT) and len(area.code) == len(TAMBON) and not area.valid_to
    ]
    bounds = [FUNDS * at // len(tambons) for at in range(len(tambons) + 1)]
    for area, (low, high) in zip(tambons, pairwise(bounds), strict=True):
        for number in range(1, high - low + 1):
            yield f"{area.code}{number:02d}", area.name_th


def _names(rng: Random, count: int, *, first: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < count:
        given = rng.choice(first)
        name = f"{given} {rng.choice(SURNAMES)}"
        if name in seen:
            continue
        seen.add(name)
        yield (rng.choice(titles) or ("นาย" if given in MALE else "นาง")) + name


def _rng(of: str) -> Random:
    return Random(f"lending {of}")  # noqa: S311 - repeatable on purpose
