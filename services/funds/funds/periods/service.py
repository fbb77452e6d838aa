"""Closing a period: nothing is booked into it any more, and what it held is stored."""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments import queries as adjustments
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.errors import PeriodClosed
from funds.ledger.rules import Entry, JournalKind, closing_lines
from funds.periods.errors import CONSTRAINTS, AdjustmentsOpen, NotMonthEnd, PeriodNotEnded
from funds.periods.rules import PeriodKind, ends_a_month
from funds.periods.schemas import NewPeriod
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.security import Principal

_CLOSE = """
INSERT INTO ledger_periods (fund_id, period_to, kind, closed_by, closed_at) VALUES ($1, $2, $3, $4, $5)
"""


async def close(
    session: AsyncSession, *, fund_id: UUID, new: NewPeriod, actor: Principal, now: datetime
) -> None:
    """Close a fund's books up to a day (ปิดงวดบัญชี).

    A year's income and expenses are booked into the retained surplus before, as a journal of its last day.
    The books are locked first, so that nothing is booked between the closing entry and the closing. Raises
    BooksNotFound, NotMonthEnd, AdjustmentsOpen, PeriodClosed, PeriodNotEnded.
    """
    found = await books.books(session, fund_id, areas=actor.areas)
    if new.period_to >= business_date(now):
        raise PeriodNotEnded(pointer="/period_to")
    if found["closed_until"] is not None and new.period_to <= found["closed_until"]:
        raise PeriodClosed(pointer="/period_to")
    if not ends_a_month(new.period_to):
        raise NotMonthEnd(pointer="/period_to")
    await ledger.lock(session, fund_id=fund_id)
    if await adjustments.waiting(session, fund_id, until=new.period_to):
        raise AdjustmentsOpen
    if new.kind is PeriodKind.YEAR:
        lines = closing_lines(await books.sums(session, fund_id, on=new.period_to))
        if lines:
            entry = Entry(JournalKind.CLOSING, "year_close", uuid7(), new.period_to, lines)
            await ledger.post(session, fund_id=fund_id, entry=entry, actor=actor, now=now)
    connection = await driver(session)
    try:
        await connection.execute(_CLOSE, fund_id, new.period_to, new.kind.value, actor.subject, now)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise CONSTRAINTS[error.constraint_name or ""] from error
    detail = {"period_to": new.period_to.isoformat(), "kind": new.kind.value}
    await audit.record(
        session, principal=actor, action="ledger.close", subjects=[fund_id], now=now, detail=detail
    )
