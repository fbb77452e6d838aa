"""Clinics over HTTP."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.clinics import queries, service
from funds.clinics.errors import (
    CaseAtTwoStops,
    CaseNotForClinic,
    ClinicCancelled,
    ClinicExists,
    ClinicNotFound,
    ClinicNotPlanned,
    ClinicNotYet,
    NotAtClinic,
    TeamNotOfTheDay,
)
from funds.clinics.export import CLINICS, DESCRIBED
from funds.clinics.schemas import (
    Advice,
    ClinicCancelling,
    ClinicChange,
    ClinicFilters,
    ClinicOut,
    ClinicSummary,
    NewClinic,
)
from funds.fund_teams.errors import DistrictNotYours
from funds.permissions import FundReader, FundWriter
from funds.problem_cases.errors import ProblemCaseNotFound, WrongCaseStep
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["clinics"])


@router.get(
    "/clinics",
    response_model=paging.Page[ClinicSummary],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Mobile clinics (คลินิกแก้หนี้เคลื่อนที่)",
)
async def list_clinics(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[ClinicFilters, Query()],
) -> Response:
    """List clinics of the districts you work in, the newest first; as CSV or XLSX with the scope `export`.

    คลินิกของอำเภอที่ผู้เรียกทำงานอยู่
    """
    given = filters.model_dump(exclude={"area"})
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=CLINICS,
            read=partial(queries.lines, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    before = page.place(date.fromisoformat, UUID)
    rows = await queries.page(session, filters=narrowed, before=before, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=_summary, key=("held_on", "id"), total=total)


@router.post(
    "/clinics",
    status_code=status.HTTP_201_CREATED,
    response_model=ClinicOut,
    responses=problems.responses(
        DistrictNotYours, TeamNotOfTheDay, CaseNotForClinic, CaseAtTwoStops, ClinicExists
    ),
    summary="Plan a clinic (วางแผนออกคลินิก)",
)
async def plan_clinic(session: Session, principal: FundWriter, body: NewClinic) -> Response:
    """Plan a day of the district's team: stops, and the funds whose villages come together at each.

    วางแผนจุดให้บริการ กองทุนที่มารวมกันแต่ละจุด ทีม และวาระ
    """
    clinic_id = await service.plan(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, clinic_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/clinics/{clinic_id}"
    return response


@router.get(
    "/clinics/{clinic_id}",
    response_model=ClinicOut,
    responses=problems.responses(ClinicNotFound),
    summary="One clinic (คลินิกเคลื่อนที่)",
)
async def read_clinic(session: ReadSession, principal: FundReader, clinic_id: UUID) -> Response:
    """Return a clinic with agenda, stops and what your areas' funds were advised. วาระ จุดบริการ และคำแนะนำ."""
    return await _answer(session, clinic_id, principal)


@router.patch(
    "/clinics/{clinic_id}",
    response_model=ClinicOut,
    responses=problems.responses(
        ClinicNotFound,
        DistrictNotYours,
        ClinicNotPlanned,
        TeamNotOfTheDay,
        CaseNotForClinic,
        CaseAtTwoStops,
        StaleVersion,
        VersionRequired,
    ),
    summary="Change a planned clinic (ปรับแผนคลินิก)",
)
async def change_clinic(
    session: Session, principal: FundWriter, clinic_id: UUID, if_match: etags.IfMatch, body: ClinicChange
) -> Response:
    """Change a clinic before it is held; stops are given whole. ปรับวัน ทีม วาระ หรือจุดบริการ ก่อนวันจัด."""
    await service.change(
        session, clinic_id=clinic_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, clinic_id, principal)


@router.post(
    "/clinics/{clinic_id}/cancellation",
    response_model=ClinicOut,
    responses=problems.responses(ClinicNotFound, DistrictNotYours, ClinicNotPlanned),
    summary="Cancel a clinic (ยกเลิกคลินิก)",
)
async def cancel_clinic(
    session: Session, principal: FundWriter, clinic_id: UUID, body: ClinicCancelling
) -> Response:
    """Cancel a planned clinic with the reason. ยกเลิกคลินิกที่วางแผนไว้พร้อมเหตุผล."""
    await service.cancel(session, clinic_id=clinic_id, cancelling=body, actor=principal, now=clock.now())
    return await _answer(session, clinic_id, principal)


@router.post(
    "/clinics/{clinic_id}/cases/{case_id}/advice",
    response_model=ClinicOut,
    responses=problems.responses(
        ClinicNotFound, NotAtClinic, ClinicNotYet, ClinicCancelled, ProblemCaseNotFound, WrongCaseStep
    ),
    summary="What a fund was advised (บันทึกคำแนะนำ)",
)
async def advise_at_clinic(
    session: Session, principal: FundWriter, clinic_id: UUID, case_id: UUID, body: Advice
) -> Response:
    """Keep what a fund was advised at its stop; its case is then treated. บันทึกคำแนะนำและผู้เข้าร่วมของกองทุน."""
    await service.advise(
        session, clinic_id=clinic_id, case_id=case_id, advice=body, actor=principal, now=clock.now()
    )
    return await _answer(session, clinic_id, principal)


def _summary(row: Mapping[str, Any]) -> dict[str, Any]:
    left = ("area_code", "agenda", "created_at")
    return {"district": row["area_code"], **{k: v for k, v in row.items() if k not in left}}


async def _answer(session: AsyncSession, clinic_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, clinic_id, areas=principal.areas)
    if row is None:
        raise ClinicNotFound
    stops = await queries.stops(session, clinic_id, areas=principal.areas)
    shown = {**_summary(row), "agenda": row["agenda"], "created_at": row["created_at"], "stops": stops}
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(shown), media_type="application/json", headers=headers)
