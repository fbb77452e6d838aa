"""What papers tell beside the loan itself: of applications, members, instalments and the ledger.

The caller has checked the loan (`loans.queries.loan`) or the repayment before anything here is asked.
"""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_FIRST_SCHEDULE = """
SELECT number, due_on, principal, interest FROM instalments
WHERE loan_id = $1 AND schedule_no = (SELECT min(schedule_no) FROM instalments WHERE loan_id = $1)
ORDER BY number
"""
_SHARES = """
SELECT member.name, part.amount
FROM loan_shares AS part JOIN fund_members AS member ON member.id = part.member_id
WHERE part.loan_id = $1 ORDER BY member.member_no
"""
_GUARANTORS = """
SELECT COALESCE(member.name, guarantor.name) AS name
FROM loans JOIN application_guarantors AS guarantor ON guarantor.application_id = loans.application_id
LEFT JOIN fund_members AS member ON member.id = guarantor.member_id
WHERE loans.id = $1 ORDER BY guarantor.number
"""
_PURPOSE = """
SELECT applications.title FROM loans JOIN applications ON applications.id = loans.application_id
WHERE loans.id = $1
"""
_OVERDUE = """
SELECT number, due_on, instalments.principal - paid_principal AS principal,
    interest - paid_interest - waived_interest AS interest, penalty - paid_penalty AS penalty
FROM instalments JOIN loans ON loans.id = instalments.loan_id AND loans.schedule_no = instalments.schedule_no
WHERE loans.id = $1 AND settled_on IS NULL AND due_on < $2 ORDER BY due_on, number
"""
_NEXT = """
SELECT due_on, sum(instalments.principal - paid_principal + interest - paid_interest - waived_interest
    + penalty - paid_penalty)::bigint AS due
FROM instalments JOIN loans ON loans.id = instalments.loan_id AND loans.schedule_no = instalments.schedule_no
WHERE loans.id = $1 AND settled_on IS NULL GROUP BY due_on ORDER BY due_on LIMIT 1
"""
_MOVEMENTS = """
SELECT * FROM (
    SELECT line.business_date, line.number, line.line_no, COALESCE(journal.document_no, '') AS document_no,
        journal.kind, line.debit, line.credit,
        (sum(line.debit - line.credit) OVER (ORDER BY line.business_date, line.number, line.line_no))::bigint
            AS balance
    FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
    WHERE line.fund_id = $1 AND line.loan_id = $2 AND line.account = '1100' AND line.business_date <= $3
) AS running ORDER BY business_date, number, line_no
"""


async def first_schedule(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return the instalments that were agreed on first; none before the first disbursement."""
    return list(await (await driver(session)).fetch(_FIRST_SCHEDULE, loan_id))


async def shares(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return the members of a group with their parts, by name."""
    return list(await (await driver(session)).fetch(_SHARES, loan_id))


async def guarantors(session: AsyncSession, loan_id: UUID) -> list[str]:
    """Return the names of who guarantees a loan."""
    return [row["name"] for row in await (await driver(session)).fetch(_GUARANTORS, loan_id)]


async def purpose(session: AsyncSession, loan_id: UUID) -> str | None:
    """Return the title of the project that a loan is for."""
    title: str | None = await (await driver(session)).fetchval(_PURPOSE, loan_id)
    return title


async def overdue(session: AsyncSession, loan_id: UUID, *, day: date) -> list[asyncpg.Record]:
    """Return the instalments due before a day with what is left of each."""
    return list(await (await driver(session)).fetch(_OVERDUE, loan_id, day))


async def next_due(session: AsyncSession, loan_id: UUID) -> asyncpg.Record | None:
    """Return the next due date with what is due on it."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(_NEXT, loan_id)
    return row


async def movements(
    session: AsyncSession, *, fund_id: UUID, loan_id: UUID, until: date
) -> list[asyncpg.Record]:
    """Return what was booked on a loan's principal until a day, with what was owed after it."""
    return list(await (await driver(session)).fetch(_MOVEMENTS, fund_id, loan_id, until))
