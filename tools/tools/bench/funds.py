"""Funds: postings, reports, and what lends and repays, with every constraint of the books on.

python -m tools.bench.funds [--part NAME ...] [--scale 1]

A private PostgreSQL for each part, disks waited for. A part is a module of `tools.bench.fund_parts`: its
docstring says how it measures, its `run(home, table)` fills the table.
"""

import argparse
import contextlib
import importlib
import inspect
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from shared import citizen, keyfiles, migrations
from shared.db import driver_dsn
from shared.provision import Passwords, create_database, provision
from shared.servers.postgres import PrivatePostgres

PARTS = ("previews", "postings", "repayments", "reports", "books", "daily")
PASSWORDS = Passwords(owner="owner-of-bench", app="app-of-bench")


@dataclass(frozen=True)
class Home:
    """An empty, migrated database of the funds service."""

    dsn: str
    """The service's app role."""
    owner: str
    secrets: Path
    """Where the service's keys are."""
    scale: float = 1.0
    """How much of the data that a part fills in; 1 is what the figures are for."""

    async def analyze(self) -> None:
        """Let the planner know what was filled in."""
        connection = await asyncpg.connect(driver_dsn(self.owner))
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.close()


@contextlib.asynccontextmanager
async def home(scale: float = 1.0) -> AsyncIterator[Home]:
    """Yield a database of one's own."""
    with tempfile.TemporaryDirectory(prefix="chumchon-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # noqa: ASYNC240  # nothing else runs yet
        settings = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
        server = PrivatePostgres(folder / "postgres", settings=settings)
        server.start()
        try:
            await create_database(server.url(), "bench")
            await provision(server.url(database="bench"), "funds", PASSWORDS)
            owner = server.url(user="funds_owner", password=PASSWORDS.owner, database="bench")
            await migrations.upgrade("funds", owner)
            secrets = folder / "secrets"
            citizen.make_keys(secrets)
            keyfiles.make(secrets / keyfiles.CURSOR_KEY)
            dsn = server.url(user="funds_app", password=PASSWORDS.app, database="bench")
            yield Home(dsn, owner, secrets, scale)
        finally:
            server.remove()


async def run(part: str, scale: float) -> Table:
    """Measure one part; return its table."""
    module = importlib.import_module(f"tools.bench.fund_parts.{part}")
    print(f"\n-- {part}: {inspect.cleandoc(module.__doc__ or '')}\n", flush=True)
    table = Table("figure", "measured", "limit", "", title=f"funds: {part}")
    async with home(scale) as empty:
        await module.run(empty, table)
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one; may be given again")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full data; 1 for the figures")
    given = parser.parse_args()
    for part in given.part or PARTS:
        Console().print(uvloop.run(run(part, given.scale)))


if __name__ == "__main__":
    main()
