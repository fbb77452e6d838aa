"""Rows of several tables in one statement."""

import asyncpg
import pytest

from shared.db import Database, driver
from shared.rows import Row, insert
from shared.testing.cluster import Cluster

TABLES = """
CREATE TABLE things (id integer PRIMARY KEY, name text, detail jsonb);
CREATE TABLE words (word text PRIMARY KEY, seen date DEFAULT '2026-01-05');
"""


@pytest.fixture
def service() -> str:
    return "funds"  # any service's plumbing schema does


@pytest.fixture(autouse=True)
async def tables(cluster: Cluster, database_name: str) -> None:
    """Add two small tables to the test's database, as the owner."""
    connection = await asyncpg.connect(cluster.url("funds", database_name, role="owner"))
    await connection.execute(TABLES)
    await connection.close()


def thing(number: int, name: str | None = None) -> Row:
    return Row("things", {"id": number, "name": name, "detail": '{"a": 1}'})


async def found(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as session:
        connection = await driver(session)
        things = await connection.fetch("SELECT id, name FROM things ORDER BY id")
        words = await connection.fetch("SELECT word FROM words ORDER BY word")
    return [*map(tuple, things), *map(tuple, words)]


async def test_rows_of_several_tables_in_any_order_are_all_written(database: Database) -> None:
    async with database.transaction() as session:
        await insert(
            session, thing(1, "หนึ่ง"), Row("words", {"word": "a"}), thing(2), Row("words", {"word": "b"})
        )
        await insert(session, Row("things", {"name": "other columns", "id": 3}))
    assert await found(database) == [(1, "หนึ่ง"), (2, None), (3, "other columns"), ("a",), ("b",)]


async def test_a_row_that_may_be_known_leaves_the_one_there_as_it_is(database: Database) -> None:
    words = [Row("words", {"word": word}, unless_known=True) for word in ("a", "b")]
    async with database.transaction() as session:
        await insert(session, words[0])
        await insert(session, thing(1), *words)
    assert await found(database) == [(1, None), ("a",), ("b",)]


@pytest.mark.parametrize("first", ["things", "words"])
async def test_of_two_rows_that_are_taken_the_first_is_told_and_nothing_is_written(
    database: Database, first: str
) -> None:
    rows = {"things": thing(1), "words": Row("words", {"word": "a"})}
    async with database.transaction() as session:
        await insert(session, *rows.values())
    order = [rows.pop(first), thing(2), *rows.values()]

    async def again() -> None:
        async with database.transaction() as session:
            await insert(session, *order)

    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await again()
    assert refused.value.constraint_name == f"{first}_pkey"
    assert await found(database) == [(1, None), ("a",)]
