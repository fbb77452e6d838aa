"""Every SELECT on persons; each leaves out whoever lives outside the caller's areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from households.persons.models import Membership, NameSound, Person
from households.persons.rules import NameQuestion
from shared.areas import descends, within
from shared.db import fetch
from shared.thai import phonetic_key

_PERSONS = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEMBERSHIPS = Membership.__table__  # type: ignore[attr-defined]  # likewise
_SOUNDS = NameSound.__table__  # type: ignore[attr-defined]  # likewise
_P, _M = _PERSONS.c, _MEMBERSHIPS.c

Mode = Literal["area", "name", "sound"]
"""How a list is ordered and continued: by area, or by name found by spelling or by sound."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of persons is narrowed by; `areas` are the caller's."""

    areas: tuple[str, ...]
    area: str | None = None
    updated_since: datetime | None = None


def _visible(areas: Sequence[str]) -> ColumnElement[bool]:
    return and_(within(_P.village_code, areas), _P.merged_into.is_(None))


# Built once: only what a call narrows them by is added for each call.
_WITH_HOUSEHOLD: Select[Any] = select(_PERSONS, _M.household_id, _M.relation).select_from(
    _PERSONS.outerjoin(_MEMBERSHIPS, and_(_M.person_id == _P.id, _M.valid_to.is_(None)))
)
_LOCKED: Select[Any] = select(_PERSONS).with_for_update()
_MEMBER = (*_P, _M.household_id, _M.relation, _M.valid_from, _M.valid_to, _M.end_reason)
_MEMBERS: Select[Any] = (
    select(*_MEMBER)
    .join_from(_MEMBERSHIPS, _PERSONS, _M.person_id == _P.id)
    .order_by(_M.valid_to.isnot(None), _M.relation != "head", _P.birth_date, _P.id)
)
_PRESENT = _M.valid_to.is_(None)
_MEMBER_NAMES = tuple(column.name for column in _MEMBER)
_BY_NAME = (_P.first_name_key, _P.last_name_key, _P.id)
_NAMES = 500  # names of one sound that are looked at, at most
_REAL = or_(_PRESENT, _M.valid_to > _M.valid_from)
_OF_HOUSEHOLD = _M.household_id == bindparam("household_id", type_=Uuid)
_PRESENT_MEMBERS, _REAL_MEMBERS = (
    _MEMBERS.where(_OF_HOUSEHOLD, _PRESENT),
    _MEMBERS.where(_OF_HOUSEHOLD, _REAL),
)


