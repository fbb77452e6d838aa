"""Health checks over HTTP: recorded, corrected, confirmed, listed; editions of the forms."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.health_checks import editions, queries, service
from funds.health_checks.errors import (
    AnswerNotAllowed,
    EditionTaken,
    FundCheckedAlready,
    HealthCheckConfirmed,
    HealthCheckExists,
    HealthCheckNotFound,
    HealthCheckUnfinished,
    HealthInstrumentNotFound,
    MorePassedThanItems,
    NoHealthInstrument,
    NotAHealthInstrument,
    OwnHealthCheck,
    ReportedNotTaken,
    WrongFiscalYear,
)
from funds.health_checks.export import CHECKS, DESCRIBED
from funds.health_checks.rules import ITEMS
from funds.health_checks.schemas import (
    HealthCheckChange,
    HealthCheckFilters,
    HealthCheckOut,
    HealthInstrumentOut,
    HealthInstruments,
    NewHealthCheck,
    NewHealthInstrument,
)
from funds.permissions import FundApprover, FundReader, FundWriter
from funds.products.errors import DepartmentOnly
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound, NotFromAbove
from shared import clock, etags, exports, paging, problems, web
from shared.areas import covers
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["health checks"])

_CONTENT = (DateInFuture, WrongFiscalYear, AnswerNotAllowed, ReportedNotTaken, MorePassedThanItems)


@router.get(
    "/health-checks",
    response_model=paging.Page[HealthCheckOut],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Health checks of funds (ผลตรวจสุขภาพกองทุน)",
)
async def list_health_checks(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[HealthCheckFilters, Query()],
) -> Response:
    """List checks by area and year; as CSV or XLSX (`Accept`) all of them, with the scope `export`.

    รายการผลตรวจสุขภาพกองทุนในพื้นที่ของผู้เรียก
    """
    given = filters.model_dump(exclude={"area"})
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=CHECKS,
            read=partial(queries.page, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, int, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, key=("area_code", "fiscal_year", "id"), total=total)


@router.post(
    "/health-checks",
    status_code=status.HTTP_201_CREATED,
    response_model=HealthCheckOut,
    responses=problems.responses(
        FundNotFound, FundNotActive, NoHealthInstrument, FundCheckedAlready, HealthCheckExists, *_CONTENT
    ),
    summary="Record a health check (บันทึกการตรวจสุขภาพกองทุน)",
)
async def record_health_check(session: Session, principal: FundWriter, body: NewHealthCheck) -> Response:
    """Record a fund's check by the edition in force: answers by item, or the result of the paper form.

    บันทึกผลตามแบบที่ใช้ในปีนั้น หากระบบยังไม่มีตัวชี้วัดครบ ให้บันทึกผลจากแบบกระดาษ ผลจะระบุว่าแบบไม่ครบ
    """
    check_id = await service.record(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, check_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/health-checks/{check_id}"
    return response


@router.get(
    "/health-checks/instruments",
    responses=problems.responses(),
    summary="Editions of the forms (แบบตรวจสุขภาพ)",
)
async def list_health_instruments(session: ReadSession, principal: FundReader) -> HealthInstruments:
    """List the shipped and the loaded editions; the newest that is valid in a fiscal year is in force.

    แบบตรวจสุขภาพทุกฉบับ ฉบับล่าสุดของปีงบประมาณเป็นฉบับที่ใช้
    """
    del principal  # forms are everybody's
    return HealthInstruments(items=[editions.shown(one) for one in await editions.all_of(session)])


@router.get(
    "/health-checks/instruments/{code}",
    responses=problems.responses(HealthInstrumentNotFound),
    summary="The newest edition of a form (แบบตรวจสุขภาพฉบับล่าสุด)",
)
async def get_health_instrument(
    session: ReadSession, principal: FundReader, code: str
) -> HealthInstrumentOut:
    """Return the newest edition of a form with its items and cut-offs, as far as they are known.

    แบบตรวจสุขภาพฉบับล่าสุดพร้อมตัวชี้วัดและเกณฑ์
    """
    del principal  # forms are everybody's
    if code not in ITEMS:
        raise HealthInstrumentNotFound
    return editions.shown((await editions.all_of(session, code=code))[-1])


@router.post(
    "/health-checks/instruments",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(NotAHealthInstrument, EditionTaken, DepartmentOnly),
    summary="Load an edition of a form (นำเข้าแบบตรวจสุขภาพ)",
)
async def load_health_instrument(
    session: Session, principal: FundApprover, body: NewHealthInstrument, response: Response
) -> HealthInstrumentOut:
    """Load an edition; checks made before keep theirs. Only for the department (the whole country).

    นำเข้าแบบตรวจสุขภาพฉบับเต็ม เฉพาะส่วนกลาง
    """
    if not covers(principal.areas, ""):
        raise DepartmentOnly
    await editions.load(session, content=body.content, actor=principal, now=clock.now())
    loaded = editions.shown(editions.check(body.content))
    response.headers["Location"] = f"/v1/health-checks/instruments/{loaded.code}"
    return loaded


@router.get(
    "/health-checks/{check_id}",
    response_model=HealthCheckOut,
    responses=problems.responses(HealthCheckNotFound),
    summary="One health check (ผลตรวจสุขภาพ)",
)
async def read_health_check(session: ReadSession, principal: FundReader, check_id: UUID) -> Response:
    """Return a check with its answers, result and who confirmed it. ผลตรวจพร้อมคำตอบและผู้ยืนยัน."""
    return await _answer(session, check_id, principal)


@router.patch(
    "/health-checks/{check_id}",
    response_model=HealthCheckOut,
    responses=problems.responses(
        HealthCheckNotFound, HealthCheckConfirmed, StaleVersion, VersionRequired, *_CONTENT
    ),
    summary="Correct a draft (แก้ไขร่างผลตรวจ)",
)
async def change_health_check(
    session: Session, principal: FundWriter, check_id: UUID, if_match: etags.IfMatch, body: HealthCheckChange
) -> Response:
    """Correct a draft by merge patch; who does so can no longer confirm it. ผู้แก้ไขจะยืนยันผลไม่ได้."""
    await service.change(
        session, check_id=check_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, check_id, principal)


@router.post(
    "/health-checks/{check_id}/confirmation",
    response_model=HealthCheckOut,
    responses=problems.responses(
        HealthCheckNotFound,
        HealthCheckConfirmed,
        NotFromAbove,
        OwnHealthCheck,
        HealthCheckUnfinished,
        StaleVersion,
        VersionRequired,
    ),
    summary="Confirm a health check (ยืนยันผลตรวจสุขภาพ)",
)
async def confirm_health_check(
    session: Session, principal: FundApprover, check_id: UUID, if_match: etags.IfMatch
) -> Response:
    """Confirm a check that others recorded, as it was read; then it is final, and a change of level is told.

    By the district or above, never by the fund's own committee.
    อำเภอขึ้นไปยืนยันผลที่ผู้อื่นบันทึกตามที่ได้อ่าน แล้วแก้ไขไม่ได้อีก กรรมการกองทุนยืนยันเองไม่ได้
    """
    await service.confirm(session, check_id=check_id, if_match=if_match, actor=principal, now=clock.now())
    return await _answer(session, check_id, principal)


async def _answer(session: AsyncSession, check_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, check_id, areas=principal.areas)
    if row is None:
        raise HealthCheckNotFound
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(dict(row)), media_type="application/json", headers=headers)
