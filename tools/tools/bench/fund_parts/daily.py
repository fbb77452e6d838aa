"""The daily run over 200,000 open loans with twelve instalments each, three of ten late, one process.

First run: nothing is known of any loan, every late one is written with its tasks and its event. Next day:
every late loan is a day later, some come into the next bucket. Done again: nothing to write.
Reminders: planning and deciding those of the loans whose next instalment is due within a month.
"""

import time
from datetime import date, datetime, timedelta

from rich.table import Table

from shared import clock
from shared.db import Database, driver
from tools.bench.funds import Home

LOANS, INSTALMENTS, LIMIT = 200_000, 12, 120

# Rows as contracts and their schedules leave them; the bench fills them in bulk.
_FUNDS = """
INSERT INTO funds (id, kind, name_th, name_key, area_code, state, state_since, created_by, created_at,
    updated_at)
SELECT gen_random_uuid(), 'savings', 'กองทุน ' || n, 'กองทุน' || n, '3415' || lpad((n % 2000)::text, 4, '0'),
    'active', '2020-01-01', 'user:bench', now(), now()
FROM generate_series(1, 2000) AS n
"""
_LOANS = """
WITH numbered AS (SELECT id, area_code, row_number() OVER (ORDER BY id) AS place FROM funds)
INSERT INTO loans (id, fund_id, area_code, product_id, borrower_kind, borrower_id, contract_no, contract_date,
    principal, annual_rate, terms, state, disbursed, outstanding, schedule_no, base_no, next_due_on,
    contracted_by, created_at, updated_at)
SELECT gen_random_uuid(), f.id, f.area_code, gen_random_uuid(), 'member', gen_random_uuid(), 'ส ' || n, $1,
    1200000, 6, '{}', 'active', 1200000, 1200000, 1, 1,
    CASE WHEN n % 10 < 3 THEN $2::date - (1 + n / 10 % 240)::int ELSE $2::date + (n % 30)::int END,
    'user:bench', now(), now()
FROM generate_series(1, $3::int) AS n JOIN numbered AS f ON f.place = n % 2000 + 1
"""
_SCHEDULES = """
INSERT INTO loan_schedules (loan_id, schedule_no, base_no, reason, made_on, actor, created_at)
SELECT id, 1, 1, 'disbursement', $1, 'user:bench', now() FROM loans
"""
_INSTALMENTS = """
INSERT INTO instalments (loan_id, schedule_no, number, from_on, due_on, principal, interest)
SELECT id, 1, n, next_due_on, next_due_on + (30 * (n - 1))::int, 100000, 6000
FROM loans, generate_series(1, $1::int) AS n
"""


async def run(home: Home, table: Table) -> None:
    """Measure the run of a first day, of the next day, and of the same day again; then the reminders."""
    from funds.demand import daily  # noqa: PLC0415  # the tools run without a service too
    from funds.reminders import service as reminders  # noqa: PLC0415

    today = clock.business_date(clock.now())
    database = Database(home.dsn, application_name="bench", pool_size=4)
    await _fill(database, today)
    await home.analyze()
    for name, day in (
        ("first run", today),
        ("the next day", today + timedelta(days=1)),
        ("the same day again", today + timedelta(days=1)),
    ):
        began = time.monotonic()
        done = await daily.run_day(database, day, now=_noon(day))
        took = time.monotonic() - began
        assert done.loans == LOANS, done  # noqa: S101  # a bench that looked at less shows nothing
        table.add_row(
            f"daily run, {name}",
            f"{took:.1f} s, {done.changed:,} of {done.loans:,} written, {done.tasks:,} tasks",
            f"< {LIMIT} s",
            "kept" if took < LIMIT else "MISSED",
        )
    began = time.monotonic()
    sent = await reminders.work(database, now=_noon(today + timedelta(days=1)))
    took = time.monotonic() - began
    table.add_row(
        "reminders of a day", f"{took:.1f} s, {sent.sent:,} sent, {sent.skipped:,} skipped", "", "no limit"
    )
    await database.close()


async def _fill(database: Database, today: date) -> None:
    lent = today - timedelta(days=400)
    async with database.transaction() as session:
        connection = await driver(session)
        await connection.execute(_FUNDS)
        await connection.execute(_LOANS, lent, today, LOANS)
        await connection.execute(_SCHEDULES, lent)
        await connection.execute(_INSTALMENTS, INSTALMENTS)


def _noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.BANGKOK) + timedelta(hours=12)
