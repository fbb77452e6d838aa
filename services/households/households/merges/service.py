"""Merging duplicates and undoing it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from households.cases import following as cases
from households.merges import queries
from households.merges.errors import DistrictRequired, MergeNotFound, MergeUndone
from households.merges.models import Merge
from households.merges.rules import LIKELY, household_score, person_score
from households.merges.schemas import Duplicate, Kind, NewMerge
from households.persons import merging as persons
from households.persons.errors import PersonNotFound
from households.registry import merging as registry
from households.registry.errors import HouseholdNotFound
from shared import audit
from shared.citizen import CitizenKeys
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = Merge.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_DISTRICT = 4


async def suggest(
    session: AsyncSession, *, kind: Kind, area: str, limit: int, actor: Principal, now: datetime
) -> list[Duplicate]:
    """Return the likeliest duplicates of an area of the caller's, best first; raises DistrictRequired."""
    if len(area) < _DISTRICT:
        raise DistrictRequired(pointer="?area")
    scored: list[tuple[float, asyncpg.Record, asyncpg.Record]]
    if kind == "person":
        people = await queries.person_pairs(session, area=area, areas=actor.areas)
        scored = [(person_score(one, other), one, other) for one, other in people]
    else:
        houses = await queries.household_pairs(session, area=area, areas=actor.areas)
        scored = [(household_score(one, other, shared_names=n), one, other) for one, other, n in houses]
    best = sorted(
        (found for found in scored if found[0] >= LIKELY), key=lambda found: (-found[0], found[1]["id"])
    )[:limit]
    if best:
        subjects = [row["id"] for _, *pair in best for row in pair]
        await audit.record(session, principal=actor, action=f"{kind}.duplicates", subjects=subjects, now=now)
    return [
        Duplicate(kind=kind, ids=[one["id"], other["id"]], score=score, village_code=one["village_code"])
        for score, one, other in best
    ]


async def merge(
    session: AsyncSession, *, new: NewMerge, keys: CitizenKeys, actor: Principal, now: datetime
) -> dict[str, Any]:
    """Merge two entries into one; returns the merge.

    Raises PersonNotFound, TwoCitizenIds; HouseholdNotFound, HouseholdNotActive, TwoHouseIds, CaseOnDropped;
    AlreadyMerged.
    """
    pair = {"kept_id": new.kept_id, "dropped_id": new.dropped_id}
    if new.kind == "person":
        before = await persons.absorb(session, **pair, keys=keys, actor=actor, now=now)
    else:
        before = await registry.absorb(session, **pair, actor=actor, now=now)
        await cases.merge(session, **pair, actor=actor, now=now)
    row: dict[str, Any] = {
        "id": uuid7(),
        "kind": new.kind,
        **pair,
        "merged_by": actor.subject,
        "merged_at": now,
    }
    await insert_row(session, _TABLE, **row, before=orjson.dumps(before).decode())
    await audit.record(
        session, principal=actor, action=f"{new.kind}.merge", subjects=list(pair.values()), now=now
    )
    return {**row, "undone_by": None, "undone_at": None}


async def undo(
    session: AsyncSession, *, merge_id: UUID, keys: CitizenKeys, actor: Principal, now: datetime
) -> dict[str, Any]:
    """Make two entries of one again; returns the merge.

    Raises MergeNotFound, MergeUndone, ChangedSinceMerge.
    """
    found = await queries.locked(session, merge_id)
    if found is None:
        raise MergeNotFound
    row = dict(found)
    before: dict[str, Any] = row.pop("before")
    pair: dict[str, UUID] = {"kept_id": row["kept_id"], "dropped_id": row["dropped_id"]}
    if row["undone_at"] is not None:
        raise MergeUndone
    try:
        if row["kind"] == "person":
            await persons.restore(session, **pair, before=before, keys=keys, actor=actor, now=now)
        else:
            await registry.restore(session, **pair, before=before, actor=actor, now=now)
    except (PersonNotFound, HouseholdNotFound):
        raise MergeNotFound from None  # not hers: she may not know that there was a merge
    await update_row(session, _TABLE, merge_id, undone_by=actor.subject, undone_at=now)
    await audit.record(
        session, principal=actor, action=f"{row['kind']}.unmerge", subjects=list(pair.values()), now=now
    )
    return {**row, "undone_by": actor.subject, "undone_at": now}
