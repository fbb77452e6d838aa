"""The history of one household or person."""

from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from households.changes.models import Change
from shared.db import fetch, seek

_TABLE = Change.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_COLUMNS = [column for column in _TABLE.c if column.name != "subject"]


async def of(
    session: AsyncSession, *, subject: UUID, before: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` changes of `subject`, newest first, from the first older than the change `before`.

    Whether the caller may see the subject is for her query of the subject itself to say.
    """
    statement = seek(
        select(*_COLUMNS).where(_TABLE.c.subject == subject),
        _TABLE.c.id,
        before,
        limit=limit,
        descending=True,
    )
    return await fetch(session, statement)
