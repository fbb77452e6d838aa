"""Poverty figures as they are read: from the counts, by key."""
# ruff: noqa: S608  # statements of our own names and numbers; values are parameters

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_COLUMNS = (
    "area_code, households, poor_households, persons, survey_poor, registered_poor, target_poor, "
    "survey_by_dimension, target_by_dimension, failed_households, failed_persons"
)
_EDITION = "SELECT id, source, edition_year, instrument, imported_at FROM feed_editions WHERE "
_AREAS = f"""
SELECT {_COLUMNS} FROM poverty_counts
WHERE edition_id = $1 AND level = $2 AND area_code = ANY($3)
"""
_BELOW = f"""
SELECT {_COLUMNS} FROM poverty_counts
WHERE edition_id = $1 AND level = $2 AND area_code >= $3 AND area_code < $4 ORDER BY area_code
"""
_HISTORY = """
SELECT f.id AS edition_id, f.source, f.edition_year, e.village_code, e.members, e.persons, e.dimensions,
       e.survey_poor, e.target_poor, e.income_band,
       e.income_main + e.income_extra + e.income_other + e.income_in_kind AS income,
       e.expense_production + e.expense_needs + e.expense_wants + e.expense_debt AS expenses
FROM edition_households e JOIN feed_editions f ON f.id = e.edition_id
WHERE e.household_id = $1 ORDER BY f.edition_year DESC, f.imported_at DESC
"""


async def edition(session: AsyncSession, edition_id: UUID | None) -> asyncpg.Record | None:
    """Return an imported edition; the newest one when none is named."""
    connection = await driver(session)
    if edition_id is not None:
        return await connection.fetchrow(f"{_EDITION} id = $1 AND imported_at IS NOT NULL", edition_id)
    return await connection.fetchrow(
        f"{_EDITION} imported_at IS NOT NULL ORDER BY edition_year DESC, imported_at DESC LIMIT 1"
    )


async def areas(session: AsyncSession, *, edition: UUID, codes: Sequence[str]) -> list[asyncpg.Record]:
    """Return the counts of areas of one level."""
    connection = await driver(session)
    rows: list[asyncpg.Record] = []
    for level in sorted({len(code) for code in codes}):
        wanted = [code for code in codes if len(code) == level]
        rows += await connection.fetch(_AREAS, edition, level, wanted)
    return rows


async def below(session: AsyncSession, *, edition: UUID, area: str, level: int) -> list[asyncpg.Record]:
    """Return the counts of the areas of a level inside an area, by code."""
    connection = await driver(session)
    after = area[:-1] + chr(ord(area[-1]) + 1) if area else "\U0010ffff"
    return list(await connection.fetch(_BELOW, edition, level, area, after))


async def names(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Return the Thai names of areas by code."""
    rows: Any = await (await driver(session)).fetch(
        "SELECT code, name_th FROM areas WHERE code = ANY($1)", codes
    )
    return {row["code"]: row["name_th"] for row in rows}


async def history(session: AsyncSession, household: UUID) -> list[asyncpg.Record]:
    """Return a household's status in every edition that has it, the newest first."""
    return list(await (await driver(session)).fetch(_HISTORY, household))
