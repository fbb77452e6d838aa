"""Following borrowers over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds import attachments
from funds.attachments import FileNotThere, WrongFileType
from funds.follow import queries, service
from funds.follow.errors import (
    AnswerableNeeded,
    AssignmentEnded,
    AssignmentExists,
    AssignmentNotFound,
    ForumExists,
    LoanOfAnother,
    MoreBorrowersThanPeople,
    NextVisitTooEarly,
    NotInOffice,
    UnknownBorrower,
    VisitExists,
    VisitNotFound,
)
from funds.follow.schemas import (
    AssignmentFilters,
    AssignmentOut,
    ForumOut,
    NewAssignment,
    NewForum,
    NewVisit,
    UnfollowedOut,
    VisitFilters,
    VisitOut,
)
from funds.permissions import FundWriter, LoanReader, LoanWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import audit, clock, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor

router = web.router(tags=["follow"])


@router.get(
    "/funds/{fund_id}/follow-assignments",
    response_model=paging.Page[AssignmentOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Who answers for which borrower (กรรมการผู้รับผิดชอบผู้กู้)",
)
async def list_follow_assignments(
    session: ReadSession,
    principal: LoanReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[AssignmentFilters, Query()],
) -> Response:
    """List which committee member answers for which borrower. รายชื่อกรรมการที่รับผิดชอบผู้กู้แต่ละราย."""
    await registry.require(session, fund_id, principal=principal, active=False)
    wanted = queries.Assignments(
        fund_id,
        business_date(clock.now()),
        ended=filters.ended,
        term_id=filters.term_id,
        borrower_id=filters.borrower_id,
    )
    after = page.place(UUID)
    rows = await queries.assignments(session, wanted, after=after, limit=page.fetch)
    total = await queries.count_assignments(session, wanted) if page.count else None
    return paging.page(page, rows, key=("id",), total=total)


@router.post(
    "/funds/{fund_id}/follow-assignments",
    status_code=status.HTTP_201_CREATED,
    response_model=AssignmentOut,
    responses=problems.responses(FundNotFound, FundNotActive, UnknownBorrower, NotInOffice, AssignmentExists),
    summary="Let a committee member answer for a borrower (มอบหมายผู้รับผิดชอบ)",
)
async def assign_follower(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewAssignment
) -> Response:
    """Assign a committee member in office; whoever answered before ends today. มอบหมายแทนคนเดิมได้ทันที."""
    assignment_id = await service.assign(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _assignment(session, fund_id, assignment_id, code=status.HTTP_201_CREATED)


@router.post(
    "/funds/{fund_id}/follow-assignments/{assignment_id}/end",
    response_model=AssignmentOut,
    responses=problems.responses(FundNotFound, AssignmentNotFound, AssignmentEnded, AnswerableNeeded),
    summary="End an assignment (สิ้นสุดการมอบหมาย)",
)
async def end_follow_assignment(
    session: Session, principal: FundWriter, fund_id: UUID, assignment_id: UUID
) -> Response:
    """End an assignment once no loan of the borrower is open; until then assign the next one instead.

    สิ้นสุดได้เมื่อไม่มีสัญญาที่เปิดอยู่ มิฉะนั้นต้องมอบหมายคนใหม่แทน
    """
    await service.end(session, fund_id=fund_id, assignment_id=assignment_id, actor=principal, now=clock.now())
    return await _assignment(session, fund_id, assignment_id, code=status.HTTP_200_OK)


@router.get(
    "/funds/{fund_id}/unfollowed-borrowers",
    response_model=paging.Page[UnfollowedOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Borrowers for whom nobody answers (ผู้กู้ที่ยังไม่มีผู้รับผิดชอบ)",
)
async def list_unfollowed_borrowers(
    session: ReadSession, principal: LoanReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List borrowers with an open loan and no committee member in office who answers for them.

    ผู้กู้ที่มีสัญญาเปิดอยู่แต่ไม่มีกรรมการที่ดำรงตำแหน่งรับผิดชอบ
    """
    await registry.require(session, fund_id, principal=principal, active=False)
    day = business_date(clock.now())
    after = page.place(UUID)
    rows = await queries.unfollowed(session, fund_id, day=day, after=after, limit=page.fetch)
    total = await queries.count_unfollowed(session, fund_id, day=day) if page.count else None
    return paging.page(page, rows, key=("borrower_id",), total=total)


