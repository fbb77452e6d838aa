"""Every SELECT on committees; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from households.committees.models import Committee, CommitteeMember
from households.committees.rules import Level, Role
from shared.areas import descends, within
from shared.db import counted, fetch, seek

_COMMITTEES = Committee.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEMBERS = CommitteeMember.__table__  # type: ignore[attr-defined]  # likewise


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose committees, where, of which level, and whether dissolved ones too."""

    areas: Sequence[str]
    """The caller's areas."""
    today: date
    area: str = ""
    level: Level | None = None
    dissolved: bool = False


def _holder(role: Role, today: date) -> ColumnElement[str]:
    return (
        select(_MEMBERS.c.display_name)
        .where(_MEMBERS.c.committee_id == _COMMITTEES.c.id, _MEMBERS.c.role == role.value, _on(today))
        .limit(1)
        .scalar_subquery()
        .label(role.value)
    )


def _on(day: date) -> ColumnElement[bool]:
    return and_(_MEMBERS.c.term_from <= day, or_(_MEMBERS.c.term_to.is_(None), _MEMBERS.c.term_to >= day))


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    seats = (_holder(Role.CHAIR, filters.today), _holder(Role.SECRETARY, filters.today))
    statement: Select[tuple[object, ...]] = select(*_COMMITTEES.c, *seats).where(
        within(_COMMITTEES.c.area_code, filters.areas), descends(_COMMITTEES.c.area_code, filters.area)
    )
    if filters.level is not None:
        statement = statement.where(_COMMITTEES.c.level == filters.level.value)
    return statement if filters.dissolved else statement.where(_COMMITTEES.c.dissolved_on.is_(None))


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` committees by area and id, from the first after `after`."""
    key = (_COMMITTEES.c.area_code, _COMMITTEES.c.id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many committees the filters leave."""
    return await counted(session, _listed(filters))


async def one(session: AsyncSession, committee_id: UUID, *, filters: Filters) -> asyncpg.Record | None:
    """Return a committee that the filters leave."""
    rows = await fetch(session, _listed(filters).where(_COMMITTEES.c.id == committee_id))
    return rows[0] if rows else None


async def members(session: AsyncSession, committee_id: UUID) -> list[asyncpg.Record]:
    """Return all terms of a committee's members, by first day."""
    statement = (
        select(*(column for column in _MEMBERS.c if column.name != "committee_id"))
        .where(_MEMBERS.c.committee_id == committee_id)
        .order_by(_MEMBERS.c.term_from, _MEMBERS.c.id)
    )
    return await fetch(session, statement)


async def in_office(session: AsyncSession, committee_id: UUID, *, on: date) -> list[asyncpg.Record]:
    """Return the members in office on a day: `id`, `subject`, `display_name`, `role`, `household_id`."""
    columns = [_MEMBERS.c[name] for name in ("id", "subject", "display_name", "role", "household_id")]
    statement = select(*columns).where(_MEMBERS.c.committee_id == committee_id, _on(on))
    return await fetch(session, statement.order_by(_MEMBERS.c.id))
