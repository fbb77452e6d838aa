"""What the books as files show, in whole sets; read from the ledger's, the loans' and the committee's tables.

The fund is checked by the caller (`ledger.queries.books`) before anything here is asked.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

MAX_LINES: Final = 50_000
_LIMIT: Final = MAX_LINES + 1


@dataclass(frozen=True, slots=True)
class Span:
    """A time, both days included."""

    since: date
    until: date


_BORROWER = """
COALESCE(member.name, grouped.name, household.name, 'ครัวเรือน ' || left(loans.borrower_id::text, 8))
"""
_BORROWERS = """
LEFT JOIN fund_members AS member ON loans.borrower_kind = 'member' AND member.id = loans.borrower_id
LEFT JOIN borrower_groups AS grouped ON loans.borrower_kind = 'group' AND grouped.id = loans.borrower_id
LEFT JOIN LATERAL (
    SELECT name FROM fund_members
    WHERE loans.borrower_kind = 'household' AND fund_members.fund_id = loans.fund_id
      AND fund_members.household_id = loans.borrower_id
    ORDER BY joined_on LIMIT 1
) AS household ON true
"""
_LINES = """
SELECT journal.business_date, journal.number, COALESCE(journal.document_no, '') AS document_no,
    line.account, COALESCE(journal.memo, journal.kind) AS text, line.debit, line.credit
FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
WHERE line.fund_id = $1 AND line.business_date BETWEEN $2 AND $3
ORDER BY journal.business_date, journal.number, line.line_no LIMIT $4
"""
# The balance runs over everything before too.
_MONEY = """
SELECT * FROM (
    SELECT line.business_date, COALESCE(journal.document_no, '') AS document_no, line.number, line.line_no,
        COALESCE(journal.memo, journal.kind) AS text, line.debit, line.credit,
        (sum(line.debit - line.credit) OVER (ORDER BY line.business_date, line.number, line.line_no))::bigint
            AS balance
    FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
    WHERE line.fund_id = $1 AND line.account = ANY($2) AND line.business_date <= $4
) AS running
WHERE business_date >= $3 ORDER BY business_date, number, line_no LIMIT $5
"""
_DEBTORS = f"""
SELECT * FROM (
    SELECT line.business_date, line.number, line.line_no, COALESCE(journal.document_no, '') AS document_no,
        COALESCE(journal.memo, journal.kind) AS text, line.debit, line.credit, loans.contract_no,
        {_BORROWER} AS name,
        (sum(line.debit - line.credit)
            OVER (PARTITION BY line.loan_id ORDER BY line.business_date, line.number, line.line_no))::bigint
            AS balance
    FROM journal_lines AS line
    JOIN journals AS journal ON journal.id = line.journal_id
    JOIN loans ON loans.id = line.loan_id
    {_BORROWERS}
    WHERE line.fund_id = $1 AND line.account = '1100' AND line.business_date <= $3
) AS running
WHERE business_date >= $2 ORDER BY business_date, number, line_no LIMIT $4
"""  # noqa: S608  # our own pieces
_HOUSEHOLDS = f"""
SELECT {_BORROWER} AS name, loans.contract_no, paid.on_date AS lent_on, loans.disbursed,
    loans.outstanding + loans.written_off AS owed, due.last_due AS due_on,
    COALESCE(asked.title, '') AS purpose
FROM loans
{_BORROWERS}
LEFT JOIN LATERAL (
    SELECT min(paid_on) AS on_date FROM loan_disbursements
    WHERE loan_id = loans.id AND reversed_on IS NULL
) AS paid ON true
LEFT JOIN LATERAL (
    SELECT max(due_on) AS last_due FROM instalments
    WHERE loan_id = loans.id AND schedule_no = loans.schedule_no
) AS due ON true
LEFT JOIN applications AS asked ON asked.id = loans.application_id
WHERE loans.fund_id = $1 AND loans.disbursed > 0 AND paid.on_date <= $2
ORDER BY paid.on_date, loans.contract_no LIMIT $3
"""  # noqa: S608  # our own pieces
_HANDOVERS = """
SELECT handed_on, COALESCE(explanation, '') AS remarks,
    COALESCE((SELECT display_name FROM fund_handover_signatures
        WHERE handover_id = handed.id AND side = 'outgoing'), '') AS from_whom,
    COALESCE((SELECT display_name FROM fund_handover_signatures
        WHERE handover_id = handed.id AND side = 'incoming'), '') AS to_whom,
    COALESCE((SELECT sum(counted) FROM fund_handover_balances
        WHERE handover_id = handed.id AND account = '1000'), 0)::bigint AS cash,
    COALESCE((SELECT sum(counted) FROM fund_handover_balances
        WHERE handover_id = handed.id AND account = '1010'), 0)::bigint AS bank,
    COALESCE((SELECT sum(counted) FROM fund_handover_balances
        WHERE handover_id = handed.id AND account = '1100'), 0)::bigint AS debtors
FROM fund_handovers AS handed
WHERE fund_id = $1 AND state = 'signed' AND handed_on BETWEEN $2 AND $3 ORDER BY handed_on, id
"""
_STATE = """
SELECT
    (SELECT count(*) FROM known_households WHERE village_code LIKE $2 || '%' AND certified) AS targets,
    (SELECT count(DISTINCT borrower_id) FROM loans WHERE fund_id = $1 AND outstanding > 0) AS borrowing,
    COALESCE((SELECT sum(overdue_principal) FROM loan_arrears WHERE fund_id = $1), 0)::bigint AS overdue
"""


async def journal_lines(session: AsyncSession, fund_id: UUID, span: Span) -> list[asyncpg.Record]:
    """Return every line of a fund's journals in a time, by day and number."""
    return list(await (await driver(session)).fetch(_LINES, fund_id, span.since, span.until, _LIMIT))


async def money(
    session: AsyncSession, fund_id: UUID, span: Span, *, accounts: tuple[str, ...]
) -> list[asyncpg.Record]:
    """Return what came in and went out of accounts of money, with what stood after it."""
    connection = await driver(session)
    return list(await connection.fetch(_MONEY, fund_id, list(accounts), span.since, span.until, _LIMIT))


async def debtors(session: AsyncSession, fund_id: UUID, span: Span) -> list[asyncpg.Record]:
    """Return what was lent to and repaid by each debtor, with what she owed after it."""
    return list(await (await driver(session)).fetch(_DEBTORS, fund_id, span.since, span.until, _LIMIT))


async def households(session: AsyncSession, fund_id: UUID, span: Span) -> list[asyncpg.Record]:
    """Return who borrowed until a day, with what is left now."""
    return list(await (await driver(session)).fetch(_HOUSEHOLDS, fund_id, span.until, _LIMIT))


async def handovers(session: AsyncSession, fund_id: UUID, span: Span) -> list[asyncpg.Record]:
    """Return the signed hand-overs of a time."""
    return list(await (await driver(session)).fetch(_HANDOVERS, fund_id, span.since, span.until))


async def state(session: AsyncSession, fund_id: UUID, *, area_code: str) -> dict[str, Any]:
    """Return how many target households there are, how many borrow, and what is overdue."""
    row = await (await driver(session)).fetchrow(_STATE, fund_id, area_code)
    return dict(row)
