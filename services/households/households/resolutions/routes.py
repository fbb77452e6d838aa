"""Resolutions over HTTP."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from households.cases.errors import CaseNotFound, CaseTwice, WrongState
from households.meetings import queries as meetings
from households.meetings.errors import MeetingNotFound, MeetingNotHeld
from households.permissions import CaseApprover, CommitteeReader
from households.registry.errors import HouseholdNotActive
from households.resolutions import queries, service
from households.resolutions.errors import (
    ConflictOfInterest,
    DecisionsRefused,
    OwnHousehold,
    ProposerCannotCertify,
    QuorumMissing,
    ReasonRequired,
    ResolutionNotFound,
    ResolutionNumberTaken,
    WrongCommitteeArea,
    WrongCommitteeLevel,
)
from households.resolutions.schemas import (
    DecisionOut,
    NewResolution,
    ResolutionDetail,
    ResolutionOut,
    Resolutions,
)
from shared import audit, clock, problems, web
from shared.db import Session
from shared.security import Principal

router = web.router(tags=["resolutions"])


@router.post(
    "/meetings/{meeting_id}/resolutions",
    status_code=201,
    responses=problems.responses(
        MeetingNotFound,
        CaseNotFound,
        MeetingNotHeld,
        WrongState,
        HouseholdNotActive,
        QuorumMissing,
        WrongCommitteeLevel,
        WrongCommitteeArea,
        ResolutionNumberTaken,
        DecisionsRefused,
        ProposerCannotCertify,
        OwnHousehold,
        ConflictOfInterest,
        CaseTwice,
        ReasonRequired,
    ),
    summary="Record a resolution over many cases (มติรับรองครัวเรือนเป้าหมาย)",
)
async def record_resolution(
    session: Session, principal: CaseApprover, meeting_id: UUID, new: NewResolution, response: Response
) -> ResolutionDetail:
    """Record what the meeting decided about proposed cases: certified, rejected or returned.

    All decisions are taken or none; `errors[]` names each that cannot be. The members present who may
    decide on a case must be a quorum of all in office. Who proposed a case neither counts nor records;
    nor does who declared a conflict of interest or whose own household it is.
    """
    resolution_id = await service.record(
        session, meeting_id=meeting_id, new=new, actor=principal, now=clock.now()
    )
    response.headers["Location"] = f"/v1/meetings/{meeting_id}/resolutions/{resolution_id}"
    return await _detail(session, meeting_id, resolution_id)


@router.get(
    "/meetings/{meeting_id}/resolutions",
    responses=problems.responses(MeetingNotFound),
    summary="A meeting's resolutions (มติที่ประชุม)",
)
async def list_resolutions(session: Session, principal: CommitteeReader, meeting_id: UUID) -> Resolutions:
    """List what a meeting resolved, with counts; leaves an audit row."""
    await _read(session, meeting_id, principal=principal)
    rows = await queries.of_meeting(session, meeting_id)
    return Resolutions(items=[ResolutionOut(**row) for row in rows])


@router.get(
    "/meetings/{meeting_id}/resolutions/{resolution_id}",
    responses=problems.responses(MeetingNotFound, ResolutionNotFound),
    summary="One resolution with its decisions (มติที่ประชุม)",
)
async def get_resolution(
    session: Session, principal: CommitteeReader, meeting_id: UUID, resolution_id: UUID
) -> ResolutionDetail:
    """Return a resolution and what it decided about each case; leaves an audit row."""
    await _read(session, meeting_id, principal=principal)
    return await _detail(session, meeting_id, resolution_id)


async def _read(session: AsyncSession, meeting_id: UUID, *, principal: Principal) -> None:
    filters = meetings.Filters(areas=principal.areas)
    if await meetings.one(session, meeting_id, filters=filters) is None:
        raise MeetingNotFound
    await audit.record(
        session, principal=principal, action="meeting.read", subjects=[meeting_id], now=clock.now()
    )


async def _detail(session: AsyncSession, meeting_id: UUID, resolution_id: UUID) -> ResolutionDetail:
    found = await queries.one(session, meeting_id=meeting_id, resolution_id=resolution_id)
    if found is None:
        raise ResolutionNotFound
    decisions = [DecisionOut(**row) for row in await queries.decisions(session, resolution_id)]
    return ResolutionDetail(**found, decisions=decisions)
