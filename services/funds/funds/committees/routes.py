"""Committees of funds and their meetings over HTTP."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds import attachments
from funds.attachments import FileNotThere, WrongFileType
from funds.committees import queries, service
from funds.committees.errors import (
    EndReasonMissing,
    FundMeetingExists,
    FundMeetingInFuture,
    FundMeetingNotFound,
    FundMeetingReliedOn,
    FundMemberOfCommitteeNotFound,
    FundMinutesTaken,
    FundSeatTaken,
    FundTermAnswers,
    FundTermEndsBeforeStart,
    FundTermOverlaps,
    MorePresentThanTotal,
    OwnFundTerm,
)
from funds.committees.export import DESCRIBED, TERMS
from funds.committees.rules import quorum
from funds.committees.schemas import (
    CommitteeFilters,
    FundCommitteeMemberChange,
    FundCommitteeMemberOut,
    FundMeetingChange,
    FundMeetingOut,
    MeetingFilters,
    NewFundCommitteeMember,
    NewFundMeeting,
)
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import FundNotActive, FundNotFound
from shared import audit, clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor, ScopeMissing, StaleVersion, VersionRequired

router = web.router(tags=["fund committees"])


@router.get(
    "/funds/{fund_id}/committee",
    response_model=paging.Page[FundCommitteeMemberOut],
    responses={200: DESCRIBED, **problems.responses(FundNotFound, InvalidCursor, ScopeMissing)},
    summary="Terms on a fund's committee (กรรมการกองทุน)",
)
async def list_fund_committee(
    session: Session,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[CommitteeFilters, Query()],
) -> Response:
    """List the terms of a fund's committee by first day, past ones too; also as CSV or XLSX. Audited.

    รายชื่อกรรมการกองทุนทุกวาระ หรือเฉพาะผู้ที่ดำรงตำแหน่งในวันที่ระบุ ส่งออกได้เมื่อมีสิทธิ์ export
    """
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=TERMS,
            read=partial(queries.page_of_terms, fund_id=fund_id, on=filters.on),
            principal=principal,
            area=fund.area_code,
            now=clock.now(),
        )
    after = page.place(date.fromisoformat, UUID)
    rows = await queries.page_of_terms(session, fund_id=fund_id, on=filters.on, after=after, limit=page.fetch)
    total = await queries.count_terms(session, fund_id, on=filters.on) if page.count else None
    await audit.record(
        session, principal=principal, action="fund_committee.list", subjects=[fund_id], now=clock.now()
    )
    return paging.page(page, rows, key=("term_from", "id"), total=total)


@router.post(
    "/funds/{fund_id}/committee",
    status_code=status.HTTP_201_CREATED,
    response_model=FundCommitteeMemberOut,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        OwnFundTerm,
        FundTermOverlaps,
        FundSeatTaken,
        FundTermEndsBeforeStart,
    ),
    summary="Appoint a member for a term (แต่งตั้งกรรมการกองทุน)",
)
async def appoint_fund_committee_member(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewFundCommitteeMember
) -> Response:
    """Appoint somebody else; one person's terms do not overlap, chair, secretary and treasurer are one each.

    แต่งตั้งผู้อื่นเป็นกรรมการตามวาระ ประธาน เลขานุการ และเหรัญญิกมีได้ตำแหน่งละหนึ่งคนในเวลาเดียวกัน
    """
    term_id = await service.appoint(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _term(session, fund_id, term_id, code=status.HTTP_201_CREATED)


@router.patch(
    "/funds/{fund_id}/committee/{term_id}",
    response_model=FundCommitteeMemberOut,
    responses=problems.responses(
        FundNotFound,
        FundMemberOfCommitteeNotFound,
        OwnFundTerm,
        FundTermAnswers,
        FundTermOverlaps,
        FundSeatTaken,
        FundTermEndsBeforeStart,
        EndReasonMissing,
        StaleVersion,
        VersionRequired,
    ),
    summary="Correct a term or end it (แก้ไขหรือสิ้นสุดวาระกรรมการ)",
)
async def change_fund_committee_member(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    term_id: UUID,
    if_match: etags.IfMatch,
    body: FundCommitteeMemberChange,
) -> Response:
    """Correct a term, or end it with a reason; whoever leaves hands over (`…/handovers`).

    แก้ไขหรือสิ้นสุดวาระพร้อมเหตุผล ผู้พ้นตำแหน่งต้องส่งมอบงาน
    """
    await service.change_term(
        session,
        fund_id=fund_id,
        member_id=term_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _term(session, fund_id, term_id, code=status.HTTP_200_OK)


@router.get(
    "/funds/{fund_id}/meetings",
    response_model=paging.Page[FundMeetingOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Meetings of a fund (การประชุมกองทุน)",
)
async def list_fund_meetings(
    session: ReadSession,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[MeetingFilters, Query()],
) -> Response:
    """List a fund's meetings, newest first. รายการประชุมของกองทุน ใหม่สุดก่อน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    wanted = queries.MeetingsOf(fund_id, **filters.model_dump())
    before = page.place(date.fromisoformat, UUID)
    rows = await queries.page_of_meetings(session, wanted, before=before, limit=page.fetch)
    total = await queries.count_meetings(session, wanted) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("held_on", "id"), total=total)


