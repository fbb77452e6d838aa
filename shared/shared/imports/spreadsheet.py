"""XLSX: the first sheet, values only. Macros, links to elsewhere and oversized sheets are refused."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from shared.imports.limits import MIB, Limits, UnreadableFile

# What a printer was told lies in a part of its own, in most workbooks that were ever printed.
_REFUSED: Final = re.compile(
    r"vbaProject|externalLinks?/|embeddings?/|activeX|(?<!printerSettings[0-9])(?<!printerSettings[0-9]{2})\.bin$",
    re.IGNORECASE,
)
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD: Final = 64 * 1024
_MIDNIGHT: Final = time()
# What zipfile raises on files that are not what they say.
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError)


def open_sheet(file: BinaryIO, limits: Limits) -> tuple[list[str], Iterator[list[str | None]]]:
    """Return header and rows of the first sheet; dates as ISO text, whole numbers without a point."""
    check_workbook(file, limits)
    file.seek(0)
    try:
        # The reader holds the sheet in memory, about twice its unpacked bytes: `check_workbook` bounded them.
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).iter_rows()
        header = [_text(value) or "" for value in next(rows, [])]
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile("bad_xlsx", "not a workbook") from error
    while header and not header[-1].strip():
        header.pop()
    return header, _rows(rows, len(header))


def _rows(rows: Iterator[Sequence[object]], width: int) -> Iterator[list[str | None]]:
    for row in rows:
        values = [_text(value) for value in row]
        while len(values) > width and values[-1] is None:
            values.pop()
        yield values if any(value is not None for value in values) else []


def check_workbook(file: BinaryIO, limits: Limits) -> None:
    """Raise UnreadableFile for what is no workbook, too large, or holds more than values."""
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
        if len(infos) > limits.entries:
            raise UnreadableFile("archive_too_many_files", f"more than {limits.entries}")
        if sum(info.file_size for info in infos) > limits.sheet_unpacked:
            raise UnreadableFile("archive_too_large", f"more than {limits.sheet_unpacked} bytes unpacked")
        for info in infos:
            if _REFUSED.search(info.filename):
                raise UnreadableFile("active_content", "macros, embedded objects or links to other files")
            if info.file_size > MIB and info.file_size > limits.ratio * max(info.compress_size, 1):
                raise UnreadableFile("archive_ratio", f"unpacks to more than {limits.ratio} times its size")
            _read_through(archive, info)
    except _DAMAGED as error:
        raise UnreadableFile("bad_xlsx", "not a workbook") from error


def _read_through(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Read a part to its end: its real size and checksum are those of the directory, or it is damaged."""
    with archive.open(info) as part:
        if _DOCTYPE.search(part.read(_HEAD)):
            raise UnreadableFile("active_content", "an XML document type")
        while part.read(MIB):
            pass


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return None if value is None or value == "" else str(value)
