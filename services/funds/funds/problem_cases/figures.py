"""What a fund's books say, taken while nobody can post in them, and frozen with their last number.

Loans, instalments and the ledger's running figures are other capabilities' tables, read here in one
statement: the figures and the journal number belong together.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.problem_cases.models import ProblemFigures
from shared.clock import business_date
from shared.db import driver
from shared.rows import insert_row
from shared.security import Principal

_TABLE = ProblemFigures.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

OVERDUE = """
LEFT JOIN LATERAL (
    SELECT sum(principal - paid_principal)::bigint AS principal,
        sum(interest - paid_interest - waived_interest)::bigint AS interest, min(due_on) AS oldest
    FROM instalments
    WHERE instalments.loan_id = loan.id AND instalments.schedule_no = loan.schedule_no
      AND settled_on IS NULL AND due_on < $2
) AS due ON loan.state IN ('active', 'frozen') AND loan.next_due_on < $2
"""
"""Beside `loans AS loan`: what fell due before the day $2 and is not paid, in satang."""

_FIGURES = f"""
SELECT books.last_number AS journal_number, books.cash,
    coalesce((
        SELECT sum(credit - debit) FROM ledger_months
        WHERE ledger_months.fund_id = $1 AND account = '3000'
    ), 0)::bigint AS capital,
    coalesce(sum(loan.outstanding), 0)::bigint AS outstanding,
    coalesce(sum(due.principal), 0)::bigint AS overdue_principal,
    coalesce(sum(due.interest), 0)::bigint AS overdue_interest,
    coalesce(sum(loan.written_off - loan.recovered), 0)::bigint AS written_off,
    count(loan.id) FILTER (WHERE loan.state IN ('active', 'frozen'))::int AS open_loans,
    count(loan.id) FILTER (WHERE due.principal + due.interest > 0)::int AS overdue_loans
FROM fund_books AS books
LEFT JOIN loans AS loan ON loan.fund_id = books.fund_id
{OVERDUE}
WHERE books.fund_id = $1
GROUP BY books.fund_id
"""  # noqa: S608  # our own constant texts


# What the figures are the sums of; closed loans owe nothing.
_LOANS = f"""
INSERT INTO problem_figure_loans (case_id, round, loan_id, outstanding, overdue_principal, overdue_interest,
    written_off, oldest_due_on)
SELECT $3, $4, loan.id, loan.outstanding, coalesce(due.principal, 0), coalesce(due.interest, 0),
    loan.written_off - loan.recovered, due.oldest
FROM loans AS loan {OVERDUE}
WHERE loan.fund_id = $1 AND loan.state IN ('active', 'frozen', 'written_off')
"""  # noqa: S608  # likewise


async def freeze(  # what a row of figures is
    session: AsyncSession, *, case_id: UUID, number: int, fund_id: UUID, actor: Principal, now: datetime
) -> dict[str, Any]:
    """Take a fund's figures and keep them, with the loans they count, under the round; returns them.

    The fund's books are locked until the transaction ends: call it last.
    """
    await ledger.lock(session, fund_id=fund_id)
    today = business_date(now)
    connection = await driver(session)
    row = await connection.fetchrow(_FIGURES, fund_id, today)
    assert row is not None  # noqa: S101  # the books are locked, so they are there
    taken = dict(row)
    await insert_row(
        session,
        _TABLE,
        case_id=case_id,
        round=number,
        as_of=today,
        taken_by=actor.subject,
        taken_at=now,
        **taken,
    )
    await connection.execute(_LOANS, fund_id, today, case_id, number)
    return taken
