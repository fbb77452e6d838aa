"""Files fetched from their source's address, instead of being sent."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from households.feeds import errors, fetching, queries, service
from households.feeds.rules import file_kind
from households.feeds.schemas import NewPull
from shared import audit, jobs
from shared.citizen import CitizenKeys, load_keys
from shared.db import driver
from shared.errors import FieldError, InvalidRequest, Refusal
from shared.ids import uuid7
from shared.jobs import JobContext
from shared.security import Principal
from shared.storage import CHUNK_BYTES, Files

KIND: Final = "feeds.pull"

_NEW = """
INSERT INTO feed_pulls (id, edition_id, url, token_enc, job_id, requested_by, areas, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_LAST = """
SELECT etag, last_modified FROM feed_pulls
WHERE edition_id = $1 AND url = $2 AND state IN ('fetched', 'unchanged') ORDER BY id DESC LIMIT 1
"""
_DONE = """
UPDATE feed_pulls SET state = $2, etag = $3, last_modified = $4, size = $5, sha256 = $6, finished_at = $7,
    token_enc = NULL
WHERE id = $1
"""
_FAILED = (
    "UPDATE feed_pulls SET state = 'failed', problem = $2, finished_at = $3, token_enc = NULL WHERE id = $1"
)


async def start(
    session: AsyncSession, *, new: NewPull, keys: CitizenKeys, actor: Principal, now: datetime
) -> UUID:
    """Queue a pull and return its id; EditionNotFound, EditionClosed, PullRefused, UnknownFile."""
    edition = new.edition_id
    if (edition is None) == (new.source is None):
        problem = FieldError(
            "/edition_id", "required", "ระบุ edition_id หรือ source", "give edition_id or source"
        )
        raise InvalidRequest(errors=[problem])
    if edition is None and new.source is not None:
        edition = await queries.newest_open(session, new.source)
    if edition is None:
        raise errors.EditionNotFound
    await service.lock_open(session, edition)
    url = str(new.url)
    if new.url.username or new.url.password:
        raise errors.PullRefused("ห้ามมีรหัสผ่านในที่อยู่", "No password in the address", pointer="/url")
    try:
        file_kind(name_in(url))
    except LookupError as error:
        raise errors.UnknownFile(f"ต้องเป็น {error}", f"It must be {error}", pointer="/url") from None
    pull = uuid7()
    token = keys.cipher.encrypt(new.token, table="feed_pulls", row=pull) if new.token else None
    area = actor.areas[0] if len(actor.areas) == 1 else ""
    job = await jobs.start(
        session, kind=KIND, arguments={"pull_id": str(pull)}, principal=actor, area=area, now=now
    )
    await (await driver(session)).execute(
        _NEW, pull, edition, url, token, job, actor.subject, list(actor.areas), now
    )
    await audit.record(session, principal=actor, action="feed_pull.start", subjects=[edition], now=now)
    return pull


def name_in(url: str) -> str:
    """Return the name of the file that an address ends with."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


async def run(
    job: JobContext, *, files: Files, secrets_folder: Path, allow_private: bool, now: datetime
) -> dict[str, Any]:
    """Fetch what a pull asks for and keep it as an uploaded file; a refusal is kept with the pull too."""
    pull = UUID(job.arguments["pull_id"])
    try:
        return await _run(job, pull, files, load_keys(secrets_folder), allow_private=allow_private, now=now)
    except Refusal as refusal:
        async with job.database.transaction() as session:
            await (await driver(session)).execute(_FAILED, pull, refusal.code, now)
        raise


async def _run(
    job: JobContext, pull: UUID, files: Files, keys: CitizenKeys, *, allow_private: bool, now: datetime
) -> dict[str, Any]:
    connection = await driver(job.session)
    row = await connection.fetchrow("SELECT edition_id, url, token_enc FROM feed_pulls WHERE id = $1", pull)
    if row is None:
        raise errors.PullNotFound
    sealed = row["token_enc"]
    token = keys.cipher.decrypt(sealed, table="feed_pulls", row=pull) if sealed else None
    before: Mapping[str, Any] = await connection.fetchrow(_LAST, row["edition_id"], row["url"]) or {}
    with tempfile.TemporaryDirectory(prefix="feed-") as scratch:
        target = Path(scratch) / "pulled"
        wanted = fetching.Wanted(row["url"], token, before.get("etag"), before.get("last_modified"))
        found = await fetching.fetch(
            wanted, target, limit=service.MAX_BYTES, allow_private=allow_private, progress=job.progress
        )
        if not found.changed:
            values = (before.get("etag"), before.get("last_modified"), None, None)
            await connection.execute(_DONE, pull, "unchanged", *values, now)
            return {"state": "unchanged", "files": []}
        taken, manifest = await service.take_upload(
            job.session,
            edition=row["edition_id"],
            name=name_in(row["url"]),
            chunks=_read(target),
            files=files,
            actor=job.principal,
            now=now,
        )
    await connection.execute(
        _DONE, pull, "fetched", found.etag, found.last_modified, found.size, found.sha256, now
    )
    return {"state": "fetched", "files": [str(file) for file in taken], "manifest": manifest}


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:  # a local temporary file
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
