"""Who is poor: dimensions as bits, the three statuses of a person, income bands, what the public may see.

A person is poor in a dimension if a failed indicator of it is her own or her household's (TPMAP_MPI_17).
Survey poor: in at least one dimension. Registered poor: also on the state welfare register. Target poor
(คนจนเป้าหมาย): also verified there.
"""

from typing import Final, Literal

Dimension = Literal["health", "living", "education", "income", "access"]
DIMENSIONS: Final[tuple[Dimension, ...]] = ("health", "living", "education", "income", "access")
"""Order of the bits: health (สุขภาพ) 1, living (ความเป็นอยู่) 2, education (การศึกษา) 4, income (รายได้) 8,
access to public services (การเข้าถึงบริการรัฐ) 16."""

BIT: Final = {name: 1 << place for place, name in enumerate(DIMENSIONS)}

REGISTERED: Final = 1
VERIFIED: Final = 2

IncomeBand = Literal["under_38000", "38000_to_100000", "over_100000"]
INCOME_BANDS: Final[tuple[IncomeBand, ...]] = ("under_38000", "38000_to_100000", "over_100000")
"""Income per person and year, below the income line, up to the low-income limit, above it. The names keep
the figures of 2560-2564; where the lines move, the dated thresholds decide."""

SMALLEST_PUBLIC_CELL: Final = 5


def dimension_names(bits: int) -> list[Dimension]:
    """Return the names of the dimensions whose bits are set."""
    return [name for name, bit in BIT.items() if bits & bit]


def survey_poor(dimensions: int) -> bool:
    """Tell whether a person with these dimensions (her own and her household's) is survey poor."""
    return dimensions != 0


def registered_poor(dimensions: int, welfare: int) -> bool:
    """Tell whether she is survey poor and on the welfare register."""
    return dimensions != 0 and bool(welfare & REGISTERED)


def target_poor(dimensions: int, welfare: int) -> bool:
    """Tell whether she is survey poor and on the welfare register as verified (คนจนเป้าหมาย)."""
    return dimensions != 0 and welfare & (REGISTERED | VERIFIED) == REGISTERED | VERIFIED


def income_band(income: int, members: int, *, income_line: int, low_income: int) -> int:
    """Return the place in INCOME_BANDS of a household's yearly income; all in one unit of money."""
    people = max(members, 1)
    if income < income_line * people:
        return 0
    return 1 if income <= low_income * people else 2


def public(count: int) -> int | None:
    """Return a count as the public may see it: None for a cell small enough to point at a household."""
    return count if count == 0 or count >= SMALLEST_PUBLIC_CELL else None
