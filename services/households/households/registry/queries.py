"""Every SELECT on households; each leaves out what lies outside the caller's areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, Text, Uuid, and_, any_, bindparam, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from households.persons.queries import has_head, member_of, with_members
from households.registry.models import Household
from shared.areas import descends, within
from shared.db import fetch

_TABLE = Household.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_H = _TABLE.c
COLUMNS = tuple(column.name for column in _TABLE.c)
# Built once: only what a call narrows it by is added for each call.
_NEAR_DEGREES = 0.0006
_ALL: Select[Any] = select(_TABLE)
_ORDERED: Select[Any] = _ALL.order_by(_H.village_code, _H.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of households is narrowed by; `areas` are the caller's."""

    areas: tuple[str, ...]
    area: str | None = None
    origin: str | None = None
    status: str | None = None
    house_no: str | None = None
    needs_head: bool | None = None
    updated_since: datetime | None = None


def _filtered(statement: Select[Any], filters: Filters) -> Select[Any]:
    statement = statement.where(within(_H.village_code, filters.areas))
    if filters.area:
        statement = statement.where(descends(_H.village_code, filters.area))
    if filters.origin is not None:
        statement = statement.where(_H.origin == filters.origin)
    if filters.status is not None:
        statement = statement.where(_H.status == filters.status)
    if filters.house_no is not None:
        statement = statement.where(_H.house_no.startswith(filters.house_no, autoescape=True))
    if filters.needs_head is not None:
        statement = statement.where(~has_head(_H.id) if filters.needs_head else has_head(_H.id))
    if filters.updated_since is not None:
        statement = statement.where(_H.updated_at >= filters.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return households village by village, from the first after `(village_code, id)`."""
    values = {} if after is None else {"after_village": after[0], "after_id": after[1]}
    return await fetch(session, _page(filters, limit, after is not None), values)


@lru_cache(maxsize=512)
def _page(filters: Filters, limit: int, more: bool) -> Select[Any]:  # noqa: FBT001  # part of the key
    """Build the list's statement once for the filters that officers use again and again."""
    statement = _filtered(_ORDERED, filters).limit(limit)
    if more:
        after = tuple_(bindparam("after_village", type_=Text), bindparam("after_id", type_=Uuid))
        statement = statement.where(tuple_(_H.village_code, _H.id) > after)
    return statement


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many households the filters leave."""
    rows = await fetch(session, _filtered(select(func.count().label("n")).select_from(_TABLE), filters))
    return int(rows[0]["n"])


async def one(session: AsyncSession, household_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a household that the caller may see."""
    rows = await fetch(session, _ALL.where(_H.id == household_id, within(_H.village_code, areas)))
    return rows[0] if rows else None


async def detail(
    session: AsyncSession, household_id: UUID, *, areas: Sequence[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return a household that the caller may see and its present members, the head first, then by age."""
    rows = await fetch(session, _detail(tuple(areas)), {"household_id": household_id})
    if not rows:
        return None
    members = [member for row in rows if (member := member_of(row)) is not None]
    return dict(zip(COLUMNS, rows[0], strict=False)), members


@lru_cache(maxsize=512)
def _detail(areas: tuple[str, ...]) -> Select[Any]:
    """Build the statement once for the areas of a caller: every write reads back what it wrote."""
    wanted = _H.id == bindparam("household_id", type_=Uuid)
    return with_members(_TABLE).where(wanted, within(_H.village_code, areas))


async def locked(session: AsyncSession, household_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a household that the caller may see, kept from being changed by others until the commit."""
    statement = _ALL.where(_H.id == household_id, within(_H.village_code, areas)).with_for_update()
    rows = await fetch(session, statement)
    return rows[0] if rows else None


async def alike(
    session: AsyncSession, *, area: str, areas: Sequence[str], limit: int
) -> list[tuple[asyncpg.Record, asyncpg.Record]]:
    """Return pairs of active households of one village with the same house number, or within about 60 m.

    Pairs of two house ids are left out: they are two houses.
    """
    one, other = _TABLE.alias("one"), _TABLE.alias("other")
    near = and_(
        func.abs(one.c.lat - other.c.lat) < _NEAR_DEGREES, func.abs(one.c.lon - other.c.lon) < _NEAR_DEGREES
    )
    statement = (
        select(one.c.id.label("one_id"), other.c.id.label("other_id"))
        .select_from(one.join(other, one.c.village_code == other.c.village_code))
        .where(
            one.c.id < other.c.id,
            or_(one.c.house_no == other.c.house_no, near),
            or_(one.c.house_id.is_(None), other.c.house_id.is_(None)),
        )
        .limit(limit)
    )
    for side in (one.c, other.c):
        statement = statement.where(
            within(side.village_code, areas), descends(side.village_code, area), side.status == "active"
        )
    pairs = await fetch(session, statement)
    ids = list({pair[name] for pair in pairs for name in ("one_id", "other_id")})
    found = await fetch(session, _ALL.where(_H.id == any_(literal(ids, ARRAY(Uuid)))))
    rows = {row["id"]: row for row in found}
    return [(rows[pair["one_id"]], rows[pair["other_id"]]) for pair in pairs]
