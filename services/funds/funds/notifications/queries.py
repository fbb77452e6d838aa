"""SELECTs on messages; whoever asks has looked at the areas of what a message is about."""

from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

CLAIM: Final = """
SELECT id, purpose, subject_id, fund_id, area_code, borrower_kind, borrower_id, message, attempts, created_at
FROM notifications WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT 1
FOR UPDATE SKIP LOCKED
"""

# Who is reached how is members' to know; it is read when the message leaves and kept nowhere else.
_RECIPIENTS = """
SELECT member.id AS member_id, member.name, member.phone FROM fund_members AS member
WHERE member.state = 'active' AND member.fund_id = $3 AND CASE $1
    WHEN 'member' THEN member.id = $2
    WHEN 'household' THEN member.household_id = $2
    ELSE member.id IN (SELECT member_id FROM group_members WHERE group_id = $2 AND left_on IS NULL)
END
ORDER BY member.id
"""

_DELIVERY = """
SELECT n.id, n.state, n.attempts, n.due_at, n.delivered_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('attempt', a.attempt, 'adapter', a.adapter, 'at', a.at,
        'ok', a.ok, 'status', a.status, 'error', a.error, 'proof', a.proof) ORDER BY a.attempt)
        FROM notification_attempts AS a WHERE a.notification_id = n.id), '[]') AS tries
FROM notifications AS n WHERE n.purpose = $1 AND n.subject_id = $2
"""


async def recipients(
    session: AsyncSession, kind: str, borrower_id: UUID, *, fund_id: UUID
) -> list[asyncpg.Record]:
    """Return the present members behind a borrower: `member_id, name, phone`."""
    return list(await (await driver(session)).fetch(_RECIPIENTS, kind, borrower_id, fund_id))


async def delivery(session: AsyncSession, purpose: str, subject_id: UUID) -> asyncpg.Record | None:
    """Return a message's state with all its attempts, None when there is no message."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(_DELIVERY, purpose, subject_id)
    return row
