"""Every SELECT on bank accounts; whoever asks has made sure that the fund is in the caller's areas."""

from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.bank_accounts.models import FundBankAccount
from shared.db import counted, fetch, seek

_TABLE = FundBankAccount.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _TABLE.c if column.name != "area_code"]


async def page(
    session: AsyncSession, *, fund_id: UUID, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` accounts by id, closed ones too, from the first after `after`."""
    statement = seek(select(*_SHOWN).where(_TABLE.c.fund_id == fund_id), _TABLE.c.id, after, limit=limit)
    return await fetch(session, statement)


async def count(session: AsyncSession, *, fund_id: UUID) -> int:
    """Return how many accounts the fund has."""
    return await counted(session, select(_TABLE.c.fund_id).where(_TABLE.c.fund_id == fund_id))


async def one(
    session: AsyncSession, *, fund_id: UUID, account_id: UUID, lock: bool = False
) -> asyncpg.Record | None:
    """Return an account, locked if it is to be changed."""
    statement = select(*_SHOWN).where(_TABLE.c.id == account_id, _TABLE.c.fund_id == fund_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None
