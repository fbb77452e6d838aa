"""A gateway on a loopback port with real services behind it, and callers of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

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
from tests.gateway_upstream import served, things


@pytest.fixture
def service() -> str:
    return "gateway"


@pytest.fixture
def settings(cluster: Cluster, database_name: str, tmp_path: Path) -> Settings:
    secrets = tmp_path / "gateway-secrets"
    keys.ensure(secrets)
    return Settings(
        environment="test",
        database_url=cluster.url("gateway", database_name),
        services={},
        secrets_folder=secrets,
        public_url="http://gateway.test",
    )


@pytest_asyncio.fixture(loop_scope="session")
async def house(settings: Settings, database: Database) -> AsyncIterator[House]:
    credentials = await seed_demo(database, public_url=settings.public_url, now=datetime.now(UTC))
    app, seen = things()
    async with served(app) as address:
        settings = settings.model_copy(
            update={"services": {"things": address}, "deadline": 2.0, "idle_limit": 1.0}
        )
        gateway = create_app(settings)
        async with served(gateway) as url:
            await until_known(gateway)
            yield House(url, int(url.rpartition(":")[2]), gateway, settings, database, credentials, seen)


@pytest_asyncio.fixture(loop_scope="session")
async def caller(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP client with a token of the department's demo user."""
    headers = {"authorization": f"Bearer {await house.token()}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=20) as client:
        yield client
