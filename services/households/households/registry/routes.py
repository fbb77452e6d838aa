"""Households over HTTP: listed, read, registered, corrected, moved, split; members and their head."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas.errors import UnknownArea
from households.changes import queries as changes
from households.changes.schemas import ChangeOut
from households.citizen import Keys
from households.permissions import HouseholdReader, HouseholdWriter
from households.persons import masking
from households.persons.errors import (
    BirthInFuture,
    CitizenIdTaken,
    DateBeforeStart,
    DateInFuture,
    DoubleHead,
    MembershipNotFound,
    OverlappingMembership,
    PersonDead,
    PersonExists,
    PersonNotFound,
)
from households.registry import queries, service
from households.registry.errors import (
    AreaNotYours,
    AreaRequired,
    HouseholdExists,
    HouseholdNotActive,
    HouseholdNotFound,
    HouseIdTaken,
    NoHead,
    NothingLeft,
    SameVillage,
)
from households.registry.export import DESCRIBED, HOUSEHOLDS
from households.registry.rules import Status, searchable
from households.registry.schemas import (
    HouseholdDetail,
    HouseholdFilters,
    HouseholdOut,
    HouseholdPatch,
    Leave,
    Move,
    NewHead,
    NewHousehold,
    NewMember,
    Split,
)
from shared import audit, clock, etags, exports, paging, problems, web
from shared.citizen import CitizenKeys
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["households"])

_JOINING = (
    PersonNotFound,
    PersonExists,
    PersonDead,
    CitizenIdTaken,
    OverlappingMembership,
    DoubleHead,
    BirthInFuture,
    DateInFuture,
    DateBeforeStart,
)


@router.get(
    "/households",
    response_model=paging.Page[HouseholdOut],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, AreaRequired, ScopeMissing)},
    summary="Households of your areas (รายการครัวเรือน)",
)
async def list_households(
    session: ReadSession,
    principal: HouseholdReader,
    page: paging.PageParams,
    filters: Annotated[HouseholdFilters, Query()],
) -> Response:
    """List households village by village; as CSV or XLSX (`Accept`) all of them, with the scope `export`.

    รายการครัวเรือนในพื้นที่ของผู้เรียก เรียงตามหมู่บ้าน ส่งออกเป็น CSV หรือ Excel ได้เมื่อมีสิทธิ์ export
    """
    narrowed = _narrowed(filters, principal)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=HOUSEHOLDS,
            read=partial(queries.page, filters=narrowed),
            principal=principal,
            area=narrowed.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, key=("village_code", "id"), total=total)


@router.post(
    "/households",
    status_code=status.HTTP_201_CREATED,
    response_model=HouseholdDetail,
    responses=problems.responses(AreaNotYours, UnknownArea, HouseholdExists, HouseIdTaken, NoHead, *_JOINING),
    summary="Register a household found in the field (เพิ่มครัวเรือนนอกระบบ Re X-ray)",
)
async def register_household(
    session: Session, principal: HouseholdWriter, keys: Keys, body: NewHousehold
) -> Response:
    """Register a household with its members, exactly one of them the head. It has the origin `field`.

    เพิ่มครัวเรือนที่ทีมค้นพบนอกข้อมูลสำรวจ พร้อมสมาชิก ต้องมีหัวหน้าครัวเรือนหนึ่งคน
    """
    household_id = await service.register(session, new=body, keys=keys, actor=principal, now=clock.now())
    response = await _detail(session, household_id, principal, keys)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/households/{household_id}"
    return response


@router.get(
    "/households/{household_id}",
    response_model=HouseholdDetail,
    responses={200: etags.DESCRIBED, **problems.responses(HouseholdNotFound)},
    summary="One household with its members (ข้อมูลครัวเรือนและสมาชิก)",
)
async def read_household(
    session: Session, principal: HouseholdReader, keys: Keys, household_id: UUID
) -> Response:
    """Return a household of your areas with its present members, masked. Leaves an audit row.

    ข้อมูลครัวเรือนและสมาชิกปัจจุบัน ปกปิดบางส่วน และบันทึกการเข้าถึง
    """
    response = await _detail(session, household_id, principal, keys)
    await audit.record(
        session, principal=principal, action="household.read", subjects=[household_id], now=clock.now()
    )
    return response


@router.patch(
    "/households/{household_id}",
    response_model=HouseholdDetail,
    responses=problems.responses(
        HouseholdNotFound, HouseholdNotActive, HouseIdTaken, StaleVersion, VersionRequired
    ),
    summary="Correct a household (แก้ไขข้อมูลครัวเรือน)",
)
async def change_household(
    session: Session,
    principal: HouseholdWriter,
    keys: Keys,
    household_id: UUID,
    if_match: etags.IfMatch,
    body: HouseholdPatch,
) -> Response:
    """Correct house number, house id or place by merge patch. แก้ไขบ้านเลขที่ รหัสประจำบ้าน หรือพิกัด."""
    await service.change(
        session, household_id=household_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _detail(session, household_id, principal, keys)


@router.post(
    "/households/{household_id}/move",
    response_model=HouseholdDetail,
    responses=problems.responses(
        HouseholdNotFound, HouseholdNotActive, SameVillage, AreaNotYours, UnknownArea, DateInFuture
    ),
    summary="Move a household to another village (ย้ายครัวเรือน)",
)
async def move_household(
    session: Session, principal: HouseholdWriter, keys: Keys, household_id: UUID, body: Move
) -> Response:
    """Move a household with its members to another village of your areas. ย้ายครัวเรือนพร้อมสมาชิกไปหมู่บ้านอื่นในพื้นที่.

    A move out of your areas is for somebody whose areas hold both villages.
    """
    await service.move(session, household_id=household_id, move=body, actor=principal, now=clock.now())
    return await _detail(session, household_id, principal, keys)


@router.post(
    "/households/{household_id}/split",
    status_code=status.HTTP_201_CREATED,
    response_model=HouseholdDetail,
    responses=problems.responses(
        HouseholdNotFound,
        HouseholdNotActive,
        HouseholdExists,
        HouseIdTaken,
        NoHead,
        DoubleHead,
        MembershipNotFound,
        NothingLeft,
        DateInFuture,
        DateBeforeStart,
    ),
    summary="Split a household (แยกครัวเรือน)",
)
async def split_household(
    session: Session, principal: HouseholdWriter, keys: Keys, household_id: UUID, body: Split
) -> Response:
    """Let some members form a household of their own in the same village; returns the new one.

    แยกสมาชิกบางคนเป็นครัวเรือนใหม่ในหมู่บ้านเดิม
    """
    new_id = await service.split(
        session, household_id=household_id, split=body, actor=principal, now=clock.now()
    )
    response = await _detail(session, new_id, principal, keys)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/households/{new_id}"
    return response


@router.post(
    "/households/{household_id}/members",
    status_code=status.HTTP_201_CREATED,
    response_model=HouseholdDetail,
    responses=problems.responses(HouseholdNotFound, HouseholdNotActive, *_JOINING),
    summary="Let somebody join a household (เพิ่มสมาชิก)",
)
async def add_member(
    session: Session, principal: HouseholdWriter, keys: Keys, household_id: UUID, body: NewMember
) -> Response:
    """Add a new person, or one of the registry, as a member from a day on. เพิ่มสมาชิกใหม่หรือบุคคลที่มีในทะเบียน."""
    await service.add_member(
        session, household_id=household_id, member=body, keys=keys, actor=principal, now=clock.now()
    )
    response = await _detail(session, household_id, principal, keys)
    response.status_code = status.HTTP_201_CREATED
    return response


@router.post(
    "/households/{household_id}/members/{person_id}/leave",
    response_model=HouseholdDetail,
    responses=problems.responses(
        HouseholdNotFound,
        HouseholdNotActive,
        PersonNotFound,
        MembershipNotFound,
        DateInFuture,
        DateBeforeStart,
    ),
    summary="Let a member leave (สมาชิกย้ายออก)",
)
async def remove_member(
    session: Session,
    principal: HouseholdWriter,
    keys: Keys,
    household_id: UUID,
    person_id: UUID,
    body: Leave,
) -> Response:
    """End a membership; the last member leaving closes the household. สิ้นสุดการเป็นสมาชิก คนสุดท้ายออกถือว่าปิด."""
    await service.remove_member(
        session,
        household_id=household_id,
        person_id=person_id,
        leave=body,
        actor=principal,
        now=clock.now(),
    )
    return await _detail(session, household_id, principal, keys)


@router.post(
    "/households/{household_id}/head",
    response_model=HouseholdDetail,
    responses=problems.responses(HouseholdNotFound, HouseholdNotActive, MembershipNotFound),
    summary="Name another head (เปลี่ยนหัวหน้าครัวเรือน)",
)
async def change_head(
    session: Session, principal: HouseholdWriter, keys: Keys, household_id: UUID, body: NewHead
) -> Response:
    """Make a present member the head, after a death or a change. กำหนดหัวหน้าครัวเรือนใหม่จากสมาชิกปัจจุบัน."""
    await service.set_head(session, household_id=household_id, head=body, actor=principal, now=clock.now())
    return await _detail(session, household_id, principal, keys)


@router.get(
    "/households/{household_id}/history",
    response_model=paging.Page[ChangeOut],
    responses=problems.responses(HouseholdNotFound, InvalidCursor),
    summary="What changed of a household (ประวัติครัวเรือน)",
)
async def list_household_changes(
    session: Session, principal: HouseholdReader, household_id: UUID, page: paging.PageParams
) -> Response:
    """List the changes of a household, newest first. Leaves an audit row. ประวัติการเปลี่ยนแปลง ใหม่สุดก่อน."""
    await _existing(session, household_id, principal)
    await audit.record(
        session, principal=principal, action="household.history", subjects=[household_id], now=clock.now()
    )
    before = page.place(UUID)
    rows = await changes.of(session, subject=household_id, before=before, limit=page.fetch)
    return paging.page(page, rows, key=("id",))


def _narrowed(filters: HouseholdFilters, principal: Principal) -> queries.Filters:
    if filters.q is not None and not searchable(filters.area, principal.areas):
        raise AreaRequired(pointer="?area")
    default = None if filters.updated_since is not None else Status.ACTIVE
    return queries.Filters(
        areas=principal.areas,
        area=filters.area,
        origin=filters.origin,
        status=filters.status or default,
        house_no=filters.q,
        needs_head=filters.needs_head,
        updated_since=filters.updated_since,
    )


async def _existing(session: AsyncSession, household_id: UUID, principal: Principal) -> asyncpg.Record:
    row = await queries.one(session, household_id, areas=principal.areas)
    if row is None:
        raise HouseholdNotFound
    return row


async def _detail(
    session: AsyncSession, household_id: UUID, principal: Principal, keys: CitizenKeys
) -> Response:
    """Return a household with its present members, masked, and its version as ETag."""
    found = await queries.detail(session, household_id, areas=principal.areas)
    if found is None:
        raise HouseholdNotFound
    row, members = found
    body: Mapping[str, Any] = {
        **row,
        "needs_head": not any(member["relation"] == "head" for member in members),
        "members": [
            {
                **masking.masked(member, cipher=keys.cipher),
                **{name: member[name] for name in ("relation", "valid_from", "valid_to")},
            }
            for member in members
        ],
    }
    return Response(
        paging.json_bytes(body), media_type="application/json", headers={"ETag": etags.of(row["version"])}
    )
