"""An edition that can be filled with files and imported, in a database of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from households.feeds.importing import Import, Progress, run_import
from shared.citizen import make_keys
from shared.db import Database, driver
from shared.ids import uuid7
from shared.storage import Files, new_key

SAMPLES = Path(__file__).parents[4] / "tests" / "data" / "feed"
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


def sample(name: str) -> dict[str, bytes]:
    """Return the three files of a sample edition by name."""
    return {
        f"{kind}.csv": (SAMPLES / name / f"{kind}.csv").read_bytes()
        for kind in ("households", "persons", "welfare")
    }


def expected(name: str) -> dict[str, Any]:
    """Return what an importer must reach with a sample."""
    found: dict[str, Any] = orjson.loads((SAMPLES / name / "expected.json").read_bytes())
    return found


async def idle(_done: int, _total: int | None) -> None:
    """Let others run."""
    await asyncio.sleep(0)


@dataclass
class Desk:
    """Opens editions, sends files and imports them, without HTTP."""

    database: Database
    files: Files
    secrets: Path

    async def edition(self, year: int, *, source: str = "TPMAP", instrument: str = "JPT_2560_2564") -> UUID:
        edition = uuid7()
        await self.execute(
            "INSERT INTO feed_editions (id, source, edition_year, instrument, created_by, created_at, "
            "updated_at) VALUES ($1, $2, $3, $4, 'user:tester', $5, $5)",
            edition, source, year, instrument, NOW,
        )  # fmt: skip
        return edition

    async def send(self, edition: UUID, files: Mapping[str, bytes]) -> None:
        for name, data in files.items():

            async def chunks(data: bytes = data) -> AsyncIterator[bytes]:
                yield data

            stored = await self.files.put(new_key("feed-files"), chunks(), limit=1 << 30)
            kind = name.partition(".")[0]
            await self.execute(
                "UPDATE feed_files SET state = 'replaced' "
                "WHERE edition_id = $1 AND kind = $2 AND state = 'uploaded'",
                edition, kind,
            )  # fmt: skip
            await self.execute(
                "INSERT INTO feed_files (id, edition_id, kind, name, storage_key, size, sha256, areas, "
                "uploaded_by, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '{\"\"}', 'user:tester', $8)",
                uuid7(), edition, kind, name, stored.key, stored.size, stored.sha256, NOW,
            )  # fmt: skip

    async def run(
        self, edition: UUID, *, dry_run: bool = False, approved: bool = False, progress: Progress = idle
    ) -> dict[str, Any]:
        async with self.database.transaction() as session:
            task = Import(edition, dry_run=dry_run, approved=approved)
            return await run_import(session, self.files, self.secrets, task, progress=progress, now=NOW)

    async def import_files(
        self, edition: UUID, files: Mapping[str, bytes], *, dry_run: bool = False, approved: bool = False
    ) -> dict[str, Any]:
        await self.send(edition, files)
        return await self.run(edition, dry_run=dry_run, approved=approved)

    async def errors(self, edition: UUID) -> list[tuple[str, int, str, str]]:
        rows = await self.fetch(
            "SELECT file, line, column_name, code FROM feed_rejections WHERE edition_id = $1 ORDER BY 1, 2",
            edition,
        )
        return [tuple(row) for row in rows]

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        async with self.database.transaction() as session:
            return list(await (await driver(session)).fetch(statement, *values))

    async def value(self, statement: str, *values: Any) -> Any:
        return (await self.fetch(statement, *values))[0][0]

    async def execute(self, statement: str, *values: Any) -> None:
        async with self.database.transaction() as session:
            await (await driver(session)).execute(statement, *values)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    secrets = tmp_path / "secrets"
    make_keys(secrets)
    return Desk(database, Files(f"file://{tmp_path}/files"), secrets)
