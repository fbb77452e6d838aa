"""What may be registered twice, and what was merged."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from households.merges.models import Merge
from households.persons import queries as persons
from households.registry import queries as registry
from shared.db import fetch

_TABLE = Merge.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MOST = 2_000  # pairs scored for one answer


async def person_pairs(
    session: AsyncSession, *, area: str, areas: Sequence[str]
) -> list[tuple[asyncpg.Record, asyncpg.Record]]:
    """Return pairs of living persons of one tambon that share a name and, or a birth date."""
    return await persons.alike(session, area=area, areas=areas, limit=_MOST)


async def household_pairs(
    session: AsyncSession, *, area: str, areas: Sequence[str]
) -> list[tuple[asyncpg.Record, asyncpg.Record, int]]:
    """Return pairs of active households of one village with the same number or members of the same name."""
    pairs = await registry.alike(session, area=area, areas=areas, limit=_MOST)
    names = await persons.names_of(session, [row["id"] for pair in pairs for row in pair])
    return [
        (one, other, len(names.get(one["id"], set()) & names.get(other["id"], set()))) for one, other in pairs
    ]


async def locked(session: AsyncSession, merge_id: UUID) -> asyncpg.Record | None:
    """Return a merge, kept from being undone by others until the commit."""
    rows = await fetch(session, select(_TABLE).where(_TABLE.c.id == merge_id).with_for_update())
    return rows[0] if rows else None
