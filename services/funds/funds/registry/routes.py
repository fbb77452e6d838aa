"""Funds over HTTP: listed, read, registered, corrected, suspended and closed."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.permissions import FundApprover, FundReader, FundWriter
from funds.registry import queries, service
from funds.registry.errors import (
    DateInFuture,
    FundAreaNotYours,
    FundExists,
    FundNotEmpty,
    FundNotFound,
    NotFromAbove,
    UnknownTambon,
    WrongAreaLevel,
    WrongStateStep,
)
from funds.registry.export import DESCRIBED, FUNDS
from funds.registry.schemas import FundChange, FundFilters, FundOut, NewFund, StateChange
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["funds"])


@router.get(
    "/funds",
    response_model=paging.Page[FundOut],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Funds of your areas (รายการกองทุน)",
)
async def list_funds(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[FundFilters, Query()],
) -> Response:
    """List funds by area; as CSV or XLSX (`Accept`) all of them, with the scope `export`.

    รายการกองทุนในพื้นที่ของผู้เรียก เรียงตามพื้นที่ ส่งออกเป็น CSV หรือ Excel ได้เมื่อมีสิทธิ์ export
    """
    narrowed = _narrowed(filters, principal)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=FUNDS,
            read=partial(queries.page, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=shown, key=("area_code", "id"), total=total)


@router.post(
    "/funds",
    status_code=status.HTTP_201_CREATED,
    response_model=FundOut,
    responses=problems.responses(WrongAreaLevel, FundAreaNotYours, UnknownTambon, FundExists, DateInFuture),
    summary="Register a fund (ขึ้นทะเบียนกองทุน)",
)
async def register_fund(session: Session, principal: FundWriter, body: NewFund) -> Response:
    """Register a fund of a tambon or village and open its books. ขึ้นทะเบียนกองทุนและเปิดบัญชี."""
    fund_id = await service.register(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/funds/{fund_id}"
    return response


@router.get(
    "/funds/{fund_id}",
    response_model=FundOut,
    responses=problems.responses(FundNotFound),
    summary="One fund (ข้อมูลกองทุน)",
)
async def read_fund(session: ReadSession, principal: FundReader, fund_id: UUID) -> Response:
    """Return a fund of your areas, closed ones too. ข้อมูลกองทุนในพื้นที่ของผู้เรียก รวมกองทุนที่ปิดแล้ว."""
    return await _answer(session, fund_id, principal)


@router.patch(
    "/funds/{fund_id}",
    response_model=FundOut,
    responses=problems.responses(FundNotFound, DateInFuture, StaleVersion, VersionRequired),
    summary="Correct a fund (แก้ไขข้อมูลกองทุน)",
)
async def change_fund(
    session: Session, principal: FundWriter, fund_id: UUID, if_match: etags.IfMatch, body: FundChange
) -> Response:
    """Correct a fund's name or day of founding by merge patch. แก้ไขชื่อหรือวันก่อตั้ง พื้นที่และประเภทแก้ไม่ได้."""
    await service.change(
        session, fund_id=fund_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, fund_id, principal)


@router.post(
    "/funds/{fund_id}/state",
    response_model=FundOut,
    responses=problems.responses(FundNotFound, NotFromAbove, WrongStateStep, FundNotEmpty),
    summary="Suspend, resume or close a fund (ระงับ เปิดใหม่ หรือปิดกองทุน)",
)
async def set_fund_state(
    session: Session, principal: FundApprover, fund_id: UUID, body: StateChange
) -> Response:
    """Change a fund's state with a reason, as the district or above; only an empty one is closed, for good.

    อำเภอขึ้นไปเปลี่ยนสถานะกองทุนพร้อมเหตุผล ปิดได้เมื่อไม่มีเงินและลูกหนี้คงเหลือ ปิดแล้วเปิดอีกไม่ได้
    """
    await service.set_state(session, fund_id=fund_id, change=body, actor=principal, now=clock.now())
    return await _answer(session, fund_id, principal)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as `FundOut` says it."""
    fund = dict(row)
    fund["name"] = {"th": fund.pop("name_th"), "en": fund.pop("name_en")}
    return fund


def _narrowed(filters: FundFilters, principal: Principal) -> queries.Filters:
    return queries.Filters(
        areas=principal.areas,
        area=filters.area or "",
        kind=filters.kind,
        state=filters.state,
        q=filters.q,
        updated_since=filters.updated_since,
    )


async def _answer(session: AsyncSession, fund_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, fund_id, areas=principal.areas)
    if row is None:
        raise FundNotFound
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(shown(row)), media_type="application/json", headers=headers)
