"""Tables out of CSV and XLSX: a header and an iterator of batches of text rows."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, Final, Literal

from shared.imports.encoding import detect_encoding
from shared.imports.limits import Limits, UnreadableFile

Format = Literal["csv", "xlsx"]
Row = list[str | None]

BATCH_ROWS: Final = 10_000
_FORMATS: Final[dict[str, Format]] = {"csv": "csv", "txt": "csv", "tsv": "csv", "xlsx": "xlsx"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row that has not the header's shape: `code` is column_count, bad_json, unknown_column or nested."""

    line: int
    code: str
    column: str | None = None


@dataclass(slots=True)
class Batch:
    """Rows as wide as the header; `first` is the line of the first one (1 = first data line).

    A misfit row stands in its place, filled or cut to the header's width, and is listed in `misfits`.
    """

    first: int
    rows: list[Row]
    misfits: list[Misfit] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """What was read: `batches` can be walked once, while the file is open."""

    header: list[str]
    batches: Iterator[Batch]


def format_of(name: str) -> Format:
    """Return the format that a file name's ending says. UnreadableFile `unknown_format` for others."""
    ending = name.rpartition(".")[2].lower()
    try:
        return _FORMATS[ending]
    except KeyError:
        raise UnreadableFile("unknown_format", "CSV or XLSX") from None


def read_table(
    file: BinaryIO, *, name: str, limits: Limits | None = None, batch_rows: int = BATCH_ROWS
) -> Table:
    """Open a table by the ending of its name; memory stays at one batch (XLSX: plus its strings).

    Values come as text as written, None where a workbook's cell is empty; blanks are not touched.
    """
    limits = limits or Limits()
    if format_of(name) == "csv":
        return _read_csv(file, limits, batch_rows)
    from shared.imports.spreadsheet import open_sheet  # noqa: PLC0415  # loaded where a workbook is read

    header, rows = open_sheet(file, limits)
    return Table(check_header(header, limits), _batches(rows, len(header), limits, batch_rows))


def check_header(header: Sequence[str], limits: Limits) -> list[str]:
    """Return the header's names without blanks around them. UnreadableFile if it cannot be one."""
    names = [name.strip() for name in header]
    if not names or not any(names):
        raise UnreadableFile("no_header")
    if len(names) > limits.columns:
        raise UnreadableFile("too_many_columns", f"more than {limits.columns}")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise UnreadableFile("duplicate_column", ", ".join(doubled)[:200])
    return names


def _read_csv(file: BinaryIO, limits: Limits, batch_rows: int) -> Table:
    encoding = detect_encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    first = text.readline(limits.line)
    text.seek(0)
    delimiter = max(",;\t", key=first.count) if first else ","
    rows = csv.reader(text, delimiter=delimiter)
    try:
        header = check_header(next(rows, []), limits)
    except (csv.Error, UnicodeError) as error:
        raise UnreadableFile("bad_csv", str(error)) from error
    batches = _batches(_csv_rows(rows, text), len(header), limits, batch_rows)
    return Table(header, batches)


def _csv_rows(rows: Iterator[list[str]], text: io.TextIOWrapper) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise UnreadableFile("bad_csv", str(error)) from error
    except UnicodeError as error:
        raise UnreadableFile("bad_encoding", "the file is not in one encoding") from error
    finally:
        if not text.closed:
            text.detach()  # the file stays open: it is the caller's


def _batches(
    rows: Iterator[Row] | Iterator[list[str]], width: int, limits: Limits, batch_rows: int
) -> Iterator[Batch]:
    line = 1
    source: Iterator[Row] = rows  # type: ignore[assignment]  # a list of str is a row without nulls
    while chunk := list(islice(source, batch_rows)):
        batch = Batch(first=line, rows=chunk)
        line += len(chunk)
        if any(len(row) != width for row in chunk):
            _fit(batch, width)
        if line > limits.rows:
            raise UnreadableFile("too_many_rows", f"more than {limits.rows}")
        if batch.rows:
            yield batch


def _fit(batch: Batch, width: int) -> None:
    last = len(batch.rows) - 1
    while last >= 0 and not batch.rows[last]:
        last -= 1  # blank lines at the end of a file are no rows
    del batch.rows[last + 1 :]
    for at, row in enumerate(batch.rows):
        if len(row) != width:
            batch.misfits.append(Misfit(line=batch.first + at, code="column_count"))
            batch.rows[at] = (row + [None] * width)[:width]
