"""CSV that spreadsheet programs cannot be made to execute."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_FLUSH: Final = 64 * 1024


def formula_safe(value: object) -> str:
    """Return a cell's text; what a spreadsheet would take for a formula gets an apostrophe in front.

    Plain numbers stay as they are, also negative ones. None is the empty text.
    """
    text = "" if value is None else str(value)
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = False
) -> Iterator[bytes]:
    """Write a header, unless empty, and rows as UTF-8 CSV in chunks of 64 KiB; `bom` for Excel's sake."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write("\ufeff")
    if header:
        writer.writerow([formula_safe(name) for name in header])
    for row in rows:
        writer.writerow([formula_safe(value) for value in row])
        if buffer.tell() >= _FLUSH:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
