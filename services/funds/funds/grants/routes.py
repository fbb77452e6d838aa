"""Grants over HTTP."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import File, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds import attachments
from funds.applications.errors import (
    ApplicationNotApproved,
    ApplicationNotFound,
    BorrowerLeft,
    GroupTooSmall,
    WrongCategory,
)
from funds.attachments import FileNotThere, WrongFileType
from funds.grants import queries, service
from funds.grants.errors import (
    GrantAccountedFor,
    GrantExists,
    GrantNotFound,
    GrantNumberTaken,
    GrantUseExists,
    GrantUseNotFound,
    MoreThanGranted,
    NotAReturn,
    OwnGrant,
    PaidBeforeApproval,
    UsedBeforePaid,
    UseNotShown,
    WrongGrantState,
)
from funds.grants.export import DESCRIBED, GRANTS
from funds.grants.schemas import (
    GrantFilters,
    GrantOut,
    GrantReversal,
    GrantRow,
    NewGrant,
    NewReturn,
    NewUse,
)
from funds.ledger.errors import OverCapital, PeriodClosed, ReversalByRecorder
from funds.permissions import FundApprover, FundReader, FundWriter
from funds.registry.errors import DateInFuture, FundNotActive
from shared import clock, etags, exports, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.money import baht
from shared.security import Principal

router = web.router(tags=["grants"])

_PAID = (GrantNotFound, WrongGrantState)
_AMOUNTS = frozenset({"amount", "used", "returned", "left"})
_HIDDEN = frozenset({"grant_id", "file_key", "file_size"})


@router.get(
    "/grants",
    response_model=paging.Page[GrantRow],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Grants that were paid (รายการเงินอุดหนุน)",
)
async def list_grants(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[GrantFilters, Query()],
) -> Response:
    """List grants by area; `late` leaves those whose use should have been shown by now.

    As CSV or XLSX (`Accept`) all of them, with the scope `export`.
    รายการเงินอุดหนุนที่จ่ายแล้ว ใช้ `late` เพื่อดูรายการที่เลยกำหนดแสดงการใช้เงิน
    """
    narrowed = _narrowed(filters, principal)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=GRANTS,
            read=partial(_for_file, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("area_code", "id"), total=total)


@router.post(
    "/grants",
    status_code=status.HTTP_201_CREATED,
    response_model=GrantOut,
    responses=problems.responses(
        ApplicationNotFound,
        ApplicationNotApproved,
        WrongCategory,
        BorrowerLeft,
        GroupTooSmall,
        FundNotActive,
        DateInFuture,
        PaidBeforeApproval,
        PeriodClosed,
        OverCapital,
        GrantExists,
        GrantNumberTaken,
    ),
    summary="Pay an approved grant out (จ่ายเงินอุดหนุน)",
)
async def pay_grant(session: Session, principal: FundWriter, body: NewGrant) -> Response:
    """Pay an approved grant out, whole, and book it. จ่ายเงินอุดหนุนที่อนุมัติแล้วทั้งจำนวนและลงบัญชี."""
    grant_id = await service.pay(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, grant_id, principal, code=status.HTTP_201_CREATED)
    response.headers["Location"] = f"/v1/grants/{grant_id}"
    return response


@router.get(
    "/grants/{grant_id}",
    response_model=GrantOut,
    responses=problems.responses(GrantNotFound),
    summary="One grant with what became of it (ข้อมูลเงินอุดหนุน)",
)
async def read_grant(session: ReadSession, principal: FundReader, grant_id: UUID) -> Response:
    """Return a grant with its uses and returns, each with its proof. ข้อมูลเงินอุดหนุนพร้อมหลักฐานการใช้เงิน."""
    return await _answer(session, grant_id, principal)


@router.post(
    "/grants/{grant_id}/uses",
    status_code=status.HTTP_201_CREATED,
    response_model=GrantOut,
    responses=problems.responses(*_PAID, DateInFuture, UsedBeforePaid, MoreThanGranted, GrantUseExists),
    summary="Show what money was used for (แสดงการใช้เงิน)",
)
async def show_grant_use(session: Session, principal: FundWriter, grant_id: UUID, body: NewUse) -> Response:
    """Record a use of the money with its receipt; below zero takes a mistake back. บันทึกการใช้เงินพร้อมใบเสร็จ."""
    await service.show_use(session, grant_id=grant_id, new=body, actor=principal, now=clock.now())
    return await _answer(session, grant_id, principal, code=status.HTTP_201_CREATED)


@router.post(
    "/grants/{grant_id}/returns",
    status_code=status.HTTP_201_CREATED,
    response_model=GrantOut,
    responses=problems.responses(
        *_PAID, FundNotActive, DateInFuture, UsedBeforePaid, MoreThanGranted, PeriodClosed, GrantUseExists
    ),
    summary="Take back money that was not used (รับคืนเงินอุดหนุน)",
)
async def return_grant(session: Session, principal: FundWriter, grant_id: UUID, body: NewReturn) -> Response:
    """Book money that came back unused. รับคืนเงินอุดหนุนที่ไม่ได้ใช้และลงบัญชี."""
    await service.take_back(session, grant_id=grant_id, new=body, actor=principal, now=clock.now())
    return await _answer(session, grant_id, principal, code=status.HTTP_201_CREATED)


@router.post(
    "/grants/{grant_id}/returns/{use_id}/reversal",
    response_model=GrantOut,
    responses=problems.responses(
        *_PAID, FundNotActive, GrantUseNotFound, NotAReturn, ReversalByRecorder, PeriodClosed, OverCapital
    ),
    summary="Reverse a return booked wrongly (กลับรายการรับคืน)",
)
async def reverse_grant_return(
    session: Session, principal: FundApprover, grant_id: UUID, use_id: UUID, body: GrantReversal
) -> Response:
    """Take out of the books what another person booked wrongly as come back. กลับรายการรับคืนที่ผู้อื่นบันทึกผิด."""
    await service.reverse_return(
        session, grant_id=grant_id, use_id=use_id, reason=body.reason, actor=principal, now=clock.now()
    )
    return await _answer(session, grant_id, principal)


@router.post(
    "/grants/{grant_id}/uses/{use_id}/file",
    response_model=GrantOut,
    responses=problems.responses(*_PAID, GrantUseNotFound, WrongFileType, BodyTooLarge),
    summary="Attach the proof of a use (แนบหลักฐานการใช้เงิน)",
)
@web.large_body(attachments.MAX_BYTES + 65_536)
async def attach_grant_use(  # the parts of an upload
    session: Session,
    principal: FundWriter,
    grant_id: UUID,
    use_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG, at most 10 MiB")],
) -> Response:
    """Attach a receipt or photo to a use. แนบใบเสร็จหรือภาพถ่าย."""
    await _required(session, grant_id, principal)
    await service.use_of(session, grant_id, use_id)
    kept = await attachments.keep(file, kind="grant-uses", files=attachments.store_of(request))
    await service.attach(
        session, grant_id=grant_id, use_id=use_id, file=kept, actor=principal, now=clock.now()
    )
    return await _answer(session, grant_id, principal)


@router.get(
    "/grants/{grant_id}/uses/{use_id}/file",
    response_class=Response,
    responses={
        200: attachments.DESCRIBED,
        **problems.responses(GrantNotFound, GrantUseNotFound, FileNotThere),
    },
    summary="The proof of a use (หลักฐานการใช้เงิน)",
)
async def read_grant_use(
    session: Session, principal: FundReader, grant_id: UUID, use_id: UUID, request: Request
) -> Response:
    """Return the file that proves a use. Leaves an audit row. ดาวน์โหลดหลักฐานการใช้เงิน."""
    await _required(session, grant_id, principal)
    found = await service.use_of(session, grant_id, use_id)
    store = attachments.store_of(request)
    answer = attachments.answer(store, found["file_key"], found["file_type"], name="evidence")
    await service.record(
        session, "file", grant_id, actor=principal, now=clock.now(), detail={"use_id": str(use_id)}
    )
    return answer


@router.post(
    "/grants/{grant_id}/confirmation",
    response_model=GrantOut,
    responses=problems.responses(*_PAID, UseNotShown, OwnGrant, StaleVersion, VersionRequired),
    summary="Confirm that a grant is accounted for (รับรองการใช้เงิน)",
)
async def confirm_grant(
    session: Session, principal: FundApprover, grant_id: UUID, if_match: etags.IfMatch
) -> Response:
    """Confirm what was read, as another person: all of it is used or come back.

    รับรองการใช้เงินตามฉบับที่อ่านแล้ว โดยผู้ที่ไม่ได้ขอ จ่าย บันทึก หรือรับเงิน
    """
    await service.confirm(session, grant_id=grant_id, if_match=if_match, actor=principal, now=clock.now())
    return await _answer(session, grant_id, principal)


@router.post(
    "/grants/{grant_id}/reversal",
    response_model=GrantOut,
    responses=problems.responses(
        *_PAID, FundNotActive, GrantAccountedFor, ReversalByRecorder, PeriodClosed, OverCapital
    ),
    summary="Reverse a payment booked wrongly (กลับรายการจ่าย)",
)
async def reverse_grant(
    session: Session, principal: FundApprover, grant_id: UUID, body: GrantReversal
) -> Response:
    """Reverse another person's payment; the application stands as approved again, its money kept back.

    กลับรายการจ่ายที่ผู้อื่นบันทึกผิด คำขอกลับเป็นอนุมัติและกันเงินไว้
    """
    await service.reverse(session, grant_id=grant_id, reason=body.reason, actor=principal, now=clock.now())
    return await _answer(session, grant_id, principal)


def _narrowed(filters: GrantFilters, principal: Principal) -> queries.Filters:
    return queries.Filters(
        areas=principal.areas,
        area=filters.area or "",
        fund_id=filters.fund_id,
        state=filters.state,
        borrower_id=filters.borrower_id,
        paid_from=filters.paid_from_day,
        paid_to=filters.paid_to_day,
        late_on=business_date(clock.now()) if filters.late else None,
        updated_since=filters.updated_since,
    )


async def _required(session: AsyncSession, grant_id: UUID, principal: Principal) -> asyncpg.Record:
    row = await queries.one(session, grant_id, areas=principal.areas)
    if row is None:
        raise GrantNotFound
    return row


async def _answer(
    session: AsyncSession, grant_id: UUID, principal: Principal, *, code: int = status.HTTP_200_OK
) -> Response:
    row = await _required(session, grant_id, principal)
    uses = [_shown(one) for one in await queries.uses(session, grant_id)]
    headers = {"ETag": etags.of(row["version"])}
    body = paging.json_bytes({**_shown(row), "uses": uses})
    return Response(body, code, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any] | asyncpg.Record) -> dict[str, Any]:
    """Return a row with its satang as decimal strings of baht."""
    kept = {name: value for name, value in row.items() if name not in _HIDDEN}
    return {name: baht(value) if name in _AMOUNTS else value for name, value in kept.items()}


async def _for_file(session: AsyncSession, **options: Any) -> list[Any]:
    return [_shown(row) for row in await queries.page(session, **options)]
