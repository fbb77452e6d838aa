"""What is on a collection sheet of loans; whoever asks has made sure that the fund is in the caller's areas.

Loans, instalments and members are others' tables, read here in one statement for the whole sheet.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.collection_sheets.rules import Lent
from shared.db import driver
from shared.thai import name_key

# A household is called as the first member of the fund who lives in it.
_NAME = """
coalesce((SELECT name FROM fund_members WHERE fund_members.id = loan.borrower_id),
    (SELECT name FROM borrower_groups WHERE borrower_groups.id = loan.borrower_id),
    (SELECT name FROM fund_members WHERE fund_members.fund_id = loan.fund_id
        AND fund_members.household_id = loan.borrower_id ORDER BY joined_on, id LIMIT 1),
    'ครัวเรือน ' || left(loan.borrower_id::text, 8))
"""
_DUE = f"""
SELECT loan.contract_no, coalesce(loan.answerable, {_NAME}) AS name, loan.outstanding, loan.advance,
    loan.next_due_on, coalesce(sum(row.principal - row.paid_principal + row.interest - row.paid_interest
        - row.waived_interest + row.penalty - row.paid_penalty), 0)::bigint AS due
FROM loans AS loan
LEFT JOIN instalments AS row ON row.loan_id = loan.id AND row.schedule_no = loan.schedule_no
    AND row.settled_on IS NULL AND row.due_on <= $2
WHERE loan.fund_id = $1 AND loan.state IN ('active', 'frozen', 'written_off')
GROUP BY loan.id ORDER BY length(loan.contract_no), loan.contract_no
"""  # noqa: S608  # our own pieces
_KNOWN = f"""
SELECT loan.id, loan.contract_no, {_NAME} AS borrower, loan.answerable
FROM loans AS loan WHERE loan.fund_id = $1
"""  # noqa: S608  # our own pieces


async def due(session: AsyncSession, fund_id: UUID, *, until: date) -> list[dict[str, Any]]:
    """Return a fund's loans that money may come in on, with what is due until a day, by contract number."""
    return [dict(row) for row in await (await driver(session)).fetch(_DUE, fund_id, until)]


async def known(session: AsyncSession, fund_id: UUID) -> Mapping[str, Lent]:
    """Return all of a fund's loans by contract number, closed ones too: those are refused by name."""
    rows = await (await driver(session)).fetch(_KNOWN, fund_id)
    return {
        row["contract_no"]: Lent(
            row["id"], frozenset(name_key(row[name]) for name in ("borrower", "answerable") if row[name])
        )
        for row in rows
    }
