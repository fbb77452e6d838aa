"""Tables of a feed: what every service reads (CSV, XLSX), and NDJSON and Parquet, which only feeds bring."""

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import orjson

from shared.imports import Batch, Limits, Misfit, Table, UnreadableFile, detect_encoding, format_of, tables
from shared.imports.tables import BATCH_ROWS, Row, check_header

FORMATS = {"ndjson": "ndjson", "jsonl": "ndjson", "parquet": "parquet"}
"""Endings of file names beside those of `shared.imports`."""


def is_csv(name: str) -> bool:
    """Tell whether the ending of a file's name says CSV. UnreadableFile `unknown_format` for no format."""
    return _own_format(name) is None and format_of(name) == "csv"


def read_table(
    file: BinaryIO,
    *,
    name: str,
    columns: Sequence[str] | None = None,
    limits: Limits | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Table:
    """Open a table by the ending of its name; memory stays at one batch (XLSX: plus its strings).

    `columns` are the columns an NDJSON file may have; without it its first row says. Values come as
    text as written, None where a format has a real null; blanks are not touched.
    """
    limits = limits or Limits()
    own = _own_format(name)
    if own is None:
        return tables.read_table(file, name=name, limits=limits, batch_rows=batch_rows)
    if own == "ndjson":
        return _read_ndjson(file, columns, limits, batch_rows)
    from households.feeds.parquet import open_parquet  # noqa: PLC0415  # Arrow alone costs 60 MB

    header, groups = open_parquet(file, limits, batch_rows)
    return Table(check_header(header, limits), _numbered(groups, limits))


def _own_format(name: str) -> str | None:
    return FORMATS.get(name.rpartition(".")[2].lower())


def _numbered(groups: Iterator[list[Row]], limits: Limits) -> Iterator[Batch]:
    line = 1
    for rows in groups:
        yield Batch(first=line, rows=rows)
        line += len(rows)
        if line > limits.rows:
            raise UnreadableFile("too_many_rows", f"more than {limits.rows}")


def _read_ndjson(file: BinaryIO, columns: Sequence[str] | None, limits: Limits, batch_rows: int) -> Table:
    encoding = detect_encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="\n", write_through=True)
    if columns is None:
        first = _object(text.readline(limits.line))
        text.seek(0)
        if first is None:
            raise UnreadableFile("bad_json", "the first line is not an object")
        columns = list(first)
    header = check_header(columns, limits)
    return Table(header, _ndjson_batches(text, header, limits, batch_rows))


def _ndjson_batches(
    text: io.TextIOWrapper, header: list[str], limits: Limits, batch_rows: int
) -> Iterator[Batch]:
    known = frozenset(header)
    batch = Batch(first=1, rows=[])
    try:
        while line := text.readline(limits.line):
            if not line.endswith("\n") and len(line) >= limits.line:
                raise UnreadableFile("line_too_long", f"more than {limits.line} signs")
            if not line.strip():
                continue
            number = batch.first + len(batch.rows)
            batch.rows.append(_ndjson_row(line, number, header, known, batch.misfits))
            if len(batch.rows) >= batch_rows:
                yield batch
                batch = Batch(first=number + 1, rows=[])
            if number > limits.rows:
                raise UnreadableFile("too_many_rows", f"more than {limits.rows}")
    except UnicodeError as error:
        raise UnreadableFile("bad_encoding", "the file is not in one encoding") from error
    finally:
        if not text.closed:
            text.detach()
    if batch.rows:
        yield batch


def _ndjson_row(
    line: str, number: int, header: list[str], known: frozenset[str], misfits: list[Misfit]
) -> Row:
    found = _object(line)
    if found is None:
        misfits.append(Misfit(line=number, code="bad_json"))
        return [None] * len(header)
    if not known.issuperset(found):
        misfits.append(Misfit(number, "unknown_column", min(found.keys() - known)[:100]))
    row: Row = []
    for column in header:
        value = found.get(column)
        if value is None or isinstance(value, str):
            row.append(value)
        elif isinstance(value, bool):
            row.append("1" if value else "0")
        elif isinstance(value, int | float):
            row.append(orjson.dumps(value).decode())
        else:
            misfits.append(Misfit(number, "nested", column))
            row.append(None)
    return row


def _object(line: str) -> dict[str, object] | None:
    try:
        found = orjson.loads(line)
    except ValueError:  # also a lone surrogate, which orjson refuses
        return None
    return found if isinstance(found, dict) else None
