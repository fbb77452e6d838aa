"""SELECTs on messages; whoever asks has looked at the areas of what a message is about."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

CLAIM: Final = """
SELECT id, purpose, subject_id, fund_id, area_code, borrower_kind, borrower_id, message, attempts, created_at
FROM notifications WHERE state = 'waiting' AND (due_at <= $1 OR due_at > $2) ORDER BY due_at, id LIMIT $3
FOR UPDATE SKIP LOCKED
"""
"""The next messages that are due, and those that are due later than any pause could make them."""

# Who is reached how is members' to know; it is read when the message leaves and kept nowhere else.
_RECIPIENTS = """
SELECT told.id, who.member_id, who.name, who.phone
FROM notifications AS told JOIN loans AS loan ON loan.id = (told.message ->> 'loan_id')::uuid
CROSS JOIN LATERAL (
    SELECT member.id AS member_id, member.name, member.phone FROM fund_members AS member
    WHERE loan.answerable_as IS NULL AND member.state = 'active' AND member.fund_id = told.fund_id
      AND CASE told.borrower_kind
        WHEN 'member' THEN member.id = told.borrower_id
        WHEN 'household' THEN member.household_id = told.borrower_id
        ELSE member.id IN (
            SELECT member_id FROM group_members WHERE group_id = told.borrower_id AND left_on IS NULL)
      END
      AND NOT EXISTS (
        SELECT FROM borrower_deaths AS death WHERE death.loan_id = loan.id
          AND death.person_id = member.person_id
          AND NOT (death.state = 'decided' AND death.decision = 'mistake'))
    UNION
    SELECT member.id, coalesce(member.name, answers.name), coalesce(member.phone, answers.phone)
    FROM (
        SELECT loan.answerable_member_id, loan.answerable, loan.answerable_phone
        WHERE loan.answerable_as IS NOT NULL
        UNION ALL
        SELECT death.answerable_member_id, death.answerable, death.answerable_phone
        FROM borrower_deaths AS death
        WHERE loan.answerable_as IS NULL AND death.loan_id = loan.id AND NOT death.frozen
          AND death.state = 'decided' AND death.decision IN ('heirs', 'estate', 'guarantors')
    ) AS answers (member_id, name, phone)
    LEFT JOIN fund_members AS member ON member.id = answers.member_id AND member.state = 'active'
) AS who
WHERE told.id = ANY($1) ORDER BY told.id, who.member_id
"""

_DELIVERY = """
SELECT n.id, n.state, n.attempts, n.due_at, n.delivered_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('attempt', a.attempt, 'adapter', a.adapter, 'at', a.at,
        'ok', a.ok, 'status', a.status, 'error', a.error, 'proof', a.proof) ORDER BY a.attempt)
        FROM notification_attempts AS a WHERE a.notification_id = n.id), '[]') AS tries
FROM notifications AS n WHERE n.purpose = $1 AND n.subject_id = $2
"""


async def recipients(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[asyncpg.Record]]:
    """Return whom messages are for, by their ids: `member_id, name, phone`.

    The present members behind a borrower who live, and who answers in the place of one who died.
    """
    found: dict[UUID, list[asyncpg.Record]] = {one: [] for one in ids}
    for row in await (await driver(session)).fetch(_RECIPIENTS, list(ids)):
        found[row["id"]].append(row)
    return found


async def delivery(session: AsyncSession, purpose: str, subject_id: UUID) -> asyncpg.Record | None:
    """Return a message's state with all its attempts, None when there is no message."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(_DELIVERY, purpose, subject_id)
    return row
