"""Parts of accounts below zero, and other ways into the books than an honest INSERT: the database refuses."""

from typing import Any

import asyncpg
import pytest

from shared.db import Database
from shared.ids import uuid7
from shared.testing.cluster import Cluster
from tests.ledger.forging import COLUMNS, Broken, named

Books = Any  # the fixtures of conftest.py
Scribe = Any


@pytest.mark.parametrize(
    ("account", "lowered", "other"),
    [
        ("1100", ("1010", 0), None),
        ("2100", ("1010", 1), None),
        ("2200", ("1010", 1), "member"),
        ("3100", ("1010", 1), "member"),
    ],
)
async def test_no_loan_and_no_member_comes_to_less_than_nothing(
    scribe: Scribe, account: str, lowered: tuple[str, int], other: str | None
) -> None:
    """One satang more is taken from a part of a control account than was put there before."""
    whose = uuid7()
    loan, member = (None, whose) if other else (whose, None)
    debit_first = account == "1100"

    async def move(part: int, *, up: bool) -> None:
        journal_id = await scribe.journal(total=part)
        debit = part if up is debit_first else 0
        values = (journal_id, 1, account, debit, part - debit, loan, member)
        await scribe.sql.execute(scribe.LINE, *values)
        await scribe.line(journal_id, 2, lowered[0], part - debit, debit)

    async with scribe.sql.transaction():
        await move(100, up=True)
    async with scribe.sql.transaction():
        await move(60, up=False)
    transaction = scribe.sql.transaction()
    await transaction.start()
    await move(41, up=False)
    with pytest.raises(Broken) as refused:
        await transaction.commit()
    assert named(refused) == "ck_journals_sub_ledger"
    async with scribe.sql.transaction():  # what comes back in the same transaction is no less than nothing
        await move(41, up=False)
        await move(1, up=True)


async def test_no_part_of_another_fund_or_account_makes_up_for_it(
    scribe: Scribe, database: Database, books: Books
) -> None:
    async with database.transaction() as session:
        neighbour = await books.fund(session, area="34150104")
    loan = uuid7()
    async with scribe.sql.transaction():
        journal_id = await scribe.journal(fund=neighbour)
        await scribe.sql.execute(scribe.LINE, journal_id, 1, "1100", 100, 0, loan, None)
        await scribe.line(journal_id, 2, "1010", 0, 100)
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal()
    await scribe.sql.execute(scribe.LINE, journal_id, 1, "1100", 0, 100, loan, None)
    await scribe.line(journal_id, 2, "1010", 100, 0)
    with pytest.raises(Broken) as refused:
        await transaction.commit()
    assert named(refused) == "ck_journals_sub_ledger"


async def test_capital_is_never_negative(scribe: Scribe) -> None:
    for amount, refusal in ((28_000_001, "ck_journals_capital"), (28_000_000, None)):
        transaction = scribe.sql.transaction()
        await transaction.start()
        journal_id = await scribe.journal(total=amount)
        await scribe.line(journal_id, 1, "3000", amount, 0)
        await scribe.line(journal_id, 2, "3900", 0, amount)
        if refusal is None:
            await transaction.commit()
            continue
        with pytest.raises(Broken) as refused:
            await transaction.commit()
        assert named(refused) == refusal


async def test_copy_is_checked_like_any_other_insert(scribe: Scribe) -> None:
    loose = scribe.sql.transaction()
    await loose.start()
    journal_id = await scribe.journal()
    number = await scribe.sql.fetchval("SELECT number FROM journals WHERE id = $1", journal_id)
    about = (scribe.fund, number, scribe.books.today)
    lines = [(journal_id, 1, *about, "5300", 100, 0), (journal_id, 2, *about, "1010", 0, 99)]
    await scribe.sql.copy_records_to_table("journal_lines", records=lines, columns=COLUMNS.split(", "))
    with pytest.raises(Broken) as refused:
        await loose.commit()
    assert named(refused) == "ck_journals_balanced"
    forged = [(journal_id, 1, *about, "5300", 100, 0)]
    with pytest.raises(Broken) as refused:
        await scribe.sql.copy_records_to_table("journal_lines", records=forged, columns=COLUMNS.split(", "))
    assert named(refused) == "ck_journal_lines_journal"


async def test_two_journals_that_balance_only_together_are_refused(scribe: Scribe) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    for debit, credit in ((100, 0), (0, 100)):
        journal_id = await scribe.journal()
        for number in (1, 2):
            await scribe.line(journal_id, number, "5300", debit, credit)
    with pytest.raises(Broken) as refused:
        await transaction.commit()
    assert named(refused) == "ck_journals_balanced"


async def test_lines_taken_back_by_a_savepoint_leave_no_journal_behind(scribe: Scribe) -> None:
    transaction = scribe.sql.transaction()
    await transaction.start()
    journal_id = await scribe.journal()
    await scribe.line(journal_id, 1, "5300", 100, 0)
    savepoint = scribe.sql.transaction()
    await savepoint.start()
    await scribe.line(journal_id, 2, "1010", 0, 100)
    await savepoint.rollback()
    with pytest.raises(Broken) as refused:
        await transaction.commit()
    assert named(refused) == "ck_journals_balanced"
    assert await scribe.sql.fetchval("SELECT count(*) FROM journals") == 2
    assert await scribe.sql.fetchval("SELECT last_number FROM fund_books") == 2  # no gap stays


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journals SELECT * FROM journals ON CONFLICT (id) DO UPDATE SET total = 1",
        "MERGE INTO journal_lines USING journals ON journal_id = id WHEN MATCHED THEN UPDATE SET debit = 1",
        "WITH gone AS (DELETE FROM journal_lines RETURNING *) SELECT * FROM gone",
        "CREATE TRIGGER own BEFORE INSERT ON journals FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
        "CREATE RULE own AS ON INSERT TO journal_lines DO INSTEAD NOTHING",
        "ALTER TABLE journals DROP CONSTRAINT ck_journals_total",
        "ALTER TABLE journals ALTER CONSTRAINT complete_journal NOT DEFERRABLE",
        "ALTER FUNCTION ledger_complete_journal() SECURITY INVOKER",
        "DROP FUNCTION ledger_complete_journal() CASCADE",
        "DROP TABLE journal_lines",
        "ALTER TABLE journals RENAME TO old_journals",
        "COPY journals FROM PROGRAM 'true'",
    ],
)
async def test_no_other_word_of_sql_is_a_way_around(scribe: Scribe, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scribe.sql.execute(statement)


async def test_the_role_of_the_service_does_not_become_the_owner(
    scribe: Scribe, cluster: Cluster, database_name: str
) -> None:
    owner = await asyncpg.connect(cluster.url("funds", database_name, role="owner"))
    name = await owner.fetchval("SELECT current_user")
    await owner.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scribe.sql.execute(f'SET ROLE "{name}"')
