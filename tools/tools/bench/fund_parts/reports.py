"""The report of one district that holds 10,000,000 journal lines, from projections, against a recount.

82 funds of a district, five years of loans paid out and repaid, one repayment in fifty reversed, 100,000 open
loans with twelve instalments of which a tenth is late; a tenth as much again in the rest of the province.
Filled by SQL as the owner of the tables with the triggers off, projections counted from the lines. Timed: the
statement of the total, of the rows by tambon and of the rows by fund, of a past year's total whose end is
kept, p50 of 20; then the same sums from the lines. What is overdue is counted from the loans each time.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
from rich.table import Table

from shared.db import Database, driver_dsn
from tools.bench.funds import Home

LINES, FUNDS, LOANS, LIMIT = 10_000_000, 82, 100_000, 200.0
DISTRICT, PROVINCE = "3419", "34"
ROUNDS = 20

_INDEXES = {
    "uq_journals_fund_id_number": "ALTER TABLE journals DROP CONSTRAINT uq_journals_fund_id_number",
    "ix_journals_document_id": "DROP INDEX ix_journals_document_id",
    "ix_journal_lines_account": "DROP INDEX ix_journal_lines_account",
    "ix_journal_lines_loan_id": "DROP INDEX ix_journal_lines_loan_id",
}
_OF_ACCOUNT = "fund_id, account, business_date, number, line_no"
_BUILD = (
    "ALTER TABLE journals ADD CONSTRAINT uq_journals_fund_id_number UNIQUE (fund_id, number)",
    "CREATE INDEX ix_journals_document_id ON journals (document_id)",
    f"CREATE INDEX ix_journal_lines_account ON journal_lines ({_OF_ACCOUNT})",
    "CREATE INDEX ix_journal_lines_loan_id ON journal_lines (loan_id, account) WHERE loan_id IS NOT NULL",
)

# Fund n of the district lies in village n; the funds after those in villages of the rest of the province.
_FUNDS = """
INSERT INTO funds (id, kind, name_th, name_key, area_code, state_since, created_by)
SELECT lpad(n::text, 32, '0')::uuid, 'savings', 'กลุ่มออมทรัพย์ ' || n, n::text,
    (CASE WHEN n <= $1 THEN '3419' ELSE '34' || lpad((1 + n % 18)::text, 2, '0') END)
        || lpad((1 + n % 14)::text, 2, '0') || lpad((1 + n / 14 % 99)::text, 2, '0'),
    '2018-10-01', 'bench'
FROM generate_series(1, $1::int * 10) AS n
"""
_BOOKS = """
INSERT INTO fund_books (fund_id, kind, area_code, opened_at) SELECT id, kind, area_code, now() FROM funds
"""
_OF = "lpad((CASE WHEN n % 11 = 0 THEN 83 + n % 738 ELSE 1 + n % 82 END)::text, 32, '0')::uuid"
_ID = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid"
_JOURNALS = f"""
INSERT INTO journals (id, fund_id, area_code, number, kind, document_kind, document_id, business_date,
    value_date, recorded_at, actor, line_count, total, reverses)
SELECT {_ID}, fund.id, fund.area_code, n,
    CASE WHEN n % 50 = 7 THEN 'reversal' WHEN n % 5 = 0 THEN 'disbursement' ELSE 'repayment' END, 'bench',
    {_ID}, day, day, '2023-10-01', 'bench', CASE WHEN n % 5 = 0 THEN 2 ELSE 3 END, 30000,
    CASE WHEN n % 50 = 7 THEN {_ID.replace("n::text", "(n - 1)::text")} END
FROM generate_series($1::int, $2::int) AS n
JOIN funds AS fund ON fund.id = {_OF}
CROSS JOIN LATERAL (SELECT date '2018-10-01' + n % 1826 AS day) AS booked
"""  # noqa: S608  # our own expressions
_LINES = """
INSERT INTO journal_lines (journal_id, line_no, fund_id, number, business_date, account, debit, credit,
    loan_id)
