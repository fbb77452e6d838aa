"""Every SELECT on areas. Areas are public: no caller sees fewer of them than another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import Select, Text, any_, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas.models import Area
from households.areas.rules import ALIKE, likeness, parts, search_key
from shared.areas import ancestors, descends
from shared.db import counted, fetch, seek

_TABLE = Area.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_COLUMNS = [column for column in _TABLE.c if column.name not in {"name_key", "name_parts", "sort_key"}]
_CANDIDATES = 200  # names that share most parts with the question; the best of them are answered


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of areas is narrowed by."""

    level: int | None = None
    area: str | None = None
    parent: str | None = None
    updated_since: datetime | None = None
    closed: bool = False


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    statement = select(*_COLUMNS)
    if filters.level is not None:
        statement = statement.where(_TABLE.c.level == filters.level)
    if filters.area:
        statement = statement.where(descends(_TABLE.c.code, filters.area))
    if filters.parent is not None:
        statement = statement.where(_TABLE.c.parent_code == filters.parent)
    if filters.updated_since is not None:  # a mirror also needs to hear of codes that were closed
        return statement.where(_TABLE.c.updated_at >= filters.updated_since)
    return statement if filters.closed else statement.where(_TABLE.c.valid_to.is_(None))


async def page(
    session: AsyncSession, *, filters: Filters, after: str | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` areas in code order, from the first after the code `after`."""
    return await fetch(session, seek(_listed(filters), _TABLE.c.code, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many areas the filters leave."""
    return await counted(session, _listed(filters))


async def search(
    session: AsyncSession, *, question: str, filters: Filters, limit: int
) -> list[asyncpg.Record]:
    """Return the areas whose Thai or English name is most like the question, best first.

    A mistyped letter, another spelling of the same letters or a missing mark does not matter; the word
    for the kind of area (ตำบล, จ.) may stand before the name.
    """
    key = search_key(question)
    if not key:
        return []
    wanted = literal(parts(key), ARRAY(Text(collation="C")))
    part = func.unnest(_TABLE.c.name_parts).column_valued("part")
    common = select(func.count(part)).where(part == any_(wanted)).correlate(_TABLE).scalar_subquery()
    statement = (
        _listed(filters)
        .add_columns(_TABLE.c.name_key)
        .where(or_(_TABLE.c.name_parts.overlap(wanted), _TABLE.c.name_key.startswith(literal(key))))
        .order_by(common.desc(), _TABLE.c.level, _TABLE.c.code)
        .limit(_CANDIDATES)
    )
    scored = [
        (likeness(key, row["name_key"], search_key(row["name_en"] or "")), row)
        for row in await fetch(session, statement)
    ]
    best = sorted(
        (pair for pair in scored if pair[0] >= ALIKE),
        key=lambda pair: (-pair[0], pair[1]["level"], pair[1]["code"]),
    )
    return [row for _, row in best[:limit]]


_ONE = select(*_COLUMNS).where(_TABLE.c.code == bindparam("wanted", type_=Text(collation="C")))


async def one(session: AsyncSession, code: str) -> asyncpg.Record | None:
    """Return the area with this code."""
    rows = await fetch(session, _ONE, {"wanted": code})
    return rows[0] if rows else None


async def family(session: AsyncSession, code: str, *, down_to: int) -> list[asyncpg.Record]:
    """Return an area, all above it and those below it down to codes of `down_to` digits, in code order."""
    below = descends(_TABLE.c.code, code) & (_TABLE.c.level <= down_to) & _TABLE.c.valid_to.is_(None)
    above = _TABLE.c.code == any_(literal(list(ancestors(code)), ARRAY(Text(collation="C"))))
    return await fetch(session, select(*_COLUMNS).where(or_(above, below)).order_by(_TABLE.c.code))


_KNOWN = select(_TABLE.c.code).where(
    _TABLE.c.code == any_(bindparam("codes", type_=ARRAY(Text(collation="C"))))
)


async def known(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Return those of the codes that areas have."""
    return {row["code"] for row in await fetch(session, _KNOWN, {"codes": sorted(set(codes))})}
