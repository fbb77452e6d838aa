"""XLSX: the first sheet, values only. Macros, links to elsewhere and oversized sheets are refused."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import BinaryIO, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shared.imports.limits import MIB, Limits, UnreadableFile

_REFUSED: Final = re.compile(r"vbaProject|externalLinks?/|embeddings?/|activeX|\.bin$", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD: Final = 64 * 1024
# What zipfile, the XML parser and openpyxl raise on files that are not what they say.
_DAMAGED: Final = (
    InvalidFileException, zipfile.BadZipFile, zlib.error,
    KeyError, ValueError, OSError, SyntaxError, RuntimeError, EOFError, TypeError, AttributeError,
)  # fmt: skip


def open_sheet(file: BinaryIO, limits: Limits) -> tuple[list[str], Iterator[list[str | None]]]:
    """Return header and rows of the first sheet; dates as ISO text, whole numbers without a point."""
    _check(file, limits)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations it leaves out
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except _DAMAGED as error:
        raise UnreadableFile("bad_xlsx", "not a workbook") from error
    if not book.worksheets:
        raise UnreadableFile("bad_xlsx", "no sheet")
    rows = book.worksheets[0].iter_rows(values_only=True, max_col=limits.columns + 1)
    header = [_text(value) or "" for value in next(rows, ())]
    while header and not header[-1].strip():
        header.pop()
    return header, _rows(rows, len(header))


def _rows(rows: Iterator[tuple[object, ...]], width: int) -> Iterator[list[str | None]]:
    try:
        for row in rows:
            values = [_text(value) for value in row]
            while len(values) > width and values[-1] is None:
                values.pop()
            yield values if any(value is not None for value in values) else []
    except _DAMAGED as error:
        raise UnreadableFile("bad_xlsx", "the sheet is damaged") from error


def _check(file: BinaryIO, limits: Limits) -> None:
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
            with archive.open(info) as part:
                if _DOCTYPE.search(part.read(_HEAD)):
                    raise UnreadableFile("active_content", "an XML document type")
    except _DAMAGED as error:
        raise UnreadableFile("bad_xlsx", "not a workbook") from error


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
