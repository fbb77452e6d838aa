"""Households registered, corrected, moved and split, and who joins and leaves them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas import service as areas
from households.changes import service as changes
from households.changes.service import Change
from households.db import insert_row, update_row
from households.persons import queries as person_queries
from households.persons import service as persons
from households.persons.errors import DateInFuture, DoubleHead, MembershipNotFound
from households.persons.rules import Relation
from households.persons.service import Joining
from households.registry import queries
from households.registry.errors import (
    AreaNotYours,
    HouseholdNotActive,
    HouseholdNotFound,
    NoHead,
    NothingLeft,
    SameVillage,
)
from households.registry.events import HouseholdMoved, HouseholdRegistered
from households.registry.models import Household
from households.registry.rules import Origin, Status, heads_fault, second_head
from households.registry.schemas import (
    HouseholdPatch,
    Leave,
    Move,
    NewHead,
    NewHousehold,
    NewMember,
    Split,
)
from shared import audit, etags, outbox
from shared.areas import covers
from shared.citizen import CitizenKeys
from shared.clock import business_date
from shared.ids import uuid7
from shared.security import Principal

_TABLE = Household.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def register(
    session: AsyncSession, *, new: NewHousehold, keys: CitizenKeys, actor: Principal, now: datetime
) -> UUID:
    """Register a household found in the field with its members; returns its id.

    Raises AreaNotYours, UnknownArea, NoHead, DoubleHead, and what joining members raises.
    """
    _check_heads([member.relation for member in new.members])
    await _check_village(session, new.village_code, actor=actor, now=now)
    household_id = new.id or uuid7()
    values = new.model_dump(include={"house_id", "house_no", "village_code", "lat", "lon"})
    await _insert(session, household_id, values, now=now)
    person_ids = []
    for at, member in enumerate(new.members):
        person_ids.append(
            await _join(
                session,
                household_id,
                member,
                village_code=new.village_code,
                pointer=f"/members/{at}",
                keys=keys,
                actor=actor,
                now=now,
            )
        )
    await _told_registered(session, household_id, new.village_code)
    change = Change(household_id, 1, "household.registered", {"members": person_ids})
    await changes.record(session, change, actor=actor.subject, now=now)
    await audit.record(
        session, principal=actor, action="household.register", subjects=[household_id, *person_ids], now=now
    )
    return household_id


async def change(
    session: AsyncSession,
    *,
    household_id: UUID,
    patch: HouseholdPatch,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> int:
    """Correct a household; returns its version.

    Raises HouseholdNotFound, HouseholdNotActive, StaleVersion.
    """
    before = await _lock(session, household_id, actor=actor)
    etags.check(if_match, before["version"])
    wanted = patch.model_dump(exclude_unset=True)
    values = {name: value for name, value in wanted.items() if before[name] != value}
    version: int = before["version"]
    if values:
        detail = {name: [before[name], value] for name, value in values.items()}
        version = await _bump(session, before, "household.changed", detail, values, actor=actor, now=now)
    await audit.record(
        session,
        principal=actor,
        action="household.change",
        subjects=[household_id],
        now=now,
        detail={"fields": sorted(wanted)},
    )
    return version


async def move(
    session: AsyncSession, *, household_id: UUID, move: Move, actor: Principal, now: datetime
) -> int:
    """Move a household with its members to another village of the caller's areas; returns its version.

    Raises HouseholdNotFound, HouseholdNotActive, DateInFuture, SameVillage, AreaNotYours, UnknownArea.
    """
    before = await _lock(session, household_id, actor=actor)
    if move.moved_on > business_date(now):
        raise DateInFuture(pointer="/moved_on")
    if move.village_code == before["village_code"]:
        raise SameVillage
    await _check_village(session, move.village_code, actor=actor, now=now)
    # The place is the old village's: unknown until somebody measures the new one.
    values = {"village_code": move.village_code, "house_no": move.house_no, "lat": None, "lon": None}
    detail = {"village_code": [before["village_code"], move.village_code], "moved_on": move.moved_on}
    version = await _bump(session, before, "household.moved", detail, values, actor=actor, now=now)
    await persons.relocate(session, household_id=household_id, village_code=move.village_code, now=now)
    fact = HouseholdMoved(
        household_id=household_id,
        from_village_code=before["village_code"],
        village_code=move.village_code,
        moved_on=move.moved_on,
    )
    await outbox.add(session, fact, subject=household_id, sequence=version)
    await audit.record(
        session,
        principal=actor,
        action="household.move",
        subjects=[household_id],
        now=now,
        detail={"from": before["village_code"], "to": move.village_code},
    )
    return version


async def add_member(
    session: AsyncSession,
    *,
    household_id: UUID,
    member: NewMember,
    keys: CitizenKeys,
    actor: Principal,
    now: datetime,
) -> tuple[UUID, int]:
    """Let somebody join a household; returns person and household version.

    Raises HouseholdNotFound, HouseholdNotActive and what joining raises; a second head is a DoubleHead.
    """
    before = await _lock(session, household_id, actor=actor)
    person_id = await _join(
        session,
        household_id,
        member,
        village_code=before["village_code"],
        pointer="",
        keys=keys,
        actor=actor,
        now=now,
    )
    detail = {"person_id": person_id, "relation": member.relation}
    version = await _bump(session, before, "member.joined", detail, {}, actor=actor, now=now)
    await audit.record(
        session, principal=actor, action="member.join", subjects=[household_id, person_id], now=now
    )
    return person_id, version


async def remove_member(
    session: AsyncSession,
    *,
    household_id: UUID,
    person_id: UUID,
    leave: Leave,
    actor: Principal,
    now: datetime,
) -> int:
    """Let a member leave; returns the household's version. The last one leaving closes the household.

    Raises HouseholdNotFound, HouseholdNotActive, PersonNotFound, MembershipNotFound, DateInFuture,
    DateBeforeStart.
    """
    before = await _lock(session, household_id, actor=actor)
    await persons.leave(
        session, person_id=person_id, household_id=household_id, on=leave.left_on, actor=actor, now=now
    )
    left = await person_queries.members(session, household_id)
    values: dict[str, Any] = {} if left else {"status": Status.CLOSED.value}
    detail = {"person_id": person_id, "left_on": leave.left_on}
    version = await _bump(session, before, "member.left", detail, values, actor=actor, now=now)
    await audit.record(
        session, principal=actor, action="member.leave", subjects=[household_id, person_id], now=now
    )
    return version


async def set_head(
    session: AsyncSession, *, household_id: UUID, head: NewHead, actor: Principal, now: datetime
) -> int:
    """Make a present member head, the former one something else; returns the household's version.

    Raises HouseholdNotFound, HouseholdNotActive, MembershipNotFound.
    """
    before = await _lock(session, household_id, actor=actor)
    members = await person_queries.members(session, household_id)
    former = next((row["id"] for row in members if row["relation"] == Relation.HEAD), None)
    if former is not None and former != head.person_id:
        # Demoted first: the index knows one head at any moment.
        await persons.relate(
            session, person_id=former, household_id=household_id, relation=head.former_head_is
        )
    await persons.relate(session, person_id=head.person_id, household_id=household_id, relation=Relation.HEAD)
    detail = {"head": [former, head.person_id]}
    version = await _bump(session, before, "head.changed", detail, {}, actor=actor, now=now)
    await audit.record(
        session, principal=actor, action="head.change", subjects=[household_id, head.person_id], now=now
    )
    return version


async def split(
    session: AsyncSession, *, household_id: UUID, split: Split, actor: Principal, now: datetime
) -> UUID:
    """Let members form a household of their own in the same village; returns the new household's id.

    Raises HouseholdNotFound, HouseholdNotActive, NoHead, DoubleHead, MembershipNotFound, NothingLeft.
    """
    before = await _lock(session, household_id, actor=actor)
    _check_heads([member.relation for member in split.members])
    going = {member.person_id for member in split.members}
    present = {row["id"] for row in await person_queries.members(session, household_id)}
    for at, member in enumerate(split.members):
        if member.person_id not in present:
            raise MembershipNotFound(pointer=f"/members/{at}/person_id")
    if going == present:
        raise NothingLeft
    new_id = split.id or uuid7()
    values = split.model_dump(include={"house_id", "house_no", "lat", "lon"})
    await _insert(session, new_id, {**values, "village_code": before["village_code"]}, now=now)
    for at, member in enumerate(split.members):
        joining = Joining(
            member.person_id,
            new_id,
            member.relation,
            split.split_on,
            end_previous=True,
            pointer=f"/members/{at}",
        )
        await persons.join(session, joining=joining, actor=actor, now=now)
    await _told_registered(session, new_id, before["village_code"])
    await _bump(session, before, "household.split", {"into": new_id}, {}, actor=actor, now=now)
    change = Change(new_id, 1, "household.registered", {"split_from": household_id, "members": sorted(going)})
    await changes.record(session, change, actor=actor.subject, now=now)
    subjects = [household_id, new_id, *sorted(going)]
    await audit.record(session, principal=actor, action="household.split", subjects=subjects, now=now)
    return new_id


async def _join(
    session: AsyncSession,
    household_id: UUID,
    member: NewMember,
    *,
    village_code: str,
    pointer: str,
    keys: CitizenKeys,
    actor: Principal,
    now: datetime,
) -> UUID:
    since = member.valid_from or business_date(now)
    if member.person_id is not None:
        joining = Joining(
            member.person_id, household_id, member.relation, since, member.end_previous, pointer
        )
        await persons.join(session, joining=joining, actor=actor, now=now)
        await persons.relocate_one(session, person_id=member.person_id, village_code=village_code, now=now)
        return member.person_id
    assert member.person is not None  # noqa: S101  # the schema takes exactly one of both
    person_id = await persons.register(
        session, new=member.person, village_code=village_code, keys=keys, pointer=f"{pointer}/person", now=now
    )
    joining = Joining(person_id, household_id, member.relation, since, pointer=pointer)
    await persons.join_first(session, joining=joining, born=member.person.birth_date, now=now)
    return person_id


async def _insert(
    session: AsyncSession, household_id: UUID, values: dict[str, Any], *, now: datetime
) -> None:
    origin = Origin.FIELD.value
    await insert_row(
        session, _TABLE, id=household_id, origin=origin, created_at=now, updated_at=now, **values
    )


async def _told_registered(session: AsyncSession, household_id: UUID, village_code: str) -> None:
    fact = HouseholdRegistered(household_id=household_id, village_code=village_code, origin="field")
    await outbox.add(session, fact, subject=household_id, sequence=1)


async def _lock(session: AsyncSession, household_id: UUID, *, actor: Principal) -> asyncpg.Record:
    household = await queries.locked(session, household_id, areas=actor.areas)
    if household is None:
        raise HouseholdNotFound
    if household["status"] != Status.ACTIVE:
        raise HouseholdNotActive
    return household


async def _bump(
    session: AsyncSession,
    before: asyncpg.Record,
    kind: str,
    detail: dict[str, Any],
    values: dict[str, Any],
    *,
    actor: Principal,
    now: datetime,
) -> int:
    version: int = before["version"] + 1
    await update_row(session, _TABLE, before["id"], version=version, updated_at=now, **values)
    await changes.record(session, Change(before["id"], version, kind, detail), actor=actor.subject, now=now)
    return version


async def _check_village(session: AsyncSession, code: str, *, actor: Principal, now: datetime) -> None:
    if not covers(actor.areas, code):
        raise AreaNotYours(pointer="/village_code")
    await areas.require_village(session, code=code, pointer="/village_code", now=now)


def _check_heads(relations: Sequence[str]) -> None:
    fault = heads_fault(relations)
    if fault == "none":
        raise NoHead(pointer="/members")
    if fault == "several":
        raise DoubleHead(pointer=f"/members/{second_head(relations)}/relation")
