"""Applications over HTTP: listed, drafted, corrected, submitted, cancelled."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import drafting, queries, service, showing
from funds.applications.decision_schemas import ApplicationOut
from funds.applications.errors import (
    ApplicationExists,
    ApplicationNotFound,
    ApplicationNumberTaken,
    BorrowerHasOpenLoan,
    BorrowerNotTarget,
    BudgetDoesNotSum,
    GroupTooSmall,
    GuarantorNotValid,
    OverCeiling,
    OverTerm,
    ProductNotOffered,
    PurposeRefused,
    RateOutsideProduct,
    ShareNotOfGroup,
    SharesDoNotSum,
    SubmittedTooEarly,
    UnknownBorrower,
    UnknownPurpose,
    WrongApplicationState,
    WrongBorrowerKind,
)
from funds.applications.export import APPLICATIONS, DESCRIBED
from funds.applications.schemas import (
    ApplicationChange,
    ApplicationFilters,
    ApplicationRow,
    Cancellation,
    NewApplication,
    Submission,
)
from funds.permissions import FundReader, FundWriter
from funds.products.errors import RateAboveCap
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["applications"])

_WISHED = (
    UnknownPurpose,
    PurposeRefused,
    OverCeiling,
    OverTerm,
    RateAboveCap,
    RateOutsideProduct,
    UnknownBorrower,
)
_SUMS = (BudgetDoesNotSum, SharesDoNotSum, ShareNotOfGroup, GuarantorNotValid)
_HERE = (ApplicationNotFound, FundNotActive, WrongApplicationState)


@router.get(
    "/applications",
    response_model=paging.Page[ApplicationRow],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Applications for loans and grants (รายการคำขอ)",
)
async def list_applications(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[ApplicationFilters, Query()],
) -> Response:
    """List applications by area; `awaits` leaves those that wait for a level's decision.

    As CSV or XLSX (`Accept`) all of them, with the scope `export`.
    รายการคำขอในพื้นที่ของผู้เรียก ใช้ `awaits` เพื่อดูคำขอที่รอระดับของท่านพิจารณา
    """
    narrowed = _narrowed(filters, principal)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=APPLICATIONS,
            read=partial(_for_file, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=showing.listed, key=("area_code", "id"), total=total)


@router.post(
    "/applications",
    status_code=status.HTTP_201_CREATED,
    response_model=ApplicationOut,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        DateInFuture,
        ProductNotOffered,
        WrongBorrowerKind,
        *_WISHED,
        *_SUMS,
        ApplicationExists,
        ApplicationNumberTaken,
    ),
    summary="Draft an application (ร่างคำขอ)",
)
async def draft_application(session: Session, principal: FundWriter, body: NewApplication) -> Response:
    """Draft an application with project, budget, shares and guarantors; what the product forbids is refused.

    ร่างคำขอพร้อมโครงการ งบประมาณ ส่วนแบ่งของสมาชิก และผู้ค้ำประกัน
    """
    application_id = await drafting.draft(session, new=body, actor=principal, now=clock.now())
    code = status.HTTP_201_CREATED
    response = await showing.answer(session, application_id, areas=principal.areas, code=code)
    response.headers["Location"] = f"/v1/applications/{application_id}"
    return response


@router.get(
    "/applications/{application_id}",
    response_model=ApplicationOut,
    responses=problems.responses(ApplicationNotFound),
    summary="One application whole (ข้อมูลคำขอ)",
)
async def read_application(session: Session, principal: FundReader, application_id: UUID) -> Response:
    """Return an application with checks, risk and decisions. Leaves an audit row. ข้อมูลคำขอพร้อมมติทุกขั้น."""
    response = await showing.answer(session, application_id, areas=principal.areas)
    await service.record(session, "read", application_id, actor=principal, now=clock.now())
    return response


@router.patch(
    "/applications/{application_id}",
    response_model=ApplicationOut,
    responses=problems.responses(*_HERE, *_WISHED, *_SUMS, StaleVersion, VersionRequired),
    summary="Correct a draft or what was returned (แก้ไขคำขอ)",
)
async def change_application(
    session: Session,
    principal: FundWriter,
    application_id: UUID,
    if_match: etags.IfMatch,
    body: ApplicationChange,
) -> Response:
    """Correct an application by merge patch; who corrects it does not decide on it. แก้ไขร่างหรือคำขอที่ส่งคืน."""
    await drafting.change(
        session,
        application_id=application_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await showing.answer(session, application_id, areas=principal.areas)


@router.post(
    "/applications/{application_id}/submission",
    response_model=ApplicationOut,
    responses=problems.responses(
        *_HERE,
        *_WISHED,
        DateInFuture,
        SubmittedTooEarly,
        ShareNotOfGroup,
        GroupTooSmall,
        BorrowerNotTarget,
        BorrowerHasOpenLoan,
    ),
    summary="Hand an application in (ยื่นคำขอ)",
)
async def submit_application(
    session: Session, principal: FundWriter, application_id: UUID, body: Submission | None = None
) -> Response:
    """Hand an application in; from here the product's steps decide in turn. ยื่นคำขอเข้าสู่การพิจารณา."""
    await service.submit(
        session,
        application_id=application_id,
        actor=principal,
        now=clock.now(),
        submitted_on=None if body is None else body.submitted_on,
    )
    return await showing.answer(session, application_id, areas=principal.areas)


@router.post(
    "/applications/{application_id}/cancellation",
    response_model=ApplicationOut,
    responses=problems.responses(ApplicationNotFound, WrongApplicationState),
    summary="Take an application back (ยกเลิกคำขอ)",
)
async def cancel_application(
    session: Session, principal: FundWriter, application_id: UUID, body: Cancellation
) -> Response:
    """Take an application back; what was kept back for it is free again. ยกเลิกคำขอ เงินที่กันไว้กลับคืน."""
    await service.cancel(
        session, application_id=application_id, reason=body.reason, actor=principal, now=clock.now()
    )
    return await showing.answer(session, application_id, areas=principal.areas)


def _narrowed(filters: ApplicationFilters, principal: Principal) -> queries.Filters:
    words = filters.model_dump(exclude={"area"})
    return queries.Filters(areas=principal.areas, area=filters.area or "", **words)


async def _for_file(session: AsyncSession, **options: Any) -> list[Any]:
    rows: list[asyncpg.Record] = await queries.page(session, **options)
    return [showing.listed(row) for row in rows]
