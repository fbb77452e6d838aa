"""Every SELECT on target villages and invitations; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Label, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.access.models import AccessInvitation, AccessVillage
from funds.access.reach import REACH
from funds.access.rules import Result
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_VILLAGES = AccessVillage.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_INVITED = AccessInvitation.__table__  # type: ignore[attr-defined]  # likewise
_KEY = (_VILLAGES.c.area_code, _VILLAGES.c.fiscal_year, _VILLAGES.c.id)
_INVITED_KEY = (_INVITED.c.area_code, _INVITED.c.id)
_COUNTED = "(SELECT count(*) FROM access_invitations AS i WHERE i.village_id = access_villages.id{})"
_INVITED_COUNT: Label[int] = literal_column(_COUNTED.format("")).label("invited")
_JOINED_COUNT: Label[int] = literal_column(
    _COUNTED.format(" AND i.result IN ('joined', 'applied', 'borrowed')")
).label("joined")
_REACH: Label[str] = literal_column(REACH.replace("poor.", "access_invitations.")).label("reach")

_RESULTS = """
SELECT result, count(*)::int AS n FROM access_invitations WHERE village_id = $1 GROUP BY result
"""
_REACHED = f"""
SELECT count(DISTINCT household_id) FROM access_invitations AS poor
WHERE village_id = $1 AND {REACH} <> 'none'
"""  # noqa: S608  # our own constant texts


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose villages, where, of which year."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fiscal_year: int | None = None


@dataclass(frozen=True, slots=True)
class Invitations:
    """Whose invitations, where, of which village or household, with which result."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    village_id: UUID | None = None
    household_id: UUID | None = None
    result: Result | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = select(*_VILLAGES.c, _INVITED_COUNT, _JOINED_COUNT).where(
        within(_VILLAGES.c.area_code, filters.areas), descends(_VILLAGES.c.area_code, filters.area)
    )
    if filters.fiscal_year is not None:
        statement = statement.where(_VILLAGES.c.fiscal_year == filters.fiscal_year)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, int, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` villages by code and year, from the first after `after`."""
    return await fetch(session, seek(_listed(filters), _KEY, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many villages the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, village_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return a village of the caller's areas, locked if it is to be changed or somebody invited."""
    if lock:  # first, so that the counts are those after whoever had it
        held = select(_VILLAGES.c.id).where(_VILLAGES.c.id == village_id).with_for_update()
        await fetch(session, held)
    rows = await fetch(session, _listed(Filters(areas=areas)).where(_VILLAGES.c.id == village_id))
    return rows[0] if rows else None


async def results(session: AsyncSession, village_id: UUID) -> dict[str, int]:
    """Return how many invitations of a village have each result."""
    rows = await (await driver(session)).fetch(_RESULTS, village_id)
    counted = {row["result"]: row["n"] for row in rows}
    return {result.value: counted.get(result.value, 0) for result in Result}


async def reached(session: AsyncSession, village_id: UUID) -> int:
    """Return how many invited households have a membership or a loan now."""
    return int(await (await driver(session)).fetchval(_REACHED, village_id))


def _invited(wanted: Invitations) -> Select[Any]:
    statement: Select[Any] = select(*_INVITED.c, _REACH).where(
        within(_INVITED.c.area_code, wanted.areas), descends(_INVITED.c.area_code, wanted.area)
    )
    for name in ("village_id", "household_id", "result"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_INVITED.c[name] == getattr(value, "value", value))
    return statement


async def page_of_invitations(
    session: AsyncSession, *, wanted: Invitations, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` invitations by village, from the first after `after`."""
    return await fetch(session, seek(_invited(wanted), _INVITED_KEY, after, limit=limit))


async def count_invitations(session: AsyncSession, *, wanted: Invitations) -> int:
    """Return how many invitations the filters leave."""
    return await counted(session, _invited(wanted))


async def invitation(
    session: AsyncSession, invitation_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return an invitation of the caller's areas, locked if it is to be changed."""
    statement = _invited(Invitations(areas=areas)).where(_INVITED.c.id == invitation_id)
    rows = await fetch(session, statement.with_for_update(of=_INVITED) if lock else statement)
    return rows[0] if rows else None
