"""How late loans are: of the running year as they are now, of a past year as they were at its end.

Now: from the instalments that are due and not settled, as `demand` lists them. At a day that is past: what
the books have of that day, by business days. A receipt counts from the day it is booked on until the day its
reversal is booked on, whenever either was recorded: what is found wrong in a later year is corrected in that
year, and never changes the end of one before. Instalments tell on which days they were settled; of a loan
with a receipt that those days and the books tell differently, what its receipts had brought by the day is
held against its schedule. Amounts are the ledger's lines of the loan until that day. The end
of a year is kept (`keeping.py`) with the number of the last journal that it counts; where journals of that
year came later, or it was not kept yet, it is counted anew by the same statement.

The statements of sums stand inside another one, which has `seen` (ranges of areas) and `books` (funds).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

# $8 is the business day. loans and instalments are loans' own tables.
NOW_BY_LOAN = """
    SELECT loan.fund_id, loan.id, loan.area_code, $8::date - loan.next_due_on AS days_late, loan.outstanding,
        due.overdue
    FROM seen JOIN loans AS loan ON loan.area_code >= seen.low AND loan.area_code < seen.high
        AND loan.state IN ('active', 'frozen') AND loan.next_due_on < $8
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(principal - paid_principal), 0)::bigint AS overdue FROM instalments
        WHERE instalments.loan_id = loan.id AND instalments.schedule_no = loan.schedule_no
          AND settled_on IS NULL AND due_on < $8
    ) AS due
"""

# The schedule of a day is the newest that a repayment made of the base that was in force then: it tells of
# all instalments since that base when they were settled. A receipt reversed after the day, or of money from
# before that was booked after it, is none of what the books have then: the oldest due are paid first, so that
# what was brought of the base tells which are. One from before a base, reversed, is asked for in it again.
# What is overdue of the principal is what the books have of the
# loan, less what was to come.
_THEN_BY_LOAN = """
    SELECT loan.fund_id, loan.id, loan.area_code, {day} - due.oldest AS days_late,
        coalesce(booked.outstanding, 0) AS outstanding,
        greatest(coalesce(booked.outstanding, 0) - due.ahead, 0)::bigint AS overdue
    FROM loans AS loan
    CROSS JOIN LATERAL (
        SELECT max(base_no) AS base_no FROM loan_schedules
        WHERE loan_schedules.loan_id = loan.id AND schedule_no = base_no AND made_on <= {day}
    ) AS base
    CROSS JOIN LATERAL (
        SELECT max(schedule_no) AS schedule_no FROM loan_schedules
        WHERE loan_schedules.loan_id = loan.id AND loan_schedules.base_no = base.base_no
    ) AS laid
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM repayments AS receipt WHERE receipt.loan_id = loan.id AND receipt.paid_on <= {day}
              AND (receipt.reversed_on > {day} OR receipt.booked_on > {day} AND receipt.reversed_on IS NULL)
        ) AS otherwise
    ) AS told
    CROSS JOIN LATERAL (
        SELECT min(due_on) FILTER (WHERE due_on < {day}) AS oldest,
            coalesce(sum(principal) FILTER (WHERE due_on >= {day}), 0) AS ahead
        FROM (
            SELECT due_on, principal FROM instalments
            WHERE NOT told.otherwise AND instalments.loan_id = loan.id
              AND instalments.schedule_no = laid.schedule_no AND (settled_on IS NULL OR settled_on > {day})
            UNION ALL
            SELECT due_on, principal FROM (
                SELECT due_on, principal, sum(principal + interest - waived_interest)
                    OVER (ORDER BY due_on, number) AS asked
                FROM instalments WHERE instalments.loan_id = loan.id
                  AND instalments.schedule_no = laid.schedule_no
            ) AS row
            WHERE told.otherwise AND row.asked > (
                SELECT coalesce(sum(brought), 0) FROM (
                    SELECT principal + interest AS brought FROM repayments AS receipt
                    WHERE receipt.loan_id = loan.id AND booked_on <= {day}
                      AND (reversed_on IS NULL OR reversed_on > {day}) AND (receipt.base_no = base.base_no
                        OR receipt.base_no < base.base_no AND reversed_on > {day} AND NOT EXISTS (
                            SELECT FROM loan_schedules AS newer WHERE newer.loan_id = loan.id
                              AND newer.base_no > base.base_no AND newer.made_on <= receipt.reversed_on))
                    UNION ALL
                    SELECT principal + interest FROM loan_entries
                    WHERE loan_id = loan.id AND base_no = base.base_no AND on_date <= {day}
                ) AS booked
            )
        ) AS unpaid
    ) AS due
    CROSS JOIN LATERAL (
        SELECT sum(debit - credit)::bigint AS outstanding FROM journal_lines
        WHERE journal_lines.loan_id = loan.id AND account = '1100' AND business_date <= {day}
    ) AS booked
    WHERE {funds} AND due.oldest IS NOT NULL AND NOT EXISTS (
        SELECT FROM loan_write_offs AS gone
        WHERE gone.loan_id = loan.id AND gone.state = 'approved' AND gone.written_off_on <= {day}
    )
