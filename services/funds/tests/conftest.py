"""The service under test and its callers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import AsyncClient

from funds.app import create_app
from funds.settings import Settings
from shared.db import Database
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
