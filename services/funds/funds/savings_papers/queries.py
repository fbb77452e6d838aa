"""Who is on a month's collection sheet; whoever asks has made sure that the fund is in the caller's areas.

Members, savings, loans and instalments are others' tables, read here in one statement for the whole sheet.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.savings_papers.rules import Known
from shared.db import driver

_COLLECTED = """
SELECT member.member_no, member.name, coalesce(account.savings, 0) AS savings,
    coalesce(account.shares, 0) AS shares, coalesce(pledge.amount, 0) AS pledge,
    coalesce(paid.savings, 0)::bigint AS paid, coalesce(due.owed, 0)::bigint AS due
FROM fund_members AS member
LEFT JOIN savings_accounts AS account ON account.member_id = member.id
LEFT JOIN LATERAL (
    SELECT amount FROM savings_pledges
    WHERE member_id = member.id AND month_from <= $2 ORDER BY month_from DESC LIMIT 1
) AS pledge ON true
LEFT JOIN (
    SELECT member_id, sum(savings) AS savings FROM savings_movements
    WHERE fund_id = $1 AND month = $2 AND reversed_on IS NULL GROUP BY member_id
) AS paid ON paid.member_id = member.id
LEFT JOIN (
    SELECT CASE WHEN loan.answerable_as IS NULL THEN loan.borrower_id
            ELSE loan.answerable_member_id END AS who,
        sum(row.principal - row.paid_principal + row.interest - row.paid_interest - row.waived_interest
            + row.penalty - row.paid_penalty) AS owed
    FROM loans AS loan
    JOIN instalments AS row ON row.loan_id = loan.id AND row.schedule_no = loan.schedule_no
    WHERE loan.fund_id = $1 AND loan.borrower_kind = 'member' AND loan.state = 'active'
      AND row.settled_on IS NULL AND row.due_on <= $3
    GROUP BY who
) AS due ON due.who = member.id
WHERE member.fund_id = $1 AND member.state = 'active'
ORDER BY length(member.member_no), member.member_no
"""


async def collected(
    session: AsyncSession, fund_id: UUID, *, month: date, until: date
) -> list[dict[str, Any]]:
    """Return all present members with what they have, have promised and owe, by member number."""
    return [dict(row) for row in await (await driver(session)).fetch(_COLLECTED, fund_id, month, until)]


_NUMBERED = "SELECT member_no, id, name_key FROM fund_members WHERE fund_id = $1 AND state = 'active'"


async def numbered(session: AsyncSession, fund_id: UUID) -> dict[str, Known]:
    """Return the present members by their numbers."""
    rows = await (await driver(session)).fetch(_NUMBERED, fund_id)
    return {row["member_no"]: Known(row["id"], row["name_key"]) for row in rows}
