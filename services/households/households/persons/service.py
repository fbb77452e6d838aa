"""Registering persons, their deaths, and who lives with whom from when to when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from households.changes import service as changes
from households.changes.service import Change
from households.persons import queries
from households.persons.errors import (
    AlreadyDead,
    BirthInFuture,
    DateBeforeStart,
    DateInFuture,
    DeathBeforeBirth,
    MembershipNotFound,
    OverlappingMembership,
    PersonDead,
    PersonNotFound,
)
from households.persons.events import PersonDied
from households.persons.models import Membership, Person
from households.persons.rules import EndReason, Period, Relation, end_of_death, free, plausible_birth
from households.persons.schemas import NewPerson, PersonPatch
from shared import audit, etags, outbox
from shared.citizen import CitizenKeys
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import Row, insert, update_row
from shared.security import Principal
from shared.thai import name_key, phonetic_key

_PERSONS = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEMBERSHIPS = Membership.__table__  # type: ignore[attr-defined]  # likewise


@dataclass(frozen=True, slots=True)
class Joining:
    """A person about to become a member of a household."""

    person_id: UUID
    household_id: UUID
    relation: Relation
    valid_from: date
    end_previous: bool = False
    """End the membership elsewhere on that day, instead of refusing."""
    pointer: str = ""
    """Where a refusal points to in the request."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody the registry does not know, about to become a member of a household."""

    person_id: UUID
    person: NewPerson
    relation: Relation
    valid_from: date
    pointer: str
    """Where she stands in the request."""


def register(
    newcomers: Sequence[Newcomer],
    *,
    household_id: UUID,
    village_code: str,
    keys: CitizenKeys,
    now: datetime,
) -> list[Row]:
    """Return the rows that make newcomers members; the caller inserts them and records the change.

    Raises BirthInFuture, DateInFuture, DateBeforeStart; a citizen id or id that is taken and a second head
    are refused by the tables.
    """
    for one in newcomers:
        born = one.person.birth_date
        _check_birth(born, pointer=f"{one.pointer}/person", now=now)
        _check_day(one.valid_from, since=born, pointer=f"{one.pointer}/valid_from", now=now)
    persons = [
        _person(one.person, one.person_id, village_code=village_code, keys=keys, now=now) for one in newcomers
    ]
    memberships = [
        _membership(Joining(one.person_id, household_id, one.relation, one.valid_from)) for one in newcomers
    ]
    names = [row.values[name] for row in persons for name in ("first_name_key", "last_name_key")]
    return [*persons, *memberships, *_sounds(names)]


def _person(new: NewPerson, person_id: UUID, *, village_code: str, keys: CitizenKeys, now: datetime) -> Row:
    sealed = index = None
    if new.citizen_id is not None:
        sealed = keys.cipher.encrypt(new.citizen_id, table="persons", row=person_id)
        index = keys.index.index(new.citizen_id)
    return Row(
        "persons",
        {
            "id": person_id,
            "citizen_id_enc": sealed,
            "citizen_id_index": index,
            "prefix": new.prefix,
            **_names(new.first_name, new.last_name),
            "sex": new.sex,
            "birth_date": new.birth_date,
            "village_code": village_code,
            "created_at": now,
            "updated_at": now,
        },
    )


def _sounds(names: Iterable[str]) -> list[Row]:
    """Return how names (their search keys) sound; in order, so that two writers never wait for each other."""
    return [
        Row("name_sounds", {"name_key": name, "sound": phonetic_key(name)}, unless_known=True)
        for name in sorted({name for name in names if name})
    ]


