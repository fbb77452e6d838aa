"""One household registered twice becomes one again, and two where that was a mistake."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.changes import service as changes
from households.changes.service import Change
from households.persons import merging as persons
from households.persons.errors import ChangedSinceMerge
from households.registry import queries
from households.registry.errors import HouseholdNotActive, HouseholdNotFound, TwoHouseIds
from households.registry.models import Household
from households.registry.rules import Status
from shared.rows import update_row
from shared.security import Principal

_TABLE = Household.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def absorb(
    session: AsyncSession, *, kept_id: UUID, dropped_id: UUID, actor: Principal, now: datetime
) -> dict[str, Any]:
    """Let `kept` stand for both: its members, and a house id it lacks, go over. Returns what undoes it.

    Raises HouseholdNotFound, HouseholdNotActive, TwoHouseIds.
    """
    kept, dropped = await _both(session, kept_id, dropped_id, actor=actor)
    if {kept["status"], dropped["status"]} != {Status.ACTIVE}:
        raise HouseholdNotActive
    if kept["house_id"] is not None and dropped["house_id"] is not None:
        raise TwoHouseIds
    memberships = await persons.rehouse(
        session, household_id=dropped_id, to=kept_id, village_code=kept["village_code"], now=now
    )
    versions = [kept["version"] + 1, dropped["version"] + 1]
    await update_row(
        session,
        _TABLE,
        dropped_id,
        version=versions[1],
        updated_at=now,
        status=Status.MERGED.value,
        merged_into=kept_id,
        house_id=None,
    )
    house_id = kept["house_id"] or dropped["house_id"]
    await update_row(session, _TABLE, kept_id, version=versions[0], updated_at=now, house_id=house_id)
    await changes.record(
        session,
        Change(kept_id, versions[0], "household.absorbed", {"dropped": dropped_id}),
        Change(dropped_id, versions[1], "household.merged", {"into": kept_id}),
        actor=actor.subject,
        now=now,
    )
    return {
        "versions": versions,
        "house_ids": [kept["house_id"], dropped["house_id"]],
        "village_code": dropped["village_code"],
        "memberships": memberships,
    }


async def restore(
    session: AsyncSession,
    *,
    kept_id: UUID,
    dropped_id: UUID,
    before: dict[str, Any],
    actor: Principal,
    now: datetime,
) -> None:
    """Make two households of one again; raises HouseholdNotFound, ChangedSinceMerge."""
    kept, dropped = await _both(session, kept_id, dropped_id, actor=actor)
    if [kept["version"], dropped["version"]] != before["versions"]:
        raise ChangedSinceMerge
    versions = [version + 1 for version in before["versions"]]
    house_ids = before["house_ids"]
    await update_row(session, _TABLE, kept_id, version=versions[0], updated_at=now, house_id=house_ids[0])
    await update_row(
        session,
        _TABLE,
        dropped_id,
        version=versions[1],
        updated_at=now,
        status=Status.ACTIVE.value,
        merged_into=None,
        house_id=house_ids[1],
    )
    await persons.take_back(
        session,
        memberships=before["memberships"],
        household_id=dropped_id,
        village_code=before["village_code"],
        now=now,
    )
    await changes.record(
        session,
        Change(kept_id, versions[0], "household.merge_undone", {"dropped": dropped_id}),
        Change(dropped_id, versions[1], "household.merge_undone", {"into": kept_id}),
        actor=actor.subject,
        now=now,
    )


async def _both(
    session: AsyncSession, kept_id: UUID, dropped_id: UUID, *, actor: Principal
) -> tuple[asyncpg.Record, asyncpg.Record]:
    """Lock both, always in the order of their ids, so that two merges never wait for each other."""
    found = {}
    for household_id in sorted((kept_id, dropped_id)):
        found[household_id] = await queries.locked(session, household_id, areas=actor.areas)
    kept, dropped = found[kept_id], found[dropped_id]
    if kept is None or dropped is None:
        raise HouseholdNotFound
    return kept, dropped
