"""A page of a list takes as many statements with one row as with twenty: nothing is asked row by row.

The rows of the world (`world.py`) are multiplied in the database itself, with its rules taken away: what a
list asks does not depend on how its rows came about.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from shared.db import Database, driver_dsn
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from tests.world import MAKERS, PAGED, QUERIES, World, addressed

MORE = 20
_ANOTHER = """
INSERT INTO funds.{table} OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(one, jsonb_build_object({changes}))).*
FROM funds.{table} AS one CROSS JOIN generate_series(1, $1) AS n
WHERE one.ctid = (SELECT ctid FROM funds.{table} WHERE {where} LIMIT 1)
"""
_NO_RULES = """
DO $$ DECLARE rule record; BEGIN
    SET session_replication_role = replica;
    FOR rule IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
        WHERE connamespace = 'funds'::regnamespace AND contype IN ('c', 'f', 'u')
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', rule.of, rule.conname); END LOOP;
    FOR rule IN SELECT indexrelid::regclass AS of FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = 'funds'::regnamespace AND indisunique AND NOT indisprimary
    LOOP EXECUTE format('DROP INDEX %s', rule.of); END LOOP;
END $$
"""
_MADE = """
INSERT INTO funds.book_import_errors (import_id, position, sheet, code)
    VALUES ('{import_id}', 1, 'ลูกหนี้', 'part_missing');
INSERT INTO funds.savings_pledges
    (id, fund_id, area_code, member_id, month_from, amount, recorded_by, created_at)
    SELECT gen_random_uuid(), fund_id, area_code, id, '2026-02-01', 1, 'user:officer', now()
    FROM funds.fund_members WHERE id = '{saver_id}';
INSERT INTO funds.fund_settings
    (id, fund_id, area_code, product_code, valid_from, source, created_by, created_at)
    SELECT gen_random_uuid(), id, area_code, 'WOMENS_REVOLVING', '2026-01-01', 'มติ', 'user:officer', now()
    FROM funds.funds WHERE id = '{fund_id}';
"""
"""What the world has none of."""
_ID = "'id', gen_random_uuid()"
_NTH = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid"
_OF_FUND = "fund_id = '{fund_id}'"
MULTIPLIED = {
    "known_households": (
        "'household_id', gen_random_uuid(), 'village_code', '341902' || lpad(n::text, 2, '0')",
        "target_poor > 0 OR certified",
    ),
    "fund_members": (f"'id', {_NTH}", "id = '{saver_id}'"),
    "loans": (f"'id', {_NTH}", "id IN (SELECT loan_id FROM funds.problem_figure_loans)"),
    "book_import_errors": ("'position', n + 1", "true"),
    "book_imports": (_ID, "true"),
    "access_invitations": (_ID, "true"),
    "access_villages": (_ID, "true"),
    "borrower_deaths": (_ID, "true"),
    "clinics": (_ID, "true"),
    "demand_tasks": (_ID, "loan_id = '{loan_id}'"),
    "follow_forums": (_ID, _OF_FUND),
    "follow_visits": (_ID, _OF_FUND),
    "fund_bank_accounts": (_ID, _OF_FUND),
    "fund_findings": (_ID, "true"),
    "fund_handovers": (_ID, _OF_FUND),
    "fund_meetings": (_ID, _OF_FUND),
    "fund_settings": (_ID, _OF_FUND),
    "fund_teams": (_ID, "true"),
    "health_checks": (_ID, "true"),
    "ledger_adjustments": (_ID, _OF_FUND),
    "ledger_periods": ("'period_to', date '2020-01-01' + n", _OF_FUND),
    "loan_reliefs": (_ID, "true"),
    "problem_figure_loans": (f"'loan_id', {_NTH}", "case_id = '{list_frozen_loans.case_id}'"),
    "repayments": (_ID, "true"),
    "savings_accounts": (f"'member_id', {_NTH}", "member_id = '{saver_id}'"),
    "savings_distribution_parts": (f"'member_id', {_NTH}", "distribution_id = '{distribution_id}'"),
    "savings_distributions": (_ID, "true"),
    "savings_movements": (_ID, "true"),
    "savings_pledges": (_ID, "true"),
    "savings_sheet_rows": (f"'member_id', {_NTH}", "sheet_id = '{sheet_id}'"),
    "savings_sheets": (_ID, "true"),
    "savings_welfare": (_ID, "true"),
}
"""Table -> what differs from row to row, and which row is multiplied."""

FEW = frozenset({"list_unfollowed_borrowers", "list_problem_debtors"})
"""One statement makes their rows of several tables, none of which multiplies them alone."""

OTHER_QUERIES = {"list_fund_reports": {"by": "fund"}, "show_problem_board": {"level": "village"}}


@pytest.fixture(scope="module")
async def crowded(cluster: Cluster, service: str) -> AsyncIterator[tuple[str, World]]:
    """Make a database with the world, its rows multiplied."""
    name, made = await cluster.create(service), World()
    database = Database(cluster.url(service, name), application_name="tests")
    async with database.transaction() as session:
        for make in MAKERS:
            made |= await make(session, made)
    await database.close()
    connection = await asyncpg.connect(driver_dsn(cluster.server.url(database=name)))
    await connection.execute(_NO_RULES)
    await connection.execute(_filled(_MADE, made))
    for table, (changes, where) in MULTIPLIED.items():
        wanted = {"table": table, "changes": changes, "where": _filled(where, made)}
        await connection.execute(_ANOTHER.format(**wanted), MORE)
    await connection.close()
    yield name, made
    await cluster.drop(name)


def _filled(text: str, world: World) -> str:
    return re.sub(r"{([\w.]+)}", lambda found: world[found[1]], text)


@pytest.fixture
def database_name(crowded: tuple[str, World]) -> str:
    """Name the database that nobody changes here."""
    return crowded[0]


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """Collect what the app's database is asked."""
    asked: list[str] = []
    watched: dict[int, Any] = {}

    def note(record: Any) -> None:
        asked.append(record.query)

    def watch(connection: Any, *_: Any) -> None:
        driver = connection.driver_connection
        if id(driver) not in watched:
            watched[id(driver)] = driver
            driver.add_query_logger(note)

    engine = app.state.database.engine.sync_engine
    event.listen(engine, "checkout", watch)
    try:
        yield asked
    finally:
        event.remove(engine, "checkout", watch)
        for driver in watched.values():
            driver.remove_query_logger(note)


@pytest.mark.parametrize(("path", "name"), PAGED, ids=[name for _, name in PAGED])
async def test_a_page_of_many_rows_takes_the_statements_of_a_page_of_one(
    officer: Caller, app: FastAPI, crowded: tuple[str, World], path: str, name: str
) -> None:
    reader = officer.only(frozenset(SCOPES) - {"export", "pii:read", "admin"}).where("")
    query = {**QUERIES.get(name, {}), **OTHER_QUERIES.get(name, {})}
    counted = {}
    for limit in ("1", "200", "1", "200"):  # the first time a connection asks what types there are
        with statements(app) as asked:
            answer = await reader.get(addressed(path, name, crowded[1]), limit=limit, **query)
            await asyncio.sleep(0)  # they are told a turn later
        assert answer.status_code == 200, answer.text
        rows = len(answer.json()["items"])
        counted[limit] = len(asked)
    assert rows > 1 or name in FEW, f"{name} has {rows} rows"
    assert counted["1"] == counted["200"] > 0
