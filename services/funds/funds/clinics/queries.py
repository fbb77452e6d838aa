"""Every SELECT on clinics; a caller sees those of the districts that she works in, with her areas' funds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.clinics.models import Clinic, ClinicCase
from funds.clinics.rules import ClinicState
from funds.fund_teams.rules import DISTRICT, districts
from shared.areas import descends, widest, within
from shared.db import counted, driver, fetch, seek

_CLINICS = Clinic.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_AT = ClinicCase.__table__  # type: ignore[attr-defined]  # likewise
_KEY = (_CLINICS.c.held_on, _CLINICS.c.id)
_SHOWN = [column for column in _CLINICS.c if column.name != "created_by"]

_STOPS = "SELECT number, place, starts_at FROM clinic_stops WHERE clinic_id = $1 ORDER BY number"
# Cases and funds are problem_cases' and the registry's own; their names stand beside the stops.
_CASES = """
SELECT at.stop, at.case_id, cases.fund_id, funds.name_th AS fund_name, cases.area_code, at.attended,
    at.advice, at.advised_by, at.advised_at
FROM clinic_cases AS at
JOIN problem_cases AS cases ON cases.id = at.case_id
JOIN funds ON funds.id = cases.fund_id
WHERE at.clinic_id = $1 AND cases.area_code LIKE ANY($2)
ORDER BY at.stop, cases.area_code, at.case_id
"""
_CAME = """
SELECT clinic.id, clinic.area_code AS district,
    (SELECT count(*) FROM clinic_stops AS stop WHERE stop.clinic_id = clinic.id)::int AS stops,
    count(cases.id)::int AS funds, count(at.advised_at) FILTER (WHERE cases.id IS NOT NULL)::int AS advised,
    coalesce(sum(at.attended) FILTER (WHERE cases.id IS NOT NULL), 0)::int AS attended
FROM unnest($1::uuid[]) AS wanted (id) JOIN clinics AS clinic ON clinic.id = wanted.id
LEFT JOIN clinic_cases AS at ON at.clinic_id = clinic.id
LEFT JOIN problem_cases AS cases ON cases.id = at.case_id AND cases.area_code LIKE ANY($2)
GROUP BY clinic.id
"""
_FIT = """
SELECT id FROM problem_cases
WHERE id = ANY($1) AND area_code LIKE $2 || '%' AND state IN ('planned', 'treated')
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose clinics, where, in which state, of which case, held when."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    state: ClinicState | None = None
    case_id: UUID | None = None
    held_from: date | None = None
    held_to: date | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = select(*_SHOWN).where(
        within(_CLINICS.c.area_code, districts(filters.areas)),
        descends(_CLINICS.c.area_code, filters.area[:DISTRICT]),
    )
    if filters.state is not None:
        statement = statement.where(_CLINICS.c.state == filters.state.value)
    if filters.case_id is not None:
        came = select(_AT.c.clinic_id).where(_AT.c.case_id == filters.case_id)
        statement = statement.where(_CLINICS.c.id.in_(came))
    if filters.held_from is not None:
        statement = statement.where(_CLINICS.c.held_on >= filters.held_from)
    if filters.held_to is not None:
        statement = statement.where(_CLINICS.c.held_on <= filters.held_to)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, before: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` clinics, the newest first, from the first before `before`."""
    return await fetch(session, seek(_listed(filters), _KEY, before, limit=limit, descending=True))


async def lines(
    session: AsyncSession, *, filters: Filters, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Return clinics like `page`, each with its stops and with what came of the caller's areas' funds."""
    rows = await page(session, filters=filters, before=after, limit=limit)
    ids = [row["id"] for row in rows]
    came = await (await driver(session)).fetch(_CAME, ids, _prefixes(filters.areas))
    counted = {row["id"]: row for row in came}
    return [{**row, **counted[row["id"]]} for row in rows]


def _prefixes(areas: Sequence[str]) -> list[str]:
    return [f"{prefix}%" for prefix in widest(areas)]


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many clinics the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, clinic_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return a clinic without its stops, locked if it is to be changed."""
    statement = _listed(Filters(areas=areas)).where(_CLINICS.c.id == clinic_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


async def stops(session: AsyncSession, clinic_id: UUID, *, areas: Sequence[str]) -> list[dict[str, Any]]:
    """Return a clinic's stops, each with those of its cases that lie in the caller's areas."""
    connection = await driver(session)
    found: dict[int, dict[str, Any]] = {
        row["number"]: {**row, "cases": []} for row in await connection.fetch(_STOPS, clinic_id)
    }
    for row in await connection.fetch(_CASES, clinic_id, _prefixes(areas)):
        case = dict(row)
        found[case.pop("stop")]["cases"].append(case)
    return list(found.values())


async def fitting(session: AsyncSession, case_ids: Sequence[UUID], *, district: str) -> set[UUID]:
    """Return those of the cases that are open, have a plan and lie in the district."""
    rows = await (await driver(session)).fetch(_FIT, list(case_ids), district)
    return {row["id"] for row in rows}


async def at_clinic(session: AsyncSession, clinic_id: UUID, case_id: UUID) -> bool:
    """Tell whether a case is at a stop of the clinic."""
    statement = "SELECT true FROM clinic_cases WHERE clinic_id = $1 AND case_id = $2"
    return bool(await (await driver(session)).fetchval(statement, clinic_id, case_id))
