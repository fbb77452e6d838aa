"""Writing down what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver
from shared.ids import uuid7

_INSERT = (
    "INSERT INTO registry_changes (id, subject, version, kind, detail, actor, changed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of `subject`, which has `version` after it."""

    subject: UUID
    version: int
    kind: str
    detail: Mapping[str, Any]


async def record(session: AsyncSession, *changes: Change, actor: str, now: datetime) -> None:
    """Add changes to the history, in the transaction that makes them."""
    connection = await driver(session)
    rows = [
        (uuid7(), change.subject, change.version, change.kind, _json(change.detail), actor, now)
        for change in changes
    ]
    if len(rows) == 1:  # one round trip instead of executemany's three
        await connection.execute(_INSERT, *rows[0])
    else:
        await connection.executemany(_INSERT, rows)


def _json(detail: Mapping[str, Any]) -> str:
    return orjson.dumps(detail, default=str).decode()  # the driver's UUIDs are a class of their own
