"""One person registered twice becomes one again, and two where that was a mistake."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.changes import service as changes
from households.changes.service import Change
from households.persons import queries
from households.persons.errors import ChangedSinceMerge, PersonNotFound, TwoCitizenIds
from households.persons.models import Membership, Person
from households.persons.rules import EndReason, Period, Relation, free
from households.persons.service import relocate
from shared.citizen import CitizenKeys
from shared.db import driver
from shared.rows import update_row
from shared.security import Principal

_PERSONS = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEMBERSHIPS = Membership.__table__  # type: ignore[attr-defined]  # likewise
_TABLE = "persons"


async def absorb(
    session: AsyncSession,
    *,
    kept_id: UUID,
    dropped_id: UUID,
    keys: CitizenKeys,
    actor: Principal,
    now: datetime,
) -> dict[str, Any]:
    """Let `kept` stand for both: memberships that fit and a citizen id go over. Returns what undoes it.

    Raises PersonNotFound, TwoCitizenIds.
    """
    kept, dropped = await _both(session, kept_id, dropped_id, actor=actor)
    if kept["citizen_id_index"] is not None and dropped["citizen_id_index"] is not None:
        raise TwoCitizenIds
    before = await _take_memberships(session, kept_id, dropped_id)
    moves_id = dropped["citizen_id_index"] is not None
    if moves_id:
        await _hand_over_citizen_id(session, dropped, to=kept_id, keys=keys)
    versions = {kept_id: kept["version"] + 1, dropped_id: dropped["version"] + 1}
    await update_row(session, _PERSONS, kept_id, version=versions[kept_id], updated_at=now)
    await update_row(
        session, _PERSONS, dropped_id, version=versions[dropped_id], updated_at=now, merged_into=kept_id
    )
    await changes.record(
        session,
        Change(kept_id, versions[kept_id], "person.absorbed", {"dropped": dropped_id}),
        Change(dropped_id, versions[dropped_id], "person.merged", {"into": kept_id}),
        actor=actor.subject,
        now=now,
    )
    return {
        "versions": [versions[kept_id], versions[dropped_id]],
        "citizen_id_moved": moves_id,
        "memberships": before,
    }


async def restore(  # the reverse of absorb
    session: AsyncSession,
    *,
    kept_id: UUID,
    dropped_id: UUID,
    before: dict[str, Any],
    keys: CitizenKeys,
    actor: Principal,
    now: datetime,
) -> None:
    """Make two persons of one again; raises PersonNotFound, ChangedSinceMerge."""
    kept, dropped = await _both(session, kept_id, dropped_id, actor=actor)
    if [kept["version"], dropped["version"]] != before["versions"]:
        raise ChangedSinceMerge
    if before["citizen_id_moved"]:
        await _hand_over_citizen_id(session, kept, to=dropped_id, keys=keys)
    # Those that ended come back after those that began are taken back: one present membership each.
    for row in sorted(before["memberships"], key=lambda row: row["valid_to"] is None):
        await update_row(
            session,
            _MEMBERSHIPS,
            UUID(row["id"]),
            person_id=UUID(row["person_id"]),
            relation=row["relation"],
            valid_to=None if row["valid_to"] is None else date.fromisoformat(row["valid_to"]),
            end_reason=row["end_reason"],
        )
    versions = [version + 1 for version in before["versions"]]
    await update_row(session, _PERSONS, kept_id, version=versions[0], updated_at=now)
    await update_row(session, _PERSONS, dropped_id, version=versions[1], updated_at=now, merged_into=None)
    await changes.record(
        session,
        Change(kept_id, versions[0], "person.merge_undone", {"dropped": dropped_id}),
        Change(dropped_id, versions[1], "person.merge_undone", {"into": kept_id}),
        actor=actor.subject,
        now=now,
    )


async def _both(
    session: AsyncSession, kept_id: UUID, dropped_id: UUID, *, actor: Principal
) -> tuple[asyncpg.Record, asyncpg.Record]:
    """Lock both, always in the order of their ids, so that two merges never wait for each other."""
    found = {}
    for person_id in sorted((kept_id, dropped_id)):
        found[person_id] = await queries.locked(session, person_id, areas=actor.areas, merged=True)
    kept, dropped = found[kept_id], found[dropped_id]
    if kept is None or dropped is None or kept["merged_into"] is not None:
        raise PersonNotFound
    return kept, dropped


async def _take_memberships(session: AsyncSession, kept_id: UUID, dropped_id: UUID) -> list[dict[str, Any]]:
    """Give `kept` the memberships that fit beside hers, void the others; returns all as they were."""
    own = await queries.memberships(session, kept_id)
    others = await queries.memberships(session, dropped_id)
    taken = [Period(row["valid_from"], row["valid_to"]) for row in own]
    for row in others:
        if free(Period(row["valid_from"], row["valid_to"]), taken):
            await update_row(session, _MEMBERSHIPS, row["id"], person_id=kept_id)
            continue
        await update_row(
            session,
            _MEMBERSHIPS,
            row["id"],
            valid_to=row["valid_from"],
            end_reason=EndReason.MERGED.value,
        )
        await _inherit_head(session, row, own)
    return [_kept(row) for row in (*own, *others)]


async def _inherit_head(session: AsyncSession, voided: asyncpg.Record, own: list[asyncpg.Record]) -> None:
    """Let the kept person be head where her duplicate was, so that the household does not lose its head."""
    if voided["relation"] != Relation.HEAD or voided["valid_to"] is not None:
        return
    for row in own:
        if row["household_id"] == voided["household_id"] and row["valid_to"] is None:
            await update_row(session, _MEMBERSHIPS, row["id"], relation=Relation.HEAD.value)


async def _hand_over_citizen_id(
    session: AsyncSession, giver: asyncpg.Record, *, to: UUID, keys: CitizenKeys
) -> None:
    """Give a citizen id to another row: sealed anew, since a ciphertext opens only in its own row."""
    plain = keys.cipher.decrypt(giver["citizen_id_enc"], table=_TABLE, row=giver["id"])
    await update_row(session, _PERSONS, giver["id"], citizen_id_enc=None, citizen_id_index=None)
    sealed = keys.cipher.encrypt(plain, table=_TABLE, row=to)
    await update_row(session, _PERSONS, to, citizen_id_enc=sealed, citizen_id_index=giver["citizen_id_index"])


def _kept(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "person_id": str(row["person_id"]),
        "relation": row["relation"],
        "valid_to": row["valid_to"] and row["valid_to"].isoformat(),
        "end_reason": row["end_reason"],
    }


async def rehouse(
    session: AsyncSession, *, household_id: UUID, to: UUID, village_code: str, now: datetime
) -> list[dict[str, Any]]:
    """Let all members, present and past, have been in another household; returns memberships as they were.

    A second head becomes a relative of the first.
    """
    connection = await driver(session)
    rows = await connection.fetch(
        "SELECT * FROM memberships WHERE household_id = $1 FOR UPDATE", household_id
    )
    has_head = any(row["relation"] == Relation.HEAD for row in await queries.members(session, to))
    for row in rows:
        second = has_head and row["relation"] == Relation.HEAD and row["valid_to"] is None
        relation = Relation.RELATIVE.value if second else row["relation"]
        await update_row(session, _MEMBERSHIPS, row["id"], household_id=to, relation=relation)
    await relocate(session, household_id=to, village_code=village_code, now=now)
    return [_kept(row) for row in rows]


async def take_back(
    session: AsyncSession,
    *,
    memberships: list[dict[str, Any]],
    household_id: UUID,
    village_code: str,
    now: datetime,
) -> None:
    """Reverse `rehouse`."""
    for row in memberships:
        await update_row(
            session, _MEMBERSHIPS, UUID(row["id"]), household_id=household_id, relation=row["relation"]
        )
    await relocate(session, household_id=household_id, village_code=village_code, now=now)
