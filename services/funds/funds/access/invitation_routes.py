"""Invitations to funds over HTTP."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.access import queries, service
from funds.access.errors import (
    AccessVillageNotFound,
    FundDoesNotSuit,
    HouseholdHasAccess,
    HouseholdNotHere,
    HouseholdNotPoor,
    InvitationExists,
    InvitationNotFound,
    InvitedAlready,
    ResultDayWrong,
    VillageFull,
    VillageNotTarget,
)
from funds.access.export import INVITATIONS, INVITATIONS_DESCRIBED
from funds.access.schemas import InvitationChange, InvitationFilters, InvitationOut, NewInvitation
from funds.permissions import LoanReader, LoanWriter
from funds.registry.errors import DateInFuture
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["capital access"])


@router.get(
    "/capital-access/invitations",
    response_model=paging.Page[InvitationOut],
    responses={200: INVITATIONS_DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Invitations (คำเชิญเข้าถึงแหล่งทุน)",
)
async def list_invitations(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[InvitationFilters, Query()],
) -> Response:
    """List invitations by village with what came of them; as CSV or XLSX with the scope `export`.

    รายการคำเชิญและผล
    """
    given = filters.model_dump(exclude={"area"})
    wanted = queries.Invitations(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=INVITATIONS,
            read=partial(queries.page_of_invitations, wanted=wanted),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page_of_invitations(session, wanted=wanted, after=after, limit=page.fetch)
    total = await queries.count_invitations(session, wanted=wanted) if page.count else None
    return paging.page(page, rows, key=("area_code", "id"), total=total)


@router.post(
    "/capital-access/villages/{village_id}/invitations",
    status_code=status.HTTP_201_CREATED,
    response_model=InvitationOut,
    responses=problems.responses(
        AccessVillageNotFound,
        VillageNotTarget,
        VillageFull,
        HouseholdNotHere,
        HouseholdNotPoor,
        HouseholdHasAccess,
        FundDoesNotSuit,
        DateInFuture,
        InvitedAlready,
        InvitationExists,
    ),
    summary="Invite somebody (เชิญเข้าถึงแหล่งทุน)",
)
async def invite_household(
    session: Session, principal: LoanWriter, village_id: UUID, body: NewInvitation
) -> Response:
    """Invite somebody of a poor household to a fund that suits it, while the village has places.

    เชิญครัวเรือนยากจนที่ยังไม่ได้กู้ ไปยังกองทุนที่เหมาะสม ไม่เกินจำนวนคนของหมู่บ้าน
    """
    invitation_id = await service.invite(
        session, village_id=village_id, new=body, actor=principal, now=clock.now()
    )
    response = await _answer(session, invitation_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/capital-access/invitations/{invitation_id}"
    return response


@router.get(
    "/capital-access/invitations/{invitation_id}",
    response_model=InvitationOut,
    responses=problems.responses(InvitationNotFound),
    summary="One invitation (คำเชิญ)",
)
async def read_invitation(session: ReadSession, principal: LoanReader, invitation_id: UUID) -> Response:
    """Return an invitation, what came of it, and how far the household has come by the data. คำเชิญและผล."""
    return await _answer(session, invitation_id, principal)


@router.patch(
    "/capital-access/invitations/{invitation_id}",
    response_model=InvitationOut,
    responses=problems.responses(
        InvitationNotFound, ResultDayWrong, DateInFuture, StaleVersion, VersionRequired
    ),
    summary="What came of an invitation (บันทึกผลการเชิญ)",
)
async def change_invitation(
    session: Session,
    principal: LoanWriter,
    invitation_id: UUID,
    if_match: etags.IfMatch,
    body: InvitationChange,
) -> Response:
    """Keep what came of an invitation, with its day. บันทึกผลและวันที่ทราบผล."""
    await service.result(
        session, invitation_id=invitation_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, invitation_id, principal)


async def _answer(session: AsyncSession, invitation_id: UUID, principal: Principal) -> Response:
    row = await queries.invitation(session, invitation_id, areas=principal.areas)
    if row is None:
        raise InvitationNotFound
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(dict(row)), media_type="application/json", headers=headers)
