"""Every SELECT on write-offs; whoever asks has looked for the loan in the caller's areas."""

from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.write_offs.models import LoanWriteOff
from shared.db import fetch

_TABLE = LoanWriteOff.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def newest(session: AsyncSession, loan_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Return a loan's newest write-off; `lock` keeps other decisions away until the end.

    One that waits is the newest, whatever id a phone had made for it and when.
    """
    waits = _TABLE.c.state == "proposed"
    key = (waits.desc(), _TABLE.c.created_at.desc(), _TABLE.c.id.desc())
    statement = select(*_TABLE.c).where(_TABLE.c.loan_id == loan_id).order_by(*key).limit(1)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None
