"""Reminders over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from funds.notifications import queries as notifications
from funds.notifications.rules import Purpose
from funds.permissions import LoanReader, LoanWriter
from funds.reminders import queries, service
from funds.reminders.errors import ReminderNotFound, ReminderNotSent
from funds.reminders.schemas import ReminderDetail, ReminderFilters, ReminderOut
from shared import clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["reminders"])


@router.get(
    "/reminders",
    response_model=paging.Page[ReminderOut],
    responses=problems.responses(InvalidCursor),
    summary="Reminders before due dates (การแจ้งเตือนก่อนครบกำหนด)",
)
async def list_reminders(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[ReminderFilters, Query()],
) -> Response:
    """List reminders by due date: planned, sent, and skipped with the reason. รายการแจ้งเตือนพร้อมสถานะ."""
    wanted = queries.Wanted(
        areas=principal.areas,
        area=filters.area or "",
        fund_id=filters.fund_id,
        loan_id=filters.loan_id,
        state=filters.state,
        due_from=filters.due_from,
        due_to=filters.due_to,
    )
    after = page.place(date.fromisoformat, UUID)
    rows = await queries.page(session, wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("due_on", "id"), total=total)


@router.get(
    "/reminders/{reminder_id}",
    responses=problems.responses(ReminderNotFound),
    summary="A reminder with its proof of delivery (หลักฐานการแจ้งเตือน)",
)
async def read_reminder(session: ReadSession, principal: LoanReader, reminder_id: UUID) -> ReminderDetail:
    """Return a reminder and every attempt to deliver it. รายละเอียดและหลักฐานการส่ง."""
    return await _detail(session, reminder_id, principal.areas)


@router.post(
    "/reminders/{reminder_id}/replay",
    responses=problems.responses(ReminderNotFound, ReminderNotSent),
    summary="Deliver a reminder again (ส่งการแจ้งเตือนซ้ำ)",
)
async def replay_reminder(session: Session, principal: LoanWriter, reminder_id: UUID) -> ReminderDetail:
    """Deliver a reminder's message again under the same id, after a receiver lost it.

    ส่งข้อความเดิมซ้ำเมื่อผู้รับทำหาย ใช้รหัสข้อความเดิม
    """
    await service.replay(session, reminder_id, actor=principal, now=clock.now())
    return await _detail(session, reminder_id, principal.areas)


async def _detail(session: AsyncSession, reminder_id: UUID, areas: tuple[str, ...]) -> ReminderDetail:
    found = await queries.one(session, reminder_id, areas=areas)
    if found is None:
        raise ReminderNotFound
    sent = await notifications.delivery(session, Purpose.REMINDER.value, reminder_id)
    delivery = None
    if sent is not None:
        tries = sent["tries"] if isinstance(sent["tries"], list) else orjson.loads(sent["tries"])
        delivery = {**sent, "tries": tries}
    return ReminderDetail.model_validate({**_values(found), "delivery": delivery})


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ReminderOut.model_fields}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reminder as `ReminderOut` says it."""
    return ReminderOut.model_validate(_values(row)).model_dump(mode="json")
