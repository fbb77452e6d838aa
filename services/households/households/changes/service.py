"""Writing down what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared import rows
from shared.ids import uuid7
from shared.rows import Row


@dataclass(frozen=True, slots=True)
class Change:
    """A change of `subject`, which has `version` after it."""

    subject: UUID
    version: int
    kind: str
    detail: Mapping[str, Any]


async def record(session: AsyncSession, *changes: Change, actor: str, now: datetime) -> None:
    """Add changes to the history, in the transaction that makes them."""
    await rows.insert(session, *(row(change, actor=actor, now=now) for change in changes))


def row(change: Change, *, actor: str, now: datetime) -> Row:
    """Return the row of a change for `rows.insert`, together with what it tells of."""
    return Row(
        "registry_changes",
        {
            "id": uuid7(),
            "subject": change.subject,
            "version": change.version,
            "kind": change.kind,
            # The driver's UUIDs are a class of their own.
            "detail": orjson.dumps(change.detail, default=str).decode(),
            "actor": actor,
            "changed_at": now,
        },
    )
