"""An import from its waiting files to its result: everything in one transaction, or nothing."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas.service import register_villages
from households.feeds import (
    applying,
    approval,
    checks,
    errors,
    leftovers,
    names,
    results,
    statuses,
)
from households.feeds.events import EditionImported
from households.feeds.opening import Opened, Unreadable
from households.feeds.pool import Pool, reading
from households.feeds.rules import KINDS, FileKind
from households.feeds.staging import Stage, create_tables, stage_file, stage_held
from households.feeds.worker_process import Begin, Open
from households.poverty import instruments, projection, thresholds
from shared import outbox
from shared.citizen import CitizenKeys, load_keys
from shared.clock import business_date
from shared.db import driver
from shared.storage import Files

Progress = Callable[[int, int | None], Awaitable[None]]

_ONE_AT_A_TIME: Final = 0x66656564
"""Advisory lock: imports follow each other, since all of them write the registry."""

_MANY: Final = 2_000
"""Rows from which on joins are made over whole sets. The planner knows nothing of rows written a moment ago:
of a new edition it expects one, and would look up each person of it among all of them. Afterwards it is told,
since autovacuum would do that a minute too late."""

_EDITION = "SELECT * FROM feed_editions WHERE id = $1 FOR UPDATE"
_WAITING = (
    "SELECT id, kind, name, storage_key, areas FROM feed_files WHERE edition_id = $1 AND state = 'uploaded'"
)
_READ = "UPDATE feed_files SET state = 'imported', rows = $2, imported_at = $3 WHERE id = $1"
_REFUSED = "UPDATE feed_files SET state = 'refused', refusal = $2 WHERE id = ANY($1)"
_IMPORTED = """
UPDATE feed_editions SET state = 'imported', manifest = NULL, imported_at = $2, updated_at = $2,
    version = version + 1