async def one(session: AsyncSession, person_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a person whom the caller may see, with her present household and relation."""
    rows = await fetch(session, _WITH_HOUSEHOLD.where(_P.id == person_id, _visible(areas)))
    return rows[0] if rows else None


async def locked(
    session: AsyncSession, person_id: UUID, *, areas: Sequence[str], merged: bool = False
) -> asyncpg.Record | None:
    """Return a person whom the caller may see, kept from being changed by others until the commit.

    Whoever changes memberships of a person holds this lock, so that two changes cannot both find her free.
    `merged`: also one who turned out to be a duplicate.
    """
    seen = within(_P.village_code, areas) if merged else _visible(areas)
    rows = await fetch(session, _LOCKED.where(_P.id == person_id, seen))
    return rows[0] if rows else None


async def by_citizen_id(
    session: AsyncSession, index: bytes, *, areas: Sequence[str]
) -> asyncpg.Record | None:
    """Return the person with this blind index, if the caller may see her."""
    rows = await fetch(session, _WITH_HOUSEHOLD.where(_P.citizen_id_index == index, _visible(areas)))
    return rows[0] if rows else None


async def memberships(session: AsyncSession, person_id: UUID) -> list[asyncpg.Record]:
    """Return a person's memberships that were real, newest first."""
    statement = select(_MEMBERSHIPS).where(_M.person_id == person_id, _REAL).order_by(_M.valid_from.desc())
    return await fetch(session, statement)


async def members(session: AsyncSession, household_id: UUID, *, past: bool = False) -> list[asyncpg.Record]:
    """Return the members of a household, the head first, then by age; also former ones when `past`.

    Whether the caller may see the household is for her query of the household to say.
    """
    statement = _REAL_MEMBERS if past else _PRESENT_MEMBERS
    return await fetch(session, statement, {"household_id": household_id})


def with_members(households: Table) -> Select[Any]:
    """Build "these households with their present members", the head first, then by age.

    The columns are the household's, then the member's, all null where nobody lives: see `member_of`.
    """
    joined = _MEMBERSHIPS.join(_PERSONS, _M.person_id == _P.id)
    return (
        select(households, *(column.label(f"member_{column.name}") for column in _MEMBER))
        .select_from(households.outerjoin(joined, and_(_M.household_id == households.c.id, _PRESENT)))
        .order_by(_M.relation != "head", _P.birth_date, _P.id)
    )


def member_of(row: asyncpg.Record) -> dict[str, Any] | None:
    """Return the member in a row of `with_members`."""
    values = tuple(row)[-len(_MEMBER) :]
    return None if values[0] is None else dict(zip(_MEMBER_NAMES, values, strict=True))


def has_head(household_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Build the predicate "this household has a head" for queries of other capabilities."""
    head = and_(_M.household_id == household_id, _M.relation == "head", _M.valid_to.is_(None))
    return select(literal(1)).where(head).correlate_except(_MEMBERSHIPS).exists()


async def by_area(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return persons village by village, from the first after `(village_code, id)`."""
    statement = _filtered(_WITH_HOUSEHOLD, filters).order_by(_P.village_code, _P.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(_P.village_code, _P.id) > tuple_(*after))
    return await fetch(session, statement)


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many persons the filters leave."""
    rows = await fetch(session, _filtered(select(func.count().label("n")).select_from(_PERSONS), filters))
    return int(rows[0]["n"])


async def by_name(
    session: AsyncSession,
    *,
    question: NameQuestion,
    mode: Mode,
    filters: Filters,
    after: tuple[str, str, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return persons by name, ordered by their name keys, from the first after `(first, last, id)`.

    `name`: the words are beginnings of first and last name; one word may be either. `sound`: names that
    sound like the words (LK82), for other spellings of the same name.
    """
    ordered = _filtered(_WITH_HOUSEHOLD, filters).order_by(*_BY_NAME).limit(limit)
    if after is not None:
        ordered = ordered.where(tuple_(*_BY_NAME) > tuple_(*after))
    if mode == "name":
        branches: list[FromClause] = [ordered.where(one).subquery() for one in _spelt(question)]
    else:
        branches = await _sounding(session, question, ordered)
    # Each branch walks its own index; the union keeps the order of the whole.
    union = union_all(*(select(branch) for branch in branches)).subquery()
    order = (union.c.first_name_key, union.c.last_name_key, union.c.id)
    return await fetch(session, select(union).order_by(*order).limit(limit))


def _spelt(question: NameQuestion) -> list[ColumnElement[bool]]:
    first, last = question.first, question.last
    if last is not None:
        return [and_(_begins(_P.first_name_key, first), _begins(_P.last_name_key, last))]
    by_first = _begins(_P.first_name_key, first)
    return [by_first, and_(_begins(_P.last_name_key, first), ~by_first)]


def _begins(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    return and_(column >= key, column < key + "\U0010ffff")


async def _sounding(session: AsyncSession, question: NameQuestion, ordered: Select[Any]) -> list[FromClause]:
    """Return a branch for each way in which the question sounds like a name.

    The names are asked for first, and each walked on its own: there are a few of them, while the persons who
    bear them are too many to sort.
    """
    first = await _alike_names(session, question.first)
    if question.last is not None:
        last = await _alike_names(session, question.last)
        return [_each(first, _P.first_name_key, ordered.where(_P.last_name_key == any_(last)))]
    by_last = ordered.where(_P.first_name_key != all_(first))
    return [_each(first, _P.first_name_key, ordered), _each(first, _P.last_name_key, by_last)]


def _each(names: ColumnElement[Any], column: ColumnElement[str], ordered: Select[Any]) -> FromClause:
    name = func.unnest(names).table_valued("key", name="name").render_derived()
    persons = ordered.where(column == name.c.key).lateral("persons")
    return select(persons).select_from(name.join(persons, true())).subquery()


async def _alike_names(session: AsyncSession, key: str) -> ColumnElement[Any]:
    statement = select(_SOUNDS.c.name_key).where(_SOUNDS.c.sound == phonetic_key(key)).limit(_NAMES)
    names = [row["name_key"] for row in await fetch(session, statement)]
    return literal(names, ARRAY(Text(collation="C")))


def _filtered(statement: Select[Any], filters: Filters) -> Select[Any]:
    statement = statement.where(_visible(filters.areas))
    if filters.area:
        statement = statement.where(descends(_P.village_code, filters.area))
    if filters.updated_since is not None:
        statement = statement.where(_P.updated_at >= filters.updated_since)
    return statement


async def alike(
    session: AsyncSession, *, area: str, areas: Sequence[str], limit: int
) -> list[tuple[asyncpg.Record, asyncpg.Record]]:
    """Return pairs of living persons of one tambon with the same name, or one name and the birth date equal.

    Pairs of two citizen ids are left out: they are two persons.
    """
    one, other = _PERSONS.alias("one"), _PERSONS.alias("other")
    first = one.c.first_name_key == other.c.first_name_key
    last = one.c.last_name_key == other.c.last_name_key
    born = one.c.birth_date == other.c.birth_date
    statement = (
        select(one.c.id.label("one_id"), other.c.id.label("other_id"))
        .select_from(one.join(other, or_(and_(first, last), and_(born, or_(first, last)))))
        .where(
            one.c.id < other.c.id,
            func.left(one.c.village_code, 6) == func.left(other.c.village_code, 6),
            or_(one.c.citizen_id_index.is_(None), other.c.citizen_id_index.is_(None)),
        )
        .limit(limit)
    )
    for side in (one.c, other.c):
        statement = statement.where(
            within(side.village_code, areas),
            descends(side.village_code, area),
            side.merged_into.is_(None),
            side.died_on.is_(None),
        )
    pairs = await fetch(session, statement)
    ids = list({pair[name] for pair in pairs for name in ("one_id", "other_id")})
    rows = {
        row["id"]: row
        for row in await fetch(session, select(_PERSONS).where(_P.id == any_(literal(ids, ARRAY(Uuid)))))
    }
    return [(rows[pair["one_id"]], rows[pair["other_id"]]) for pair in pairs]


async def names_of(session: AsyncSession, household_ids: Sequence[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """Return the search keys of the present members' names by household."""
    ids = literal(list(set(household_ids)), ARRAY(Uuid))
    statement = (
        select(_M.household_id, _P.first_name_key, _P.last_name_key)
        .join_from(_MEMBERSHIPS, _PERSONS, _M.person_id == _P.id)
        .where(_M.household_id == any_(ids), _PRESENT)
    )
    names: dict[UUID, set[tuple[str, str]]] = {}
    for row in await fetch(session, statement):
        names.setdefault(row["household_id"], set()).add((row["first_name_key"], row["last_name_key"]))
    return names
