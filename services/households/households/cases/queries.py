"""Every SELECT on target cases; a caller sees those of the villages in her areas."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Date,
    Select,
    SmallInteger,
    Text,
    Uuid,
    any_,
    column,
    exists,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from households.cases.models import CaseRow, CaseTransition
from households.cases.rules import OPEN, Case, Origin, State
from shared.areas import descends, within
from shared.db import fetch

_CASES = CaseRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_C = _CASES.c
_CODE = Text(collation="C")
_TRANSITIONS = CaseTransition.__table__  # type: ignore[attr-defined]  # likewise

IMPORTED = ("imported", "closed")
"""States of an edition whose results stand."""

_LIST_FIELDS = (
    "id", "household_id", "village_code", "origin", "state", "edition_id", "developable", "committee_id",
    "resolution_id", "decided_on", "certified_on", "version", "created_at", "updated_at",
)  # fmt: skip
_LISTED = (*(_C[name] for name in _LIST_FIELDS), _C.appealed_by.is_not(None).label("appealed"))
_CASE_FIELDS = tuple(name for name in Case.__dataclass_fields__ if name != "active")

# What other capabilities hold and cases are opened from, joined by the database, never changed here.
_EDITIONS = table(
    "feed_editions", column("id", Uuid), column("state", _CODE), column("edition_year", SmallInteger)
)
_SURVEYED = table(
    "edition_households",
    column("edition_id", Uuid),
    column("household_id", Uuid),
    *(column(name, SmallInteger) for name in ("target_poor", "dimensions", "income_band")),
)
_HOUSEHOLDS = table("households", column("id", Uuid), column("village_code", _CODE), column("status", _CODE))
_PERSONS = table("persons", column("id", Uuid), column("died_on", Date))
_MEMBERSHIPS = table(
    "memberships", column("person_id", Uuid), column("household_id", Uuid), column("valid_to", Date)
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cases is narrowed by; `areas` are the caller's."""

    areas: Sequence[str]
    area: str = ""
    state: State | None = None
    origin: Origin | None = None
    committee_id: UUID | None = None
    edition_id: UUID | None = None
    household_id: UUID | None = None
    updated_since: datetime | None = None


