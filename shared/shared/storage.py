"""Files (uploads, photos, exports): one interface over a local folder or an S3-compatible store.

Keys are made here, never from names that users sent; a file appears whole or not at all.
"""

import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, S3Store

from shared.ids import uuid7

CHUNK_BYTES: Final = 1024 * 1024
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*(?:\.[a-z0-9]{1,8})?")


class FileTooLarge(Exception):  # noqa: N818  # named after the fact
    """More bytes came than the route allows; nothing was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was stored: its key, its bytes and their SHA-256 in hexadecimal."""

    key: str
    size: int
    sha256: str


def new_key(kind: str, *, suffix: str = "") -> str:
    """Make a key such as "feed-files/0197….csv"; kind and suffix are the caller's own words."""
    return _checked(f"{kind}/{uuid7()}{suffix}")


class Files:
    """A store named by a URL: file:///folder, or s3://bucket/prefix with credentials from the environment."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder: Path | None = None
        self._store: LocalStore | S3Store
        if parts.scheme == "file":
            self._folder = Path(unquote(parts.path))
            # Closed to others as a whole: no moment in which a new file could be read by them.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            self._store = LocalStore(self._folder)
        elif parts.scheme == "s3":
            self._store = S3Store.from_url(url)
        else:
            raise ValueError("a file store is file:///folder or s3://bucket/prefix")

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, limit: int) -> StoredFile:
        """Store a stream under a new key, hashing on the way. FileTooLarge above `limit` bytes."""
        digest = hashlib.sha256()
        size = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit)
                digest.update(chunk)
                if chunk:
                    yield chunk

        await self._store.put_async(_checked(key), counted(), chunk_size=8 * CHUNK_BYTES)
        if self._folder is not None:
            (self._folder / key).chmod(0o600)
        return StoredFile(key=key, size=size, sha256=digest.hexdigest())

    async def get(self, key: str) -> AsyncIterator[bytes]:
        """Stream a file's bytes. FileNotFoundError if there is none."""
        found = await self._store.get_async(_checked(key))
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    def path(self, key: str) -> Path | None:
        """Return where a file lies if that is a local folder: to be read, never to be kept or changed."""
        return None if self._folder is None else self._folder / _checked(key)

    async def fetch(self, key: str, target: Path) -> None:
        """Copy a file to a local path, for readers that must seek (ZIP, XLSX, Parquet)."""
        with target.open("wb") as file:
            async for chunk in self.get(key):
                file.write(chunk)

    async def delete(self, key: str) -> None:
        """Remove a file; one that is already gone is no error."""
        try:
            await self._store.delete_async(_checked(key))
        except FileNotFoundError:
            return


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key
