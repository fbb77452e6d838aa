"""Counting the books anew: what the triggers kept against what the journals say (rebuild and compare)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a fund's books that is not what the journals say; amounts in satang."""

    check: str
    fund_id: UUID
    subject: str
    kept: str
    counted: str

    def __str__(self) -> str:
        """Return a line for people."""
        return f"{self.fund_id} {self.check} {self.subject}: kept {self.kept}, counted {self.counted}"


_SUMS = "sum(debit)::bigint AS debit, sum(credit)::bigint AS credit"

_PROJECTION = f"""
SELECT fund_id, concat_ws(' ', {{key}}) AS subject,
    concat_ws('/', kept.debit, kept.credit) AS kept, concat_ws('/', counted.debit, counted.credit) AS counted
FROM (SELECT * FROM {{table}} WHERE $1::uuid IS NULL OR fund_id = $1) AS kept
FULL JOIN (
    SELECT fund_id, {{columns}}, {_SUMS} FROM ({{lines}}) AS line
    WHERE $1::uuid IS NULL OR fund_id = $1 GROUP BY fund_id, {{key}}
) AS counted USING (fund_id, {{key}})
WHERE (kept.debit, kept.credit) IS DISTINCT FROM (counted.debit, counted.credit)
"""  # noqa: S608  # our own tables
_KIND_OF_LINE = """
SELECT line.fund_id, date_trunc('month', line.business_date)::date AS month, line.account,
    coalesce(original.kind, journal.kind) AS kind, line.debit, line.credit
FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
LEFT JOIN journals AS original ON original.id = journal.reverses
"""

_CASH = """
SELECT books.fund_id, '' AS subject, books.cash::text AS kept, coalesce(counted.cash, 0)::text AS counted
FROM fund_books AS books
LEFT JOIN (
    SELECT fund_id, sum(debit - credit) AS cash FROM journal_lines
    WHERE account IN ('1000', '1010') AND ($1::uuid IS NULL OR fund_id = $1) GROUP BY fund_id
) AS counted USING (fund_id)
WHERE ($1::uuid IS NULL OR fund_id = $1) AND books.cash <> coalesce(counted.cash, 0)
"""
_NUMBERS = """
SELECT books.fund_id, '' AS subject, books.last_number::text AS kept,
    concat_ws(' of ', count(journal.id), max(journal.number)) AS counted
FROM fund_books AS books LEFT JOIN journals AS journal USING (fund_id)
WHERE $1::uuid IS NULL OR fund_id = $1
GROUP BY books.fund_id, books.last_number
HAVING count(journal.id) <> books.last_number OR coalesce(max(journal.number), 0) <> books.last_number
"""
_JOURNALS = """
SELECT journal.fund_id, journal.id::text AS subject,
    concat_ws('/', journal.line_count, journal.total, journal.total) AS kept,
    concat_ws('/', counted.lines, counted.debit, counted.credit) AS counted
FROM journals AS journal
LEFT JOIN (
    SELECT journal_id, count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit
    FROM journal_lines WHERE $1::uuid IS NULL OR fund_id = $1 GROUP BY journal_id
) AS counted ON counted.journal_id = journal.id
WHERE ($1::uuid IS NULL OR journal.fund_id = $1) AND (journal.line_count, journal.total, journal.total)
    IS DISTINCT FROM (counted.lines, counted.debit, counted.credit)
"""
_SUB_LEDGERS = """
SELECT fund_id, concat_ws(' ', account, loan_id, member_id) AS subject, '>= 0' AS kept,
    sum(CASE account WHEN '1100' THEN debit - credit ELSE credit - debit END)::text AS counted
FROM journal_lines
WHERE account IN ('1100', '2100', '2200', '3000', '3100') AND ($1::uuid IS NULL OR fund_id = $1)
GROUP BY fund_id, account, loan_id, member_id
HAVING sum(CASE account WHEN '1100' THEN debit - credit ELSE credit - debit END) < 0
"""
_PERIODS = """
SELECT period.fund_id, period.period_to::text AS subject, period.trial_balance::text AS kept,
    coalesce(counted.trial_balance, '{}')::text AS counted
FROM ledger_periods AS period
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(account, jsonb_build_object('debit', debit, 'credit', credit)) AS trial_balance
    FROM (
        SELECT account, sum(debit) AS debit, sum(credit) AS credit FROM journal_lines
        WHERE fund_id = period.fund_id AND business_date <= period.period_to GROUP BY account
    ) AS sums
) AS counted ON true
WHERE ($1::uuid IS NULL OR period.fund_id = $1)
  AND period.trial_balance <> coalesce(counted.trial_balance, '{}')
"""