WHERE id = $1
"""
_AWAITING = """
UPDATE feed_editions SET state = 'awaiting_approval', updated_at = $2, version = version + 1
WHERE id = $1 AND state <> 'awaiting_approval'
"""


@dataclass(frozen=True, slots=True)
class Import:
    """What to import and how."""

    edition_id: UUID
    dry_run: bool = False
    approved: bool = False
    """Somebody else than who sent it has looked at what it would change."""


class _Undo(Exception):  # noqa: N818  # no error: it carries the result out of a transaction that is rolled back
    def __init__(self, result: dict[str, Any], *, awaits: bool) -> None:
        super().__init__()
        self.result = result
        self.awaits = awaits


async def run_import(
    session: AsyncSession,
    files: Files,
    secrets_folder: Path,
    task: Import,
    *,
    progress: Progress,
    now: datetime,
) -> dict[str, Any]:
    """Import the waiting files of an edition in the session's transaction; return the whole edition's result.

    A dry run, and a feed that somebody must look at first, leave nothing but the edition's state. Raises a
    FileRefusal when the feed is refused as a whole: the transaction is then to be rolled back.
    """
    keys = load_keys(secrets_folder)
    connection = await driver(session)
    try:
        with tempfile.TemporaryDirectory(prefix="feed-") as scratch:
            async with connection.transaction():  # a savepoint
                work = await _begin(connection, task, Path(scratch), keys, now)
                paths = await _fetch(work, files)
                async with reading(_begin_message(work, secrets_folder, await _tambons(work))) as pool:
                    work.stage.pool = pool
                    await _stage(work, await _open(work, pool, paths), progress)
                    return await _apply(session, work, task)
    except _Undo as undo:
        if undo.awaits:
            await connection.execute(_AWAITING, task.edition_id, now)
        return undo.result


async def remember_refusal(session: AsyncSession, edition: UUID, refusal: errors.FileRefusal) -> None:
    """Mark the waiting files of an edition as refused: the feed was refused as a whole."""
    if isinstance(refusal, errors.MissingFile):
        return
    connection = await driver(session)
    rows = await connection.fetch(_WAITING, edition)
    await connection.execute(_REFUSED, [row["id"] for row in rows], refusal.code)


@dataclass(slots=True)
class _Work:
    """One import under way."""

    edition: Mapping[str, Any]
    instrument: instruments.Instrument
    files: dict[FileKind, Mapping[str, Any]]
    stage: Stage
    keys: CitizenKeys
    now: datetime


async def _begin(
    connection: asyncpg.Connection, task: Import, scratch: Path, keys: CitizenKeys, now: datetime
) -> _Work:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _ONE_AT_A_TIME)
    await connection.execute("SET LOCAL work_mem = '256MB'")
    await connection.execute("SET LOCAL temp_buffers = '64MB'")
    edition = await connection.fetchrow(_EDITION, task.edition_id)
    if edition is None:
        raise errors.EditionNotFound
    if edition["state"] == "closed":
        raise errors.EditionClosed
    waiting = {row["kind"]: row for row in await connection.fetch(_WAITING, task.edition_id)}
    missing = await missing_files(connection, edition, waiting)
    if missing:
        raise errors.MissingFile(", ".join(missing), ", ".join(missing), files=missing)
    await create_tables(connection)
    stage = Stage(connection, None, task.edition_id, scratch)  # type: ignore[arg-type]  # the pool comes next
    return _Work(edition, instruments.shipped()[edition["instrument"]], waiting, stage, keys, now)


async def missing_files(
    connection: asyncpg.Connection, edition: Mapping[str, Any], waiting: Mapping[str, Any]
) -> list[str]:
    """Return the files without which the edition cannot be imported: each kind must have come once."""
    before = await connection.fetch(
        "SELECT DISTINCT kind FROM feed_files WHERE edition_id = $1 AND state = 'imported'", edition["id"]
    )
    present = {*waiting, *(row["kind"] for row in before)}
    return [kind for kind in KINDS if kind not in present]


async def _tambons(work: _Work) -> frozenset[str]:
    rows = await work.stage.connection.fetch("SELECT code FROM areas WHERE level = 6")
    return frozenset(row["code"] for row in rows)


def _begin_message(work: _Work, secrets_folder: Path, tambons: frozenset[str]) -> Begin:
    year = work.edition["edition_year"]
    areas = {area for file in work.files.values() for area in file["areas"]}
    return Begin(
        edition_year=year,
        instrument=work.instrument.code,
        today=business_date(work.now),
        income_line=thresholds.baht("income_line", year),
        low_income=thresholds.baht("low_income", year),
        tambons=tambons,
        areas=tuple(sorted(areas)) or ("",),
        secrets_folder=secrets_folder,
    )


async def _fetch(work: _Work, files: Files) -> dict[FileKind, Path]:
    """Return the waiting files where the reading processes can seek: copied, if they lie elsewhere."""
    paths: dict[FileKind, Path] = {}
    for kind, file in work.files.items():
        there = files.path(file["storage_key"])
        if there is None:
            there = work.stage.scratch / f"{kind}.file"
            await files.fetch(file["storage_key"], there)
        paths[kind] = there
    return paths


async def _open(work: _Work, pool: Pool, paths: Mapping[FileKind, Path]) -> dict[FileKind, Opened]:
    async def open_one(kind: FileKind) -> Opened:
        name = work.files[kind]["name"]
        try:
            opened: Opened = await pool.ask(Open(kind, paths[kind], name, work.stage.scratch))
        except Unreadable as error:
            raise errors.unreadable(error.code, error.detail, file=name) from None
        return opened

    present = [kind for kind in KINDS if kind in paths]
    found = await asyncio.gather(*(open_one(kind) for kind in present), return_exceptions=True)
    opened: dict[FileKind, Opened] = {}
    for kind, answer in zip(present, found, strict=True):
        if isinstance(answer, BaseException):
            raise answer
        opened[kind] = answer
    return opened


async def _stage(work: _Work, opened: Mapping[FileKind, Opened], progress: Progress) -> None:
    """Read every file into its temporary table and take out what only the whole feed can tell."""
    stage, done = work.stage, 0
    total = sum(file.lines for file in opened.values())

    async def count(rows: int) -> None:
        nonlocal done
        done += rows
        await progress(done, total)

    for kind, file in opened.items():
        await stage_file(stage, kind=kind, file_id=work.files[kind]["id"], file=file, progress=count)
    _check_rows(work)
    for kind in opened:
        if kind != "persons":
            await checks.refuse_doubles(stage, kind)
    await leftovers.forget_held(stage)
    released = await leftovers.release_held(stage, work.instrument, work.keys.cipher)
    if released:
        await stage_held(stage, file=released[0], places=released[1])
    await checks.refuse_doubles(stage, "persons")


def _check_rows(work: _Work) -> None:
    """Compare the numbers of rows with the manifest's."""
    listed = (work.edition["manifest"] or {}).get("files", {})
    for kind, file in work.files.items():
        expected = listed.get(file["name"], {}).get("rows")
        if expected is not None and expected != work.stage.rows.get(kind, 0):
            raise errors.WrongRowCount(
                f"{file['name']}: {work.stage.rows.get(kind, 0)} แทนที่จะเป็น {expected}",
                f"{file['name']}: {work.stage.rows.get(kind, 0)} instead of {expected}",
                file=file["name"],
            )


