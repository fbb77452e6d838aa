"""Committees and their members over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from asyncpg import Record
from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from households.areas.errors import UnknownArea
from households.committees import queries, service
from households.committees.errors import (
    CommitteeDissolved,
    CommitteeExists,
    CommitteeNotFound,
    DissolvedBeforeAppointed,
    MemberNotFound,
    SeatTaken,
    TermEndsBeforeStart,
    TermOverlaps,
    WrongLevel,
)
from households.committees.rules import Level
from households.committees.schemas import (
    CommitteeChange,
    CommitteeDetail,
    CommitteeName,
    CommitteeOut,
    MemberChange,
    MemberOut,
    NewCommittee,
    NewMember,
)
from households.permissions import CommitteeReader, CommitteeWriter
from households.registry.errors import AreaNotYours
from shared import audit, clock, etags, paging, problems, web
from shared.areas import AreaCode
from shared.db import ReadSession, Session
from shared.errors import StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["committees"])


@router.get(
    "/committees",
    response_model=paging.Page[CommitteeOut],
    responses=problems.responses(),
    summary="Committees (ศจพ. ทีมปฏิบัติการตำบล กม.)",
)
async def list_committees(
    session: ReadSession,
    principal: CommitteeReader,
    page: paging.PageParams,
    area: Annotated[AreaCode | None, Query(description="This area and all below it")] = None,
    level: Level | None = None,
    dissolved: Annotated[bool, Query(description="Also those that stand no more")] = False,  # noqa: FBT002
) -> Response:
    """List the committees of the caller's areas, by area."""
    filters = queries.Filters(
        areas=principal.areas,
        today=clock.business_date(clock.now()),
        area=area or "",
        level=level,
        dissolved=dissolved,
    )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=filters, after=after, limit=page.fetch)
    total = await queries.count(session, filters=filters) if page.count else None
    return paging.page(page, rows, shape=_summary, key=("area_code", "id"), total=total)


@router.get(
    "/committees/{committee_id}",
    responses={200: etags.DESCRIBED, **problems.responses(CommitteeNotFound)},
    summary="One committee with its members (คณะกรรมการและวาระ)",
)
async def get_committee(
    session: Session, principal: CommitteeReader, committee_id: UUID, response: Response
) -> CommitteeDetail:
    """Return a committee with all its members' terms, past ones too; leaves an audit row."""
    now = clock.now()
    found = await _detail(session, committee_id, principal=principal, now=now, response=response)
    await audit.record(
        session, principal=principal, action="committee.read", subjects=[committee_id], now=now
    )
    return found


@router.post(
    "/committees",
    status_code=201,
    responses=problems.responses(
        AreaNotYours,
        CommitteeExists,
        TermOverlaps,
        SeatTaken,
        WrongLevel,
        UnknownArea,
        TermEndsBeforeStart,
    ),
    summary="Set up a committee (แต่งตั้งคณะกรรมการ)",
)
async def create_committee(
    session: Session, principal: CommitteeWriter, new: NewCommittee, response: Response
) -> CommitteeDetail:
    """Set up a committee of an area, with the members of its appointment order."""
    now = clock.now()
    committee = await service.create(session, new=new, actor=principal, now=now)
    response.headers["Location"] = f"/v1/committees/{committee.id}"
    return await _detail(session, committee.id, principal=principal, now=now, response=response)


@router.patch(
    "/committees/{committee_id}",
    responses=problems.responses(
        CommitteeNotFound, CommitteeExists, StaleVersion, DissolvedBeforeAppointed, VersionRequired
    ),
    summary="Change a committee (แก้ไขคณะกรรมการ)",
)
async def change_committee(
    session: Session,
    principal: CommitteeWriter,
    committee_id: UUID,
    patch: CommitteeChange,
    if_match: etags.IfMatch,
    response: Response,
) -> CommitteeDetail:
    """Change a committee's name, appointment order or days; `dissolved_on` ends it."""
    now = clock.now()
    await service.change(
        session, committee_id=committee_id, patch=patch, if_match=if_match, actor=principal, now=now
    )
    return await _detail(session, committee_id, principal=principal, now=now, response=response)


@router.post(
    "/committees/{committee_id}/members",
    status_code=201,
    responses=problems.responses(
        CommitteeNotFound, CommitteeDissolved, TermOverlaps, SeatTaken, TermEndsBeforeStart
    ),
    summary="Appoint a member for a term (แต่งตั้งกรรมการ)",
)
async def appoint_committee_member(
    session: Session, principal: CommitteeWriter, committee_id: UUID, new: NewMember, response: Response
) -> MemberOut:
    """Appoint a member; one person's terms do not overlap, chair and secretary are one each."""
    committee, member = await service.appoint(
        session, committee_id=committee_id, new=new, actor=principal, now=clock.now()
    )
    response.headers["ETag"] = etags.of(committee.version)
    return MemberOut.model_validate(member, extra="ignore")


@router.patch(
    "/committees/{committee_id}/members/{member_id}",
    responses=problems.responses(
        CommitteeNotFound,
        MemberNotFound,
        TermOverlaps,
        SeatTaken,
        StaleVersion,
        TermEndsBeforeStart,
        VersionRequired,
    ),
    summary="Change a member's seat or end her term (สิ้นสุดวาระกรรมการ)",
)
async def change_committee_member(
    session: Session,
    principal: CommitteeWriter,
    committee_id: UUID,
    member_id: UUID,
    patch: MemberChange,
    if_match: etags.IfMatch,
    response: Response,
) -> MemberOut:
    """Change a member; If-Match takes the committee's ETag, since terms are checked against each other."""
    committee, member = await service.change_member(
        session,
        committee_id=committee_id,
        member_id=member_id,
        patch=patch,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    response.headers["ETag"] = etags.of(committee.version)
    return MemberOut.model_validate(member, extra="ignore")


async def _detail(
    session: AsyncSession, committee_id: UUID, *, principal: Principal, now: datetime, response: Response
) -> CommitteeDetail:
    await session.flush()
    filters = queries.Filters(areas=principal.areas, today=clock.business_date(now), dissolved=True)
    found = await queries.one(session, committee_id, filters=filters)
    if found is None:
        raise CommitteeNotFound
    members = await queries.members(session, committee_id)
    response.headers["ETag"] = etags.of(found["version"])
    return CommitteeDetail(**_summary(found), members=[MemberOut(**member) for member in members])


def _summary(row: Record) -> dict[str, Any]:
    values = dict(row)
    name = CommitteeName(th=values.pop("name_th"), en=values.pop("name_en"))
    return {**values, "name": name.model_dump()}
