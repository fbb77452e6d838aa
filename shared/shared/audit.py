"""Who did what, and who saw whom: one row in the transaction of the act itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared import context, rows
from shared.rows import Row
from shared.security import Principal


async def record(
    session: AsyncSession,
    *,
    principal: Principal,
    action: str,
    subjects: Sequence[UUID],
    now: datetime,
    purpose: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one audit row; `detail` holds codes and ids, never a name or a citizen id.

    `action` is `<noun>.<verb>`, `subjects` the persons, households or cases concerned.
    """
    await session.flush()
    written = row(
        principal=principal, action=action, subjects=subjects, now=now, purpose=purpose, detail=detail
    )
    await rows.insert(session, written)


def row(
    *,
    principal: Principal,
    action: str,
    subjects: Sequence[UUID],
    now: datetime,
    purpose: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Row:
    """Return the same row for `rows.insert`, where it goes into one statement with what it tells of."""
    return Row(
        "audit",
        {
            "at": now,
            "action": action,
            "actor": principal.subject,
            "client": principal.client,
            "roles": list(principal.roles),
            "subjects": list(subjects),
            "purpose": purpose or principal.purpose,
            "request_id": principal.request_id or context.request_id.get(),
            "detail": None if detail is None else orjson.dumps(detail).decode(),
        },
    )
