"""Target cases over HTTP; their certification is under `resolutions`."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, status
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from households.areas.errors import UnknownArea
from households.cases import opening, queries, service
from households.cases.errors import (
    CaseAlreadyOpen,
    CaseExists,
    CaseNotFound,
    CasesRefused,
    CaseTwice,
    EditionNotForField,
    EditionNotImported,
    EditionRequired,
    NotAppealable,
    NotTargetPoor,
    StillPoor,
    UnknownEdition,
    UnknownHousehold,
    WrongState,
)
from households.cases.export import CASES, DESCRIBED
from households.cases.rules import Case
from households.cases.schemas import (
    Appeal,
    CaseDetail,
    CaseFilters,
    CaseOut,
    CaseState,
    CaseStates,
    CaseVerification,
    JobStarted,
    NewCase,
    OpeningFromEdition,
    Progress,
    Proposals,
    Rejection,
    Reopening,
    TransitionOut,
    Transitions,
    Verification,
    Verifications,
    Withdrawal,
    detail,
)
from households.permissions import CaseReader, CaseWriter
from households.registry.errors import AreaNotYours, HouseholdNotActive
from shared import audit, clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import ScopeMissing
from shared.security import Principal

router = web.router(tags=["cases"])

_BULK = problems.responses(CaseNotFound, CaseTwice, WrongState, CasesRefused)
_STEP = problems.responses(CaseNotFound, WrongState)


@router.get(
    "/cases",
    response_model=paging.Page[CaseOut],
    responses={200: DESCRIBED, **problems.responses(ScopeMissing)},
    summary="Target cases (ครัวเรือนเป้าหมาย)",
)
async def list_cases(
    session: ReadSession,
    principal: CaseReader,
    page: paging.PageParams,
    filters: Annotated[CaseFilters, Query()],
) -> Response:
    """List the cases of your areas by village; as CSV or XLSX (`Accept`) all, with the scope `export`.

    รายการครัวเรือนเป้าหมายในพื้นที่ของผู้เรียก ส่งออกเป็น CSV หรือ Excel ได้เมื่อมีสิทธิ์ export
    """
    given = filters.model_dump(exclude={"area"})
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=CASES,
            read=partial(queries.page, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, key=("village_code", "id"), total=total)


@router.get(
    "/cases/{case_id}",
    responses={200: etags.DESCRIBED, **problems.responses(CaseNotFound)},
    summary="One target case (ครัวเรือนเป้าหมาย)",
)
async def get_case(session: Session, principal: CaseReader, case_id: UUID, response: Response) -> CaseDetail:
    """Return a case with what the team found; leaves an audit row."""
    found = await _detail(session, case_id, principal=principal, response=response)
    await audit.record(session, principal=principal, action="case.read", subjects=[case_id], now=clock.now())
    return found


@router.get(
    "/cases/{case_id}/transitions",
    responses=problems.responses(CaseNotFound),
    summary="A case's history (ประวัติการดำเนินงาน)",
)
async def list_case_transitions(session: Session, principal: CaseReader, case_id: UUID) -> Transitions:
    """Return every step of a case, by whom and why; leaves an audit row."""
    if await queries.one(session, case_id, areas=principal.areas) is None:
        raise CaseNotFound
    await audit.record(session, principal=principal, action="case.read", subjects=[case_id], now=clock.now())
    rows = await queries.transitions(session, case_id)
    return Transitions(items=[TransitionOut(**row) for row in rows])


@router.post(
    "/cases",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        CaseAlreadyOpen,
        CaseExists,
        HouseholdNotActive,
        NotTargetPoor,
        EditionNotImported,
        UnknownHousehold,
        UnknownEdition,
        EditionRequired,
        EditionNotForField,
    ),
    summary="Open a case for one household (เปิดครัวเรือนเป้าหมาย, Re X-ray)",
)
async def open_case(session: Session, principal: CaseWriter, new: NewCase, response: Response) -> CaseDetail:
    """Open a case for a household that an edition marks, or that the team found outside the feed."""
    case_id = await opening.open_one(session, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/cases/{case_id}"
    return await _detail(session, case_id, principal=principal, response=response)


@router.post(
    "/cases/open-from-edition",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems.responses(AreaNotYours, EditionNotImported, UnknownArea, UnknownEdition),
    summary="Open cases for an edition's target-poor households (เปิดครัวเรือนเป้าหมายจากชุดข้อมูล)",
)
async def open_cases_from_edition(
    session: Session, principal: CaseWriter, body: OpeningFromEdition, response: Response
) -> JobStarted:
    """Start the opening of cases for all target-poor households of an area; safe to repeat.

    Households with an open case, and those decided on in this edition already, are left as they are.
    """
    job_id = await opening.start(session, opening=body, actor=principal, now=clock.now())
    location = f"/v1/jobs/households/{job_id}"
    response.headers["Location"] = location
    return JobStarted(job_id=job_id, location=location)


@router.post("/cases/verifications", responses=_BULK, summary="Record findings at many households (ตรวจสอบ)")
async def verify_cases(session: Session, principal: CaseWriter, body: Verifications) -> CaseStates:
    """Record what the team found; who is not developable is referred to welfare. All or none."""
    cases = await service.verify(session, verifications=body.verifications, actor=principal, now=clock.now())
    return _states(cases)


@router.post("/cases/proposals", responses=_BULK, summary="Propose cases to the committee (เสนอรับรอง)")
async def propose_cases(session: Session, principal: CaseWriter, body: Proposals) -> CaseStates:
    """Propose verified cases to the district's committee; who proposes does not certify. All or none."""
    cases = await service.propose(session, case_ids=body.case_ids, actor=principal, now=clock.now())
    return _states(cases)


