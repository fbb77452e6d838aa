"""Arrears as they are now, and tasks: opened, closed with evidence."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.attachments import Attachment
from funds.committees import queries as committees
from funds.committees.errors import FundMeetingNotFound
from funds.demand import daily, queries
from funds.demand.errors import (
    EvidenceMissing,
    LoanNotInDemand,
    PromiseInPast,
    PromiseMissing,
    TaskClosed,
    TaskDueInPast,
    TaskNeedsDecision,
    TaskNotFound,
)
from funds.demand.models import DemandTask
from funds.demand.queries import Overdue
from funds.demand.rules import (
    AT_RISK_DAYS,
    Arrears,
    Bucket,
    Outcome,
    TaskKind,
    TaskState,
    assess,
    bucket_of,
    par,
    reported_bucket,
)
from funds.demand.schemas import NewTask, TaskClosing
from funds.demand.task_rules import watch
from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = DemandTask.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_DEMANDED: Final = frozenset({"active", "frozen", "written_off"})

_WATCH = """
INSERT INTO loan_arrears AS known (loan_id, fund_id, area_code, days_late, bucket, worst_days, worst_bucket,
    overdue_principal, overdue_total, outstanding, as_of, watch_until, updated_at)
SELECT $1, fund_id, area_code, 0, 'current', $2, $3, 0, 0, outstanding, $4, $5, $6 FROM loans WHERE id = $1
ON CONFLICT (loan_id) DO UPDATE
SET watch_until = excluded.watch_until, worst_days = greatest(known.worst_days, excluded.worst_days),
    worst_bucket = CASE WHEN known.worst_days < excluded.worst_days THEN excluded.worst_bucket
        ELSE known.worst_bucket END,
    version = known.version + 1, updated_at = excluded.updated_at
"""


async def loan_of(session: AsyncSession, loan_id: UUID, *, principal: Principal) -> asyncpg.Record:
    """Return a loan of the caller's areas; raises LoanNotFound."""
    found = await loans.loan(session, loan_id, areas=principal.areas)
    if found is None:
        raise LoanNotFound
    return found


async def meeting_of(session: AsyncSession, fund_id: UUID, meeting_id: UUID | None) -> None:
    """Raise FundMeetingNotFound unless a named meeting is the fund's."""
    if meeting_id is None:
        return
    found = await committees.meeting(session, meeting_id)
    if found is None or found["fund_id"] != fund_id:
        raise FundMeetingNotFound(pointer="/meeting_id")


def arrears_of(row: Mapping[str, Any], *, day: date) -> dict[str, Any]:
    """Return a row of `queries.one` or `queries.overdue` as `ArrearsOut` says it, on that day."""
    found: Arrears = assess(
        queries.standing(row), day, worst_days=row["worst_days"] or 0, late_since=row["late_since"]
    )
    reported = reported_bucket(found.bucket, found.worst_bucket, watch_until=row["watch_until"], day=day)
    return {
        **{name: getattr(found, name) for name in Arrears.__dataclass_fields__},
        "as_of": day,
        "reported_bucket": reported,
        "watch_until": row["watch_until"],
    }


async def arrears(session: AsyncSession, loan_id: UUID, *, principal: Principal, day: date) -> dict[str, Any]:
    """Return how late a loan is on a day, with its changes; raises LoanNotFound."""
    await loan_of(session, loan_id, principal=principal)
    row = await queries.one(session, loan_id, day=day)
    if row is None:
        raise LoanNotFound
    changes = [dict(change) for change in await queries.changes(session, loan_id)]
    return {"loan_id": loan_id, **arrears_of(row, day=day), "changes": changes}


async def portfolio(session: AsyncSession, wanted: Overdue) -> dict[str, Any]:
    """Return the open loans by bucket with PAR30, PAR60 and PAR90, as they are on the day."""
    rows = await queries.portfolio(session, wanted)
    by_days = [(row["outstanding"], row["days"] or 0) for row in rows]
    buckets = {bucket: {"bucket": bucket, "loans": 0, "outstanding": 0} for bucket in Bucket}
    for row in rows:
        one = buckets[bucket_of(row["days"] or 0)]
        one["loans"] += row["loans"]
        one["outstanding"] += row["outstanding"]
    overdue_principal, overdue_total, watched = await queries.sums(session, wanted)
    at_risk = [(days, par(by_days, days)) for days in AT_RISK_DAYS]
    return {
        "as_of": wanted.day,
        "loans": sum(row["loans"] for row in rows),
        "frozen": sum(row["frozen"] for row in rows),
        "outstanding": sum(row["outstanding"] for row in rows),
        "overdue_principal": overdue_principal,
        "overdue_total": overdue_total,
        "watched": watched,
        "buckets": list(buckets.values()),
        "at_risk": [{"days": days, "at_risk": one.at_risk, "percent": one.percent} for days, one in at_risk],
    }


async def start_watch(session: AsyncSession, loan_id: UUID, *, now: datetime, at_least: int = 0) -> int:
    """Keep the worst days late that a loan reached and watch it from now on; returns them.

    Called before its schedule changes; `at_least` is what a loan that this one comes from had reached.
    """
    await daily.alone(session)
    day = business_date(now)
    row = await queries.one(session, loan_id, day=day)
    if row is None:
        raise LoanNotFound
    found = assess(queries.standing(row), day, worst_days=max(row["worst_days"] or 0, at_least))
    await (await driver(session)).execute(
        _WATCH, loan_id, found.worst_days, found.worst_bucket.value, day, day + watch(), now
    )
    return found.worst_days


