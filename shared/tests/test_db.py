"""The session: one transaction, one commit place, the driver's connection inside it."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database, driver, fetch
from shared.sessions import after_commit
from shared.testing.cluster import Cluster
from shared.testing.messaging import until

THINGS = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))


@pytest.fixture
def service() -> str:
    return "funds"  # any service's plumbing schema does


@pytest.fixture
async def things(cluster: Cluster, database_name: str) -> None:
    """Add a small table to the test's database, as the owner."""
    url = cluster.url("funds", database_name, role="owner")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE things (id integer PRIMARY KEY, name text)")
    await connection.close()


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return [row["name"] for row in await fetch(session, select(THINGS.c.name).order_by(THINGS.c.id))]


@pytest.mark.usefixtures("things")
async def test_what_the_driver_writes_is_rolled_back_with_the_session(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.transaction() as session:
            connection = await driver(session)  # before any statement of the session
            await connection.execute("INSERT INTO things VALUES (1, 'driver')")
            await session.execute(insert(THINGS).values(id=2, name="session"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    assert await names(database) == []


@pytest.mark.usefixtures("things")
async def test_session_and_driver_commit_together(database: Database) -> None:
    async with database.transaction() as session:
        await (await driver(session)).execute("INSERT INTO things VALUES (1, 'driver')")
        await session.execute(insert(THINGS).values(id=2, name="session"))
        assert await names(database) == []  # nobody else sees it yet
    assert await names(database) == ["driver", "session"]


@pytest.mark.usefixtures("things")
async def test_fetch_passes_each_call_its_own_values(database: Database) -> None:
    async with database.transaction() as session:
        for number, name in enumerate(["ก", "ข", "ค"]):
            await session.execute(insert(THINGS).values(id=number, name=name))
        for name in ("ข", "ค", "ข"):
            rows = await fetch(session, select(THINGS.c.id).where(THINGS.c.name == name))
            assert [row["id"] for row in rows] == [{"ข": 1, "ค": 2}[name]]
        statement = select(THINGS.c.id).where(THINGS.c.id > bindparam("least", 1)).limit(5)
        assert [row["id"] for row in await fetch(session, statement)] == [2]


@pytest.mark.usefixtures("things")
async def test_a_session_used_again_after_its_commit_writes_in_its_new_transaction(
    cluster: Cluster, database_name: str
) -> None:
    database = Database(cluster.url("funds", database_name), application_name="tests", pool_size=2)
    async with AsyncSession(database.engine) as session, AsyncSession(database.engine) as other:
        await (await driver(session)).execute("INSERT INTO things VALUES (1, 'first')")
        await session.commit()
        assert (
            await (await driver(other)).fetchval("SELECT name FROM things") == "first"
        )  # has its connection
        await (await driver(session)).execute("INSERT INTO things VALUES (2, 'second')")
        await session.rollback()
        assert await (await driver(other)).fetchval("SELECT count(*) FROM things") == 1
    await database.close()


@pytest.mark.usefixtures("things")
async def test_what_the_driver_writes_in_a_savepoint_is_undone_with_it(database: Database) -> None:
    async with database.transaction() as session:
        await (await driver(session)).execute("INSERT INTO things VALUES (1, 'before')")
        savepoint = await session.begin_nested()
        await (await driver(session)).execute("INSERT INTO things VALUES (2, 'inside')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await (await driver(session)).execute("INSERT INTO things VALUES (1, 'again')")
        await savepoint.rollback()
        await (await driver(session)).execute("INSERT INTO things VALUES (3, 'after')")
    assert await names(database) == ["before", "after"]


async def test_a_reading_session_opens_no_transaction(database: Database) -> None:
    async with database.read() as session:
        assert not (await driver(session)).is_in_transaction()
    async with database.transaction() as session:
        assert (await driver(session)).is_in_transaction()


@pytest.mark.usefixtures("things")
async def test_the_driver_joins_what_the_session_has_begun(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(insert(THINGS).values(id=1, name="session"))
        await (await driver(session)).execute("INSERT INTO things VALUES (2, 'driver')")
        assert await names(database) == []
    assert await names(database) == ["session", "driver"]


@pytest.mark.usefixtures("things")
async def test_what_the_commit_refuses_is_not_there_and_the_connection_works_on(
    cluster: Cluster, database_name: str
) -> None:
    owner = await asyncpg.connect(cluster.url("funds", database_name, role="owner"))
    await owner.execute(
        "ALTER TABLE things ADD CONSTRAINT uq_things_name UNIQUE (name) DEFERRABLE INITIALLY DEFERRED"
    )
    await owner.close()
    database = Database(cluster.url("funds", database_name), application_name="one", pool_size=1)
    told: list[str] = []

    async def write(first: str, second: str) -> None:
        async with database.transaction() as session:
            after_commit(session.sync_session, lambda: told.append(second))
            await (await driver(session)).execute("INSERT INTO things VALUES (1, $1), (2, $2)", first, second)

    with pytest.raises(asyncpg.UniqueViolationError):
        await write("ก", "ก")
    assert await names(database) == []
    assert told == []
    await write("ก", "ข")
    assert await names(database) == ["ก", "ข"]
    assert told == ["ข"]
    await database.close()


async def test_a_service_sees_only_its_own_schema(cluster: Cluster) -> None:
    name = await cluster.create("funds", "households")
    for service, other in (("funds", "households"), ("households", "funds")):
        for role in ("app", "owner"):
            connection = await asyncpg.connect(cluster.url(service, name, role=role))
            assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SELECT * FROM {other}.outbox")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"CREATE VIEW peek AS SELECT * FROM {other}.outbox")
            await connection.close()
    await cluster.drop(name)


async def test_the_app_role_cannot_change_tables_or_rewrite_the_audit(
    cluster: Cluster, database_name: str
) -> None:
    connection = await asyncpg.connect(cluster.url("funds", database_name))
    for statement in (
        "ALTER TABLE outbox ADD x int",
        "DROP TABLE outbox",
        f'CREATE TABLE "{uuid4().hex}" (x int)',
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_request_waits_its_turn_for_a_connection(cluster: Cluster, database_name: str) -> None:
    database = Database(cluster.url("funds", database_name), application_name="one", pool_size=1)
    async with database.transaction() as first:
        await first.execute(text("SELECT 1"))
    async with database.transaction() as second:
        assert (await second.execute(text("SELECT 2"))).scalar_one() == 2
    await database.close()


async def test_connections_that_the_server_closed_leave_the_pool(
    cluster: Cluster, database: Database, database_name: str
) -> None:
    async def read() -> int:
        async with database.read() as session:
            return int(await (await driver(session)).fetchval("SELECT pg_backend_pid()"))

    async def write() -> int:
        async with database.transaction() as session:
            return int(await (await driver(session)).fetchval("SELECT pg_backend_pid()"))

    before = {await read(), await write()}
    administrator = await asyncpg.connect(cluster.server.url())
    await administrator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 "
        "AND usename = 'funds_app'",
        database_name,
    )
    await administrator.close()
    assert not before & {await read(), await write(), await read(), await write()}


@pytest.mark.usefixtures("things")
async def test_a_cancelled_transaction_is_rolled_back_and_gives_its_connection_back(
    database: Database,
) -> None:
    one = Database(database.url, application_name="one connection", pool_size=1)
    written = asyncio.Event()

    async def write() -> None:
        async with one.transaction() as session:
            connection = await driver(session)
            await connection.execute("INSERT INTO things VALUES (1, 'cancelled')")
            written.set()
            await connection.execute("SELECT pg_sleep(60)")

    async def sleeping() -> bool:  # the server drops a cancellation that comes before its statement
        async with database.read() as session:
            query = (
                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
            )
            return await (await driver(session)).fetchval(query) is not None

    writing = asyncio.create_task(write())
    await written.wait()
    await until(sleeping)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with one.transaction() as session:
        await session.execute(insert(THINGS).values(id=2, name="next"))
    assert await names(database) == ["next"]
    await one.close()
