"""Every SELECT on teams; a caller sees those of the districts that she works in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.fund_teams.models import FundTeam
from funds.fund_teams.rules import DISTRICT, districts
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_TABLE = FundTeam.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_KEY = (_TABLE.c.area_code, _TABLE.c.id)
_SHOWN = [column for column in _TABLE.c if column.name != "created_by"]
_MEMBERS = """
SELECT team_id, role, display_name, organisation, subject FROM fund_team_members
WHERE team_id = ANY($1) ORDER BY team_id, role
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose teams, where, and standing on which day."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    on: date | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = select(*_SHOWN).where(
        within(_TABLE.c.area_code, districts(filters.areas)),
        descends(_TABLE.c.area_code, filters.area[:DISTRICT]),
    )
    if filters.on is not None:
        ends = _TABLE.c.valid_to
        statement = statement.where(
            _TABLE.c.valid_from <= filters.on, or_(ends.is_(None), ends >= filters.on)
        )
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Return up to `limit` teams by district, each with its members, from the first after `after`."""
    statement = seek(_listed(filters), _KEY, after, limit=limit)
    return await _whole(session, await fetch(session, statement))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many teams the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, team_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> dict[str, Any] | None:
    """Return a team with its members, locked if it is to be changed."""
    statement = _listed(Filters(areas=areas)).where(_TABLE.c.id == team_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return (await _whole(session, rows))[0] if rows else None


async def _whole(session: AsyncSession, rows: Sequence[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{**row, "members": []} for row in rows]
    by_id = {one["id"]: one for one in found}
    for row in await (await driver(session)).fetch(_MEMBERS, list(by_id)):
        member = dict(row)
        by_id[member.pop("team_id")]["members"].append(member)
    return found
