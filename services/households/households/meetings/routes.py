"""Meetings over HTTP; what they resolve is under `resolutions`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from households.committees.errors import CommitteeDissolved
from households.meetings import queries, service
from households.meetings.errors import (
    CommitteeNotInOffice,
    MeetingExists,
    MeetingInFuture,
    MeetingNotDraft,
    MeetingNotFound,
    MeetingNotHeld,
    MinutesNumberTaken,
    NotInOffice,
    NotPresent,
    UnknownCase,
    UnknownCommittee,
)
from households.meetings.rules import MeetingState
from households.meetings.schemas import (
    ConflictDeclared,
    MeetingChange,
    MeetingDetail,
    MeetingOut,
    NewConflicts,
    NewMeeting,
)
from households.permissions import CommitteeReader, MeetingWriter
from shared import audit, clock, etags, paging, problems, web
from shared.areas import AreaCode
from shared.db import ReadSession, Session
from shared.errors import StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["meetings"])


@router.get(
    "/meetings",
    response_model=paging.Page[MeetingOut],
    responses=problems.responses(),
    summary="Meetings (การประชุม)",
)
async def list_meetings(
    session: ReadSession,
    principal: CommitteeReader,
    page: paging.PageParams,
    area: Annotated[AreaCode | None, Query(description="This area and all below it")] = None,
    committee_id: UUID | None = None,
    state: MeetingState | None = None,
) -> Response:
    """List the meetings of the committees in the caller's areas, by area, oldest first."""
    filters = queries.Filters(areas=principal.areas, area=area or "", committee_id=committee_id, state=state)
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=filters, after=after, limit=page.fetch)
    total = await queries.count(session, filters=filters) if page.count else None
    return paging.page(page, rows, key=("area_code", "id"), total=total)


@router.get(
    "/meetings/{meeting_id}",
    responses={200: etags.DESCRIBED, **problems.responses(MeetingNotFound)},
    summary="One meeting with its presence (รายงานการประชุม)",
)
async def get_meeting(
    session: Session, principal: CommitteeReader, meeting_id: UUID, response: Response
) -> MeetingDetail:
    """Return a meeting, who was present, declared conflicts, the quorum; leaves an audit row."""
    found = await _detail(session, meeting_id, principal=principal, response=response)
    await audit.record(
        session, principal=principal, action="meeting.read", subjects=[meeting_id], now=clock.now()
    )
    return found


@router.post(
    "/meetings",
    status_code=201,
    responses=problems.responses(
        MeetingExists,
        MinutesNumberTaken,
        CommitteeDissolved,
        UnknownCommittee,
        MeetingInFuture,
        NotInOffice,
        NotPresent,
        UnknownCase,
    ),
    summary="Record a meeting as a draft (บันทึกการประชุม)",
)
async def create_meeting(
    session: Session, principal: MeetingWriter, new: NewMeeting, response: Response
) -> MeetingDetail:
    """Record a meeting: day, place, minutes number, members present, conflicts declared."""
    meeting = await service.create(session, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/meetings/{meeting.id}"
    return await _detail(session, meeting.id, principal=principal, response=response)


@router.patch(
    "/meetings/{meeting_id}",
    responses=problems.responses(
        MeetingNotFound,
        MeetingNotDraft,
        MinutesNumberTaken,
        StaleVersion,
        MeetingInFuture,
        NotInOffice,
        NotPresent,
        UnknownCase,
        VersionRequired,
    ),
    summary="Change a draft (แก้ไขร่างการประชุม)",
)
async def change_meeting(
    session: Session,
    principal: MeetingWriter,
    meeting_id: UUID,
    patch: MeetingChange,
    if_match: etags.IfMatch,
    response: Response,
) -> MeetingDetail:
    """Change a meeting that is not opened yet."""
    await service.change(
        session, meeting_id=meeting_id, patch=patch, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _detail(session, meeting_id, principal=principal, response=response)


@router.post(
    "/meetings/{meeting_id}/opening",
    responses=problems.responses(MeetingNotFound, MeetingNotDraft, CommitteeNotInOffice),
    summary="Open a meeting (เปิดประชุม)",
)
async def open_meeting(
    session: Session, principal: MeetingWriter, meeting_id: UUID, response: Response
) -> MeetingDetail:
    """Open a drafted meeting: it may resolve, and who was present stands."""
    await service.open_meeting(session, meeting_id=meeting_id, actor=principal, now=clock.now())
    return await _detail(session, meeting_id, principal=principal, response=response)


@router.post(
    "/meetings/{meeting_id}/conflicts",
    responses=problems.responses(MeetingNotFound, MeetingNotHeld, NotPresent, UnknownCase),
    summary="Declare conflicts of interest (แจ้งส่วนได้เสีย)",
)
async def declare_conflicts(
    session: Session, principal: MeetingWriter, meeting_id: UUID, new: NewConflicts, response: Response
) -> MeetingDetail:
    """Declare that members present have an interest in cases: they do not decide on them."""
    await service.declare(
        session, meeting_id=meeting_id, conflicts=new.conflicts, actor=principal, now=clock.now()
    )
    return await _detail(session, meeting_id, principal=principal, response=response)


@router.post(
    "/meetings/{meeting_id}/closing",
    responses=problems.responses(MeetingNotFound, MeetingNotHeld),
    summary="Close a meeting (ปิดประชุม)",
)
async def close_meeting(
    session: Session, principal: MeetingWriter, meeting_id: UUID, response: Response
) -> MeetingDetail:
    """Close a meeting: nothing of it changes any more."""
    await service.close_meeting(session, meeting_id=meeting_id, actor=principal, now=clock.now())
    return await _detail(session, meeting_id, principal=principal, response=response)


async def _detail(
    session: AsyncSession, meeting_id: UUID, *, principal: Principal, response: Response
) -> MeetingDetail:
    await session.flush()
    found = await queries.one(session, meeting_id, filters=queries.Filters(areas=principal.areas))
    if found is None:
        raise MeetingNotFound
    sitting = await service.describe(session, found)
    conflicts = [ConflictDeclared(**row) for row in await queries.conflicts(session, meeting_id)]
    response.headers["ETag"] = etags.of(found["version"])
    return MeetingDetail(
        **found,
        present=[attendee.member_id for attendee in sitting.present],
        conflicts=conflicts,
        in_office=sitting.in_office,
        quorum=sitting.quorate(),
    )
