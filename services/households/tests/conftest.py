"""Every test of the households service finds the shipped areas in its database."""

from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import HealthCheck, settings

from households.app import create_app
from households.areas.service import load_catalogue
from households.settings import Settings
from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer

# A loaded machine is no reason for a property test to fail.
settings.register_profile("chumchon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chumchon")


@pytest.fixture(scope="session")
def service() -> str:
    """Name the service under test."""
    return "households"


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def areas_loaded(cluster: Cluster) -> None:
    """Load the catalogue into the template that each test's database is copied from."""
    template = await cluster.template("households")
    database = Database(cluster.url("households", template), application_name="tests")
    async with database.transaction() as session:
        await load_catalogue(session, now=clock.now())
    await database.close()
    await cluster.forget("households")  # tests of other folders may have copied it without areas


@pytest.fixture
def app(settings_values: dict[str, Any]) -> FastAPI:
    """Build the service's app on a database of the test's own."""
    return create_app(Settings(**settings_values))


@pytest.fixture
def officer(client: AsyncClient, issuer: TestIssuer) -> Caller:
    """Call as the tambon officer (พัฒนากร) of Trakan Phuet Phon, district 3411: she reads and writes there."""
    scopes = frozenset({"areas:read", "households:read", "households:write"})
    return Caller(client, issuer, "households", scopes=scopes, areas=("3411",))
