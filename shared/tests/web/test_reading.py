"""A reading session: the same rows whichever way they are asked for, and never two connections."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, literal, select, text

from shared.db import Database, driver, fetch
from shared.testing.cluster import Cluster

NAME = "readers of this test"


@pytest.fixture
async def narrow(cluster: Cluster, service: str, database_name: str) -> Database:
    """Connections of a process that may have one."""
    return Database(cluster.url(service, database_name), application_name=NAME, pool_size=1)


async def test_a_reader_never_holds_two_connections(narrow: Database) -> None:
    async with asyncio.timeout(30), narrow.read() as session:
        first = await (await driver(session)).fetchval("SELECT pg_backend_pid()")
        second = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        third = await session.scalar(text("SELECT pg_backend_pid()"))
        fourth = await (await driver(session)).fetchval("SELECT pg_backend_pid()")
    assert first == second == third == fourth
    await narrow.close()


async def test_a_reader_has_no_transaction(narrow: Database) -> None:
    async with narrow.read() as session:
        connection = await driver(session)
        assert not connection.is_in_transaction()
        await fetch(session, text("SELECT 1"))
        assert not connection.is_in_transaction()
    await narrow.close()


async def test_a_reader_gives_its_connection_back_when_its_request_fails(narrow: Database) -> None:
    async def fail() -> None:
        async with narrow.read() as session:
            await (await driver(session)).fetchval("SELECT 1")
            raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            await fail()
    async with asyncio.timeout(30), narrow.read() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await narrow.close()


async def test_a_reader_whose_statement_failed_leaves_a_usable_connection(narrow: Database) -> None:
    async with narrow.read() as session:
        with pytest.raises(asyncpg.PostgresError):
            await (await driver(session)).fetchval("SELECT 1 / 0")
        assert await (await driver(session)).fetchval("SELECT 1") == 1
    await narrow.close()


async def test_a_reader_that_asks_nothing_takes_no_connection(narrow: Database) -> None:
    async with narrow.read(), asyncio.timeout(30), narrow.engine.connect() as other:
        assert (await other.execute(text("SELECT 1"))).scalar_one() == 1
    await narrow.close()


async def test_a_transaction_after_a_reader_commits_as_ever(narrow: Database) -> None:
    async with narrow.read() as session:
        await (await driver(session)).fetchval("SELECT 1")
    async with narrow.transaction() as session:
        connection = await driver(session)
        assert connection.is_in_transaction()
    async with narrow.read() as session:
        assert not (await driver(session)).is_in_transaction()
    await narrow.close()


async def test_a_statement_built_once_takes_the_values_of_each_call(narrow: Database) -> None:
    number = bindparam("number", type_=Integer)
    statement = select(number.label("n"), literal("ก").label("text")).where(number > 0)
    async with narrow.read() as session:
        seen = [[dict(row) for row in await fetch(session, statement, {"number": n})] for n in (1, 2, 0)]
    assert seen == [[{"n": 1, "text": "ก"}], [{"n": 2, "text": "ก"}], []]
    await narrow.close()