SELECT journal.id, line.*
FROM (SELECT *, lpad((1 + number % 100000)::text, 32, '0')::uuid AS loan FROM journals
      WHERE number BETWEEN $1::bigint AND $2::bigint) AS journal
CROSS JOIN LATERAL (
    SELECT line_no, fund_id, number, business_date, account,
        CASE WHEN kind = 'reversal' THEN credit ELSE debit END,
        CASE WHEN kind = 'reversal' THEN debit ELSE credit END,
        CASE WHEN account = '1100' THEN loan END
    FROM (VALUES (1, '1000', 30000, 0), (2, '1100', 0, 25000), (3, '4000', 0, 5000),
                 (11, '1100', 30000, 0), (12, '1010', 0, 30000)) AS template (place, account, debit, credit)
    CROSS JOIN LATERAL (SELECT place % 10 AS line_no) AS numbered
    WHERE (place > 10) = (kind = 'disbursement')
) AS line
"""
_MONTHS = """
INSERT INTO ledger_months (fund_id, month, account, kind, area_code, debit, credit)
SELECT line.fund_id, date_trunc('month', line.business_date)::date, line.account,
    coalesce(original.kind, journal.kind), journal.area_code, sum(line.debit), sum(line.credit)
FROM journal_lines AS line JOIN journals AS journal ON journal.id = line.journal_id
LEFT JOIN journals AS original ON original.id = journal.reverses
GROUP BY 1, 2, 3, 4, 5
"""
_LOANS = """
INSERT INTO loans (id, fund_id, area_code, product_id, borrower_kind, borrower_id, contract_no, contract_date,
    principal, annual_rate, terms, state, disbursed, outstanding, schedule_no, base_no, next_due_on,
    contracted_by, created_at, updated_at)
SELECT lpad(n::text, 32, '0')::uuid, fund.id, fund.area_code, fund.id, 'member', fund.id, n::text,
    '2023-01-05', 30000, 15, '{}', 'active', 30000, 20000, 1, 1,
    date '2023-09-30' + CASE WHEN n % 10 = 0 THEN -1 - n % 120 ELSE 1 + n % 30 END, 'bench', now(), now()
FROM generate_series(1, $1::int) AS n
JOIN funds AS fund ON fund.id = lpad((1 + n % 82)::text, 32, '0')::uuid
"""
_SCHEDULES = """
INSERT INTO loan_schedules (loan_id, schedule_no, base_no, reason, made_on, actor, created_at)
SELECT id, 1, 1, 'disbursement', '2023-01-05', 'bench', now() FROM loans
"""
_INSTALMENTS = """
INSERT INTO instalments (loan_id, schedule_no, number, from_on, due_on, principal, interest, paid_principal,
    paid_interest, settled_on)
SELECT id, 1, n, due_on - 30, due_on, 2500, 300, paid * 2500, paid * 300, CASE paid WHEN 1 THEN due_on END
FROM loans CROSS JOIN generate_series(1, 12) AS n
CROSS JOIN LATERAL (SELECT next_due_on + (n - 5) * 30 AS due_on, (n < 5)::int AS paid) AS row
ORDER BY id, n
"""
_KEPT = """
INSERT INTO fund_arrears_months
    (fund_id, month, area_code, as_of, late_loans, overdue, par30, par60, par90, counted_to)
SELECT fund_id, '2022-09-01', area_code, '2022-09-30', 0, 0, 0, 0, 0, 1000000000 FROM fund_books
"""
_RECOUNT = """
SELECT
    sum(debit - credit) FILTER (
        WHERE account = '1100' AND kind = 'disbursement' AND business_date >= $1) AS lent,
    sum(credit - debit) FILTER (
        WHERE account = '1100' AND kind = 'repayment' AND business_date >= $1) AS repaid,
    sum(debit - credit) FILTER (WHERE account = '1100') AS outstanding,
    sum(credit - debit) FILTER (WHERE account = '4000' AND business_date >= $1) AS interest,
    sum(debit - credit) FILTER (WHERE account IN ('1000', '1010')) AS money
