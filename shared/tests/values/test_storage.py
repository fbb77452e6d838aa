"""File storage in a local folder: whole or not at all, hashed on the way, keys of our own."""

import hashlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.storage import Files, FileTooLarge, new_key


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(f"file://{tmp_path}/files")


async def test_a_file_comes_back_as_it_was_and_its_hash_is_known(files: Files, tmp_path: Path) -> None:
    parts = [bytes([number]) * 700_000 for number in range(20)]
    stored = await files.put(new_key("feed-files", suffix=".csv"), chunks(*parts), limit=20_000_000)
    assert stored.size == 14_000_000
    assert stored.sha256 == hashlib.sha256(b"".join(parts)).hexdigest()
    assert b"".join([part async for part in files.get(stored.key)]) == b"".join(parts)
    await files.fetch(stored.key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"".join(parts)


async def test_only_the_owner_can_read_a_stored_file(files: Files, tmp_path: Path) -> None:
    stored = await files.put(new_key("photos"), chunks(b"x"), limit=1)
    assert stat.S_IMODE((tmp_path / "files" / stored.key).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


@pytest.mark.parametrize("size", [11, 30_000_000])
async def test_nothing_is_kept_of_a_file_above_the_limit(files: Files, tmp_path: Path, size: int) -> None:
    parts = (b"x" * min(size, 1_000_000) for _ in range(0, size, 1_000_000))
    with pytest.raises(FileTooLarge):
        await files.put(new_key("photos"), chunks(*parts), limit=size - 1)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_broken_upload_leaves_nothing(files: Files, tmp_path: Path) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.put(new_key("photos"), breaks(), limit=10**9)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_deleted_file_is_gone_and_deleting_again_is_no_error(files: Files) -> None:
    stored = await files.put(new_key("photos"), chunks(), limit=0)
    await files.delete(stored.key)
    await files.delete(stored.key)
    with pytest.raises(FileNotFoundError):
        [part async for part in files.get(stored.key)]


@pytest.mark.parametrize(
    "key", ["", "../x", "/etc/passwd", "a/../b", "a//b", "A", "a b", "a.", "a\x00", "รูป", ".hidden", "a/.b"]
)
async def test_a_key_of_a_users_making_is_refused(files: Files, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        await files.put(key, chunks(b"x"), limit=1)


def test_two_keys_are_never_the_same() -> None:
    assert len({new_key("photos") for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize("url", ["", "/var/files", "http://example.org/files"])
def test_a_store_is_a_folder_or_s3(url: str) -> None:
    with pytest.raises(ValueError, match="file store"):
        Files(url)
