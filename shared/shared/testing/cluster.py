"""One private PostgreSQL a test process, with each service's schema built once by its migrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared import migrations
from shared.db import Database, driver_dsn
from shared.provision import Passwords, create_database, provision
from shared.servers.postgres import PrivatePostgres

PASSWORDS = Passwords(owner="owner-of-tests", app="app-of-tests")

# What a test loses by a crash is made again, so nothing waits for the disk. It may be in memory: it is small.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
}


class Cluster:
    """Databases for tests: a template per service, copies of it for tests that commit."""

    def __init__(self, folder: Path) -> None:
        self.server = PrivatePostgres(folder, settings=_FAST)
        self._templates: set[str] = set()
        self._rolled_back: dict[str, Database] = {}
        self._numbers = count(1)

    def url(self, service: str, database: str, *, role: str = "app") -> str:
        """Return the connection address of a service's role (`app` or `owner`) in `database`."""
        password = PASSWORDS.app if role == "app" else PASSWORDS.owner
        return self.server.url(user=f"{service}_{role}", password=password, database=database)

    async def template(self, service: str) -> str:
        """Return the database that holds `service`'s migrated, empty schema."""
        name = f"template_{service}"
        if name not in self._templates:
            await create_database(self.server.url(), name)
            await provision(self.server.url(database=name), service, PASSWORDS)
            await migrations.upgrade(service, self.url(service, name, role="owner"))
            self._templates.add(name)
        return name

    async def create(self, *services: str) -> str:
        """Return the name of a new database with the schemas of `services`."""
        if len(services) == 1:
            return await self.copy(await self.template(services[0]))
        name = f"test_{next(self._numbers)}"
        await create_database(self.server.url(), name)
        for service in services:
            await provision(self.server.url(database=name), service, PASSWORDS)
            await migrations.upgrade(service, self.url(service, name, role="owner"))
        return name

    async def copy(self, template: str) -> str:
        """Return the name of a new database with all that is in another, to which nobody is connected."""
        name = f"test_{next(self._numbers)}"
        await self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    async def drop(self, name: str) -> None:
        """Remove a database made by `create`, whoever is still connected."""
        await self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @asynccontextmanager
    async def session(self, service: str) -> AsyncIterator[AsyncSession]:
        """Yield a session whose every write is rolled back, also what the code under test commits."""
        if service not in self._rolled_back:
            name = await self.create(service)
            self._rolled_back[service] = Database(self.url(service, name), application_name="tests")
        async with self._rolled_back[service].engine.connect() as connection:
            transaction = await connection.begin()
            mode = "create_savepoint"
            async with AsyncSession(
                connection, expire_on_commit=False, join_transaction_mode=mode
            ) as session:
                yield session
            await transaction.rollback()

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(driver_dsn(self.server.url()))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close every connection of ours."""
        for database in self._rolled_back.values():
            await database.close()
