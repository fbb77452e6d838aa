"""SELECTs on reminders; a caller sees those of her areas.

Loans and instalments are loans' own tables; they are read here set-based, one statement for all the
instalments that come due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reminders.models import Reminder
from funds.reminders.rules import ReminderState
from shared.areas import descends, within
from shared.db import counted, fetch, seek

_TABLE = Reminder.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

UPCOMING: Final = """
SELECT loan.id AS loan_id, loan.schedule_no, row.number, loan.fund_id, loan.area_code, row.due_on
FROM instalments AS row
JOIN loans AS loan ON loan.id = row.loan_id AND loan.schedule_no = row.schedule_no
WHERE row.settled_on IS NULL AND row.due_on > $1 AND row.due_on <= $2 AND loan.state IN ('active', 'frozen')
  AND NOT EXISTS (
    SELECT FROM reminders WHERE loan_id = loan.id AND schedule_no = loan.schedule_no AND number = row.number)
LIMIT $3
"""
"""Unpaid instalments of open loans due after `$1` up to `$2` whose reminders are not planned yet."""

CLAIMED: Final = """
SELECT r.id, r.loan_id, r.schedule_no, r.number, r.days, r.fund_id, r.area_code, r.due_on,
    loan.state AS loan_state, loan.schedule_no = r.schedule_no AS in_force, loan.borrower_kind,
    loan.borrower_id, loan.contract_no, made.made_on, greatest(owed.amount, 0) AS amount,
    row.settled_on IS NOT NULL OR owed.amount <= 0 AS settled,
    (SELECT coalesce(array_agg(DISTINCT other.days), '{}') FROM reminders AS other
     WHERE other.loan_id = r.loan_id AND other.due_on = r.due_on AND other.state = 'sent') AS reminded
FROM reminders AS r
JOIN loans AS loan ON loan.id = r.loan_id
JOIN instalments AS row
  ON row.loan_id = r.loan_id AND row.schedule_no = r.schedule_no AND row.number = r.number
JOIN loan_schedules AS made ON made.loan_id = r.loan_id AND made.schedule_no = r.schedule_no
CROSS JOIN LATERAL (
    SELECT row.principal - row.paid_principal + row.interest - row.paid_interest - row.waived_interest
        + row.penalty - row.paid_penalty
        - CASE WHEN row.due_on = loan.next_due_on THEN loan.advance ELSE 0 END AS amount
) AS owed
WHERE r.id = ANY($1)
ORDER BY r.due_at, r.id
"""
"""What claimed reminders (`$1`) are decided by, and what is to be brought, less what was paid ahead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reminders: of whose areas, where, of which fund and loan, state, due between which days."""

    areas: Sequence[str]
    area: str = ""
    fund_id: UUID | None = None
    loan_id: UUID | None = None
    state: ReminderState | None = None
    due_from: date | None = None
    due_to: date | None = None


def _listed(wanted: Wanted) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_TABLE.c).where(
        within(_TABLE.c.area_code, wanted.areas), descends(_TABLE.c.area_code, wanted.area)
    )
    for column, value in ((_TABLE.c.fund_id, wanted.fund_id), (_TABLE.c.loan_id, wanted.loan_id)):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.state is not None:
        statement = statement.where(_TABLE.c.state == wanted.state.value)
    if wanted.due_from is not None:
        statement = statement.where(_TABLE.c.due_on >= wanted.due_from)
    if wanted.due_to is not None:
        statement = statement.where(_TABLE.c.due_on <= wanted.due_to)
    return statement


async def page(
    session: AsyncSession, wanted: Wanted, *, after: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` reminders by due date and id, from the first after `after`."""
    key = (_TABLE.c.due_on, _TABLE.c.id)
    return await fetch(session, seek(_listed(wanted), key, after, limit=limit))


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many reminders there are."""
    return await counted(session, _listed(wanted))


async def one(session: AsyncSession, reminder_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a reminder of the caller's areas."""
    rows = await fetch(session, _listed(Wanted(areas=areas)).where(_TABLE.c.id == reminder_id))
    return rows[0] if rows else None