@router.post(
    "/funds/{fund_id}/meetings",
    status_code=status.HTTP_201_CREATED,
    response_model=FundMeetingOut,
    responses=problems.responses(
        FundNotFound, FundMeetingInFuture, FundMeetingExists, FundMinutesTaken, MorePresentThanTotal
    ),
    summary="Record a meeting (บันทึกการประชุม)",
)
async def record_fund_meeting(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewFundMeeting
) -> Response:
    """Record a meeting that was held, with its decisions. บันทึกการประชุมที่จัดแล้วพร้อมมติ."""
    meeting_id = await service.record_meeting(
        session, fund_id=fund_id, new=body, actor=principal, now=clock.now()
    )
    response = await _meeting(session, fund_id, meeting_id, code=status.HTTP_201_CREATED)
    response.headers["Location"] = f"/v1/funds/{fund_id}/meetings/{meeting_id}"
    return response


@router.get(
    "/funds/{fund_id}/meetings/{meeting_id}",
    response_model=FundMeetingOut,
    responses=problems.responses(FundNotFound, FundMeetingNotFound),
    summary="One meeting with its decisions (รายงานการประชุม)",
)
async def read_fund_meeting(
    session: ReadSession, principal: FundReader, fund_id: UUID, meeting_id: UUID
) -> Response:
    """Return a meeting with its decisions. รายละเอียดการประชุมและมติ."""
    await registry.require(session, fund_id, principal=principal, active=False)
    return await _meeting(session, fund_id, meeting_id, code=status.HTTP_200_OK)


@router.patch(
    "/funds/{fund_id}/meetings/{meeting_id}",
    response_model=FundMeetingOut,
    responses=problems.responses(
        FundNotFound,
        FundMeetingNotFound,
        FundMeetingReliedOn,
        FundMinutesTaken,
        MorePresentThanTotal,
        StaleVersion,
        VersionRequired,
    ),
    summary="Correct a meeting's minutes (แก้ไขรายงานการประชุม)",
)
async def change_fund_meeting(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    meeting_id: UUID,
    if_match: etags.IfMatch,
    body: FundMeetingChange,
) -> Response:
    """Correct a meeting by merge patch; its day stays, and once a decision rests on it all but its place.

    แก้ไขได้ยกเว้นวันประชุม เมื่อมีมติที่อ้างการประชุมแล้วแก้ได้เฉพาะสถานที่
    """
    await service.change_meeting(
        session,
        fund_id=fund_id,
        meeting_id=meeting_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _meeting(session, fund_id, meeting_id, code=status.HTTP_200_OK)


@router.post(
    "/funds/{fund_id}/meetings/{meeting_id}/file",
    response_model=FundMeetingOut,
    responses=problems.responses(
        FundNotFound, FundMeetingNotFound, FundMeetingReliedOn, WrongFileType, BodyTooLarge
    ),
    summary="Attach the signed minutes (แนบรายงานการประชุม)",
)
@web.large_body(attachments.MAX_BYTES + 65_536)
async def attach_fund_minutes(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    meeting_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG, at most 10 MiB")],
) -> Response:
    """Attach the signed minutes as PDF, JPEG or PNG; another file only until a decision rests on them.

    แนบไฟล์รายงานการประชุมที่ลงนามแล้ว เมื่อมีมติที่อ้างแล้วเปลี่ยนไฟล์ไม่ได้
    """
    await registry.require(session, fund_id, principal=principal, active=False)
    kept = await attachments.keep(file, kind="fund-minutes", files=attachments.store_of(request))
    await service.attach_minutes(
        session, fund_id=fund_id, meeting_id=meeting_id, file=kept, actor=principal, now=clock.now()
    )
    return await _meeting(session, fund_id, meeting_id, code=status.HTTP_200_OK)


@router.get(
    "/funds/{fund_id}/meetings/{meeting_id}/file",
    response_class=Response,
    responses={
        200: attachments.DESCRIBED,
        **problems.responses(FundNotFound, FundMeetingNotFound, FileNotThere),
    },
    summary="The signed minutes (ไฟล์รายงานการประชุม)",
)
async def read_fund_minutes(
    session: Session, principal: FundReader, fund_id: UUID, meeting_id: UUID, request: Request
) -> Response:
    """Return the signed minutes as they were attached. Leaves an audit row. ดาวน์โหลดรายงานการประชุม."""
    await registry.require(session, fund_id, principal=principal, active=False)
    found = await queries.one_meeting(session, fund_id, meeting_id)
    if found is None:
        raise FundMeetingNotFound
    answer = attachments.answer(
        attachments.store_of(request), found["file_key"], found["file_type"], name="minutes"
    )
    await audit.record(
        session,
        principal=principal,
        action="fund_meeting.file",
        subjects=[fund_id, meeting_id],
        now=clock.now(),
    )
    return answer


async def _term(session: AsyncSession, fund_id: UUID, term_id: UUID, *, code: int) -> Response:
    found = next(one for one in await queries.terms(session, fund_id) if one["id"] == term_id)
    return _answer(found, code)


async def _meeting(session: AsyncSession, fund_id: UUID, meeting_id: UUID, *, code: int) -> Response:
    found = await queries.one_meeting(session, fund_id, meeting_id)
    if found is None:
        raise FundMeetingNotFound
    return _answer(_shown(found), code)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a meeting as `FundMeetingOut` says it."""
    inside = ("file_key", "file_type", "file_size", "file_sha256")
    meeting = {name: value for name, value in row.items() if name not in inside}
    kept = {"media_type": row["file_type"], "size": row["file_size"], "sha256": row["file_sha256"]}
    meeting["file"] = None if row["file_key"] is None else kept
    meeting["quorum"] = quorum(row["present"], row["total"])
    return meeting


def _answer(row: Mapping[str, Any], code: int) -> Response:
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(row), status_code=code, media_type="application/json", headers=headers)
