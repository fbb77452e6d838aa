"""The register, set-based: balances from the ledger's journal_lines, the rest from loans and members.

Reads journal_lines (ledger), loans and instalments (loans), fund_members and borrower_groups (members).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_REGISTER = """
WITH balances AS (
    SELECT loan_id,
        coalesce(sum(debit) FILTER (WHERE account = '1100'), 0)::bigint AS lent,
        coalesce(sum(credit) FILTER (WHERE account = '1100'), 0)::bigint AS repaid,
        coalesce(sum(credit - debit) FILTER (WHERE account = '2100'), 0)::bigint AS advance
    FROM journal_lines
    WHERE fund_id = $1 AND account IN ('1100', '2100') AND business_date <= $2
    GROUP BY loan_id
), register AS (
    SELECT loan.id AS loan_id, loan.contract_no, loan.contract_date, loan.borrower_kind, loan.borrower_id,
        coalesce(member.name, team.name) AS name, loan.answerable_as, loan.answerable,
        balances.lent, balances.repaid, balances.lent - balances.repaid AS outstanding, balances.advance,
        loan.state, loan.next_due_on, loan.schedule_no
    FROM balances JOIN loans AS loan ON loan.id = balances.loan_id
    LEFT JOIN fund_members AS member ON loan.borrower_kind = 'member' AND member.id = loan.borrower_id
    LEFT JOIN borrower_groups AS team ON loan.borrower_kind = 'group' AND team.id = loan.borrower_id
    WHERE $3 OR balances.lent <> balances.repaid OR balances.advance <> 0
)
"""
# How late a loan is follows from its instalments at this moment, as in the list of late loans.
_PAGE = f"""{_REGISTER}
SELECT shown.*, coalesce($7 - late.oldest, 0) AS days_late, coalesce(late.total, 0) AS overdue
FROM (
    SELECT * FROM register WHERE $4::text IS NULL OR (contract_no, loan_id) > ($4, $5::uuid)
    ORDER BY contract_no, loan_id LIMIT $6
) AS shown LEFT JOIN LATERAL (
    SELECT min(row.due_on) AS oldest, sum(row.principal - row.paid_principal + row.interest
        - row.paid_interest - row.waived_interest + row.penalty - row.paid_penalty)::bigint AS total
    FROM instalments AS row
    WHERE row.loan_id = shown.loan_id AND row.schedule_no = shown.schedule_no
      AND row.settled_on IS NULL AND row.due_on < $7
) AS late ON shown.state IN ('active', 'frozen') AND shown.next_due_on < $7
ORDER BY shown.contract_no, shown.loan_id
"""  # noqa: S608  # our own texts
_COUNT = _REGISTER + "SELECT count(*) FROM register"  # noqa: S608  # our own text


@dataclass(frozen=True, slots=True)
class Filters:
    """Of which fund, on which day, and whether settled loans too."""

    fund_id: UUID
    on: date
    today: date
    """On which lateness is looked at, whatever day the balances are of."""
    settled: bool = False

    def values(self) -> tuple[Any, ...]:
        """Return what the statements take first."""
        return (self.fund_id, self.on, self.settled)


async def page(
    session: AsyncSession, *, filters: Filters, after: Sequence[Any] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` debtors by contract number, from the first after `after`; amounts in satang."""
    place = (None, None) if after is None else (after[0], UUID(str(after[1])))
    return list(await (await driver(session)).fetch(_PAGE, *filters.values(), *place, limit, filters.today))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many debtors the filters leave."""
    return int(await (await driver(session)).fetchval(_COUNT, *filters.values()))