"""

_BY_FUND = """
    SELECT fund_id, count(*) AS late_loans, sum(overdue)::bigint AS overdue,
        coalesce(sum(outstanding) FILTER (WHERE days_late > 30), 0)::bigint AS par30,
        coalesce(sum(outstanding) FILTER (WHERE days_late > 60), 0)::bigint AS par60,
        coalesce(sum(outstanding) FILTER (WHERE days_late > 90), 0)::bigint AS par90
    FROM ({loans}) AS late GROUP BY fund_id
"""


def then_by_loan(*, day: str, funds: str) -> str:
    """Return the statement of each loan that was late at the end of `day`; both are SQL."""
    return _THEN_BY_LOAN.format(day=day, funds=funds)


def by_fund(loans: str) -> str:
    """Return the statement of the sums of each fund with late loans."""
    return _BY_FUND.format(loans=loans)


LIVE = by_fund(NOW_BY_LOAN)

_COUNTED = """
    SELECT kept.fund_id, kept.late_loans, kept.overdue, kept.par30, kept.par60, kept.par90
    FROM books JOIN fund_arrears_months AS kept ON kept.fund_id = books.fund_id AND kept.month = $5
    WHERE NOT EXISTS (
        SELECT FROM journals AS later
        WHERE later.fund_id = kept.fund_id AND later.number > kept.counted_to AND later.business_date <= $8
    )
"""
# An array is known before loans are looked at: as a subquery it would be asked last, after all loans.
_OTHERS = "loan.fund_id = ANY(ARRAY(SELECT fund_id FROM books EXCEPT SELECT fund_id FROM counted))"
AT_YEAR_END = f"""
    WITH counted AS ({_COUNTED})
    SELECT * FROM counted UNION ALL {by_fund(then_by_loan(day="$8::date", funds=_OTHERS))}
"""  # noqa: S608  # our own constant texts


@dataclass(frozen=True, slots=True)
class LateLoans:
    """Which late loans: in which ranges of areas, of which funds, by more than how many days."""

    lows: Sequence[str]
    highs: Sequence[str]
    day: date
    now: bool
    """As they are on this day, which is today; else as they were at its end."""
    kind: str | None = None
    fund_id: UUID | None = None
    over: int = 0


_SEEN = "EXISTS (SELECT FROM seen WHERE loan.area_code >= seen.low AND loan.area_code < seen.high)"
_OF_FUND = "loan.fund_id = $4"
_LISTED = """
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[]) AS one (low, high))
SELECT late.id AS loan_id, late.fund_id, late.area_code, loans.contract_no, late.days_late, late.overdue,
    late.outstanding
FROM ({loans}) AS late
JOIN loans ON loans.id = late.id JOIN fund_books AS books ON books.fund_id = late.fund_id
WHERE ($3::text IS NULL OR books.kind = $3) AND ($4::uuid IS NULL OR late.fund_id = $4)
  AND late.days_late > $5
"""
_PAGE = """ AND ($6::text IS NULL OR (late.area_code, late.id) > ($6, $7::uuid))
ORDER BY late.area_code, late.id LIMIT $9
"""


def _statement(wanted: LateLoans) -> str:
    if wanted.now:
        return _LISTED.format(loans=NOW_BY_LOAN)
    funds = _SEEN if wanted.fund_id is None else f"{_SEEN} AND {_OF_FUND}"
    return _LISTED.format(loans=then_by_loan(day="$8::date", funds=funds))


async def page(
    session: AsyncSession, *, wanted: LateLoans, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` late loans by area and id, from the first after `after`; amounts in satang."""
    given = (wanted.lows, wanted.highs, wanted.kind, wanted.fund_id, wanted.over)
    statement = _statement(wanted) + _PAGE
    return list(
        await (await driver(session)).fetch(statement, *given, *(after or (None, None)), wanted.day, limit)
    )


async def count(session: AsyncSession, *, wanted: LateLoans) -> int:
    """Return how many late loans there are."""
    given = (wanted.lows, wanted.highs, wanted.kind, wanted.fund_id, wanted.over)
    counted = f"SELECT count(*) FROM ({_statement(wanted)}) AS late".replace("$8", "$6")  # noqa: S608  # ours
    return int(await (await driver(session)).fetchval(counted, *given, wanted.day))
