"""Households registered, corrected, moved and split, and who joins and leaves them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas import service as areas
from households.changes import service as changes
from households.changes.service import Change
from households.persons import queries as person_queries
from households.persons import service as persons
from households.persons.errors import DateInFuture, DoubleHead, MembershipNotFound
from households.persons.rules import Relation
from households.persons.service import Joining, Newcomer
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
from shared.rows import Row, insert, update_row
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
    village_code = new.village_code
    arrivals = [
        _arrival(household_id, member, pointer=f"/members/{at}", now=now)
        for at, member in enumerate(new.members)
    ]
    person_ids = [one.person_id for one in arrivals]
    change = Change(household_id, 1, "household.registered", {"members": person_ids})
    subjects = [household_id, *person_ids]
    await insert(
        session,
        _household(household_id, new, village_code=village_code, now=now),
        *persons.register(
            _newcomers(arrivals), household_id=household_id, village_code=village_code, keys=keys, now=now
        ),
        _registered(household_id, village_code),
        changes.row(change, actor=actor.subject, now=now),
        audit.row(principal=actor, action="household.register", subjects=subjects, now=now),
    )
    outbox.announce(session)
    await _join(session, arrivals, village_code=village_code, actor=actor, now=now)
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
    seen = audit.row(
        principal=actor,
        action="household.change",
        subjects=[household_id],
        now=now,
        detail={"fields": sorted(wanted)},
    )
    if not values:
        await insert(session, seen)
        return int(before["version"])
    detail = {name: [before[name], value] for name, value in values.items()}
    change = _change(before, "household.changed", detail)
    return await _bump(session, change, seen, values=values, actor=actor, now=now)


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
    change = _change(before, "household.moved", detail)
    fact = HouseholdMoved(
        household_id=household_id,
        from_village_code=before["village_code"],
        village_code=move.village_code,
        moved_on=move.moved_on,
    )
    event = outbox.row(fact, subject=household_id, sequence=change.version)
    seen = audit.row(
        principal=actor,
        action="household.move",
        subjects=[household_id],
        now=now,
        detail={"from": before["village_code"], "to": move.village_code},
    )
    version = await _bump(session, change, event, seen, values=values, actor=actor, now=now)
    outbox.announce(session)
    await persons.relocate(session, household_id=household_id, village_code=move.village_code, now=now)
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
    village_code: str = before["village_code"]
    arrival = _arrival(household_id, member, pointer="", now=now)
    person_id = arrival.person_id
    rows = persons.register(
        _newcomers([arrival]), household_id=household_id, village_code=village_code, keys=keys, now=now
    )
    subjects = [household_id, person_id]
    rows.append(audit.row(principal=actor, action="member.join", subjects=subjects, now=now))
    change = _change(before, "member.joined", {"person_id": person_id, "relation": member.relation})
    version = await _bump(session, change, *rows, actor=actor, now=now)
    await _join(session, [arrival], village_code=village_code, actor=actor, now=now)
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
    seen = audit.row(principal=actor, action="member.leave", subjects=[household_id, person_id], now=now)
    change = _change(before, "member.left", detail)
    return await _bump(session, change, seen, values=values, actor=actor, now=now)


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
    subjects = [household_id, head.person_id]
    seen = audit.row(principal=actor, action="head.change", subjects=subjects, now=now)
    change = _change(before, "head.changed", {"head": [former, head.person_id]})
    return await _bump(session, change, seen, actor=actor, now=now)


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
    village_code: str = before["village_code"]
    registered = Change(
        new_id, 1, "household.registered", {"split_from": household_id, "members": sorted(going)}
    )
    await insert(
        session,
        _household(new_id, split, village_code=village_code, now=now),
        _registered(new_id, village_code),
        changes.row(registered, actor=actor.subject, now=now),
    )
    outbox.announce(session)
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
    subjects = [household_id, new_id, *sorted(going)]
    seen = audit.row(principal=actor, action="household.split", subjects=subjects, now=now)
    await _bump(session, _change(before, "household.split", {"into": new_id}), seen, actor=actor, now=now)
    return new_id


def _arrival(household_id: UUID, member: NewMember, *, pointer: str, now: datetime) -> Joining | Newcomer:
    since = member.valid_from or business_date(now)
    if member.person_id is not None:
        return Joining(member.person_id, household_id, member.relation, since, member.end_previous, pointer)
    assert member.person is not None  # noqa: S101  # the schema takes exactly one of both
    return Newcomer(member.person.id or uuid7(), member.person, member.relation, since, pointer)


async def _join(
    session: AsyncSession,
    arrivals: Sequence[Joining | Newcomer],
    *,
    village_code: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Let those of the registry among the arrivals join; the newcomers' rows are there."""
    for one in arrivals:
        if isinstance(one, Joining):
            await persons.join(session, joining=one, actor=actor, now=now)
            await persons.relocate_one(session, person_id=one.person_id, village_code=village_code, now=now)


def _newcomers(arrivals: Sequence[Joining | Newcomer]) -> list[Newcomer]:
    return [one for one in arrivals if isinstance(one, Newcomer)]


def _household(household_id: UUID, given: NewHousehold | Split, *, village_code: str, now: datetime) -> Row:
    return Row(
        "households",
        {
            "id": household_id,
            "house_id": given.house_id,
            "house_no": given.house_no,
            "village_code": village_code,
            "lat": given.lat,
            "lon": given.lon,
            "origin": Origin.FIELD.value,
            "created_at": now,
            "updated_at": now,
        },
    )


def _registered(household_id: UUID, village_code: str) -> Row:
    fact = HouseholdRegistered(household_id=household_id, village_code=village_code, origin="field")
    return outbox.row(fact, subject=household_id, sequence=1)


async def _lock(session: AsyncSession, household_id: UUID, *, actor: Principal) -> asyncpg.Record:
    household = await queries.locked(session, household_id, areas=actor.areas)
    if household is None:
        raise HouseholdNotFound
    if household["status"] != Status.ACTIVE:
        raise HouseholdNotActive
    return household


def _change(before: asyncpg.Record, kind: str, detail: dict[str, Any]) -> Change:
    return Change(before["id"], before["version"] + 1, kind, detail)


async def _bump(
    session: AsyncSession,
    change: Change,
    *told: Row,
    values: Mapping[str, Any] | None = None,
    actor: Principal,
    now: datetime,
) -> int:
    """Write a household's change and the rows that go with it; returns its version."""
    version = change.version
    await update_row(session, _TABLE, change.subject, version=version, updated_at=now, **(values or {}))
    await insert(session, changes.row(change, actor=actor.subject, now=now), *told)
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
