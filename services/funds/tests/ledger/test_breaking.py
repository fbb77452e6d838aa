"""Trying to break the books with SQL, as the service's own role: the database refuses each by name."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.db import Database
from shared.ids import uuid7
from shared.testing.cluster import Cluster
from tests.ledger.forging import COLUMNS, Broken, named

Books = Any  # the fixtures of conftest.py
Scribe = Any


@pytest.mark.parametrize(
    ("lines", "counted", "total"),
    [
        ([], 2, 100),
        ([("5300", 100, 0)], 2, 100),
        ([("5300", 100, 0), ("1010", 0, 99)], 2, 100),
        ([("5300", 100, 0), ("1010", 0, 100)], 2, 101),
        ([("5300", 100, 0), ("1010", 0, 100)], 3, 100),
        ([("5300", 100, 0), ("5300", 100, 0)], 2, 100),
    ],
)
async def test_a_journal_is_complete_and_balanced_when_its_transaction_ends(
    scribe: Scribe, lines: list[tuple[str, int, int]], counted: int, total: int
) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal(counted, total)
    for number, line in enumerate(lines, 1):
        await scribe.line(journal_id, number, *line)
    with pytest.raises(Broken) as refused:
        await transaction.commit()
    assert named(refused) == "ck_journals_balanced"


@pytest.mark.parametrize("number", [0, 1, 2, 3])
async def test_nothing_is_added_to_a_journal_that_is_complete(scribe: Scribe, number: int) -> None:
    async with scribe.sql.transaction():
        journal_id = await scribe.whole()
    with pytest.raises(Broken) as refused:
        await scribe.line(journal_id, number, "5300", 5, 0)
    assert named(refused) in {"ck_journal_lines_journal", "pk_journal_lines"}
    pair = (
        f"INSERT INTO journal_lines ({COLUMNS}) "
        "SELECT id, n, fund_id, number, business_date, '5300', n - 3, 4 - n "
        "FROM journals, generate_series(3, 4) n WHERE id = $1"
    )
    with pytest.raises(Broken) as refused:
        await scribe.sql.execute(pair, journal_id)
    assert named(refused) == "ck_journal_lines_journal"


async def test_a_journal_checked_early_takes_no_line_afterwards(scribe: Scribe) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.whole()
    await scribe.sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(Broken) as refused:
        await scribe.line(journal_id, 3, "5300", 5, 0)
    assert named(refused) == "ck_journal_lines_journal"
    await transaction.rollback()


async def test_a_line_belongs_to_a_journal_and_says_what_it_says(scribe: Scribe) -> None:
    other = f"INSERT INTO journal_lines ({COLUMNS}) VALUES ($1, 1, $2, $3, $4, '5300', 1, 0)"
    async with scribe.sql.transaction():
        journal_id = await scribe.journal()
        for values in (
            (uuid7(), scribe.fund, 3, scribe.books.today),
            (journal_id, uuid7(), 3, scribe.books.today),
            (journal_id, scribe.fund, 4, scribe.books.today),
            (journal_id, scribe.fund, 3, scribe.books.today.replace(day=1)),
        ):
            attempt = scribe.sql.transaction()
            await attempt.start()
            with pytest.raises(Broken) as refused:
                await scribe.sql.execute(other, *values)
            assert named(refused) == "ck_journal_lines_journal"
            await attempt.rollback()
        await scribe.line(journal_id, 1, "5300", 100, 0)
        await scribe.line(journal_id, 2, "1010", 0, 100)


CHANGES = (
    "UPDATE journals SET total = 1",
    "UPDATE journals SET memo = 'x' WHERE false",
    "DELETE FROM journals",
    "TRUNCATE journals",
    "UPDATE journal_lines SET debit = 1",
    "DELETE FROM journal_lines",
    "TRUNCATE journal_lines",
    "UPDATE ledger_periods SET closed_by = 'x'",
    "DELETE FROM ledger_periods",
    "TRUNCATE ledger_periods",
)


@pytest.mark.parametrize("statement", CHANGES)
async def test_books_are_neither_changed_nor_removed(scribe: Scribe, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scribe.sql.execute(statement)


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.usefixtures("fund")
async def test_not_even_by_the_owner_of_the_tables(
    cluster: Cluster, database_name: str, statement: str
) -> None:
    owner = await asyncpg.connect(cluster.url("funds", database_name, role="owner"))
    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await owner.execute(statement)
    await owner.close()
    assert named(refused).endswith("_append_only")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fund_books SET cash = cash + 1",
        "UPDATE fund_books SET last_number = 0",
        "UPDATE fund_books SET closed_until = NULL",
        "UPDATE fund_books SET area_code = '34150104'",
        "DELETE FROM fund_books",
        "INSERT INTO fund_books (fund_id, cash) VALUES (gen_random_uuid(), 5)",
        "INSERT INTO ledger_days SELECT fund_id, '1010', current_date, area_code, 1, 0 FROM fund_books",
        "UPDATE ledger_days SET debit = 0",
        "DELETE FROM ledger_days",
        "UPDATE ledger_months SET debit = 0",
        "DELETE FROM ledger_months",
        "INSERT INTO ledger_periods (fund_id, trial_balance) SELECT fund_id, '{}' FROM fund_books",
        "ALTER TABLE journals DISABLE TRIGGER ALL",
        "DROP TRIGGER number_journal ON journals",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "SET session_replication_role = 'replica'",
    ],
)
async def test_running_figures_and_projections_are_the_triggers_alone(scribe: Scribe, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scribe.sql.execute(statement)


async def test_a_trigger_function_serves_no_table_but_its_own(scribe: Scribe) -> None:
    await scribe.sql.execute("CREATE TEMP TABLE forged (LIKE journal_lines)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scribe.sql.execute(
            "CREATE TRIGGER book AFTER INSERT ON forged REFERENCING NEW TABLE AS new_lines "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_book_lines()"
        )


async def test_no_temporary_table_stands_in_for_a_table_of_the_books(scribe: Scribe) -> None:
    await scribe.sql.execute("CREATE TEMP TABLE fund_books AS SELECT * FROM funds.fund_books")
    await scribe.sql.execute("UPDATE pg_temp.fund_books SET cash = 1000000000000, last_number = 70")
    async with scribe.sql.transaction():
        await scribe.whole(total=10)
    kept = await scribe.sql.fetchrow("SELECT last_number, cash FROM funds.fund_books")
    assert tuple(kept) == (3, 23_000_000 - 10)
    transaction = scribe.sql.transaction()
    await transaction.start()
    with pytest.raises(Broken) as refused:
        await scribe.whole(total=23_000_000)
    await transaction.rollback()
    assert named(refused) == "ck_fund_books_available"


async def test_cash_is_never_negative_nor_less_than_what_is_kept_back(scribe: Scribe) -> None:
    for total, reserved in ((23_000_001, 0), (22_000_001, 1_000_000)):
        transaction = scribe.sql.transaction()
        await transaction.start()
        await scribe.sql.execute("UPDATE fund_books SET reserved = $1", reserved)
        with pytest.raises(Broken) as refused:
            await scribe.whole(total=total)
        await transaction.rollback()
        assert named(refused) == "ck_fund_books_available"
    for reserved, constraint in ((-1, "ck_fund_books_reserved"), (23_000_001, "ck_fund_books_available")):
        with pytest.raises(Broken) as refused:
            await scribe.sql.execute("UPDATE fund_books SET reserved = $1", reserved)
        assert named(refused) == constraint


async def test_a_closed_period_takes_no_journal_whoever_writes_it(scribe: Scribe) -> None:
    close = (
        "INSERT INTO ledger_periods (fund_id, period_to, kind, closed_by, closed_at) "
        "VALUES ($1, $2, 'month', 'x', '2023-03-15T05:00:00Z') RETURNING trial_balance, last_number"
    )
    february = scribe.books.today.replace(month=2, day=28)
    async with scribe.sql.transaction():
        await scribe.whole(on=february)
    closed = await scribe.sql.fetchrow(close, scribe.fund, february)
    assert closed["last_number"] == 3
    assert '"5300"' in closed["trial_balance"]
    for on in (february, february.replace(year=2022)):
        with pytest.raises(Broken) as refused:
            await scribe.journal(on=on)
        assert named(refused) == "ck_journals_period_open"
    async with scribe.sql.transaction():
        await scribe.whole(on=february.replace(month=3, day=1))
    for day, constraint in (
        (february, "ck_ledger_periods_open"),
        (scribe.books.today, "ck_ledger_periods_period_to"),
    ):
        with pytest.raises(Broken) as refused:
            await scribe.sql.execute(close, scribe.fund, day)
        assert named(refused) == constraint
    with pytest.raises(Broken) as refused:
        await scribe.sql.execute(close, uuid7(), february)
    assert named(refused) == "fk_ledger_periods_fund_id"


async def test_a_journal_begun_before_its_period_closes_is_not_finished_after_it(scribe: Scribe) -> None:
    february = scribe.books.today.replace(month=2, day=28)
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal(on=february)
    await scribe.sql.execute(
        "INSERT INTO ledger_periods (fund_id, period_to, kind, closed_by, closed_at) "
        "VALUES ($1, $2, 'month', 'x', '2023-03-15T05:00:00Z')",
        scribe.fund,
        february,
    )
    with pytest.raises(Broken) as refused:
        await scribe.line(journal_id, 1, "5300", 100, 0)
    await transaction.rollback()
    assert named(refused) == "ck_journals_period_open"


@pytest.mark.parametrize(
    ("account", "loan", "member", "constraint"),
    [
        ("1100", None, None, "ck_journal_lines_loan_id"),
        ("2100", None, None, "ck_journal_lines_loan_id"),
        ("1000", uuid7(), None, "ck_journal_lines_loan_id"),
        ("2200", None, None, "ck_journal_lines_member_id"),
        ("3100", None, None, "ck_journal_lines_member_id"),
        ("5500", None, uuid7(), "ck_journal_lines_member_id"),
        ("9000", None, None, "ck_journal_lines_account"),
        ("110", None, None, "ck_journal_lines_account"),
    ],
)
async def test_lines_of_control_accounts_name_whose_they_are_and_no_others_do(
    scribe: Scribe, account: str, loan: UUID | None, member: UUID | None, constraint: str
) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal()
    with pytest.raises(Broken) as refused:
        await scribe.sql.execute(scribe.LINE, journal_id, 1, account, 100, 0, loan, member)
    await transaction.rollback()
    assert named(refused) == constraint


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (-1, 0), (0, -1), (1, 1), (1, -1)])
async def test_a_line_has_one_amount_above_zero(scribe: Scribe, debit: int, credit: int) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal()
    with pytest.raises(Broken) as refused:
        await scribe.line(journal_id, 1, "5300", debit, credit)
    await transaction.rollback()
    assert named(refused) == "ck_journal_lines_amount"


async def test_a_reversal_reverses_one_original_of_its_fund_exactly(
    scribe: Scribe, database: Database, books: Books
) -> None:
    async with scribe.sql.transaction():
        original = await scribe.whole()
    async with database.transaction() as session:
        neighbour = await books.fund(session, area="34150104")
    for other in (
        {"kind": "reversal"},
        {"kind": "reversal", "reverses": uuid7()},
        {"kind": "reversal", "reverses": original, "fund": neighbour},
        {"kind": "adjustment", "reverses": original},
    ):
        with pytest.raises(Broken) as refused:
            await scribe.journal(**other)
        assert named(refused) == "ck_journals_reverses"
    for lines in (
        [("1010", 50, 0), ("5300", 0, 50)],
        [("1010", 100, 0), ("4900", 0, 100)],
        [("5300", 100, 0), ("1010", 0, 100)],
    ):
        transaction = scribe.sql.transaction()
        await transaction.start()
        journal_id = await scribe.journal(
            kind="reversal", reverses=original, total=max(debit for _, debit, _ in lines)
        )
        for number, line in enumerate(lines, 1):
            await scribe.line(journal_id, number, *line)
        with pytest.raises(Broken) as refused:
            await transaction.commit()
        assert named(refused) == "ck_journals_mirrors"
    async with scribe.sql.transaction():
        journal_id = await scribe.journal(kind="reversal", reverses=original)
        await scribe.line(journal_id, 1, "5300", 0, 100)
        await scribe.line(journal_id, 2, "1010", 100, 0)
    for reverses, constraint in ((original, "uq_journals_reverses"), (journal_id, "ck_journals_reverses")):
        with pytest.raises(Broken) as refused:
            await scribe.journal(kind="reversal", reverses=reverses)
        assert named(refused) == constraint


@pytest.mark.parametrize(
    ("other", "constraint"),
    [
        ({"lines": 1}, "ck_journals_line_count"),
        ({"total": 0}, "ck_journals_total"),
        ({"kind": "gift"}, "ck_journals_kind"),
        ({"fund": uuid7()}, "fk_journals_fund_id"),
    ],
)
async def test_a_journal_that_cannot_be_is_refused_at_once(
    scribe: Scribe, other: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(Broken) as refused:
        await scribe.journal(**other)
    assert named(refused) == constraint


async def test_a_journal_is_not_dated_after_the_day_it_is_recorded_on(scribe: Scribe) -> None:
    with pytest.raises(Broken) as refused:
        await scribe.journal(on=scribe.books.today.replace(day=16))
    assert named(refused) == "ck_journals_business_date"


async def test_the_number_and_area_of_a_journal_are_the_books_own(scribe: Scribe) -> None:
    forged = scribe.JOURNAL.replace("actor, ", "actor, number, area_code, ").replace(
        "'user:thief', ", "'user:thief', 999, '10010101', "
    )
    async with scribe.sql.transaction():
        journal_id = uuid7()
        values = (scribe.fund, "expense", scribe.books.today, None, 2, 100)
        assert await scribe.sql.fetchval(forged, journal_id, *values) == 3
        await scribe.line(journal_id, 1, "5300", 100, 0)
        await scribe.line(journal_id, 2, "1010", 0, 100)
    row = await scribe.sql.fetchrow("SELECT number, area_code FROM journals WHERE id = $1", journal_id)
    assert tuple(row) == (3, scribe.books.village)