async def _apply(session: AsyncSession, work: _Work, task: Import) -> dict[str, Any]:
    stage, connection = work.stage, work.stage.connection
    edition, year = task.edition_id, work.edition["edition_year"]
    lost = await leftovers.lost_households(stage, work.keys.cipher, read_now="households" in work.files)
    held = await checks.take_homeless(stage, lost)
    await checks.refuse_second_heads(stage)
    was_empty = not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM edition_households WHERE edition_id = $1)", edition
    )
    many = sum(stage.copied.values()) > _MANY
    if many:
        await connection.execute("SET LOCAL enable_nestloop = off")
    villages = await connection.fetch("SELECT DISTINCT village_code FROM staged_households")
    await register_villages(session, codes=[row["village_code"] for row in villages], now=work.now)
    await applying.resolve(connection, edition, year)
    persons = await applying.apply_persons(
        connection, edition=edition, year=year, was_empty=was_empty, now=work.now
    )
    await names.learn(stage)
    await statuses.compute(connection, edition=edition, year=year, was_empty=was_empty)
    households = await statuses.apply_households(
        connection, edition=edition, year=year, was_empty=was_empty, now=work.now
    )
    outbox.announce(session)  # the events that were just written in bulk
    if persons.bulk:
        await applying.end_bulk(connection)
    if many:
        await connection.execute("SELECT analyze_editions()")
    touched = "SELECT village_code FROM statuses UNION SELECT village_before FROM statuses"
    await projection.project(
        connection, edition=edition, instrument=work.instrument, villages=None if was_empty else touched
    )
    await leftovers.keep_rejected(stage, list(work.files), work.keys)
    await leftovers.keep_held(stage, held, work.keys.cipher)
    result = await results.of_edition(connection, edition)
    result["changes"] = {
        "households_new": households.new,
        "households_changed": households.changed,
        "households_moved": households.moved,
        "statuses_changed": households.statuses,
        "persons_new": persons.new,
        "persons_changed": persons.changed,
        "rows_read": sum(stage.rows.values()),
        "rows_unchanged": sum(stage.unchanged.values()),
    }
    return await _finish(session, work, task, result)


async def _finish(session: AsyncSession, work: _Work, task: Import, result: dict[str, Any]) -> dict[str, Any]:
    """Keep what was done, or undo it: for a dry run, and when somebody must look at it first."""
    connection, edition = work.stage.connection, work.edition
    large = await approval.large_differences(
        connection, edition=task.edition_id, source=edition["source"], year=edition["edition_year"]
    )
    awaits = bool(large) and not task.approved and edition["imported_at"] is None
    result |= {"state": "awaiting_approval" if awaits else "imported", "large_differences": large}
    if task.dry_run:
        raise _Undo({**result, "dry_run": True}, awaits=False)
    if awaits:
        raise _Undo(result, awaits=True)
    for kind, file in work.files.items():
        await connection.execute(_READ, file["id"], work.stage.rows.get(kind, 0), work.now)
    await connection.execute(_IMPORTED, task.edition_id, work.now)
    told = EditionImported(
        edition_id=task.edition_id,
        source=edition["source"],
        edition_year=edition["edition_year"],
        households=result["households_accepted"],
        persons=result["persons_accepted"],
        survey_poor=result["survey_poor"],
        target_poor=result["target_poor"],
    )
    # The same edition again tells nobody anything.
    if await connection.fetchval("SELECT EXISTS (SELECT FROM touched)"):
        await outbox.add(
            session, told, subject=task.edition_id, sequence=edition["version"] + 1, now=work.now
        )
    return result