async def open_task(
    session: AsyncSession, *, loan_id: UUID, new: NewTask, actor: Principal, now: datetime
) -> UUID:
    """Open a task by hand; returns its id.

    Raises LoanNotFound, LoanNotInDemand, TaskNeedsDecision (only a death opens a task about one),
    TaskDueInPast and, by its constraint, TaskExists.
    """
    loan = await loan_of(session, loan_id, principal=actor)
    if loan["state"] not in _DEMANDED:
        raise LoanNotInDemand
    if new.kind is TaskKind.DEATH:
        raise TaskNeedsDecision
    if new.due_on < business_date(now):
        raise TaskDueInPast(pointer="/due_on")
    task_id = await add_task(
        session, loan, kind=new.kind, due_on=new.due_on, by=actor.subject, now=now, task_id=new.id
    )
    if new.note:
        await update_row(session, _TABLE, task_id, note=new.note)
    await _recorded(session, "open", loan_id, task_id, actor=actor, now=now)
    return task_id


async def add_task(
    session: AsyncSession,
    loan: asyncpg.Record,
    *,
    kind: TaskKind,
    due_on: date,
    by: str,
    now: datetime,
    task_id: UUID | None = None,
) -> UUID:
    """Add an open task to a loan (`id, fund_id, area_code`); returns its id."""
    day = business_date(now)
    row = await queries.one(session, loan["id"], day=day)
    found = None if row is None else assess(queries.standing(row), day, late_since=row["late_since"])
    task_id = task_id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=task_id,
        loan_id=loan["id"],
        fund_id=loan["fund_id"],
        area_code=loan["area_code"],
        late_since=found and found.late_since,
        kind=kind.value,
        bucket=(found.bucket if found else Bucket.CURRENT).value,
        opened_on=day,
        due_on=due_on,
        opened_by=by,
        created_at=now,
        updated_at=now,
    )
    return task_id


async def attach(
    session: AsyncSession, *, loan_id: UUID, task_id: UUID, file: Attachment, actor: Principal, now: datetime
) -> None:
    """Attach the evidence of an open task; raises LoanNotFound, TaskNotFound, TaskClosed."""
    found = await _open(session, loan_id, task_id, actor=actor)
    await update_row(
        session,
        _TABLE,
        task_id,
        file_key=file.key,
        file_type=file.media_type,
        file_size=file.size,
        file_sha256=file.sha256,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "attach", loan_id, task_id, actor=actor, now=now)


async def close_task(
    session: AsyncSession,
    *,
    loan_id: UUID,
    task_id: UUID,
    closing: TaskClosing,
    actor: Principal,
    now: datetime,
) -> None:
    """Close a task with its evidence.

    Raises LoanNotFound, TaskNotFound, TaskClosed, TaskNeedsDecision, EvidenceMissing, PromiseMissing,
    PromiseInPast.
    """
    found = await _open(session, loan_id, task_id, actor=actor)
    if found["kind"] == TaskKind.DEATH.value:
        raise TaskNeedsDecision
    if found["file_key"] is None and closing.document_no is None:
        raise EvidenceMissing(pointer="/document_no")
    promised = closing.promised_on is not None and closing.promised_amount is not None
    if closing.outcome is Outcome.PROMISED and not promised:
        raise PromiseMissing(pointer="/promised_on")
    if closing.promised_on is not None and closing.promised_on < business_date(now):
        raise PromiseInPast(pointer="/promised_on")
    await end_task(session, found, outcome=closing.outcome, by=actor.subject, now=now)
    values = closing.model_dump(exclude={"outcome"})
    await update_row(session, _TABLE, task_id, **values)
    detail = {"outcome": closing.outcome.value}
    await _recorded(session, "close", loan_id, task_id, actor=actor, now=now, detail=detail)


async def end_task(
    session: AsyncSession, task: asyncpg.Record, *, outcome: Outcome, by: str, now: datetime
) -> None:
    """Set a task done that is locked and open."""
    await update_row(
        session,
        _TABLE,
        task["id"],
        state=TaskState.DONE.value,
        outcome=outcome.value,
        closed_by=by,
        closed_on=business_date(now),
        version=task["version"] + 1,
        updated_at=now,
    )


async def alone(session: AsyncSession) -> None:
    """Let no daily run write arrears and tasks until the transaction ends; before a task is locked."""
    await daily.alone(session)


async def look(session: AsyncSession, loan_id: UUID, *, now: datetime) -> None:
    """Write how late a loan is now, and open the tasks of its bucket; after a change that people made."""
    await daily.look(session, loan_id, now=now)


async def _open(session: AsyncSession, loan_id: UUID, task_id: UUID, *, actor: Principal) -> asyncpg.Record:
    await loan_of(session, loan_id, principal=actor)
    found = await queries.task(session, loan_id, task_id, lock=True)
    if found is None:
        raise TaskNotFound
    if found["state"] != TaskState.OPEN.value:
        raise TaskClosed
    return found


async def _recorded(
    session: AsyncSession,
    verb: str,
    loan_id: UUID,
    task_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        principal=actor,
        action=f"demand_task.{verb}",
        subjects=[loan_id, task_id],
        now=now,
        detail=detail,
    )
