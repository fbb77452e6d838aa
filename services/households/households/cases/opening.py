"""Opening cases: one by one, or for all target-poor households of an edition's area."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from households.areas import queries as areas
from households.areas.errors import UnknownArea
from households.cases import queries, service
from households.cases.errors import (
    EditionNotForField,
    EditionNotImported,
    EditionRequired,
    NotTargetPoor,
    UnknownEdition,
    UnknownHousehold,
)
from households.cases.rules import Case, Origin, State, Step
from households.cases.schemas import NewCase, OpeningFromEdition
from households.cases.service import Taken
from households.registry import queries as registry
from households.registry.errors import AreaNotYours, HouseholdNotActive
from shared import clock, jobs
from shared.areas import covers
from shared.db import driver
from shared.ids import uuid7
from shared.jobs import JobContext
from shared.security import Principal

KIND = "cases.open_from_edition"
BATCH = 5_000
"""Cases opened by one statement."""

# A household whose case another caller opened meanwhile is left out: the index decides.
_OPEN = """
INSERT INTO cases (id, household_id, village_code, origin, edition_id, found_reason, created_at, updated_at)
SELECT id, household_id, village_code, $4, $5, $6, $7, $7
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS found (id, household_id, village_code)
"""
_UNLESS_OPEN = " ON CONFLICT DO NOTHING RETURNING id"


async def open_one(session: AsyncSession, *, new: NewCase, actor: Principal, now: datetime) -> UUID:
    """Open a case for a household that an edition marks, or that the team found (Re X-ray); returns its id.

    Raises EditionRequired, EditionNotForField, UnknownHousehold, HouseholdNotActive, UnknownEdition,
    EditionNotImported, NotTargetPoor; CaseAlreadyOpen and CaseExists by their constraints.
    """
    if new.origin is Origin.FIELD and new.edition_id is not None:
        raise EditionNotForField(pointer="/edition_id")
    household = await registry.one(session, new.household_id, areas=actor.areas)
    if household is None:
        raise UnknownHousehold(pointer="/household_id")
    if household["status"] != "active":
        raise HouseholdNotActive(pointer="/household_id")
    if new.origin is Origin.FEED:
        if new.edition_id is None:
            raise EditionRequired(pointer="/edition_id")
        await _check_imported(session, new.edition_id)
        if not await queries.target_poor(session, edition_id=new.edition_id, household_id=new.household_id):
            raise NotTargetPoor(pointer="/household_id")
    case = Case(
        id=new.id or uuid7(),
        household_id=new.household_id,
        village_code=household["village_code"],
        origin=new.origin,
        state=State.FOUND,
        edition_id=new.edition_id,
        version=1,
        reason=new.found_reason,
    )
    connection = await driver(session)
    await connection.execute(_OPEN, *_rows([case]), case.origin.value, case.edition_id, new.found_reason, now)
    await service.record(session, [Taken(Step.OPEN, None, case)], actor=actor, now=now)
    return case.id


async def start(
    session: AsyncSession, *, opening: OpeningFromEdition, actor: Principal, now: datetime
) -> UUID:
    """Queue the opening of cases for an edition's target-poor households; returns the job's id.

    Raises UnknownArea, AreaNotYours, UnknownEdition, EditionNotImported.
    """
    if not await areas.known(session, [opening.area]):
        raise UnknownArea(pointer="/area")
    if not covers(actor.areas, opening.area):
        raise AreaNotYours(pointer="/area")
    await _check_imported(session, opening.edition_id)
    arguments = opening.model_dump(mode="json")
    return await jobs.start(
        session, kind=KIND, arguments=arguments, principal=actor, area=opening.area, now=now
    )


async def run(job: JobContext) -> dict[str, Any]:
    """Open the cases of a job that `start` queued; those open or decided already are left as they are."""
    edition_id, area = UUID(job.arguments["edition_id"]), job.arguments["area"]
    scope = queries.Scope(edition_id=edition_id, area=area, areas=job.principal.areas)
    total = await queries.count_to_open(job.session, scope=scope)
    await job.progress(0, total)
    opened, seen = 0, 0
    after = ("", UUID(int=0))
    while households := await queries.to_open(job.session, scope=scope, after=after, limit=BATCH):
        cases = [
            Case(
                id=uuid7(),
                household_id=household["id"],
                village_code=household["village_code"],
                origin=Origin.FEED,
                state=State.FOUND,
                edition_id=edition_id,
                version=1,
            )
            for household in households
        ]
        opened += await _open(job.session, cases, actor=job.principal, now=clock.now())
        seen += len(cases)
        after = (cases[-1].village_code, cases[-1].household_id)
        await job.progress(seen, max(total, seen))
    return {"opened": opened, "edition_id": str(edition_id), "area": area}


async def _open(session: AsyncSession, cases: list[Case], *, actor: Principal, now: datetime) -> int:
    connection = await driver(session)
    written = await connection.fetch(
        _OPEN + _UNLESS_OPEN, *_rows(cases), Origin.FEED.value, cases[0].edition_id, None, now
    )
    ids = {row["id"] for row in written}
    taken = [Taken(Step.OPEN, None, case) for case in cases if case.id in ids]
    await service.record(session, taken, actor=actor, now=now)
    return len(taken)


def _rows(cases: list[Case]) -> tuple[list[UUID], list[UUID], list[str]]:
    return (
        [case.id for case in cases],
        [case.household_id for case in cases],
        [case.village_code for case in cases],
    )


async def _check_imported(session: AsyncSession, edition_id: UUID) -> None:
    state = await queries.edition_state(session, edition_id)
    if state is None:
        raise UnknownEdition(pointer="/edition_id")
    if state not in queries.IMPORTED:
        raise EditionNotImported(pointer="/edition_id")
