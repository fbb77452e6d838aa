"""Every SELECT on funds' own settings; what holds on a day, `products.service.terms` says."""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.fund_settings.models import FundSetting
from shared.db import counted, fetch, seek

_TABLE = FundSetting.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHOWN = [column for column in _TABLE.c if column.name != "area_code"]


def _listed(fund_id: UUID, product_code: str | None) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(_TABLE.c.fund_id == fund_id)
    return statement if product_code is None else statement.where(_TABLE.c.product_code == product_code)


async def page(
    session: AsyncSession,
    *,
    fund_id: UUID,
    product_code: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return up to `limit` settings by first day and id, from the first after `after`."""
    key = (_TABLE.c.valid_from, _TABLE.c.id)
    return await fetch(session, seek(_listed(fund_id, product_code), key, after, limit=limit))


async def count(session: AsyncSession, *, fund_id: UUID, product_code: str | None) -> int:
    """Return how many settings there are."""
    return await counted(session, _listed(fund_id, product_code))


async def one(session: AsyncSession, *, fund_id: UUID, setting_id: UUID) -> asyncpg.Record | None:
    """Return a setting."""
    rows = await fetch(session, _listed(fund_id, None).where(_TABLE.c.id == setting_id))
    return rows[0] if rows else None
