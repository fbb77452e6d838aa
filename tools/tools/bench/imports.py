"""The import of an edition, end to end, against a raw COPY of the same files.

python -m tools.bench.imports [--households 280000] [--folder FOLDER]

A private PostgreSQL. The same files are first copied as they are into unlogged tables of text columns, on one
connection; then they are uploaded and imported through the service's own functions in one transaction, which
ends with figures that can be read. The raw COPY is measured before and after each import and the mean of both
is taken, so that what else the machine does strikes both. Then: the same files again (every row is looked
at), with five per cent of the persons changed, and the summary of the country.
"""

import argparse
import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil

from households.areas.service import load_catalogue
from households.feeds.importing import Import, run_import
from households.feeds.rules import KINDS
from households.poverty.schemas import SummaryFilters
from households.poverty.service import summary
from shared import migrations
from shared.citizen import make_keys
from shared.db import Database, driver, driver_dsn
from shared.ids import uuid7
from shared.provision import Passwords, create_database, provision
from shared.security import Principal
from shared.servers.postgres import PrivatePostgres
from shared.storage import Files, new_key
from tools.demo_data import generate

PASSWORDS = Passwords(owner="owner-of-bench", app="app-of-bench")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SETTINGS = {"shared_buffers": "512MB"}
EDITION = UUID("01a00000-0000-7000-8000-000000000001")
NEXT = UUID("01a00000-0000-7000-8000-000000000002")
_LIMIT = 1 << 40


@dataclass
class House:
    """A database of the service, its keys and files."""

    admin: str
    database: Database
    secrets: Path
    files: Files
    server: PrivatePostgres


@dataclass
class Run:
    """One measured step: seconds, the raw COPY beside it, memory, what it wrote."""

    name: str
    seconds: float
    raw: float
    peak_mb: int
    written: int
    """Rows of persons in the edition's snapshot that this import wrote."""
    held: int
    """Persons whom the edition holds after it."""

    @property
    def ratio(self) -> float:
        """Return the speed as a share of the raw COPY's."""
        return self.raw / self.seconds


