"""A feed file made ready for reading in pieces; runs in the worker processes.

A UTF-8 CSV without quotes is read where it lies. Anything else (quotes, Windows-874, NDJSON, XLSX, Parquet)
is first written out as plain lines with a separator that no value holds.
"""

import codecs
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SEPARATOR: Final = b"\x1f"
_COMMA: Final = b","
_BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of lines: where its data begins and ends, its columns, and how many lines it has."""

    path: Path
    header: tuple[str, ...]
    separator: bytes
    start: int
    end: int
    lines: int


class Unreadable(Exception):  # noqa: N818  # named after the fact
    """The file is refused whole; `code` is the problem's, `detail` names columns at most."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def open_file(path: Path, name: str, columns: tuple[str, ...], scratch: Path) -> Opened:
    """Return a file as lines; `name` tells its format, `columns` must be in its header."""
    from households.feeds.tables import is_csv  # noqa: PLC0415  # the worker's alone
    from shared.imports import UnreadableFile, detect_encoding  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            plain = is_csv(name) and detect_encoding(file) in {"utf-8", "utf-8-sig"}
        opened = _as_it_lies(path) if plain else None
        if opened is None:
            opened = _flatten(path, name, scratch)
    except UnreadableFile as error:
        raise Unreadable(error.code, error.detail) from None
    doubled = sorted({column for column in opened.header if opened.header.count(column) > 1})
    if doubled:
        raise Unreadable("duplicate_column", ", ".join(doubled)[:200])
    missing = [column for column in columns if column not in opened.header]
    if missing:
        raise Unreadable("missing_column", ", ".join(missing)[:200])
    return opened


def read_lines(path: Path, start: int, end: int) -> list[bytes]:
    """Return the lines between two places of a file, without their ends."""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(end - start)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _as_it_lies(path: Path) -> Opened | None:
    """Return the file as it is, None when it needs a CSV reader."""
    size = path.stat().st_size
    if not size:
        raise Unreadable("no_header")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b'"') >= 0:
            return None
        start = len(codecs.BOM_UTF8) if data[:3] == codecs.BOM_UTF8 else 0
        end_of_header = data.find(b"\n", start)
        first = data[start : end_of_header if end_of_header >= 0 else size].rstrip(b"\r")
        if _COMMA not in first and (b";" in first or b"\t" in first):
            return None
        body = end_of_header + 1 if end_of_header >= 0 else size
        header = tuple(name.strip() for name in first.decode().split(","))
    return Opened(path, header, _COMMA, body, size, _count_lines(path, body))


def _flatten(path: Path, name: str, scratch: Path) -> Opened:
    from households.feeds.tables import read_table  # noqa: PLC0415

    target = scratch / f"{path.stem}.flat"
    lines = 0
    with path.open("rb") as file, target.open("wb") as out:
        table = read_table(file, name=name)
        for batch in table.batches:
            misfits = {misfit.line - batch.first for misfit in batch.misfits}
            rows = [
                SEPARATOR.join(_flat(value) for value in row)
                + (SEPARATOR if at in misfits and any(row) else b"")
                for at, row in enumerate(batch.rows)
            ]
            rows = [row if row.strip(SEPARATOR) else b"" for row in rows]
            out.write(b"\n".join(rows) + b"\n")
            lines += len(rows)
    return Opened(target, tuple(table.header), SEPARATOR, 0, target.stat().st_size, lines)


def _flat(value: str | None) -> bytes:
    """Return a value as bytes without line ends and separators, which no field of a feed may hold."""
    if not value:
        return b""
    data = value.encode()
    if data.isalnum():
        return data
    return data.replace(SEPARATOR, b" ").replace(b"\r\n", b" ").replace(b"\n", b" ").replace(b"\r", b" ")


def _count_lines(path: Path, start: int) -> int:
    count = 0
    last = b"\n"
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
    return count + (last != b"\n")
