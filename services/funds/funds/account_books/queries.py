"""What the books as files show, in whole sets; read from the ledger's, the loans' and the committee's tables.

How late loans were on a day is counted by the reports' own statement. The fund is checked by the caller
(`ledger.queries.books`) before anything here is asked.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports import lateness
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
# A loan of the books before has no payment out here: it was lent when it was contracted. What was written
# off is owed all the same.
_HOUSEHOLDS = f"""
SELECT {_BORROWER} AS name, loans.contract_no, lent.on_date AS lent_on, lent.amount AS disbursed,
    coalesce(booked.owed, 0)
        + CASE WHEN gone.on_date <= $2 THEN loans.written_off - loans.recovered ELSE 0 END AS owed,
    due.last_due AS due_on, COALESCE(asked.title, '') AS purpose
FROM loans
{_BORROWERS}
CROSS JOIN LATERAL (
    SELECT min(paid_on) AS on_date, sum(amount)::bigint AS amount FROM loan_disbursements
    WHERE loan_id = loans.id AND reversed_on IS NULL AND paid_on <= $2 HAVING count(*) > 0
    UNION ALL
    SELECT loans.contract_date, loans.disbursed FROM loan_schedules
    WHERE loan_id = loans.id AND schedule_no = 1 AND reason = 'opening' AND loans.contract_date <= $2
) AS lent
CROSS JOIN LATERAL (
    SELECT sum(debit - credit)::bigint AS owed FROM journal_lines
    WHERE loan_id = loans.id AND account = '1100' AND business_date <= $2
) AS booked
CROSS JOIN LATERAL (
    SELECT min(written_off_on) AS on_date FROM loan_write_offs
    WHERE loan_id = loans.id AND state = 'approved'
) AS gone
LEFT JOIN LATERAL (
    SELECT max(due_on) AS last_due FROM instalments
    WHERE loan_id = loans.id AND schedule_no = loans.schedule_no
) AS due ON true
LEFT JOIN applications AS asked ON asked.id = loans.application_id
WHERE loans.fund_id = $1
ORDER BY lent.on_date, loans.contract_no LIMIT $3
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
_STATE = f"""
SELECT
    (SELECT count(*) FROM known_households WHERE village_code LIKE $2 || '%' AND certified) AS targets,
    (SELECT count(DISTINCT borrower_id) FROM loans WHERE fund_id = $1 AND 0 < (
        SELECT sum(debit - credit) FROM journal_lines
        WHERE loan_id = loans.id AND account = '1100' AND business_date <= $3)) AS borrowing,
    (SELECT coalesce(sum(late.overdue), 0)::bigint FROM (
        {lateness.then_by_loan(day="$3::date", funds="loan.fund_id = $1")}) AS late) AS overdue
"""  # noqa: S608  # likewise


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
    """Return who borrowed until a day, with what was owed at its end."""
    return list(await (await driver(session)).fetch(_HOUSEHOLDS, fund_id, span.until, _LIMIT))


async def handovers(session: AsyncSession, fund_id: UUID, span: Span) -> list[asyncpg.Record]:
    """Return the signed hand-overs of a time."""
    return list(await (await driver(session)).fetch(_HANDOVERS, fund_id, span.since, span.until))


async def state(session: AsyncSession, fund_id: UUID, *, area_code: str, on: date) -> dict[str, Any]:
    """Return how many target households there are now, how many borrowed and what was overdue on a day."""
    row = await (await driver(session)).fetchrow(_STATE, fund_id, area_code, on)
    return dict(row)