@router.post("/cases/{case_id}/verification", responses=_STEP, summary="Record a finding (ตรวจสอบครัวเรือน)")
async def verify_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Verification, response: Response
) -> CaseDetail:
    """Record what the team found at a household; not developable refers it to welfare."""
    one = CaseVerification(case_id=case_id, **dict(body))
    await service.verify_one(session, verification=one, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


@router.post("/cases/{case_id}/rejection", responses=_STEP, summary="Reject in the field (ไม่ผ่านการตรวจสอบ)")
async def reject_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Rejection, response: Response
) -> CaseDetail:
    """Reject a case that is not proposed yet; what is proposed, only a meeting rejects."""
    await service.reject(session, case_id=case_id, reason=body.reason, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


@router.post("/cases/{case_id}/withdrawal", responses=_STEP, summary="Withdraw a case (ถอนจากทะเบียน)")
async def withdraw_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Withdrawal, response: Response
) -> CaseDetail:
    """Take a household off its way and off the register: moved, died, refused, or a duplicate."""
    await service.withdraw(session, case_id=case_id, reason=body.reason, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


@router.post(
    "/cases/{case_id}/reopening",
    responses=problems.responses(CaseNotFound, WrongState, CaseAlreadyOpen),
    summary="Begin a closed case anew (เปิดใหม่)",
)
async def reopen_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Reopening, response: Response
) -> CaseDetail:
    """Begin a rejected, referred, withdrawn or graduated case anew, from `found`."""
    await service.reopen(session, case_id=case_id, reason=body.reason, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


@router.post(
    "/cases/{case_id}/appeal",
    responses=problems.responses(CaseNotFound, NotAppealable),
    summary="Appeal against a rejection (อุทธรณ์)",
)
async def appeal_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Appeal, response: Response
) -> CaseDetail:
    """Bring a committee's rejection before the province's committee, once."""
    await service.appeal(session, case_id=case_id, reason=body.reason, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


@router.post(
    "/cases/{case_id}/progress", responses=_STEP, summary="Plan, assist, follow up (แผน ช่วยเหลือ ติดตาม)"
)
async def advance_case(
    session: Session, principal: CaseWriter, case_id: UUID, body: Progress, response: Response
) -> CaseDetail:
    """Record the next step with a certified household: planned, assisted, followed."""
    await service.progress(
        session, case_id=case_id, to=body.to, reason=body.reason, actor=principal, now=clock.now()
    )
    return await _detail(session, case_id, principal=principal, response=response)


@router.post(
    "/cases/{case_id}/graduation",
    responses=problems.responses(CaseNotFound, WrongState, StillPoor),
    summary="Out of poverty (พ้นความยากจน)",
)
async def graduate_case(
    session: Session, principal: CaseWriter, case_id: UUID, response: Response
) -> CaseDetail:
    """Let a followed household leave the register, when a newer survey finds it out of poverty."""
    await service.graduate(session, case_id=case_id, actor=principal, now=clock.now())
    return await _detail(session, case_id, principal=principal, response=response)


async def _detail(
    session: AsyncSession, case_id: UUID, *, principal: Principal, response: Response
) -> CaseDetail:
    row = await queries.one(session, case_id, areas=principal.areas)
    if row is None:
        raise CaseNotFound
    response.headers["ETag"] = etags.of(row["version"])
    return detail(row)


def _states(cases: Sequence[Case]) -> CaseStates:
    return CaseStates(items=[CaseState(id=one.id, state=one.state, version=one.version) for one in cases])
