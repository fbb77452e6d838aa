"""Members of funds over HTTP."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.members import queries, service
from funds.members.errors import (
    FundMemberExists,
    FundMemberNotFound,
    LeftBeforeJoined,
    MemberAlready,
    MemberGuarantees,
    MemberHasLeft,
    MemberHasLoan,
    MemberHasSavings,
    MemberNumberTaken,
)
from funds.members.export import DESCRIBED, MEMBERS
from funds.members.rules import masked
from funds.members.schemas import FundMemberChange, FundMemberOut, Leaving, MemberFilters, NewFundMember
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import audit, clock, etags, exports, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor, PurposeRequired, ScopeMissing, StaleVersion, VersionRequired
from shared.security import purpose_of

router = web.router(tags=["fund members"])


@router.get(
    "/funds/{fund_id}/members",
    response_model=paging.Page[FundMemberOut],
    responses={200: DESCRIBED, **problems.responses(FundNotFound, InvalidCursor, ScopeMissing)},
    summary="Members of a fund (รายชื่อสมาชิกกองทุน)",
)
async def list_fund_members(
    session: Session,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[MemberFilters, Query()],
) -> Response:
    """List a fund's members, phones masked; as CSV or XLSX (`Accept`) with the scope `export`. Audited.

    รายชื่อสมาชิกกองทุน ปกปิดหมายเลขโทรศัพท์ และบันทึกการเข้าถึง ส่งออกได้เมื่อมีสิทธิ์ export
    """
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    wanted = queries.Members(fund_id, **filters.model_dump())
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=MEMBERS,
            read=partial(queries.page, wanted=wanted),
            principal=principal,
            area=fund.area_code,
            now=clock.now(),
        )
    after = None if page.after is None else (UUID(page.after[0]),)
    rows = await queries.page(session, wanted=wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    await audit.record(
        session, principal=principal, action="fund_member.list", subjects=[fund_id], now=clock.now()
    )
    return paging.page(page, rows, key=("id",), shape=partial(_shown, full=False), total=total)


@router.post(
    "/funds/{fund_id}/members",
    status_code=status.HTTP_201_CREATED,
    response_model=FundMemberOut,
    responses=problems.responses(
        FundNotFound, FundNotActive, FundMemberExists, MemberNumberTaken, MemberAlready, DateInFuture
    ),
    summary="Let somebody join a fund (รับสมาชิก)",
)
async def enrol_fund_member(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewFundMember
) -> Response:
    """Enrol a member; without a number she gets the next free one. รับสมาชิกใหม่ ไม่ระบุเลขที่จะออกเลขถัดไปให้."""
    member_id = await service.enrol(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, member_id)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/funds/{fund_id}/members/{member_id}"
    return response


@router.get(
    "/funds/{fund_id}/members/{member_id}",
    response_model=FundMemberOut,
    responses=problems.responses(FundNotFound, FundMemberNotFound, PurposeRequired, ScopeMissing),
    summary="One member (ข้อมูลสมาชิก)",
)
async def read_fund_member(
    session: Session,
    principal: FundReader,
    fund_id: UUID,
    member_id: UUID,
    full: Annotated[  # noqa: FBT002  # FastAPI passes it by name
        bool, Query(description="The phone in full; needs `pii:read` and a `Purpose` header")
    ] = False,
) -> Response:
    """Return a member, her phone masked. Leaves an audit row. ข้อมูลสมาชิก ปกปิดโทรศัพท์และบันทึกการเข้าถึง."""
    purpose = purpose_of(principal) if full else None
    await registry.require(session, fund_id, principal=principal, active=False)
    response = await _answer(session, fund_id, member_id, full=full)
    await audit.record(
        session,
        principal=principal,
        action="fund_member.read_full" if full else "fund_member.read",
        subjects=[fund_id, member_id],
        now=clock.now(),
        purpose=purpose,
    )
    return response


@router.patch(
    "/funds/{fund_id}/members/{member_id}",
    response_model=FundMemberOut,
    responses=problems.responses(
        FundNotFound, FundMemberNotFound, MemberNumberTaken, MemberAlready, StaleVersion, VersionRequired
    ),
    summary="Correct a member (แก้ไขข้อมูลสมาชิก)",
)
async def change_fund_member(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    member_id: UUID,
    if_match: etags.IfMatch,
    body: FundMemberChange,
) -> Response:
    """Correct a member's number, name, phone or surrogate ids by merge patch. แก้ไขข้อมูลสมาชิก."""
    await service.change(
        session,
        fund_id=fund_id,
        member_id=member_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, member_id)


@router.post(
    "/funds/{fund_id}/members/{member_id}/leave",
    response_model=FundMemberOut,
    responses=problems.responses(
        FundNotFound,
        FundMemberNotFound,
        MemberHasLeft,
        MemberHasLoan,
        MemberGuarantees,
        MemberHasSavings,
        DateInFuture,
        LeftBeforeJoined,
    ),
    summary="Let a member leave (พ้นสมาชิกภาพ)",
)
async def remove_fund_member(
    session: Session, principal: FundWriter, fund_id: UUID, member_id: UUID, body: Leaving
) -> Response:
    """End a membership with a reason, and her time in groups; debts and savings are settled before.

    สิ้นสุดสมาชิกภาพพร้อมเหตุผล และออกจากกลุ่มทั้งหมด ต้องชำระหนี้และรับเงินออมคืนก่อน เว้นแต่เสียชีวิต
    """
    await service.leave(
        session, fund_id=fund_id, member_id=member_id, leaving=body, actor=principal, now=clock.now()
    )
    return await _answer(session, fund_id, member_id)


async def _answer(session: AsyncSession, fund_id: UUID, member_id: UUID, *, full: bool = False) -> Response:
    row = await queries.one(session, fund_id, member_id)
    if row is None:
        raise FundMemberNotFound
    headers = {"ETag": etags.of(row["version"])}
    body = paging.json_bytes(_shown(row, full=full))
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any], *, full: bool) -> dict[str, Any]:
    """Return a member as `FundMemberOut` says her."""
    phone = row["phone"]
    return {**row, "phone": phone if full or phone is None else masked(phone)}
