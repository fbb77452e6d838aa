"""The service under test and its callers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from funds.app import create_app
from funds.settings import Settings
from shared import keyfiles
from shared.citizen import make_keys
from shared.db import Database, driver
from shared.security import SCOPES
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer


@pytest.fixture(scope="session")
def service() -> str:
    """Name the service under test."""
    return "funds"


@pytest.fixture
def app(settings_values: dict[str, Any]) -> FastAPI:
    """Build the service's app on a database of the test's own."""
    return create_app(Settings(**settings_values))


@pytest.fixture
def officer(client: AsyncClient, issuer: TestIssuer) -> Caller:
    """Call as an officer of the province Ubon Ratchathani (34)."""
    return Caller(client, issuer, "funds", scopes=frozenset({"areas:read", "funds:read"}), areas=("34",))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def filled(cluster: Cluster, service: str) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Make one of everything that a path names; gives the database, to be copied, and the names."""
    from tests.world import MAKERS  # noqa: PLC0415  # only who asks waits for all that it takes

    name, made = await cluster.create(service), dict[str, str]()
    database = Database(cluster.url(service, name), application_name="tests")
    async with database.transaction() as session:
        for make in MAKERS:
            made |= await make(session, made)
    await database.close()
    yield name, made
    await cluster.drop(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def read_only(cluster: Cluster, filled: tuple[str, dict[str, str]]) -> AsyncIterator[str]:
    """Name a database that holds the world and that no test changes."""
    name = await cluster.copy(filled[0])
    yield name
    await cluster.drop(name)


class _Undone(Exception):  # noqa: N818  # it ends what went well
    pass


class Unchanged(Database):
    """Does all of a transaction but its commit."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session whose work is checked as at a commit, then undone."""
        try:
            async with super().transaction() as session:
                yield session
                await session.flush()
                await (await driver(session)).execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _Undone  # noqa: TRY301  # what ends it is part of it
        except _Undone:
            return


@pytest.fixture(scope="module")
async def unchanged_app(
    cluster: Cluster,
    service: str,
    read_only: str,
    issuer: TestIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[FastAPI]:
    """Build the service on the world's database, so that nothing it does stays."""
    folder: Path = tmp_path_factory.mktemp("unchanged")
    make_keys(folder)
    keyfiles.make(folder / keyfiles.CURSOR_KEY)
    url = cluster.url(service, read_only)
    settings = Settings(
        environment="test",
        database_url=url,
        secrets_folder=folder,
        internal_jwks=issuer.jwks,
        files_url=f"file://{folder}/files",
    )
    database = Unchanged(url, application_name="tests")
    app = create_app(settings, database=database)
    async with app.router.lifespan_context(app):
        yield app
    await database.close()


@pytest.fixture(scope="module")
async def everybody(unchanged_app: FastAPI, issuer: TestIssuer) -> AsyncIterator[Caller]:
    """Call with every right there is, in the whole country."""
    transport = ASGITransport(unchanged_app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://service") as client:
        yield Caller(client, issuer, "funds", scopes=frozenset(SCOPES))
