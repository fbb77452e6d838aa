"""The command that counts the books anew: it finds what was bent behind the triggers' back, and mends it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from funds.ledger import check
from funds.ledger.check import run
from funds.ledger.checking import CHECKS, differences
from shared.db import Database, driver
from shared.ids import uuid7
from shared.testing.cluster import Cluster
from tests.world import MAKERS, World

Books = Any  # the fixture of conftest.py


@pytest.fixture
async def fund(database: Database, books: Books) -> UUID:
    """Lend, be repaid, undo a repayment."""
    async with database.transaction() as session:
        fund_id: UUID = await books.fund(session)
        loan_id = uuid7()
        await books.post(session, fund_id, books.disbursement(5_000_000, loan_id=loan_id))
        paid = await books.post(session, fund_id, books.repayment(30_000, 800, loan_id=loan_id))
        await books.reverse(session, fund_id, paid.journal_id)
    return fund_id


@pytest.fixture
async def owner(cluster: Cluster, database_name: str, fund: UUID) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the tables' owner, with the triggers off, when everything is booked."""
    del fund
    connection = await asyncpg.connect(cluster.url("funds", database_name, role="owner"))
    for table in ("journals", "journal_lines", "ledger_periods"):
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield connection
    await connection.close()


async def checks(database: Database, fund_id: UUID | None = None) -> set[str]:
    async with database.transaction() as session:
        return {one.check for one in await differences(session, fund_id=fund_id)}


@pytest.mark.usefixtures("fund")
async def test_books_that_nobody_bent_are_as_their_journals_say(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await checks(database) == set()
    assert await run(database, fund_id=None, mend=False) == 0
    assert "as their journals say" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bent", "told"),
    [
        ("UPDATE ledger_days SET debit = debit + 1", {"days"}),
        ("DELETE FROM ledger_days WHERE account = '1100'", {"days"}),
        ("UPDATE ledger_months SET kind = 'grant' WHERE kind = 'repayment'", {"months"}),
        ("UPDATE fund_books SET cash = cash + 5", {"cash"}),
        ("UPDATE fund_books SET last_number = last_number + 1", {"numbers"}),
        ("UPDATE journals SET total = total + 1 WHERE number = 2", {"journals"}),
        (
            "UPDATE journal_lines SET credit = 6000000 WHERE account = '1100' AND credit > 0",
            {"journals", "days", "months", "sub_ledgers"},
        ),
        (
            "INSERT INTO ledger_periods SELECT fund_id, '2023-03-14', area_code, NULL, 'month', 1, "  # noqa: ISC004
            """'{"1000": 1}', 'x', now() FROM fund_books""",
            {"periods"},
        ),
    ],
)
async def test_what_was_bent_is_told_by_name(
    database: Database, owner: asyncpg.Connection, fund: UUID, bent: str, told: set[str]
) -> None:
    await owner.execute(bent)
    assert await checks(database) == told
    assert await checks(database, fund) == told
    assert await checks(database, uuid7()) == set()
    assert told <= set(CHECKS)


async def test_projections_are_rebuilt_from_the_journals(
    database: Database, owner: asyncpg.Connection, fund: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await owner.fetch("SELECT * FROM ledger_months ORDER BY month, account, kind")
    await owner.execute("DELETE FROM ledger_days; UPDATE ledger_months SET debit = 7, credit = 9")
    await owner.execute("UPDATE fund_books SET cash = 1, last_business_date = NULL")
    assert await run(database, fund_id=fund, mend=True) == 0
    assert f"{fund} rebuilt" in capsys.readouterr().out
    assert await checks(database) == set()
    assert await owner.fetch("SELECT * FROM ledger_months ORDER BY month, account, kind") == before


async def test_the_command_reads_the_services_settings_and_ends_with_what_it_found(
    settings_values: dict[str, Any],
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings_values.items():
        monkeypatch.setenv(f"CHUMCHON_FUNDS_{name.upper()}", str(value))
    for arguments, left in (([], 0), (["--fund", str(uuid7())], 0)):
        monkeypatch.setattr(sys, "argv", ["check", *arguments])
        assert await asyncio.to_thread(check.main) == left
    await owner.execute("UPDATE fund_books SET cash = cash + 5")
    monkeypatch.setattr(sys, "argv", ["check"])
    assert await asyncio.to_thread(check.main) == 1
    monkeypatch.setattr(sys, "argv", ["check", "--rebuild"])
    assert await asyncio.to_thread(check.main) == 0
    assert "1 differences" in capsys.readouterr().out


async def test_what_every_capability_has_booked_is_as_the_journals_say(database: Database) -> None:
    made: World = {}
    async with database.transaction() as session:
        for make in MAKERS:
            made |= await make(session, made)
    assert await checks(database) == set()


@pytest.mark.parametrize(
    ("bent", "told"),
    [
        ("UPDATE loans SET outstanding = outstanding - 1 WHERE outstanding > 1", {"loans"}),
        ("UPDATE loans SET advance = advance + 1", {"loans"}),
        ("UPDATE fund_books SET reserved = reserved - 1 WHERE reserved > 0", {"reserved"}),
        ("UPDATE savings_accounts SET savings = savings + 1", {"savings"}),
        ("UPDATE savings_accounts SET shares = shares + 1", {"savings"}),
    ],
)
async def test_what_a_capability_keeps_beside_the_books_is_compared_with_them(
    database: Database, bent: str, told: set[str]
) -> None:
    """The service's own role may write these; nothing but the count tells."""
    made: World = {}
    async with database.transaction() as session:
        for make in MAKERS:
            made |= await make(session, made)
    async with database.transaction() as session:
        await (await driver(session)).execute(bent)
    assert await checks(database) == told
