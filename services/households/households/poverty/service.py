"""Summaries put together from counts, with small cells left out for the public."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.poverty import instruments, queries
from households.poverty.errors import AreaNotFound, NoEdition
from households.poverty.projection import COUNTS
from households.poverty.rules import DIMENSIONS, INCOME_BANDS, dimension_names, public
from households.poverty.schemas import SummaryFilters
from households.registry import queries as registry
from households.registry.errors import HouseholdNotFound
from shared.areas import covers, widest
from shared.security import Principal

Shown = Callable[[int], int | None]
_VILLAGE = 8


async def summary(session: AsyncSession, *, filters: SummaryFilters, actor: Principal) -> dict[str, Any]:
    """Return the figures of an edition; raises NoEdition, AreaNotFound outside the caller's areas."""
    edition = await queries.edition(session, filters.edition)
    if edition is None:
        raise NoEdition
    codes = list(widest(actor.areas)) if filters.area is None else [filters.area]
    if filters.area is not None and not covers(actor.areas, filters.area):
        raise AreaNotFound
    insider = actor.may("cases:read") or actor.may("households:read")
    shown: Shown = _as_is if insider else public
    rows = await queries.areas(session, edition=edition["id"], codes=codes)
    if not rows and filters.area:
        raise AreaNotFound
    if filters.by == "area":
        items = await _by_area(session, edition["id"], codes, shown)
    elif filters.by == "dimension":
        items = _by_dimension(rows, shown)
    else:
        items = _by_indicator(rows, instruments.shipped()[edition["instrument"]], shown)
    return {
        "edition": {name: edition[name] for name in ("id", "source", "edition_year", "instrument")},
        "area": codes,
        "by": filters.by,
        "total": {name: shown(sum(row[name] for row in rows)) for name in COUNTS},
        "items": items,
        "suppressed": not insider,
    }


async def household(session: AsyncSession, *, household_id: UUID, actor: Principal) -> dict[str, Any]:
    """Return a household's status in every edition; HouseholdNotFound outside the caller's areas."""
    if await registry.one(session, household_id, areas=actor.areas) is None:
        raise HouseholdNotFound
    rows = await queries.history(session, household_id)
    return {"household_id": household_id, "items": [_status(row) for row in rows]}


def _status(row: asyncpg.Record) -> dict[str, Any]:
    found: Mapping[str, Any] = row
    return {
        **found,
        "dimensions": dimension_names(row["dimensions"]),
        "income_band": INCOME_BANDS[row["income_band"]],
    }


def _as_is(count: int) -> int:
    return count


async def _by_area(
    session: AsyncSession, edition: UUID, codes: Sequence[str], shown: Shown
) -> list[dict[str, Any]]:
    """Return the areas one level below each of the codes; a village stands for itself."""
    rows: list[asyncpg.Record] = []
    for code in codes:
        level = min(len(code) + 2, _VILLAGE)
        rows += await queries.below(session, edition=edition, area=code, level=level)
    names = await queries.names(session, [row["area_code"] for row in rows])
    return [
        {
            "area_code": row["area_code"],
            "name_th": names.get(row["area_code"]),
            **{name: shown(row[name]) for name in COUNTS},
        }
        for row in rows
    ]


def _by_dimension(rows: Sequence[asyncpg.Record], shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "dimension": name,
            "survey_poor": shown(sum(row["survey_by_dimension"][place] for row in rows)),
            "target_poor": shown(sum(row["target_by_dimension"][place] for row in rows)),
        }
        for place, name in enumerate(DIMENSIONS)
    ]


def _by_indicator(
    rows: Sequence[asyncpg.Record], instrument: instruments.Instrument, shown: Shown
) -> list[dict[str, Any]]:
    items = []
    for unit, column in (("household", "failed_households"), ("person", "failed_persons")):
        for place, indicator in enumerate(instrument.of("household" if unit == "household" else "person")):
            items.append(
                {
                    "indicator": indicator.code,
                    "title": {"th": indicator.th, "en": indicator.en},
                    "unit": unit,
                    "dimension": indicator.dimension,
                    "failed": shown(sum(row[column][place] for row in rows)),
                }
            )
    return sorted(items, key=lambda item: str(item["indicator"]))