@dataclass
class Peak:
    """The most memory that this process and its children held together, seen ten times a second."""

    bytes: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Look until stopped."""
        me = psutil.Process()
        while not self._stop.is_set():
            held = me.memory_info().rss
            for child in me.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "postgres" not in child.name():
                        held += child.memory_info().rss
            self.bytes = max(self.bytes, held)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.1)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()


@contextlib.asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Yield a migrated database with its areas."""
    with tempfile.TemporaryDirectory(prefix="chumchon-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)  # noqa: ASYNC240  # local and at once
        server = PrivatePostgres(folder / "cluster", settings=SETTINGS)
        server.start()
        try:
            admin = server.url(database="bench")
            await create_database(server.url(), "bench")
            await provision(admin, "households", PASSWORDS)
            owner = server.url(user="households_owner", password=PASSWORDS.owner, database="bench")
            await migrations.upgrade("households", owner)
            app = server.url(user="households_app", password=PASSWORDS.app, database="bench")
            database = Database(app, application_name="bench")
            async with database.transaction() as session:
                await load_catalogue(session, now=NOW)
            make_keys(folder / "secrets")
            files = Files(f"file://{folder}/files")
            yield House(admin, database, folder / "secrets", files, server)
            await database.close()
        finally:
            server.remove()


def header(file: Path) -> list[str]:
    """Return the columns of a CSV file."""
    with file.open(encoding="utf-8-sig") as lines:
        return lines.readline().strip().split(",")


async def raw_copy(house: House, folder: Path) -> float:
    """Return the seconds that a COPY of the files into unlogged tables of text takes."""
    connection = await asyncpg.connect(driver_dsn(house.admin))
    seconds = 0.0
    try:
        for kind in KINDS:
            file = folder / f"{kind}.csv"
            columns = ", ".join(f"{name} text" for name in header(file))
            await connection.execute(f"CREATE UNLOGGED TABLE raw_{kind} ({columns})")
            start = time.perf_counter()
            await connection.copy_to_table(f"raw_{kind}", source=str(file), format="csv", header=True)
            seconds += time.perf_counter() - start
        for kind in KINDS:
            await connection.execute(f"DROP TABLE raw_{kind}")
    finally:
        await connection.close()
    return seconds


async def upload(house: House, folder: Path, edition: UUID) -> None:
    """Send the files as the service's route does: streamed to the store, one row each."""
    for kind in KINDS:

        async def chunks(path: Path = folder / f"{kind}.csv") -> AsyncIterator[bytes]:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    yield chunk

        stored = await house.files.put(new_key("feed-files"), chunks(), limit=_LIMIT)
        async with house.database.transaction() as session:
            await (await driver(session)).execute(
                "INSERT INTO feed_files (id, edition_id, kind, name, storage_key, size, sha256, areas, "
                "uploaded_by, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '{\"\"}', 'user:bench', $8)",
                uuid7(), edition, kind, f"{kind}.csv", stored.key, stored.size, stored.sha256, NOW,
            )  # fmt: skip


async def silent(_done: int, _total: int | None) -> None:
    """Show no progress, but let others run."""
    await asyncio.sleep(0)


async def measured(house: House, name: str, folder: Path, written: str, *, edition: UUID = EDITION) -> Run:
    """Upload and import the files and tell how it went; `written` is a query for what was written."""
    before = await raw_copy(house, folder)
    peak = Peak()
    watching = asyncio.create_task(peak.watch())
    start = time.perf_counter()
    await upload(house, folder, edition)
    async with house.database.transaction() as session:
        task = Import(edition, approved=True)
        result = await run_import(session, house.files, house.secrets, task, progress=silent, now=NOW)
    seconds = time.perf_counter() - start
    peak.stop()
    await watching
    after = await raw_copy(house, folder)
    rows = await _value(house, written)
    held = result["persons_accepted"]
    return Run(name, seconds, (before + after) / 2, peak.bytes >> 20, written=rows, held=held)


async def _value(house: House, statement: str) -> int:
    async with house.database.read() as session:
        return int(await (await driver(session)).fetchval(statement))


def changed(source: Path, target: Path, *, share: float) -> None:
    """Write the edition again with this share of its persons changed (another occupation)."""
    chance = random.Random(7)  # noqa: S311  # reproducible, not secret
    target.mkdir()
    for kind in KINDS:
        data = (source / f"{kind}.csv").read_bytes()
        if kind == "persons":
            lines = data.split(b"\n")
            for at in range(1, len(lines) - 1):
                if chance.random() < share:
                    fields = lines[at].split(b",")
                    fields[8] = b"rice" if fields[8] != b"rice" else b"trade"
                    lines[at] = b",".join(fields)
            data = b"\n".join(lines)
        (target / f"{kind}.csv").write_bytes(data)


def next_year(source: Path, target: Path) -> None:
    """Write the edition again as the next year's: everybody is known, everything is a new snapshot."""
    target.mkdir()
    for kind in KINDS:
        data = (source / f"{kind}.csv").read_bytes()
        (target / f"{kind}.csv").write_bytes(data.replace(b"\n2565,", b"\n2566,"))


async def open_edition(house: House, edition: UUID, year: int) -> None:
    """Open an edition."""
    async with house.database.transaction() as session:
        await (await driver(session)).execute(
            "INSERT INTO feed_editions (id, source, edition_year, instrument, created_by, created_at, "
            "updated_at) VALUES ($1, 'bench', $2, 'JPT_2560_2564', 'user:bench', $3, $3)",
            edition, year, NOW,
        )  # fmt: skip


async def summary_ms(house: House, times: int = 200) -> float:
    """Return the median milliseconds of the country's summary by province."""
    reader = Principal("user:bench", None, frozenset({"households:read"}), ("",), (), "bench")
    took = []
    for _ in range(times):
        start = time.perf_counter()
        async with house.database.read() as session:
            await summary(session, filters=SummaryFilters(), actor=reader)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


async def bench(households: int, folder: Path | None) -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="chumchon-edition-") as scratch:
        source = folder or Path(scratch) / "edition"
        if folder is None:
            generate(source, households=households)
        changed(source, Path(scratch) / "changed", share=0.05)
        async with house() as made:
            await open_edition(made, EDITION, 2565)
            await open_edition(made, NEXT, 2566)
            recent = (
                "SELECT count(*) FROM edition_persons WHERE xmin::text::bigint = "
                "(SELECT max(xmin::text::bigint) FROM poverty_counts)"
            )
            runs = [await measured(made, "first import", source, recent)]
            runs.append(await measured(made, "the same again", source, recent))
            runs.append(await measured(made, "5 % changed", Path(scratch) / "changed", recent))
            next_year(source, Path(scratch) / "next")
            runs.append(
                await measured(made, "next year's edition", Path(scratch) / "next", recent, edition=NEXT)
            )
            _print(runs, await summary_ms(made))


def _print(runs: list[Run], milliseconds: float) -> None:
    print("Import of an edition; share: of the raw COPY's speed")
    print(f"{'':20}{'seconds':>8}{'COPY':>6}{'share':>7}{'MB':>5}{'written':>11}")
    for run in runs:
        print(
            f"{run.name:20}{run.seconds:8.1f}{run.raw:6.1f}{run.ratio:7.1%}{run.peak_mb:5}{run.written:11,}"
        )
    print("MB: memory at most; written: persons' rows of the edition")
    print(f"{runs[0].held:,} persons; the same again {runs[0].seconds / runs[1].seconds:.1f} times as fast")
    print(f"summary of the country by province: {milliseconds:.1f} ms (median)")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Import of an edition against a raw COPY")
    parser.add_argument("--households", type=int, default=280_000)
    parser.add_argument(
        "--folder", type=Path, help="households.csv, persons.csv, welfare.csv instead of made ones"
    )
    arguments = parser.parse_args()
    asyncio.run(bench(arguments.households, arguments.folder))


if __name__ == "__main__":
    main()
