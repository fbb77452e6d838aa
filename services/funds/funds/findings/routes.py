"""Findings over HTTP: listed, recorded by people, looked for, closed."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings import queries, service
from funds.findings.errors import FindingClosed, FindingExists, FindingNotFound, OwnFinding, UnknownFailing
from funds.findings.export import DESCRIBED, FINDINGS
from funds.findings.rules import links
from funds.findings.schemas import (
    FindingClosing,
    FindingFilters,
    FindingOut,
    NewFinding,
    Refresh,
    Refreshed,
)
from funds.permissions import FundApprover, FundReader, FundWriter
from funds.registry.errors import DateInFuture, FundAreaNotYours, FundNotFound, NotFromAbove
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing
from shared.security import Principal

router = web.router(tags=["health checks"])


@router.get(
    "/health-checks/findings",
    response_model=paging.Page[FindingOut],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Findings in funds (ข้อค้นพบของกองทุน)",
)
async def list_findings(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[FindingFilters, Query()],
) -> Response:
    """List open findings by area, others with `state`; as CSV or XLSX (`Accept`) with the scope `export`.

    รายการปัญหาที่พบของกองทุนในพื้นที่ของผู้เรียก
    """
    given = filters.model_dump(exclude={"area", "state"})
    wanted = {"open": True, "closed": False}.get(filters.state)
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", open=wanted, **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=FINDINGS,
            read=partial(queries.page, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("area_code", "id"), total=total)


@router.post(
    "/health-checks/findings",
    status_code=status.HTTP_201_CREATED,
    response_model=FindingOut,
    responses=problems.responses(FundNotFound, UnknownFailing, DateInFuture, FindingExists),
    summary="Record a failing (บันทึกปัญหาที่พบ)",
)
async def record_finding(session: Session, principal: FundWriter, body: NewFinding) -> Response:
    """Record a failing that no data shows, seen at a visit. บันทึกปัญหาที่พบจากการตรวจเยี่ยม."""
    finding_id = await service.record(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, finding_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/health-checks/findings/{finding_id}"
    return response


@router.post(
    "/health-checks/findings/refresh",
    responses=problems.responses(FundNotFound, FundAreaNotYours),
    summary="Look for failings now (ตรวจหาปัญหาทันที)",
)
async def refresh_findings(session: Session, principal: FundWriter, body: Refresh) -> Refreshed:
    """Look at the data of a fund or of an area of yours; every business day this happens by itself.

    ตรวจข้อมูลของกองทุนหรือพื้นที่ทันที ปกติระบบตรวจเองทุกวัน
    """
    done = await service.refresh(
        session, area=body.area, fund_id=body.fund_id, actor=principal, now=clock.now()
    )
    return Refreshed(**done._asdict())


@router.get(
    "/health-checks/findings/{finding_id}",
    response_model=FindingOut,
    responses=problems.responses(FindingNotFound),
    summary="One finding (ข้อค้นพบ)",
)
async def read_finding(session: ReadSession, principal: FundReader, finding_id: UUID) -> Response:
    """Return a finding, open or closed, with the ids and dates that show it. ข้อค้นพบพร้อมหลักฐาน."""
    return await _answer(session, finding_id, principal)


@router.post(
    "/health-checks/findings/{finding_id}/closure",
    response_model=FindingOut,
    responses=problems.responses(FindingNotFound, FindingClosed, NotFromAbove, OwnFinding),
    summary="Close a finding (ปิดข้อค้นพบ)",
)
async def close_finding(
    session: Session, principal: FundApprover, finding_id: UUID, body: FindingClosing
) -> Response:
    """Close a finding with a reason; the same fact does not open it again.

    By the district or above; what the data shows is closed by itself once its cause is gone.
    อำเภอขึ้นไปปิดข้อค้นพบพร้อมเหตุผล ข้อค้นพบจากข้อมูลปิดเองเมื่อแก้สาเหตุแล้ว
    """
    await service.close(session, finding_id=finding_id, closing=body, actor=principal, now=clock.now())
    return await _answer(session, finding_id, principal)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as `FindingOut` says it."""
    title = service.failings()[row["code"]].title
    shown = {"title": {"th": title.th, "en": title.en}}
    return {**row, **shown, "links": links(row["code"], row["fund_id"], row["detail"])}


async def _answer(session: AsyncSession, finding_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, finding_id, areas=principal.areas)
    if row is None:
        raise FindingNotFound
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(_shown(row)), media_type="application/json", headers=headers)
