"""Editions opened, files sent, imports started, approved and closed."""

import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool

from households.feeds import errors, queries
from households.feeds.archive import Archive
from households.feeds.importing import missing_files
from households.feeds.rules import FileKind, file_kind
from households.feeds.schemas import Manifest, NewEdition
from households.poverty import instruments
from shared import audit, jobs
from shared.db import driver
from shared.errors import BodyTooLarge
from shared.ids import uuid7
from shared.imports import UnreadableFile
from shared.security import Principal
from shared.storage import CHUNK_BYTES, Files, FileTooLarge, new_key

IMPORT_KIND: Final = "feeds.import"
MAX_BYTES: Final = 8 * 1024 * 1024 * 1024
_MAX_MANIFEST: Final = 1024 * 1024

_NEW = """
INSERT INTO feed_editions (id, source, edition_year, instrument, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (source, edition_year) DO NOTHING RETURNING id
"""
_REPLACE = (
    "UPDATE feed_files SET state = 'replaced' WHERE edition_id = $1 AND kind = $2 AND state = 'uploaded'"
)
_NEW_FILE = """
INSERT INTO feed_files (id, edition_id, kind, name, storage_key, size, sha256, areas, uploaded_by,
    uploaded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_SENT = """
UPDATE feed_editions SET uploaded_by = $2, approved_by = NULL, approved_at = NULL, updated_at = $3,
    version = version + 1
WHERE id = $1
"""
_APPROVE = """
UPDATE feed_editions SET approved_by = $2, approved_at = $3, state = $4, updated_at = $3,
    version = version + 1
WHERE id = $1
"""
_CLOSE = """
UPDATE feed_editions SET state = 'closed', closed_at = $2, updated_at = $2, version = version + 1
    WHERE id = $1