FROM (
    SELECT line.*, coalesce(original.kind, journal.kind) AS kind FROM journal_lines AS line
    JOIN journals AS journal ON journal.id = line.journal_id
    LEFT JOIN journals AS original ON original.id = journal.reverses
    WHERE journal.area_code LIKE $2 || '%'
) AS line
"""


async def run(home: Home, table: Table) -> None:
    """Fill, measure, compare with a recount."""
    from funds.reports import queries  # noqa: PLC0415  # the tools run without a service too
    from funds.reports.rules import By  # noqa: PLC0415

    connection = await asyncpg.connect(driver_dsn(home.owner))
    lines = await _fill(connection, home)
    await home.analyze()
    database = Database(home.dsn, application_name="bench", pool_size=1)
    first, last = date(2022, 10, 1), date(2023, 9, 30)
    filters = queries.Filters(areas=("",), first=first, last=last, today=last, area=DISTRICT)
    province = queries.Filters(areas=("",), first=first, last=last, today=last, area=PROVINCE)
    ended = queries.Filters(
        areas=("",), first=date(2021, 10, 1), last=date(2022, 9, 30), today=last, area=DISTRICT
    )
    async with database.read() as session:
        total = await queries.total(session, filters=filters)
        for name, ask in (
            ("total of the district", lambda: queries.total(session, filters=filters)),
            ("… by tambon", lambda: _rows(queries, session, filters, By.TAMBON)),
            ("… by fund", lambda: _rows(queries, session, filters, By.FUND)),
            ("total of the district, a past year", lambda: queries.total(session, filters=ended)),
            ("total of the province, 820 funds", lambda: queries.total(session, filters=province)),
        ):
            middle, worst = await _timed(ask)
            verdict = "kept" if middle < LIMIT else "MISSED"
            table.add_row(name, f"p50 {middle:.0f} ms, worst {worst:.0f} ms", f"< {LIMIT:.0f} ms", verdict)
    await database.close()
    began = time.monotonic()
    counted = await connection.fetchrow(_RECOUNT, first, DISTRICT, timeout=600)
    same = counted is not None and all(total[name] == amount for name, amount in counted.items())
    table.add_row(
        f"the same from {lines:,} lines",
        f"{time.monotonic() - began:.1f} s",
        "equal",
        "kept" if same else "MISSED",
    )
    await connection.close()


def _rows(queries: Any, session: Any, filters: Any, by: Any) -> Awaitable[Any]:
    answer: Awaitable[Any] = queries.rows(session, filters=filters, by=by, after=None, limit=201)
    return answer


async def _timed(ask: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """Return the middle and the worst of some rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), max(times)


async def _fill(connection: asyncpg.Connection, home: Home) -> int:
    """Fill in funds, journals, projections and loans; return how many lines the district has."""
    for name in ("journals", "journal_lines"):
        await connection.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    for drop in _INDEXES.values():
        await connection.execute(drop)
    await connection.execute(_FUNDS, FUNDS)
    await connection.execute(_BOOKS)
    journals = round(LINES * home.scale / 2.8 * 1.1)
    step = 500_000
    for begin in range(1, journals + 1, step):
        end = min(begin + step - 1, journals)
        await connection.execute(_JOURNALS, begin, end, timeout=600)
    await connection.execute("CREATE INDEX of_bench ON journals (number)", timeout=600)
    await connection.execute("ANALYZE journals")
    for begin in range(1, journals + 1, step):
        await connection.execute(_LINES, begin, min(begin + step - 1, journals), timeout=600)
    for build in ("DROP INDEX of_bench", *_BUILD, "ANALYZE journal_lines", _MONTHS):
        await connection.execute(build, timeout=600)
    await connection.execute(_LOANS, round(LOANS * home.scale))
    for statement in (_SCHEDULES, _INSTALMENTS, _KEPT):
        await connection.execute(statement, timeout=600)
    counted = (
        "SELECT count(*) FROM journal_lines JOIN funds ON funds.id = fund_id WHERE area_code LIKE $1 || '%'"
    )
    return int(await connection.fetchval(counted, DISTRICT, timeout=600))