# What the loans capability keeps of each loan, against the loan's part of the control accounts. A loan that
# was written off stays collectable there and is no asset here.
_LOANS = """
SELECT loan.fund_id, loan.id::text AS subject, concat_ws('/', loan.outstanding, loan.advance) AS kept,
    concat_ws('/', coalesce(counted.outstanding, 0), coalesce(counted.advance, 0)) AS counted
FROM loans AS loan
LEFT JOIN (
    SELECT loan_id, sum(debit - credit) FILTER (WHERE account = '1100') AS outstanding,
        sum(credit - debit) FILTER (WHERE account = '2100') AS advance
    FROM journal_lines WHERE loan_id IS NOT NULL AND ($1::uuid IS NULL OR fund_id = $1) GROUP BY loan_id
) AS counted ON counted.loan_id = loan.id
WHERE ($1::uuid IS NULL OR loan.fund_id = $1)
  AND (loan.outstanding, loan.advance) IS DISTINCT FROM
      (coalesce(counted.outstanding, 0), coalesce(counted.advance, 0))
"""

# What is kept back of a fund's money, against what approvals and contracts that are not paid out say.
_RESERVED = """
SELECT books.fund_id, '' AS subject, books.reserved::text AS kept,
    (coalesce(approved.amount, 0) + coalesce(contracted.amount, 0))::text AS counted
FROM fund_books AS books
LEFT JOIN (
    SELECT fund_id, sum(reserved) AS amount FROM applications
    WHERE reserved > 0 AND ($1::uuid IS NULL OR fund_id = $1) GROUP BY fund_id
) AS approved USING (fund_id)
LEFT JOIN (
    SELECT fund_id, sum(reserved) AS amount FROM loans
    WHERE reserved > 0 AND ($1::uuid IS NULL OR fund_id = $1) GROUP BY fund_id
) AS contracted USING (fund_id)
WHERE ($1::uuid IS NULL OR fund_id = $1)
  AND books.reserved <> coalesce(approved.amount, 0) + coalesce(contracted.amount, 0)
"""

# What the savings capability keeps of each member, against her part of the control accounts.
_SAVINGS = """
SELECT coalesce(account.fund_id, counted.fund_id) AS fund_id,
    coalesce(account.member_id, counted.member_id)::text AS subject,
    concat_ws('/', coalesce(account.savings, 0), coalesce(account.shares, 0)) AS kept,
    concat_ws('/', coalesce(counted.savings, 0), coalesce(counted.shares, 0)) AS counted
FROM (SELECT * FROM savings_accounts WHERE $1::uuid IS NULL OR fund_id = $1) AS account
FULL JOIN (
    SELECT fund_id, member_id, sum(credit - debit) FILTER (WHERE account = '2200') AS savings,
        sum(credit - debit) FILTER (WHERE account = '3100') AS shares
    FROM journal_lines WHERE member_id IS NOT NULL AND ($1::uuid IS NULL OR fund_id = $1) GROUP BY 1, 2
) AS counted ON counted.member_id = account.member_id
WHERE (coalesce(account.savings, 0), coalesce(account.shares, 0)) IS DISTINCT FROM
      (coalesce(counted.savings, 0), coalesce(counted.shares, 0))
"""

_REBUILDABLE = {
    "days": _PROJECTION.format(
        table="ledger_days",
        key="account, day",
        columns="account, day",
        lines="SELECT *, business_date AS day FROM journal_lines",
    ),
    "months": _PROJECTION.format(
        table="ledger_months",
        key="month, account, kind",
        columns="month, account, kind",
        lines=_KIND_OF_LINE,
    ),
    "cash": _CASH,
}
CHECKS = {
    **_REBUILDABLE,
    "numbers": _NUMBERS,
    "journals": _JOURNALS,
    "sub_ledgers": _SUB_LEDGERS,
    "periods": _PERIODS,
    "loans": _LOANS,
    "reserved": _RESERVED,
    "savings": _SAVINGS,
}


async def at_one_moment(session: AsyncSession) -> None:
    """Let every statement of a transaction see the same moment; call it first."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def differences(session: AsyncSession, *, fund_id: UUID | None = None) -> list[Difference]:
    """Return what is not as the journals say, of one fund or of all; nothing is what it should be.

    While others post, the checks see one moment only after `at_one_moment`.
    """
    connection = await driver(session)
    found: list[Difference] = []
    for check, statement in CHECKS.items():
        rows = await connection.fetch(statement, fund_id)
        found.extend(Difference(check, **row) for row in rows)
    return found


async def rebuild(session: AsyncSession, fund_id: UUID) -> None:
    """Count a fund's projections and cash anew from its journals; nobody posts in it meanwhile."""
    await (await driver(session)).execute("SELECT ledger_rebuild($1)", fund_id)


def rebuildable(found: list[Difference]) -> set[UUID]:
    """Return the funds that `rebuild` sets right."""
    return {one.fund_id for one in found if one.check in _REBUILDABLE}
