"""Duplicates suggested, merged and undone over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response, status

from households.cases.errors import CaseOnDropped
from households.citizen import Keys
from households.merges import service
from households.merges.errors import AlreadyMerged, DistrictRequired, MergeNotFound, MergeUndone
from households.merges.schemas import Duplicates, Kind, MergeOut, NewMerge
from households.permissions import HouseholdReader, HouseholdWriter
from households.persons.errors import ChangedSinceMerge, PersonNotFound, TwoCitizenIds
from households.registry.errors import HouseholdNotActive, HouseholdNotFound, TwoHouseIds
from shared import clock, paging, problems, web
from shared.areas import AreaCode
from shared.db import Session

router = web.router(tags=["duplicates"])


@router.get(
    "/duplicates",
    response_model=Duplicates,
    responses=problems.responses(DistrictRequired),
    summary="Entries that may be one (ข้อมูลที่อาจซ้ำกัน)",
)
async def list_duplicates(
    session: Session,
    principal: HouseholdReader,
    area: Annotated[AreaCode, Query(description="A district or below", examples=["341102"])],
    kind: Annotated[Kind, Query(description="What to compare")] = "person",
    limit: Annotated[int, Query(ge=1, le=200, description="Pairs at most")] = 50,
) -> Response:
    """Suggest pairs of entries of one tambon that may be the same person or household, likeliest first.

    แนะนำคู่ข้อมูลบุคคลหรือครัวเรือนที่อาจซ้ำกัน พร้อมคะแนนความเป็นไปได้
    """
    found = await service.suggest(
        session, kind=kind, area=area, limit=limit, actor=principal, now=clock.now()
    )
    return Response(paging.json_bytes({"items": found}), media_type="application/json")


@router.post(
    "/merges",
    status_code=status.HTTP_201_CREATED,
    response_model=MergeOut,
    responses=problems.responses(
        PersonNotFound,
        HouseholdNotFound,
        HouseholdNotActive,
        TwoCitizenIds,
        TwoHouseIds,
        CaseOnDropped,
        AlreadyMerged,
    ),
    summary="Merge a duplicate (รวมข้อมูลซ้ำ)",
)
async def merge_entries(session: Session, principal: HouseholdWriter, keys: Keys, body: NewMerge) -> Response:
    """Let one entry stand for both: members, memberships and an id it lacks go over to it.

    รวมข้อมูลซ้ำเข้าเป็นรายการเดียว ยกเลิกได้ตราบที่ยังไม่มีการแก้ไขหลังการรวม
    """
    merge = await service.merge(session, new=body, keys=keys, actor=principal, now=clock.now())
    return Response(
        paging.json_bytes(merge), status_code=status.HTTP_201_CREATED, media_type="application/json"
    )


@router.post(
    "/merges/{merge_id}/undo",
    response_model=MergeOut,
    responses=problems.responses(MergeNotFound, MergeUndone, ChangedSinceMerge),
    summary="Undo a merge (ยกเลิกการรวมข้อมูล)",
)
async def undo_merge(
    session: Session,
    principal: HouseholdWriter,
    keys: Keys,
    merge_id: Annotated[UUID, Path(description="The merge")],
) -> Response:
    """Make two entries of one again, as they were before. แยกรายการที่รวมผิดกลับเป็นสองรายการเหมือนเดิม.

    Refused when either was changed since: undoing would lose that.
    """
    merge = await service.undo(session, merge_id=merge_id, keys=keys, actor=principal, now=clock.now())
    return Response(paging.json_bytes(merge), media_type="application/json")
