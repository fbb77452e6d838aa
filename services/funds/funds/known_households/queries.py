"""Lists of the households that funds knows; every one filtered by the caller's areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds.known_households.models import KnownHousehold
from shared.areas import descends, within
from shared.db import counted, fetch

_TABLE = KnownHousehold.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_INTERNAL = {"location_sequence", "status_sequence", "edition_id"}
_COLUMNS = [column for column in _TABLE.c if column.name not in _INTERNAL]


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose households, where, and whether on the target register."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    certified: bool = True


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    return select(*_COLUMNS).where(
        within(_TABLE.c.village_code, filters.areas),
        descends(_TABLE.c.village_code, filters.area),
        _TABLE.c.certified.is_(filters.certified),
    )


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` households by village and id, from the first after `after`."""
    key = tuple_(_TABLE.c.village_code, _TABLE.c.household_id)
    statement = _listed(filters).order_by(_TABLE.c.village_code, _TABLE.c.household_id).limit(limit)
    if after is not None:
        statement = statement.where(key > after)
    return await fetch(session, statement)


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many households the filters leave."""
    return await counted(session, _listed(filters))


async def one(session: AsyncSession, household_id: UUID) -> asyncpg.Record | None:
    """Return what funds knows of a household, wherever it is, None when no event has told of it.

    For the fund's own checks (is it known, is it certified now); never shown to a caller as it is.
    """
    rows = await fetch(session, select(*_COLUMNS).where(_TABLE.c.household_id == household_id))
    return rows[0] if rows else None