@router.get(
    "/funds/{fund_id}/visits",
    response_model=paging.Page[VisitOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Visits to borrowers (การเยี่ยมติดตามผู้กู้)",
)
async def list_follow_visits(
    session: ReadSession,
    principal: LoanReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[VisitFilters, Query()],
) -> Response:
    """List visits, the newest first. รายการเยี่ยมติดตาม ล่าสุดก่อน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    wanted = queries.Visits(
        fund_id,
        borrower_id=filters.borrower_id,
        loan_id=filters.loan_id,
        project_state=filters.project_state,
    )
    before = page.place(date.fromisoformat, UUID)
    rows = await queries.visits(session, wanted, before=before, limit=page.fetch)
    total = await queries.count_visits(session, wanted) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("visited_on", "id"), total=total)


@router.post(
    "/funds/{fund_id}/visits",
    status_code=status.HTTP_201_CREATED,
    response_model=VisitOut,
    responses=problems.responses(
        FundNotFound, DateInFuture, NextVisitTooEarly, UnknownBorrower, LoanOfAnother, VisitExists
    ),
    summary="Record a visit (บันทึกการเยี่ยมติดตาม)",
)
async def record_follow_visit(
    session: Session, principal: LoanWriter, fund_id: UUID, body: NewVisit
) -> Response:
    """Record a visit; its photo is attached afterwards. บันทึกผลการเยี่ยม แล้วแนบรูปได้ภายหลัง."""
    visit_id = await service.record_visit(
        session, fund_id=fund_id, new=body, actor=principal, now=clock.now()
    )
    return await _visit(session, fund_id, visit_id, code=status.HTTP_201_CREATED)


@router.get(
    "/funds/{fund_id}/visits/{visit_id}",
    response_model=VisitOut,
    responses=problems.responses(FundNotFound, VisitNotFound),
    summary="A visit (การเยี่ยมติดตาม)",
)
async def read_follow_visit(
    session: ReadSession, principal: LoanReader, fund_id: UUID, visit_id: UUID
) -> Response:
    """Return a visit. รายละเอียดการเยี่ยม."""
    await registry.require(session, fund_id, principal=principal, active=False)
    return await _visit(session, fund_id, visit_id, code=status.HTTP_200_OK)


@router.post(
    "/funds/{fund_id}/visits/{visit_id}/evidence",
    response_model=VisitOut,
    responses=problems.responses(FundNotFound, VisitNotFound, WrongFileType, BodyTooLarge),
    summary="Attach the evidence of a visit (แนบหลักฐานการเยี่ยม)",
)
@web.large_body(attachments.MAX_BYTES + 65_536)
async def attach_visit_evidence(
    session: Session,
    principal: LoanWriter,
    fund_id: UUID,
    visit_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG, at most 10 MiB")],
) -> Response:
    """Attach a photo or a signed paper. แนบรูปถ่ายหรือเอกสาร."""
    await registry.require(session, fund_id, principal=principal, active=False)
    kept = await attachments.keep(file, kind="follow-visits", files=attachments.store_of(request))
    await service.attach(
        session, fund_id=fund_id, visit_id=visit_id, file=kept, actor=principal, now=clock.now()
    )
    return await _visit(session, fund_id, visit_id, code=status.HTTP_200_OK)


@router.get(
    "/funds/{fund_id}/visits/{visit_id}/evidence",
    response_class=Response,
    responses={
        200: attachments.DESCRIBED,
        **problems.responses(FundNotFound, VisitNotFound, FileNotThere),
    },
    summary="The evidence of a visit (ไฟล์หลักฐานการเยี่ยม)",
)
async def read_visit_evidence(
    session: Session, principal: LoanReader, fund_id: UUID, visit_id: UUID, request: Request
) -> Response:
    """Return the evidence as it was attached. Leaves an audit row. ดาวน์โหลดหลักฐาน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    found = await queries.visit(session, fund_id, visit_id)
    if found is None:
        raise VisitNotFound
    files = attachments.store_of(request)
    answer = attachments.answer(files, found["file_key"], found["file_type"], name="visit")
    await audit.record(
        session,
        principal=principal,
        action="follow_visit.file",
        subjects=[fund_id, visit_id],
        now=clock.now(),
    )
    return answer


@router.get(
    "/funds/{fund_id}/forums",
    response_model=paging.Page[ForumOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Forums of borrowers (เวทีแลกเปลี่ยนเรียนรู้ของผู้กู้)",
)
async def list_follow_forums(
    session: ReadSession, principal: LoanReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List forums, the newest first. รายการเวที ล่าสุดก่อน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    before = page.place(date.fromisoformat, UUID)
    rows = await queries.forums(session, fund_id, before=before, limit=page.fetch)
    total = await queries.count_forums(session, fund_id) if page.count else None
    return paging.page(page, rows, key=("held_on", "id"), total=total)


@router.post(
    "/funds/{fund_id}/forums",
    status_code=status.HTTP_201_CREATED,
    response_model=ForumOut,
    responses=problems.responses(FundNotFound, DateInFuture, ForumExists, MoreBorrowersThanPeople),
    summary="Record a forum (บันทึกเวที)",
)
async def record_follow_forum(
    session: Session, principal: LoanWriter, fund_id: UUID, body: NewForum
) -> Response:
    """Record a forum where borrowers told how their projects go. บันทึกเวทีแลกเปลี่ยนเรียนรู้."""
    forum_id = await service.record_forum(
        session, fund_id=fund_id, new=body, actor=principal, now=clock.now()
    )
    found = await queries.forum(session, fund_id, forum_id)
    return Response(
        paging.json_bytes(found), status_code=status.HTTP_201_CREATED, media_type="application/json"
    )


async def _assignment(session: AsyncSession, fund_id: UUID, assignment_id: UUID, *, code: int) -> Response:
    day = business_date(clock.now())
    wanted = queries.Assignments(fund_id, day, ended=True, assignment_id=assignment_id)
    (found,) = await queries.assignments(session, wanted, after=None, limit=1)
    return Response(paging.json_bytes(found), status_code=code, media_type="application/json")


async def _visit(session: AsyncSession, fund_id: UUID, visit_id: UUID, *, code: int) -> Response:
    found = await queries.visit(session, fund_id, visit_id)
    if found is None:
        raise VisitNotFound
    return Response(paging.json_bytes(_shown(found)), status_code=code, media_type="application/json")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a visit as `VisitOut` says it."""
    kept = {"media_type": row["file_type"], "size": row["file_size"], "sha256": row["file_sha256"]}
    return {
        **{name: row[name] for name in VisitOut.model_fields if name != "file"},
        "file": None if row["file_key"] is None else kept,
    }
