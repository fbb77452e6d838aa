"""Fixtures for every member's tests. A service's conftest says which one it is: the fixture `service`."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from shared import keyfiles
from shared.citizen import make_keys
from shared.db import Database
from shared.servers.rabbitmq import PrivateRabbit
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer

_MEMORY = Path("/dev/shm")  # noqa: S108  # the folder below is made private
_ROOM = 4 * 1024**3


def _quick() -> str | None:
    """Name a folder in memory, if there is one with room: else None, the system's temporary folder.

    A database is 750 files. A test that has its own spends more on making them on a disk than on itself.
    """
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return str(_MEMORY)
    return None


@pytest.fixture(scope="session")
def _cluster_folder() -> Iterator[Path]:
    # pytest's own temporary folders are private to the user, and PostgreSQL under root is another user.
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="chumchon-tests-", dir=_quick()))
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(_cluster_folder: Path) -> AsyncIterator[Cluster]:
    """Real PostgreSQL, private to this test process."""
    cluster = Cluster(_cluster_folder)
    cluster.server.start()
    yield cluster
    await cluster.close()
    cluster.server.remove()


@pytest.fixture(scope="session")
def rabbit() -> Iterator[PrivateRabbit]:
    """Real RabbitMQ, private to this test process; `rabbit.url()` is its administrator's address."""
    with tempfile.TemporaryDirectory(prefix="chumchon-rabbit-", dir=_quick()) as name:
        folder = Path(name)
        folder.chmod(0o711)  # root runs the node as another user
        node = PrivateRabbit(folder)
        node.start()
        yield node
        node.remove()


@pytest.fixture
def drain() -> Callable[..., Awaitable[int]]:
    """Return `shared.testing.messaging.drain`: it lets every event take its effect."""
    from shared.testing import messaging  # noqa: PLC0415  # a quarter of a second for those who ask

    return messaging.drain


@pytest.fixture
def service() -> str:
    """Name the service under test; each service's conftest overrides this."""
    message = "this folder's conftest.py does not say which service it tests"
    raise LookupError(message)


@pytest_asyncio.fixture(loop_scope="session")
async def session(cluster: Cluster, service: str) -> AsyncIterator[AsyncSession]:
    """Session of the service's app role in a transaction that is rolled back after the test."""
    async with cluster.session(service) as session:
        yield session


@pytest_asyncio.fixture(loop_scope="session")
async def database_name(cluster: Cluster, service: str) -> AsyncIterator[str]:
    """Name of a database of the test's own, for tests with real commits."""
    name = await cluster.create(service)
    yield name
    await cluster.drop(name)


@pytest_asyncio.fixture(loop_scope="session")
async def database(cluster: Cluster, service: str, database_name: str) -> AsyncIterator[Database]:
    """Connections of the service's app role to a database of the test's own."""
    database = Database(cluster.url(service, database_name), application_name="tests")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    """Issues internal tokens that the apps under test accept."""
    return TestIssuer.new()


@pytest_asyncio.fixture(loop_scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP client of the test's `app` (a fixture of the service's conftest), inside its lifespan."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


@pytest.fixture
def settings_values(
    cluster: Cluster, service: str, database_name: str, issuer: TestIssuer, tmp_path: Path
) -> dict[str, Any]:
    """Values for the service's `Settings`: a database, keys and files of the test's own."""
    secrets = tmp_path / "secrets"
    make_keys(secrets)
    keyfiles.make(secrets / keyfiles.CURSOR_KEY)
    return {
        "environment": "test",
        "database_url": cluster.url(service, database_name),
        "owner_database_url": cluster.url(service, database_name, role="owner"),
        "secrets_folder": secrets,
        "internal_jwks": issuer.jwks,
        "files_url": f"file://{tmp_path}/files",
    }