async def change(
    session: AsyncSession,
    *,
    person_id: UUID,
    patch: PersonPatch,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> asyncpg.Record:
    """Correct what is known of a person.

    Raises PersonNotFound, StaleVersion, BirthInFuture, DeathBeforeBirth.
    """
    before = await _lock(session, person_id, actor=actor)
    etags.check(if_match, before["version"])
    wanted = patch.model_dump(exclude_unset=True)
    values = {name: value for name, value in wanted.items() if before[name] != value}
    if "birth_date" in values:
        _check_birth(values["birth_date"], pointer="", now=now)
        if before["died_on"] and values["birth_date"] and before["died_on"] < values["birth_date"]:
            raise DeathBeforeBirth(pointer="/birth_date")
    if values:
        detail = {name: [before[name], value] for name, value in values.items()}
        if {"first_name", "last_name"} & values.keys():
            values |= _names(
                values.get("first_name", before["first_name"]), values.get("last_name", before["last_name"])
            )
            await insert(session, *_sounds([values["first_name_key"], values["last_name_key"]]))
        version = await _bump(session, before, values, now=now)
        await changes.record(
            session, Change(person_id, version, "person.changed", detail), actor=actor.subject, now=now
        )
    await audit.record(
        session,
        principal=actor,
        action="person.change",
        subjects=[person_id],
        now=now,
        detail={"fields": sorted(wanted)},
    )
    return await _seen(session, person_id, actor=actor)


async def join(session: AsyncSession, *, joining: Joining, actor: Principal, now: datetime) -> None:
    """Make a person a member of a household from a day on.

    Raises PersonNotFound, PersonDead, DateInFuture, DateBeforeStart, OverlappingMembership; a second head
    is refused by the table.
    """
    person = await _lock(session, joining.person_id, actor=actor)
    if person["died_on"] is not None:
        raise PersonDead
    _check_day(
        joining.valid_from, since=person["birth_date"], pointer=f"{joining.pointer}/valid_from", now=now
    )
    held = await queries.memberships(session, joining.person_id)
    present = next((row for row in held if row["valid_to"] is None), None)
    if present is not None and joining.end_previous and present["household_id"] != joining.household_id:
        if joining.valid_from < present["valid_from"]:
            raise DateBeforeStart(pointer=f"{joining.pointer}/valid_from")
        await _end(session, present["id"], on=joining.valid_from, reason=EndReason.MOVED)
        held = [row for row in held if row["id"] != present["id"]]
    taken = [Period(row["valid_from"], row["valid_to"]) for row in held]
    if not free(Period(joining.valid_from), taken):
        raise OverlappingMembership(
            "ให้ย้ายออกจากครัวเรือนเดิมก่อน", "Let the person leave the other household first"
        )
    await insert(session, _membership(joining))


async def leave(
    session: AsyncSession, *, person_id: UUID, household_id: UUID, on: date, actor: Principal, now: datetime
) -> None:
    """End a membership; raises PersonNotFound, MembershipNotFound, DateInFuture, DateBeforeStart."""
    await _lock(session, person_id, actor=actor)
    present = await _present(session, person_id)
    if present is None or present["household_id"] != household_id:
        raise MembershipNotFound
    _check_day(on, since=present["valid_from"], pointer="/left_on", now=now)
    await _end(session, present["id"], on=on, reason=EndReason.LEFT)


async def relate(session: AsyncSession, *, person_id: UUID, household_id: UUID, relation: Relation) -> None:
    """Change what a present member is to the head; raises MembershipNotFound."""
    result = await session.execute(
        update(_MEMBERSHIPS)
        .where(
            _MEMBERSHIPS.c.person_id == person_id,
            _MEMBERSHIPS.c.household_id == household_id,
            _MEMBERSHIPS.c.valid_to.is_(None),
        )
        .values(relation=relation.value)
    )
    if not result.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise MembershipNotFound


async def relocate(session: AsyncSession, *, household_id: UUID, village_code: str, now: datetime) -> int:
    """Let all present members of a household live in another village; returns how many."""
    members = [row["id"] for row in await queries.members(session, household_id)]
    await session.execute(
        update(_PERSONS)
        .where(_PERSONS.c.id.in_(members), _PERSONS.c.village_code != village_code)
        .values(village_code=village_code, version=_PERSONS.c.version + 1, updated_at=now)
    )
    return len(members)


async def relocate_one(session: AsyncSession, *, person_id: UUID, village_code: str, now: datetime) -> None:
    """Let one person live in the village of the household she joined."""
    await session.execute(
        update(_PERSONS)
        .where(_PERSONS.c.id == person_id, _PERSONS.c.village_code != village_code)
        .values(village_code=village_code, version=_PERSONS.c.version + 1, updated_at=now)
    )


async def record_death(
    session: AsyncSession, *, person_id: UUID, died_on: date, actor: Principal, now: datetime
) -> tuple[asyncpg.Record, UUID | None, bool]:
    """Record a death: the membership ends, others are told. Returns person, household, "it needs a head".

    Raises PersonNotFound, AlreadyDead, DateInFuture, DeathBeforeBirth.
    """
    person = await _lock(session, person_id, actor=actor)
    if person["died_on"] is not None:
        raise AlreadyDead
    if died_on > business_date(now):
        raise DateInFuture(pointer="/died_on")
    if person["birth_date"] is not None and died_on < person["birth_date"]:
        raise DeathBeforeBirth(pointer="/died_on")
    held = await queries.memberships(session, person_id)
    present = next((row for row in held if row["valid_to"] is None), None)
    household_id = present["household_id"] if present else None
    for row in held:  # also one that is past, where the death is reported after it
        end = end_of_death(row["valid_from"], died_on)
        if row["valid_to"] is None or row["valid_to"] > end:
            await _end(session, row["id"], on=end, reason=EndReason.DIED)
    version = await _bump(session, person, {"died_on": died_on}, now=now)
    fact = PersonDied(
        person_id=person_id, household_id=household_id, village_code=person["village_code"], died_on=died_on
    )
    await outbox.add(session, fact, subject=person_id, sequence=version)
    changed = Change(person_id, version, "person.died", {"died_on": [None, died_on]})
    await changes.record(session, changed, actor=actor.subject, now=now)
    subjects = [person_id] if household_id is None else [person_id, household_id]
    await audit.record(session, principal=actor, action="person.death", subjects=subjects, now=now)
    needs_head = present is not None and present["relation"] == Relation.HEAD
    return await _seen(session, person_id, actor=actor), household_id, needs_head


def _membership(joining: Joining) -> Row:
    return Row(
        "memberships",
        {
            "id": uuid7(),
            "person_id": joining.person_id,
            "household_id": joining.household_id,
            "relation": joining.relation.value,
            "valid_from": joining.valid_from,
        },
    )


async def _lock(session: AsyncSession, person_id: UUID, *, actor: Principal) -> asyncpg.Record:
    person = await queries.locked(session, person_id, areas=actor.areas)
    if person is None:
        raise PersonNotFound
    return person


async def _seen(session: AsyncSession, person_id: UUID, *, actor: Principal) -> asyncpg.Record:
    person = await queries.one(session, person_id, areas=actor.areas)
    if person is None:
        raise PersonNotFound
    return person


async def _present(session: AsyncSession, person_id: UUID) -> asyncpg.Record | None:
    held = await queries.memberships(session, person_id)
    return next((row for row in held if row["valid_to"] is None), None)


async def _end(session: AsyncSession, membership_id: UUID, *, on: date, reason: EndReason) -> None:
    await update_row(session, _MEMBERSHIPS, membership_id, valid_to=on, end_reason=reason.value)


async def _bump(
    session: AsyncSession, person: asyncpg.Record, values: dict[str, Any], *, now: datetime
) -> int:
    version: int = person["version"] + 1
    await update_row(session, _PERSONS, person["id"], version=version, updated_at=now, **values)
    return version


def _names(first_name: str, last_name: str) -> dict[str, Any]:
    return {
        "first_name": first_name,
        "last_name": last_name,
        "first_name_key": name_key(first_name),
        "last_name_key": name_key(last_name),
    }


def _check_birth(birth_date: date | None, *, pointer: str, now: datetime) -> None:
    if birth_date is not None and not plausible_birth(birth_date, today=business_date(now)):
        raise BirthInFuture(pointer=f"{pointer}/birth_date")


def _check_day(day: date, *, since: date | None, pointer: str, now: datetime) -> None:
    if day > business_date(now):
        raise DateInFuture(pointer=pointer)
    if since is not None and day < since:
        raise DateBeforeStart(pointer=pointer)
