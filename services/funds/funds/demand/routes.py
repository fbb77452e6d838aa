"""Arrears, portfolio at risk and tasks over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds import attachments
from funds.attachments import FileNotThere, WrongFileType
from funds.demand import queries, service
from funds.demand.errors import (
    EvidenceMissing,
    LoanNotInDemand,
    PromiseInPast,
    PromiseMissing,
    TaskClosed,
    TaskDueInPast,
    TaskExists,
    TaskNeedsDecision,
    TaskNotFound,
)
from funds.demand.export import DESCRIBED, OVERDUE
from funds.demand.schemas import (
    AllTaskFilters,
    ArrearsDetail,
    NewTask,
    OverdueFilters,
    OverdueLoan,
    PortfolioFilters,
    PortfolioOut,
    RunsOut,
    TaskClosing,
    TaskFilters,
    TaskOut,
)
from funds.loans.errors import LoanNotFound
from funds.permissions import LoanReader, LoanWriter
from shared import audit, clock, etags, exports, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import BodyTooLarge, InvalidCursor, ScopeMissing

router = web.router(tags=["demand"])


@router.get(
    "/loans/overdue",
    response_model=paging.Page[OverdueLoan],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Late loans (ลูกหนี้ค้างชำระ)",
)
async def list_overdue_loans(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[OverdueFilters, Query()],
) -> Response:
    """List the loans that are late now, by area, fund and bucket; as CSV or XLSX with the scope `export`.

    How late a loan is follows from its instalments at this moment: one that was repaid a minute ago is not
    here any more. รายชื่อสัญญาที่ค้างชำระ ณ ปัจจุบัน ตามพื้นที่และช่วงอายุหนี้
    """
    day = business_date(clock.now())
    wanted = queries.Overdue(
        areas=principal.areas,
        day=day,
        area=filters.area or "",
        fund_id=filters.fund_id,
        bucket=filters.bucket,
    )

    async def read(session: AsyncSession, *, after: tuple[Any, ...] | None, limit: int) -> list[Any]:
        place = None if after is None else (str(after[0]), UUID(str(after[1])))
        rows = await queries.overdue(session, wanted, after=place, limit=limit)
        return [_said(OverdueLoan, {**row, **service.arrears_of(row, day=day)}) for row in rows]

    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=OVERDUE,
            read=read,
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    rows = await read(session, after=page.after, limit=page.fetch)
    total = await queries.count_overdue(session, wanted) if page.count else None
    return paging.page(page, rows, key=("area_code", "loan_id"), total=total)


@router.get(
    "/loans/at-risk",
    responses=problems.responses(ScopeMissing),
    summary="Portfolio at risk (คุณภาพลูกหนี้ PAR30 PAR60 PAR90)",
)
async def read_portfolio_at_risk(
    session: ReadSession, principal: LoanReader, filters: Annotated[PortfolioFilters, Query()]
) -> PortfolioOut:
    """Return the open loans by bucket, what is overdue, and PAR30, PAR60 and PAR90 over whole principals.

    ยอดคงเหลือทั้งจำนวนของสัญญาที่ค้างเกิน 30 60 90 วัน หารด้วยยอดคงเหลือทั้งหมด
    """
    wanted = queries.Overdue(
        areas=principal.areas,
        day=business_date(clock.now()),
        area=filters.area or "",
        fund_id=filters.fund_id,
    )
    return PortfolioOut.model_validate(await service.portfolio(session, wanted))


@router.get(
    "/loans/tasks",
    response_model=paging.Page[TaskOut],
    responses=problems.responses(InvalidCursor, ScopeMissing),
    summary="Tasks about late loans (งานติดตามทวงถามในพื้นที่)",
)
async def list_demand_tasks(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[AllTaskFilters, Query()],
) -> Response:
    """List tasks of an area by the day they are due; `state=open` are those to do. งานที่ต้องทำในพื้นที่."""
    wanted = queries.Tasks(
        areas=principal.areas,
        area=filters.area or "",
        fund_id=filters.fund_id,
        kind=filters.kind,
        state=filters.state,
        due_until=filters.due_until,
    )
    return await _listed(session, page, wanted)


@router.get(
    "/loans/daily-runs",
    responses=problems.responses(ScopeMissing),
    summary="The last daily runs (การประมวลผลประจำวัน)",
)
async def list_daily_runs(
    session: ReadSession, principal: LoanReader, limit: Annotated[int, Query(ge=1, le=400)] = 30
) -> RunsOut:
    """Return what the last daily runs did, the newest first. ผลการประมวลผลสถานะหนี้ย้อนหลัง."""
    del principal
    rows = await queries.runs(session, limit=limit)
    return RunsOut.model_validate({"items": [dict(row) for row in rows]}, extra="ignore")


@router.get(
    "/loans/{loan_id}/arrears",
    responses=problems.responses(LoanNotFound),
    summary="How late a loan is (สถานะค้างชำระของสัญญา)",
)
async def read_loan_arrears(session: ReadSession, principal: LoanReader, loan_id: UUID) -> ArrearsDetail:
    """Return how late a loan is now, the worst it reached, and when its bucket changed.

    จำนวนวันค้างชำระ ช่วงอายุหนี้ปัจจุบันและสูงสุดที่เคยถึง
    """
    day = business_date(clock.now())
    found = await service.arrears(session, loan_id, principal=principal, day=day)
    return ArrearsDetail.model_validate(found)


@router.get(
    "/loans/{loan_id}/tasks",
    response_model=paging.Page[TaskOut],
    responses=problems.responses(LoanNotFound, InvalidCursor),
    summary="Tasks of a loan (งานติดตามของสัญญา)",
)
async def list_loan_tasks(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    loan_id: UUID,
    filters: Annotated[TaskFilters, Query()],
) -> Response:
    """List what is and was done about a loan. งานติดตามทวงถามของสัญญา ทั้งที่เปิดและปิดแล้ว."""
    await service.loan_of(session, loan_id, principal=principal)
    wanted = queries.Tasks(areas=principal.areas, loan_id=loan_id, kind=filters.kind, state=filters.state)
    return await _listed(session, page, wanted)


@router.post(
    "/loans/{loan_id}/tasks",
    status_code=status.HTTP_201_CREATED,
    response_model=TaskOut,
    responses=problems.responses(LoanNotFound, LoanNotInDemand, TaskNeedsDecision, TaskDueInPast, TaskExists),
    summary="Open a task by hand (เปิดงานติดตาม)",
)
async def open_demand_task(session: Session, principal: LoanWriter, loan_id: UUID, body: NewTask) -> Response:
    """Open a task beside those that the daily run opens. เปิดงานติดตามเพิ่มเติมจากที่ระบบเปิดให้."""
    task_id = await service.open_task(session, loan_id=loan_id, new=body, actor=principal, now=clock.now())
    return await _task(session, loan_id, task_id, code=status.HTTP_201_CREATED)


@router.get(
    "/loans/{loan_id}/tasks/{task_id}",
    response_model=TaskOut,
    responses=problems.responses(LoanNotFound, TaskNotFound),
    summary="A task (งานติดตาม)",
)
async def read_demand_task(
    session: ReadSession, principal: LoanReader, loan_id: UUID, task_id: UUID
) -> Response:
    """Return a task of a loan. รายละเอียดงานติดตาม."""
    await service.loan_of(session, loan_id, principal=principal)
    return await _task(session, loan_id, task_id)


@router.post(
    "/loans/{loan_id}/tasks/{task_id}/closing",
    response_model=TaskOut,
    responses=problems.responses(
        LoanNotFound,
        TaskNotFound,
        TaskClosed,
        TaskNeedsDecision,
        EvidenceMissing,
        PromiseMissing,
        PromiseInPast,
    ),
    summary="Close a task with its evidence (ปิดงานติดตามพร้อมหลักฐาน)",
)
async def close_demand_task(
    session: Session, principal: LoanWriter, loan_id: UUID, task_id: UUID, body: TaskClosing
) -> Response:
    """Close a task: what came of it, with a file attached before or the number of a document.

    ปิดงานพร้อมผลการติดตาม ต้องมีไฟล์หลักฐานหรือเลขที่เอกสาร
    """
    await service.close_task(
        session, loan_id=loan_id, task_id=task_id, closing=body, actor=principal, now=clock.now()
    )
    return await _task(session, loan_id, task_id)


@router.post(
    "/loans/{loan_id}/tasks/{task_id}/evidence",
    response_model=TaskOut,
    responses=problems.responses(LoanNotFound, TaskNotFound, TaskClosed, WrongFileType, BodyTooLarge),
    summary="Attach the evidence of a task (แนบหลักฐานการติดตาม)",
)
@web.large_body(attachments.MAX_BYTES + 65_536)
async def attach_task_evidence(
    session: Session,
    principal: LoanWriter,
    loan_id: UUID,
    task_id: UUID,
    request: Request,
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG, at most 10 MiB")],
) -> Response:
    """Attach a photo of a visit, a signed letter, minutes. แนบรูปถ่าย หนังสือ หรือบันทึกการประชุม."""
    await service.loan_of(session, loan_id, principal=principal)
    kept = await attachments.keep(file, kind="demand-tasks", files=attachments.store_of(request))
    await service.attach(
        session, loan_id=loan_id, task_id=task_id, file=kept, actor=principal, now=clock.now()
    )
    return await _task(session, loan_id, task_id)


@router.get(
    "/loans/{loan_id}/tasks/{task_id}/evidence",
    response_class=Response,
    responses={
        200: attachments.DESCRIBED,
        **problems.responses(LoanNotFound, TaskNotFound, FileNotThere),
    },
    summary="The evidence of a task (ไฟล์หลักฐานการติดตาม)",
)
async def read_task_evidence(
    session: Session, principal: LoanReader, loan_id: UUID, task_id: UUID, request: Request
) -> Response:
    """Return the evidence as it was attached. Leaves an audit row. ดาวน์โหลดหลักฐาน."""
    await service.loan_of(session, loan_id, principal=principal)
    found = await queries.task(session, loan_id, task_id)
    if found is None:
        raise TaskNotFound
    files = attachments.store_of(request)
    answer = attachments.answer(files, found["file_key"], found["file_type"], name="evidence")
    await audit.record(
        session,
        principal=principal,
        action="demand_task.file",
        subjects=[loan_id, task_id],
        now=clock.now(),
    )
    return answer


async def _listed(session: AsyncSession, page: paging.Params, wanted: queries.Tasks) -> Response:
    after = page.place(date.fromisoformat, UUID)
    rows = await queries.tasks(session, wanted, after=after, limit=page.fetch)
    total = await queries.count_tasks(session, wanted) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("due_on", "id"), total=total)


async def _task(
    session: AsyncSession, loan_id: UUID, task_id: UUID, *, code: int = status.HTTP_200_OK
) -> Response:
    found = await queries.task(session, loan_id, task_id)
    if found is None:
        raise TaskNotFound
    body = paging.json_bytes(_shown(found))
    headers = {"ETag": etags.of(found["version"])}
    return Response(body, status_code=code, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task as `TaskOut` says it."""
    kept = {"media_type": row["file_type"], "size": row["file_size"], "sha256": row["file_sha256"]}
    return _said(TaskOut, {**row, "file": None if row["file_key"] is None else kept})


def _said(model: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a model as the API writes them."""
    values = {name: row[name] for name in model.model_fields}
    said: dict[str, Any] = model.model_validate(values).model_dump(mode="json")
    return said
