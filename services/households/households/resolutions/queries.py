"""Every SELECT on resolutions; who may see a meeting may see what it resolved."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from households.cases.rules import Decision
from households.resolutions.models import DecisionRow, Resolution
from shared.db import fetch

_RESOLUTIONS = Resolution.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_DECISIONS = DecisionRow.__table__  # type: ignore[attr-defined]  # likewise


def _count(decision: Decision) -> ColumnElement[int]:
    counted = func.count().filter(_DECISIONS.c.decision == decision.value)
    return counted.label(decision.value)


def _counted() -> Select[tuple[object, ...]]:
    counts = [_count(decision) for decision in Decision]
    return (
        select(*_RESOLUTIONS.c, *counts)
        .select_from(_RESOLUTIONS)
        .join(_DECISIONS, _DECISIONS.c.resolution_id == _RESOLUTIONS.c.id)
        .group_by(_RESOLUTIONS.c.id)
        .order_by(_RESOLUTIONS.c.id)
    )


async def of_meeting(session: AsyncSession, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """Return a meeting's resolutions with their counts, in the order they were recorded."""
    return await fetch(session, _counted().where(_RESOLUTIONS.c.meeting_id == meeting_id))


async def one(session: AsyncSession, *, meeting_id: UUID, resolution_id: UUID) -> asyncpg.Record | None:
    """Return a resolution of a meeting with its counts."""
    statement = _counted().where(_RESOLUTIONS.c.meeting_id == meeting_id, _RESOLUTIONS.c.id == resolution_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


async def decisions(session: AsyncSession, resolution_id: UUID) -> Sequence[asyncpg.Record]:
    """Return a resolution's decisions."""
    columns = [column for column in _DECISIONS.c if column.name != "resolution_id"]
    statement = select(*columns).where(_DECISIONS.c.resolution_id == resolution_id)
    return await fetch(session, statement.order_by(_DECISIONS.c.case_id))
