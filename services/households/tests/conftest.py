"""Every test of the households service finds the shipped areas in its database."""

import pytest
import pytest_asyncio

from households.areas.service import load_catalogue
from shared import clock
from shared.db import Database
from shared.testing.cluster import Cluster


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
