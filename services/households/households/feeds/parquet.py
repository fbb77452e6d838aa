"""Parquet: columns cast to text batch by batch; row groups that would unpack too large are refused."""

from collections.abc import Iterator
from datetime import time
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from shared.imports.limits import Limits, UnreadableFile

_MIDNIGHT: Final = time()


def open_parquet(
    file: BinaryIO, limits: Limits, batch_rows: int
) -> tuple[list[str], Iterator[list[list[str | None]]]]:
    """Return header and batches of rows. UnreadableFile for nested columns and for oversized groups."""
    file.seek(0)
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile("bad_parquet", "not a Parquet file") from error
    groups = table.metadata
    if groups.num_rows > limits.rows:
        raise UnreadableFile("too_many_rows", f"more than {limits.rows}")
    unpacked = [groups.row_group(at).total_byte_size for at in range(groups.num_row_groups)]
    if max(unpacked, default=0) > limits.sheet_unpacked or sum(unpacked) > limits.unpacked:
        raise UnreadableFile("archive_too_large", "a row group is too large")
    nested = [column.name for column in table.schema_arrow if pa.types.is_nested(column.type)]
    if nested:
        raise UnreadableFile("nested_column", ", ".join(nested)[:200])
    return list(table.schema_arrow.names), _rows(table, batch_rows)


def _rows(table: pq.ParquetFile, batch_rows: int) -> Iterator[list[list[str | None]]]:
    try:
        for batch in table.iter_batches(batch_size=batch_rows):
            columns = [_text(column) for column in batch.columns]
            yield [list(row) for row in zip(*columns, strict=True)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile("bad_parquet", "the file is damaged") from error


def _text(column: pa.Array) -> list[str | None]:
    if pa.types.is_boolean(column.type):
        return [None if value is None else "1" if value else "0" for value in column.to_pylist()]
    if pa.types.is_timestamp(column.type):
        moments = column.to_pylist()
        return [
            None if m is None else m.date().isoformat() if m.time() == _MIDNIGHT else m.isoformat()
            for m in moments
        ]
    if pa.types.is_floating(column.type):
        return [
            None if value is None else str(int(value)) if value.is_integer() else str(value)
            for value in column.to_pylist()
        ]
    texts: list[str | None] = column.cast(pa.string()).to_pylist()
    return texts
