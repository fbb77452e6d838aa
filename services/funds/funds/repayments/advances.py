"""Money paid ahead, used as instalments fall due (ตัดเงินรับล่วงหน้า), before it is counted who is late.

Each loan has a transaction of its own: one that is busy is passed over and looked at again, one that refuses
or fails is told and left for the next day's run, and neither holds up another.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from funds.repayments import queries, service
from funds.repayments.booking import SYSTEM
from shared import problems
from shared.clock import business_date
from shared.db import Database

log = structlog.get_logger(__name__)

PAUSES: Final = (0.0, 0.2, 1.0, 3.0)
"""Seconds before each look at the loans that were busy: a receipt on one of them takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Used:
    """Of how many loans the advance was used, and of how many it was not."""

    used: int
    refused: int
    busy: int


async def work(database: Database, *, now: datetime, pauses: Sequence[float] = PAUSES) -> Used:
    """Pay what has fallen due until today out of what was paid ahead on each loan."""
    used, refused, left = 0, set[UUID](), list[UUID]()
    for pause in pauses:
        await asyncio.sleep(pause)
        async with database.read() as session:
            due = await queries.due_advances(session, on=business_date(now))
        left = []
        for loan_id in due:
            if loan_id in refused:
                continue
            try:
                done = await _use(database, loan_id, now=now)
            except Exception as failure:
                if problems.is_away(failure):
                    raise
                refused.add(loan_id)
                log.exception("advance_not_used", loan=str(loan_id))
                continue
            if done is None:
                left.append(loan_id)
            used += bool(done)
        if not left:
            break
    for loan_id in left:
        log.warning("advance_not_used", loan=str(loan_id), why="busy")
    return Used(used, len(refused), len(left))


async def _use(database: Database, loan_id: UUID, *, now: datetime) -> bool | None:
    """Tell whether anything of a loan's advance was used; None when others are at work on the loan."""
    async with database.transaction() as session:
        if not await queries.lock_free(session, loan_id):
            return None
        return await service.use_advance(
            session, loan_id=loan_id, on=business_date(now), actor=SYSTEM, now=now
        )
