"""ZIP archives: checked by their directory before anything is unpacked, read one member at a time."""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from shared.imports.limits import MIB, Limits, UnreadableFile

_ENCRYPTED: Final = 0x1
_SPOOL: Final = 16 * MIB
_SMALL: Final = 1 * MIB  # below this a high ratio is no danger
_IGNORED: Final = ("__MACOSX", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: the last part of its name, and its unpacked bytes."""

    name: str
    size: int


class Archive:
    """The members of a ZIP file. UnreadableFile if its directory shows anything that is not plain files.

    Nothing is ever written under a member's name, and two members may not share one.
    """

    def __init__(self, file: BinaryIO, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise UnreadableFile("bad_archive", "not a ZIP file") from error
        self._members = self._check(self._zip.infolist())

    def members(self) -> list[Member]:
        """Return the archive's files in their order."""
        return [Member(name=name, size=info.file_size) for name, info in self._members.items()]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Unpack one member into a temporary file that can seek. KeyError for a name that is not there."""
        info = self._members[name]
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as plain:
            try:
                with self._zip.open(info) as packed:
                    shutil.copyfileobj(packed, plain, MIB)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
                raise UnreadableFile("bad_archive", f"{name} is damaged") from error
            plain.seek(0)
            yield plain  # type: ignore[misc]  # SpooledTemporaryFile is a BinaryIO in all but its stub

    def _check(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(infos) > self._limits.entries:
            raise UnreadableFile("archive_too_many_files", f"more than {self._limits.entries}")
        if sum(info.file_size for info in infos) > self._limits.unpacked:
            raise UnreadableFile("archive_too_large", f"more than {self._limits.unpacked} bytes unpacked")
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._check_entry(info)
            path = PurePosixPath(info.filename)
            if info.is_dir() or path.name in _IGNORED or path.parts[0] in _IGNORED:
                continue
            if path.name in members:
                raise UnreadableFile("archive_bad_name", "two files of one name")
            members[path.name] = info
        return members

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        parts = PurePosixPath(name).parts
        if (
            not parts
            or name.startswith("/")
            or ".." in parts
            or any(sign in name for sign in "\\:")
            or not name.isprintable()
        ):
            raise UnreadableFile("archive_bad_name", "absolute, upward or unprintable name")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise UnreadableFile("archive_bad_name", "a link or a device")
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableFile("archive_encrypted")
        if info.file_size > _SMALL and info.file_size > self._limits.ratio * max(info.compress_size, 1):
            raise UnreadableFile("archive_ratio", f"unpacks to more than {self._limits.ratio} times its size")
