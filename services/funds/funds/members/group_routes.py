"""Groups of members over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.members import groups, queries
from funds.members.errors import (
    BorrowerGroupDissolved,
    BorrowerGroupExists,
    BorrowerGroupNotFound,
    GroupHasLoan,
    InGroupAlready,
    LeftBeforeJoined,
    NotInGroup,
    UnknownFundMember,
)
from funds.members.schemas import (
    BorrowerGroupChange,
    BorrowerGroupDetail,
    BorrowerGroupOut,
    GroupFilters,
    GroupLeaving,
    NewBorrowerGroup,
    NewGroupMember,
)
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import audit, clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, StaleVersion, VersionRequired

router = web.router(tags=["borrower groups"])

_STANDING = (FundNotFound, FundNotActive, BorrowerGroupNotFound, BorrowerGroupDissolved)


@router.get(
    "/funds/{fund_id}/borrower-groups",
    response_model=paging.Page[BorrowerGroupOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Groups of a fund (กลุ่มสมาชิก)",
)
async def list_borrower_groups(
    session: ReadSession,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[GroupFilters, Query()],
) -> Response:
    """List a fund's groups with their sizes. รายชื่อกลุ่มสมาชิกพร้อมจำนวนคน."""
    await registry.require(session, fund_id, principal=principal, active=False)
    wanted = queries.Groups(fund_id, **filters.model_dump())
    after = page.place(UUID)
    rows = await queries.page_of_groups(session, wanted, after=after, limit=page.fetch)
    total = await queries.count_groups(session, wanted) if page.count else None
    return paging.page(page, rows, key=("id",), total=total)


@router.post(
    "/funds/{fund_id}/borrower-groups",
    status_code=status.HTTP_201_CREATED,
    response_model=BorrowerGroupDetail,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        BorrowerGroupExists,
        UnknownFundMember,
        InGroupAlready,
        DateInFuture,
        LeftBeforeJoined,
    ),
    summary="Form a group (ตั้งกลุ่มสมาชิก)",
)
async def form_borrower_group(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewBorrowerGroup
) -> Response:
    """Form a group of present members of the fund. ตั้งกลุ่มจากสมาชิกปัจจุบันของกองทุน."""
    group_id = await groups.form(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, group_id)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/funds/{fund_id}/borrower-groups/{group_id}"
    return response


@router.get(
    "/funds/{fund_id}/borrower-groups/{group_id}",
    response_model=BorrowerGroupDetail,
    responses=problems.responses(FundNotFound, BorrowerGroupNotFound),
    summary="One group with everybody's time in it (ข้อมูลกลุ่มสมาชิก)",
)
async def read_borrower_group(
    session: Session, principal: FundReader, fund_id: UUID, group_id: UUID
) -> Response:
    """Return a group with everybody's time in it. Leaves an audit row. ข้อมูลกลุ่มและสมาชิกทุกช่วงเวลา."""
    await registry.require(session, fund_id, principal=principal, active=False)
    response = await _answer(session, fund_id, group_id)
    await audit.record(
        session,
        principal=principal,
        action="borrower_group.read",
        subjects=[fund_id, group_id],
        now=clock.now(),
    )
    return response


@router.patch(
    "/funds/{fund_id}/borrower-groups/{group_id}",
    response_model=BorrowerGroupDetail,
    responses=problems.responses(
        *_STANDING,
        BorrowerGroupExists,
        GroupHasLoan,
        DateInFuture,
        LeftBeforeJoined,
        StaleVersion,
        VersionRequired,
    ),
    summary="Rename or dissolve a group (แก้ไขหรือยุบกลุ่ม)",
)
async def change_borrower_group(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    group_id: UUID,
    if_match: etags.IfMatch,
    body: BorrowerGroupChange,
) -> Response:
    """Rename a group, or dissolve it for good once its loans are repaid. เปลี่ยนชื่อ หรือยุบกลุ่มเมื่อชำระหนี้หมดแล้ว."""
    await groups.change(
        session,
        fund_id=fund_id,
        group_id=group_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, group_id)


@router.post(
    "/funds/{fund_id}/borrower-groups/{group_id}/members",
    status_code=status.HTTP_201_CREATED,
    response_model=BorrowerGroupDetail,
    responses=problems.responses(
        *_STANDING, UnknownFundMember, InGroupAlready, DateInFuture, LeftBeforeJoined
    ),
    summary="Let a member join a group (เพิ่มสมาชิกในกลุ่ม)",
)
async def join_borrower_group(
    session: Session, principal: FundWriter, fund_id: UUID, group_id: UUID, body: NewGroupMember
) -> Response:
    """Let a present member of the fund join a group. ให้สมาชิกปัจจุบันของกองทุนเข้ากลุ่ม."""
    await groups.join(session, fund_id=fund_id, group_id=group_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, group_id)
    response.status_code = status.HTTP_201_CREATED
    return response


@router.post(
    "/funds/{fund_id}/borrower-groups/{group_id}/members/{member_id}/leave",
    response_model=BorrowerGroupDetail,
    responses=problems.responses(*_STANDING, NotInGroup, GroupHasLoan, DateInFuture, LeftBeforeJoined),
    summary="Let a member leave a group (ออกจากกลุ่ม)",
)
async def leave_borrower_group(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    group_id: UUID,
    member_id: UUID,
    body: GroupLeaving,
) -> Response:
    """Let somebody leave a group that owes nothing. ออกจากกลุ่มได้เมื่อกลุ่มไม่มีสัญญาเงินกู้ที่เปิดอยู่."""
    await groups.leave(
        session,
        fund_id=fund_id,
        group_id=group_id,
        member_id=member_id,
        leaving=body,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, group_id)


async def _answer(session: AsyncSession, fund_id: UUID, group_id: UUID) -> Response:
    row = await queries.group(session, fund_id, group_id)
    if row is None:
        raise BorrowerGroupNotFound
    body = {**row, "members": [dict(one) for one in await queries.in_group(session, group_id)]}
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(body), media_type="application/json", headers=headers)
