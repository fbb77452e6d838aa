"""Areas over HTTP: lists, one area, its tree, villages named by officers. Public data: no area filter."""

from collections.abc import Mapping
from typing import Annotated, Any

import asyncpg
from fastapi import File, Path, Query, Request, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from households.areas import geojson, queries, service, village_file
from households.areas.errors import AreaNotFound, UnknownArea, UnreadableVillages
from households.areas.schemas import (
    AreaFilters,
    AreaOut,
    AreaTree,
    NewVillages,
    VillagesAdded,
)
from households.permissions import AreaReader, HouseholdWriter
from shared import areas, clock, paging, problems, web
from shared.areas import AreaCode, Level
from shared.db import ReadSession, Session
from shared.errors import FieldError, Forbidden, InvalidCursor
from shared.security import Principal

router = web.router(tags=["areas"])

Code = Annotated[AreaCode, Path(description="2, 4, 6 or 8 digits", examples=["3415"])]
_GEOJSON: dict[str, Any] = {"content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}}}
_DIGITS = {name: digits for digits, name in areas.LEVELS.items()}


@router.get(
    "/areas",
    response_model=paging.Page[AreaOut],
    responses={200: _GEOJSON, **problems.responses(InvalidCursor)},
    summary="Areas (พื้นที่: จังหวัด อำเภอ ตำบล หมู่บ้าน)",
)
async def list_areas(
    session: ReadSession,
    _principal: AreaReader,
    page: paging.PageParams,
    filters: Annotated[AreaFilters, Query()],
) -> Response:
    """List areas in code order, or search them by name.

    รายการพื้นที่เรียงตามรหัส หรือค้นหาด้วยชื่อ (พิมพ์ผิดเล็กน้อยก็พบ). `Accept: application/geo+json` gives points.
    """
    narrowed = queries.Filters(
        level=None if filters.level is None else _DIGITS[filters.level],
        area=filters.area,
        parent=filters.parent,
        updated_since=filters.updated_since,
        closed=filters.closed,
    )
    if filters.q is not None:
        found = await queries.search(session, question=filters.q, filters=narrowed, limit=page.limit)
        return _answer(page, found, total=len(found) if page.count else None)
    after = page.place(str)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return _answer(page, rows, total=total)


@router.get(
    "/areas/{code}",
    response_model=AreaOut,
    responses={200: _GEOJSON, **problems.responses(AreaNotFound)},
    summary="One area (พื้นที่ตามรหัส)",
)
async def read_area(session: ReadSession, _principal: AreaReader, request: Request, code: Code) -> Response:
    """Return one area, also one whose code is closed. อ่านพื้นที่หนึ่งแห่ง รวมรหัสที่เลิกใช้แล้ว."""
    row = await _existing(session, code)
    if _wants_geojson(request):
        return Response(paging.json_bytes(geojson.feature(_area(row))), media_type=geojson.MEDIA_TYPE)
    return Response(paging.json_bytes(_area(row)), media_type="application/json")


@router.get(
    "/areas/{code}/children",
    response_model=paging.Page[AreaOut],
    responses={200: _GEOJSON, **problems.responses(AreaNotFound, InvalidCursor)},
    summary="Areas directly below one (พื้นที่ย่อย)",
)
async def list_child_areas(
    session: ReadSession, _principal: AreaReader, page: paging.PageParams, code: Code
) -> Response:
    """List the districts of a province, tambons of a district, villages of a tambon. รายการพื้นที่ย่อยหนึ่งระดับ."""
    await _existing(session, code)
    filters = queries.Filters(parent=code)
    after = page.place(str)
    rows = await queries.page(session, filters=filters, after=after, limit=page.fetch)
    total = await queries.count(session, filters=filters) if page.count else None
    return _answer(page, rows, total=total)


@router.get(
    "/areas/{code}/tree",
    response_model=AreaTree,
    responses=problems.responses(AreaNotFound),
    summary="What is above and below an area (ผังพื้นที่)",
)
async def read_area_tree(
    session: ReadSession,
    _principal: AreaReader,
    code: Code,
    to: Annotated[Level | None, Query(description="How far down; one level if absent")] = None,
) -> Response:
    """Return the areas above, widest first, and those below as a tree. ผังพื้นที่ขึ้นและลงจากรหัสที่ให้."""
    await _existing(session, code)
    down_to = len(code) + 2 if to is None else _DIGITS[to]
    rows = await queries.family(session, code, down_to=down_to)
    above = [_area(row) for row in rows if len(row["code"]) < len(code)]
    branches = {row["code"]: {**_area(row), "children": []} for row in rows if row["code"].startswith(code)}
    for below, branch in branches.items():
        if below != code and below[:-2] in branches:
            branches[below[:-2]]["children"].append(branch)
    return Response(
        paging.json_bytes({"ancestors": above, "area": branches[code]}), media_type="application/json"
    )


@router.post(
    "/areas/villages",
    response_model=VillagesAdded,
    responses=problems.responses(Forbidden, UnknownArea),
    summary="Add or name villages (เพิ่มหรือแก้ชื่อหมู่บ้าน)",
)
async def name_villages(session: Session, principal: HouseholdWriter, body: NewVillages) -> VillagesAdded:
    """Add villages of your own areas, or correct their names and places. เพิ่มหรือแก้ชื่อหมู่บ้านในพื้นที่ของผู้เรียก.

    Villages first seen in a feed are named by their number (หมู่ที่ 9) until somebody names them.
    """
    return await _named(session, body, principal=principal)


@router.post(
    "/areas/villages/file",
    response_model=VillagesAdded,
    responses=problems.responses(Forbidden, UnknownArea, UnreadableVillages),
    summary="Add or name villages from a file (นำเข้าหมู่บ้านจากไฟล์)",
)
async def import_villages(
    session: Session,
    principal: HouseholdWriter,
    file: Annotated[
        UploadFile, File(description="CSV or XLSX: code, name_th and name_en, lat, lon if known")
    ],
) -> VillagesAdded:
    """Add or name up to 1,000 villages of your own areas from a CSV or XLSX file, all or none.

    The first row names the columns; `/villages/0` in a refusal is the row below it.
    นำเข้าหมู่บ้านจากไฟล์ CSV หรือ Excel ไม่เกิน 1,000 หมู่บ้าน แถวแรกเป็นชื่อคอลัมน์
    """
    body = await run_in_threadpool(village_file.read, file.file, name=file.filename or "")
    return await _named(session, body, principal=principal)


async def _named(session: AsyncSession, body: NewVillages, *, principal: Principal) -> VillagesAdded:
    foreign = [
        at for at, village in enumerate(body.villages) if not areas.covers(principal.areas, village.code)
    ]
    if foreign:
        told = "area_not_yours", "หมู่บ้านนี้อยู่นอกพื้นที่ของท่าน", "is outside your areas"
        raise Forbidden(errors=[FieldError(f"/villages/{at}/code", *told) for at in foreign])
    villages = {
        village.code: service.Facts(
            name_th=village.name_th, name_en=village.name_en, lat=village.lat, lon=village.lon
        )
        for village in body.villages
    }
    added, changed = await service.name_villages(session, villages=villages, now=clock.now())
    return VillagesAdded(added=added, changed=changed, unchanged=len(villages) - added - changed)


async def _existing(session: AsyncSession, code: str) -> asyncpg.Record:
    row = await queries.one(session, code)
    if row is None:
        raise AreaNotFound
    return row


def _area(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an area as the API says it."""
    return {
        "code": row["code"],
        "level": areas.LEVELS[row["level"]],
        "parent_code": row["parent_code"],
        "name": {"th": row["name_th"], "en": row["name_en"]},
        "lat": row["lat"],
        "lon": row["lon"],
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
        "successors": row["successors"],
        "updated_at": row["updated_at"],
    }


def _answer(page: paging.Params, rows: list[asyncpg.Record], *, total: int | None) -> Response:
    if _wants_geojson(page.request):
        items = [_area(row) for row in rows[: page.limit]]
        return Response(paging.json_bytes(geojson.collection(items)), media_type=geojson.MEDIA_TYPE)
    return paging.page(page, rows, key=("code",), shape=_area, total=total)


def _wants_geojson(request: Request) -> bool:
    return geojson.MEDIA_TYPE in request.headers.get("accept", "")
