"""What papers tell beside the loan itself: of applications, members, instalments and the ledger.

The caller has checked the loan (`loans.queries.loan`) or the repayment before anything here is asked.
"""

from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_WHOLE_SCHEDULE = """
SELECT number, due_on, principal, interest FROM instalments
WHERE loan_id = $1 AND schedule_no = (
    SELECT laid.schedule_no FROM instalments AS laid JOIN loans ON loans.id = laid.loan_id
    WHERE laid.loan_id = $1 GROUP BY laid.schedule_no, loans.principal
    HAVING sum(laid.principal) = loans.principal ORDER BY laid.schedule_no LIMIT 1)
ORDER BY number
"""
_RECOVERED = """
SELECT coalesce(sum(principal), 0)::bigint FROM repayments
WHERE loan_id = $1 AND recovery AND (reversed_on IS NULL OR id = $2)
  AND position <= (SELECT position FROM repayments WHERE id = $2)
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
# Of an opening entry and of a divided debt only the loan's own line is hers, the rest is other loans'.
_MOVEMENTS = """
WITH mine AS (
    SELECT journal_id AS id FROM repayments WHERE loan_id = $2
    UNION SELECT reversal_journal_id FROM repayments WHERE loan_id = $2 AND reversal_journal_id IS NOT NULL
    UNION SELECT journal_id FROM loan_entries WHERE loan_id = $2
    UNION SELECT journal_id FROM journal_lines WHERE fund_id = $1 AND loan_id = $2
), lines AS (
    SELECT journal.business_date, journal.number, COALESCE(journal.document_no, '') AS document_no,
        journal.kind, line.account, line.debit, line.credit, line.credit - line.debit AS amount
    FROM mine JOIN journals AS journal ON journal.id = mine.id
    JOIN journal_lines AS line ON line.journal_id = journal.id
    WHERE journal.fund_id = $1 AND journal.business_date <= $3
      AND (line.loan_id = $2 OR line.loan_id IS NULL AND journal.kind NOT IN ('opening', 'adjustment'))
), told AS (
    SELECT business_date, number, document_no, kind,
        COALESCE(sum(amount) FILTER (WHERE account = '1100'), 0)::bigint AS principal,
        COALESCE(sum(amount) FILTER (WHERE account = '4000'), 0)::bigint AS interest,
        COALESCE(sum(amount) FILTER (WHERE account = '4100'), 0)::bigint AS penalty,
        COALESCE(sum(amount) FILTER (WHERE account = '2100'), 0)::bigint AS advance,
        COALESCE(sum(debit) FILTER (WHERE account IN ('1000', '1010')), 0)::bigint AS paid_in,
        COALESCE(sum(credit) FILTER (WHERE account IN ('1000', '1010')), 0)::bigint AS paid_out
    FROM lines GROUP BY business_date, number, document_no, kind
)
SELECT *, (-sum(principal) OVER at)::bigint AS balance, (sum(advance) OVER at)::bigint AS ahead
FROM told WINDOW at AS (ORDER BY business_date, number) ORDER BY business_date, number
"""


async def whole_schedule(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return the instalments that were first laid out for all of the contract's amount.

    None before all of it was paid out, nor of a loan of which a part was repaid before it was taken over.
    """
    return list(await (await driver(session)).fetch(_WHOLE_SCHEDULE, loan_id))


async def recovered(session: AsyncSession, loan_id: UUID, repayment_id: UUID) -> int:
    """Return what of the principal was recovered since a write-off, this receipt's part included."""
    return int(await (await driver(session)).fetchval(_RECOVERED, loan_id, repayment_id))


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
    """Return what was booked on a loan until a day, journal by journal.

    What came in or went out, how much of it was principal, interest, penalty and money ahead, and what of the
    principal was owed and what was kept ahead after it.
    """
    return list(await (await driver(session)).fetch(_MOVEMENTS, fund_id, loan_id, until))