"""


async def open_edition(
    session: AsyncSession, *, new: NewEdition, actor: Principal, now: datetime
) -> tuple[UUID, bool]:
    """Open a source's edition of a year; return its id and whether it is new.

    The same one again is the one there is. Raises UnknownInstrument, EditionExists for another instrument.
    """
    if new.instrument not in instruments.shipped():
        known = ", ".join(sorted(instruments.shipped()))
        raise errors.UnknownInstrument(f"มี {known}", f"There are {known}", pointer="/instrument")
    connection = await driver(session)
    edition: UUID | None = await connection.fetchval(
        _NEW, uuid7(), new.source, new.edition_year, new.instrument, actor.subject, now
    )
    if edition is not None:
        await _record(session, "feed_edition.open", edition, actor, now)
        return edition, True
    there = await queries.by_year(session, new.source, new.edition_year)
    if there is None or there["instrument"] != new.instrument:
        raise errors.EditionExists(pointer="/instrument")
    return there["id"], False


async def take_upload(
    session: AsyncSession,
    *,
    edition: UUID,
    name: str,
    chunks: AsyncIterable[bytes],
    files: Files,
    actor: Principal,
    now: datetime,
) -> tuple[list[UUID], bool]:
    """Keep a file, a manifest, or what a ZIP holds; return the files' ids and whether a manifest came.

    Raises UnknownFile, WrongChecksum, BadManifest, EditionClosed, BodyTooLarge.
    """
    what = await lock_open(session, edition)
    kind, ending = _kind(name)
    if kind == "manifest":
        await _take_manifest(session, what, b"".join([chunk async for chunk in _limited(chunks)]), now=now)
        taken: list[UUID] = []
    elif kind == "zip":
        taken, manifest = await _take_archive(session, what, chunks, files, actor=actor, now=now)
        await _record(session, "feed_edition.upload", edition, actor, now, files=len(taken))
        return taken, manifest
    else:
        stored = f"{kind}.{ending}"
        taken = [await _take_file(session, what, kind, stored, chunks, files=files, actor=actor, now=now)]
    await _record(session, "feed_edition.upload", edition, actor, now, files=len(taken))
    return taken, kind == "manifest"


async def start_import(
    session: AsyncSession, *, edition: UUID, dry_run: bool, actor: Principal, now: datetime
) -> UUID:
    """Queue the import of an edition's waiting files; return the job's id. MissingFile, EditionClosed."""
    what = await lock_open(session, edition)
    connection = await driver(session)
    waiting = await connection.fetch(
        "SELECT kind, name FROM feed_files WHERE edition_id = $1 AND state = 'uploaded'", edition
    )
    missing = await missing_files(connection, what, {row["kind"]: row for row in waiting})
    if missing:
        raise errors.MissingFile(f"ขาด {', '.join(missing)}", f"Missing: {', '.join(missing)}", files=missing)
    await _record(session, "feed_edition.import", edition, actor, now, dry_run=dry_run)
    return await _queue(session, edition, actor, now, dry_run=dry_run)


async def approve(session: AsyncSession, *, edition: UUID, actor: Principal, now: datetime) -> UUID:
    """Approve an edition that waits, and queue its import; return the job's id.

    Raises NothingToApprove, SamePerson for whoever sent the feed.
    """
    what = await lock_open(session, edition)
    if what["state"] != "awaiting_approval":
        raise errors.NothingToApprove
    if what["uploaded_by"] == actor.subject:
        raise errors.SamePerson
    state = "open" if what["imported_at"] is None else "imported"
    await (await driver(session)).execute(_APPROVE, edition, actor.subject, now, state)
    await _record(session, "feed_edition.approve", edition, actor, now)
    return await _queue(session, edition, actor, now, approved=True)


async def close(session: AsyncSession, *, edition: UUID, actor: Principal, now: datetime) -> None:
    """Close an imported edition for good. Raises NotImported, EditionWaiting, EditionClosed."""
    what = await lock_open(session, edition)
    if what["state"] == "awaiting_approval":
        raise errors.EditionWaiting
    if what["imported_at"] is None:
        raise errors.NotImported
    await (await driver(session)).execute(_CLOSE, edition, now)
    await _record(session, "feed_edition.close", edition, actor, now)


async def lock_open(session: AsyncSession, edition: UUID) -> Mapping[str, Any]:
    """Return an edition that is not closed and lock it; raises EditionNotFound, EditionClosed."""
    connection = await driver(session)
    found = await connection.fetchrow("SELECT * FROM feed_editions WHERE id = $1 FOR NO KEY UPDATE", edition)
    if found is None:
        raise errors.EditionNotFound
    if found["state"] == "closed":
        raise errors.EditionClosed
    what: Mapping[str, Any] = found
    return what


async def _queue(
    session: AsyncSession, edition: UUID, actor: Principal, now: datetime, **options: bool
) -> UUID:
    arguments = {"edition_id": str(edition), **options}
    area = actor.areas[0] if len(actor.areas) == 1 else ""
    return await jobs.start(
        session, kind=IMPORT_KIND, arguments=arguments, principal=actor, area=area, now=now
    )


async def _record(
    session: AsyncSession, action: str, edition: UUID, actor: Principal, now: datetime, **detail: Any
) -> None:
    await audit.record(session, principal=actor, action=action, subjects=[edition], now=now, detail=detail)


def _kind(name: str) -> tuple[FileKind | Literal["manifest", "zip"], str]:
    try:
        return file_kind(name)
    except LookupError as error:
        raise errors.UnknownFile(f"ต้องเป็น {error}", f"It must be {error}") from None


async def _take_file(
    session: AsyncSession,
    what: Mapping[str, Any],
    kind: FileKind,
    name: str,
    chunks: AsyncIterable[bytes],
    *,
    files: Files,
    actor: Principal,
    now: datetime,
) -> UUID:
    key = new_key("feed-files")
    try:
        stored = await files.put(key, chunks, limit=MAX_BYTES)
    except FileTooLarge as error:
        raise BodyTooLarge(max_bytes=error.limit) from None
    try:
        _check_sum(what["manifest"], name, stored.sha256)
        same = await queries.file_like(session, what["id"], kind, stored.sha256)
    except errors.FileRefusal:
        await files.delete(key)
        raise
    if same is not None:
        await files.delete(key)
        found: UUID = same["id"]
        return found
    connection = await driver(session)
    await connection.execute(_REPLACE, what["id"], kind)
    file = uuid7()
    await connection.execute(
        _NEW_FILE, file, what["id"], kind, name, key, stored.size, stored.sha256, list(actor.areas),
        actor.subject, now,
    )  # fmt: skip
    await connection.execute(_SENT, what["id"], actor.subject, now)
    return file


async def _take_archive(
    session: AsyncSession,
    what: Mapping[str, Any],
    chunks: AsyncIterable[bytes],
    files: Files,
    *,
    actor: Principal,
    now: datetime,
) -> tuple[list[UUID], bool]:
    """Take what a ZIP holds, the manifest first."""
    taken: list[UUID] = []
    with tempfile.TemporaryDirectory(prefix="feed-") as scratch:
        path = Path(scratch) / "feed.zip"
        with path.open("wb") as target:  # a local temporary file
            async for chunk in chunks:
                target.write(chunk)
        with path.open("rb") as file:
            try:
                archive = await run_in_threadpool(Archive, file)
            except UnreadableFile as error:
                raise errors.unreadable(error.code, error.detail, file="zip") from None
            names = {member.name: _kind(member.name) for member in archive.members()}
            for name, (kind, ending) in sorted(names.items(), key=lambda item: item[1][0] != "manifest"):
                if kind == "zip":
                    raise errors.UnknownFile("ไฟล์ ZIP ซ้อนกัน", "A ZIP inside a ZIP")
                with archive.open(name) as member:
                    content = _read(member)
                    if kind == "manifest":
                        data = b"".join([chunk async for chunk in _limited(content)])
                        await _take_manifest(session, what, data, now=now)
                        what = await lock_open(session, what["id"])
                    else:
                        stored = f"{kind}.{ending}"
                        taken.append(
                            await _take_file(
                                session, what, kind, stored, content, files=files, actor=actor, now=now
                            )
                        )
    return taken, any(kind == "manifest" for kind, _ in names.values())


async def _take_manifest(
    session: AsyncSession, what: Mapping[str, Any], data: bytes, *, now: datetime
) -> None:
    """Keep a manifest; what waits already must be what it names."""
    try:
        manifest = Manifest.model_validate(orjson.loads(data.removeprefix(b"\xef\xbb\xbf")))
    except (ValidationError, orjson.JSONDecodeError):
        raise errors.BadManifest("อ่าน manifest.json ไม่ได้", "manifest.json cannot be read") from None
    if (manifest.edition_year, manifest.instrument) != (what["edition_year"], what["instrument"]):
        raise errors.BadManifest("เป็นของชุดข้อมูลอื่น", "It is of another year or instrument")
    connection = await driver(session)
    waiting = await connection.fetch(
        "SELECT name, sha256 FROM feed_files WHERE edition_id = $1 AND state = 'uploaded'", what["id"]
    )
    kept = manifest.stored()
    for row in waiting:
        _check_sum(kept, row["name"], row["sha256"])
    await connection.execute(
        "UPDATE feed_editions SET manifest = $2, updated_at = $3, version = version + 1 WHERE id = $1",
        what["id"],
        orjson.dumps(kept).decode(),
        now,
    )


def _check_sum(manifest: Mapping[str, Any] | None, name: str, sha256: str) -> None:
    listed = (manifest or {}).get("files", {}).get(name)
    if listed is not None and listed["sha256"].lower() != sha256:
        raise errors.WrongChecksum(name, name, file=name)


async def _read(file: Any) -> AsyncIterator[bytes]:
    while chunk := await run_in_threadpool(file.read, CHUNK_BYTES):
        yield chunk


async def _limited(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > _MAX_MANIFEST:
            raise BodyTooLarge(max_bytes=_MAX_MANIFEST)
        yield chunk
