"""Reminders planned ahead and, when their moment has come, sent or skipped: each once.

A reminder is a row, unique by loan, schedule, instalment and days. Whoever claims it decides in the same
transaction in which the message to send is written, so that a restart in between neither loses nor repeats
one. A clock that was ahead for a while may have skipped reminders too early: their decision lies in the
future of the right clock, which plans them again. What was sent stays sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.notifications import service as notifications
from funds.notifications.rules import Message, Purpose
from funds.reminders import queries
from funds.reminders.errors import ReminderNotFound, ReminderNotSent
from funds.reminders.events import ReminderDue
from funds.reminders.rules import AHEAD, DAYS, Instalment, ReminderState, Skipped, day_of, decide
from shared import audit, outbox
from shared.clock import BANGKOK, business_date
from shared.db import Database, driver
from shared.ids import uuid7
from shared.money import baht
from shared.security import Principal

AT: Final = time(8, 0, tzinfo=BANGKOK)
"""When a day's reminders go out."""
BATCH: Final = 500
_PLANNED_AT_ONCE: Final = 20_000  # each look goes through all that is due within a month

_PLAN = """
INSERT INTO reminders (id, loan_id, schedule_no, number, days, fund_id, area_code, due_on, due_at, created_at)
SELECT told.*, $10 FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::smallint[],
    $6::uuid[], $7::text[], $8::date[], $9::timestamptz[]) AS told
ON CONFLICT (loan_id, schedule_no, number, days) DO NOTHING
"""
_AGAIN = """
UPDATE reminders SET state = 'planned', reason = NULL, decided_on = NULL, decided_at = NULL
WHERE state = 'skipped' AND decided_on > $1
"""
_CLAIM = """
SELECT id FROM reminders WHERE state = 'planned' AND due_at <= $1 ORDER BY due_at, id LIMIT $2
FOR UPDATE SKIP LOCKED
"""
_DECIDE = """
UPDATE reminders AS r SET state = told.state, reason = told.reason, amount = told.amount, decided_on = $5,
    decided_at = $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) AS told (id, state, reason, amount)
WHERE r.id = told.id
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a look came to."""

    sent: int = 0
    skipped: int = 0


async def work(database: Database, *, now: datetime) -> Done:
    """Plan the reminders to come, and send or skip those whose moment has come."""
    async with database.transaction() as session:
        await (await driver(session)).execute(_AGAIN, business_date(now))
    while True:
        async with database.transaction() as session:
            if not await plan(session, now=now):
                break
    sent = skipped = 0
    while True:
        async with database.transaction() as session:
            done = await send_due(session, now=now)
        if done is None:
            return Done(sent, skipped)
        sent, skipped = sent + done.sent, skipped + done.skipped


async def plan(session: AsyncSession, *, now: datetime) -> int:
    """Plan the reminders of instalments that are due within a month; returns of how many instalments."""
    connection = await driver(session)
    today = business_date(now)
    found = await connection.fetch(queries.UPCOMING, today, today + AHEAD, _PLANNED_AT_ONCE)
    rows = [
        (
            uuid7(),
            row["loan_id"],
            row["schedule_no"],
            row["number"],
            days,
            row["fund_id"],
            row["area_code"],
            row["due_on"],
            datetime.combine(day_of(row["due_on"], days), AT),
        )
        for row in found
        for days in DAYS
    ]
    if rows:
        await connection.execute(_PLAN, *(list(column) for column in zip(*rows, strict=True)), now)
    return len(found)


async def send_due(session: AsyncSession, *, now: datetime) -> Done | None:
    """Send or skip the next reminders whose moment has come; None when there are none left."""
    connection = await driver(session)
    ids = [row["id"] for row in await connection.fetch(_CLAIM, now, BATCH)]
    if not ids:
        return None
    today = business_date(now)
    rows = await connection.fetch(queries.CLAIMED, ids)
    sent: list[asyncpg.Record] = []
    decisions: list[tuple[UUID, str, str | None, int]] = []
    told: set[tuple[UUID, date, int]] = set()
    for row in rows:
        reason = _reason(row, today)
        same = (row["loan_id"], row["due_on"], row["days"])
        if reason is None and same in told:
            reason = Skipped.REPEATED
        if reason is None:
            sent.append(row)
            told.add(same)
        state = ReminderState.SENT if reason is None else ReminderState.SKIPPED
        decisions.append((row["id"], state.value, reason and reason.value, row["amount"]))
    columns = (list(column) for column in zip(*decisions, strict=True))
    await connection.execute(_DECIDE, *columns, today, now)
    await _announce(session, sent, now=now)
    return Done(len(sent), len(rows) - len(sent))


async def replay(session: AsyncSession, reminder_id: UUID, *, actor: Principal, now: datetime) -> None:
    """Let a sent reminder's message be delivered again; raises ReminderNotFound, ReminderNotSent."""
    found = await queries.one(session, reminder_id, areas=actor.areas)
    if found is None:
        raise ReminderNotFound
    if found["state"] != ReminderState.SENT.value:
        raise ReminderNotSent
    await notifications.replay(session, Purpose.REMINDER, reminder_id, now=now)
    await audit.record(
        session,
        principal=actor,
        action="reminder.replay",
        subjects=[reminder_id, found["loan_id"]],
        now=now,
    )


def _reason(row: asyncpg.Record, today: date) -> Skipped | None:
    instalment = Instalment(
        due_on=row["due_on"],
        made_on=row["made_on"],
        settled=row["settled"],
        in_force=row["in_force"],
        loan_state=row["loan_state"],
    )
    return decide(instalment, row["days"], today, reminded=row["reminded"])


async def _announce(session: AsyncSession, sent: Sequence[asyncpg.Record], *, now: datetime) -> None:
    """Write the messages to send and the events that tell of them."""
    messages = [
        Message(
            purpose=Purpose.REMINDER,
            subject_id=row["id"],
            fund_id=row["fund_id"],
            area_code=row["area_code"],
            borrower_kind=row["borrower_kind"],
            borrower_id=row["borrower_id"],
            facts={
                "loan_id": str(row["loan_id"]),
                "contract_no": row["contract_no"],
                "instalment": row["number"],
                "due_on": row["due_on"].isoformat(),
                "days": row["days"],
                "amount": baht(row["amount"]),
            },
        )
        for row in sent
    ]
    await notifications.add(session, messages, now=now)
    facts = [
        ReminderDue(
            reminder_id=row["id"],
            loan_id=row["loan_id"],
            fund_id=row["fund_id"],
            area_code=row["area_code"],
            instalment=row["number"],
            due_on=row["due_on"],
            days=row["days"],
        )
        for row in sent
    ]
    await outbox.insert_many(session, [(fact, fact.reminder_id, 1) for fact in facts])
