"""Who did what, and who saw whom: one row in the transaction of the act itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared import context
from shared.db import driver
from shared.security import Principal

_INSERT = """
INSERT INTO audit (at, action, actor, client, roles, subjects, purpose, request_id, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


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
    connection = await driver(session)
    await connection.execute(
        _INSERT,
        now,
        action,
        principal.subject,
        principal.client,
        list(principal.roles),
        list(subjects),
        purpose or principal.purpose,
        principal.request_id or context.request_id.get(),
        None if detail is None else orjson.dumps(detail).decode(),
    )