def _filtered(statement: Select[Any], filters: Filters) -> Select[Any]:
    statement = statement.where(
        within(_C.village_code, filters.areas), descends(_C.village_code, filters.area)
    )
    for name in ("state", "origin", "committee_id", "edition_id", "household_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_C[name] == wanted)
    if filters.updated_since is not None:
        statement = statement.where(_C.updated_at >= filters.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return cases village by village, from the first after `(village_code, id)`."""
    statement = _filtered(select(*_LISTED), filters).order_by(_C.village_code, _C.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(_C.village_code, _C.id) > tuple_(*after))
    return await fetch(session, statement)


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many cases the filters leave."""
    rows = await fetch(session, _filtered(select(func.count().label("n")).select_from(_CASES), filters))
    return int(rows[0]["n"])


async def one(session: AsyncSession, case_id: UUID, *, areas: Sequence[str]) -> dict[str, Any] | None:
    """Return all of a case that the caller may see."""
    rows = await fetch(session, select(_CASES).where(_C.id == case_id, within(_C.village_code, areas)))
    return dict(rows[0]) if rows else None


async def transitions(session: AsyncSession, case_id: UUID) -> list[asyncpg.Record]:
    """Return a case's history, first step first."""
    columns = [column for column in _TRANSITIONS.c if column.name not in {"id", "case_id"}]
    statement = select(*columns).where(_TRANSITIONS.c.case_id == case_id)
    return await fetch(session, statement.order_by(_TRANSITIONS.c.version))


async def locked(session: AsyncSession, ids: Collection[UUID], *, areas: Sequence[str]) -> dict[UUID, Case]:
    """Return the cases that the caller may see, locked in one order until the commit."""
    statement = _whole().where(_C.id == any_(_uuids(ids)), within(_C.village_code, areas))
    rows = await fetch(session, statement.order_by(_C.id).with_for_update(of=_CASES))
    return {row["id"]: _case(row) for row in rows}


async def locked_open(session: AsyncSession, household_ids: Collection[UUID]) -> list[Case]:
    """Return the open cases of households, locked in one order; for what happens to a household."""
    statement = _whole().where(_C.household_id == any_(_uuids(household_ids)), _C.state == any_(_texts(OPEN)))
    rows = await fetch(session, statement.order_by(_C.id).with_for_update(of=_CASES))
    return [_case(row) for row in rows]


def _whole() -> Select[Any]:
    """Build the SELECT of cases with whether their households' records stand."""
    active = (_HOUSEHOLDS.c.status == "active").label("active")
    return (
        select(*(_C[name] for name in _CASE_FIELDS), active)
        .select_from(_CASES)
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.id == _C.household_id)
    )


def _case(row: asyncpg.Record) -> Case:
    return Case(**{**row, "state": State(row["state"]), "origin": Origin(row["origin"])})


def _texts(values: Collection[str]) -> Any:  # a bound array
    return literal(sorted(values), ARRAY(_CODE))


def _uuids(ids: Collection[UUID]) -> Any:  # a bound array
    return literal(sorted(ids), ARRAY(Uuid))


async def edition_state(session: AsyncSession, edition_id: UUID) -> str | None:
    """Return the state of a feed's edition; None when there is none."""
    rows = await fetch(session, select(_EDITIONS.c.state).where(_EDITIONS.c.id == edition_id))
    return rows[0]["state"] if rows else None


async def target_poor(session: AsyncSession, *, edition_id: UUID, household_id: UUID) -> int:
    """Return how many of a household's persons an edition marks as target poor."""
    statement = select(_SURVEYED.c.target_poor).where(
        _SURVEYED.c.edition_id == edition_id, _SURVEYED.c.household_id == household_id
    )
    rows = await fetch(session, statement)
    return rows[0]["target_poor"] if rows else 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The households for which an edition opens cases: of an area, within the caller's areas."""

    edition_id: UUID
    area: str
    areas: Sequence[str]


def _to_open(scope: Scope, *columns: Any) -> Select[Any]:
    """Build the SELECT of a scope's active target-poor households that need a case.

    Without an open case and without one from this edition: what was decided on is not opened again by it.
    """
    settled = exists().where(
        _C.household_id == _HOUSEHOLDS.c.id,
        (_C.state == any_(_texts(OPEN))) | (_C.edition_id == scope.edition_id),
    )
    return (
        select(*columns)
        .select_from(_HOUSEHOLDS)
        .join(_SURVEYED, _SURVEYED.c.household_id == _HOUSEHOLDS.c.id)
        .where(
            _SURVEYED.c.edition_id == scope.edition_id,
            _SURVEYED.c.target_poor > 0,
            _HOUSEHOLDS.c.status == "active",
            within(_HOUSEHOLDS.c.village_code, scope.areas),
            descends(_HOUSEHOLDS.c.village_code, scope.area),
            ~settled,
        )
    )


async def count_to_open(session: AsyncSession, *, scope: Scope) -> int:
    """Return how many households of a scope need a case."""
    rows = await fetch(session, _to_open(scope, func.count().label("n")))
    return int(rows[0]["n"])


async def to_open(
    session: AsyncSession, *, scope: Scope, after: tuple[str, UUID], limit: int
) -> list[asyncpg.Record]:
    """Return `id`, `village_code` of a scope's households that need a case, from the first after `after`."""
    key = (_HOUSEHOLDS.c.village_code, _HOUSEHOLDS.c.id)
    statement = _to_open(scope, *key).where(tuple_(*key) > tuple_(*after))
    return await fetch(session, statement.order_by(*key).limit(limit))


async def newest_survey(session: AsyncSession, household_id: UUID) -> asyncpg.Record | None:
    """Return what the newest imported edition says: `edition_id`, `dimensions` (bits), `income_band`."""
    statement = (
        select(_SURVEYED.c.edition_id, _SURVEYED.c.dimensions, _SURVEYED.c.income_band)
        .select_from(_SURVEYED)
        .join(_EDITIONS, _EDITIONS.c.id == _SURVEYED.c.edition_id)
        .where(_SURVEYED.c.household_id == household_id, _EDITIONS.c.state == any_(_texts(IMPORTED)))
        .order_by(_EDITIONS.c.edition_year.desc())
        .limit(1)
    )
    rows = await fetch(session, statement)
    return rows[0] if rows else None


async def residence(session: AsyncSession, household_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the villages that households live in now."""
    statement = select(_HOUSEHOLDS.c.id, _HOUSEHOLDS.c.village_code)
    rows = await fetch(session, statement.where(_HOUSEHOLDS.c.id == any_(_uuids(household_ids))))
    return {row["id"]: row["village_code"] for row in rows}


async def died_out(session: AsyncSession, household_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the households in which nobody lives any more."""
    alive = exists().where(
        _MEMBERSHIPS.c.household_id == _HOUSEHOLDS.c.id,
        _MEMBERSHIPS.c.valid_to.is_(None),
        _MEMBERSHIPS.c.person_id == _PERSONS.c.id,
        _PERSONS.c.died_on.is_(None),
    )
    statement = select(_HOUSEHOLDS.c.id).where(_HOUSEHOLDS.c.id == any_(_uuids(household_ids)), ~alive)
    return {row["id"] for row in await fetch(session, statement)}
