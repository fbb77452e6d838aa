"""The private PostgreSQL of the embedded run: it starts for anybody, anywhere, and keeps its data."""

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.db import driver_dsn
from shared.servers.postgres import PrivatePostgres


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chumchon-tests-") as name:
        Path(name).chmod(0o711)
        yield Path(name) / "data"


@pytest.fixture
def server(folder: Path) -> Iterator[PrivatePostgres]:
    server = PrivatePostgres(folder, settings={"fsync": "off", "shared_buffers": "16MB"})
    server.start()
    yield server
    server.remove()


async def run(server: PrivatePostgres, statement: str) -> object:
    connection = await asyncpg.connect(driver_dsn(server.url()))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_survives_a_restart(server: PrivatePostgres) -> None:
    await run(server, "CREATE TABLE kept AS SELECT 42 AS n")
    server.stop()
    server.start()
    assert await run(server, "SELECT n FROM kept") == 42


async def test_data_survives_kill_9_and_the_leftover_lock(server: PrivatePostgres) -> None:
    await run(server, "CREATE TABLE kept AS SELECT 42 AS n")
    pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    again = PrivatePostgres(server.folder, settings=server.settings)
    assert server._process is not None  # noqa: SLF001
    server._process.wait()  # noqa: SLF001  # reap what was killed
    again.start()
    assert await run(again, "SELECT n FROM kept") == 42
    again.stop()


async def test_a_server_left_running_by_a_killed_launcher_is_taken_over(server: PrivatePostgres) -> None:
    await run(server, "CREATE TABLE kept AS SELECT 42 AS n")
    again = PrivatePostgres(server.folder, settings=server.settings)  # knows nothing of the running one
    again.start()
    assert await run(again, "SELECT n FROM kept") == 42
    again.stop()


async def test_nobody_gets_in_without_the_password_or_over_the_network(server: PrivatePostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(driver_dsn(server.url(password="guess")))
    assert await run(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE((server.folder / "postgres-password").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the cluster to another user")
async def test_root_with_a_private_home_gets_a_server_and_keeps_the_home_private(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    server = PrivatePostgres(folder / "data", settings={"fsync": "off", "shared_buffers": "16MB"})
    server.start()
    try:
        assert await run(server, "SELECT 1") == 1
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (folder / "data" / "postgres-location").read_text().strip() == str(server.data)
    finally:
        server.remove()
