"""A gateway on a loopback port with real services behind it, and callers of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio

from gateway import keys
from gateway.app import create_app
from gateway.seed import seed_demo
from gateway.settings import Settings
from shared.db import Database
from shared.testing.cluster import Cluster
from tests.gateway_house import House, until_known
from tests.gateway_upstream import Seen, served, things


@pytest.fixture
def service() -> str:
    return "gateway"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    name = await cluster.create("gateway")
    secrets = tmp_path_factory.mktemp("gateway") / "secrets"
    keys.ensure(secrets)
    app, seen = things()
    database = Database(cluster.url("gateway", name), application_name="tests")
    public_url = "http://gateway.test"
    credentials = await seed_demo(database, public_url=public_url, now=datetime.now(UTC))
    async with served(app) as address:
        settings = Settings(
            environment="test",
            database_url=cluster.url("gateway", name),
            services={"things": address},
            secrets_folder=secrets,
            public_url=public_url,
            deadline=2.0,
            idle_limit=1.0,
        )
        gateway = create_app(settings)
        async with served(gateway) as url:
            await until_known(gateway)
            yield House(url, int(url.rpartition(":")[2]), gateway, settings, database, credentials, seen)
    await database.close()


@pytest.fixture
def house(_house: House) -> House:
    """One gateway for all tests; what its service saw begins anew with each."""
    vars(_house.things).update(vars(Seen()))
    return _house


@pytest_asyncio.fixture(loop_scope="session")
async def caller(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP client with a token of the department's demo user."""
    headers = {"authorization": f"Bearer {await house.token()}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=20) as client:
        yield client
