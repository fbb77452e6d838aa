"""Tables of feeds: the same rows out of every format, lines numbered, bad files refused."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from households.feeds.tables import is_csv, read_table
from shared.imports import Limits, Misfit, UnreadableFile
from shared.imports.tables import Row

FEEDS = Path(__file__).parents[4] / "tests" / "data" / "feed"
PERSONS = (FEEDS / "clean" / "persons.csv").read_bytes()


def rows_of(data: bytes, name: str, **options: object) -> list[Row]:
    table = read_table(io.BytesIO(data), name=name, **options)  # type: ignore[arg-type]
    return [row for batch in table.batches for row in batch.rows]


def persons() -> tuple[list[str], list[list[str]]]:
    rows = list(csv.reader(io.StringIO(PERSONS.decode(), newline="")))
    return rows[0], rows[1:]


def as_csv(header: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def as_xlsx(header: list[str], rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [header, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(header: list[str], rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, names=header), out, row_group_size=500)
    return out.getvalue()


def as_ndjson(header: list[str], rows: list[list[str]]) -> bytes:
    return b"".join(orjson.dumps(dict(zip(header, row, strict=True))) + b"\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("persons.csv", as_csv),
        ("persons.xlsx", as_xlsx),
        ("persons.parquet", as_parquet),
        ("persons.ndjson", as_ndjson),
    ],
)
def test_the_same_rows_come_out_of_every_format(
    name: str, write: Callable[[list[str], list[list[str]]], bytes]
) -> None:
    header, rows = persons()
    table = read_table(io.BytesIO(write(header, rows)), name=name, batch_rows=400)
    batches = list(table.batches)
    assert table.header == header
    assert [row for batch in batches for row in batch.rows] == rows
    assert [batch.first for batch in batches] == [1, 401, 801, 1201]


def test_only_csv_may_be_read_where_it_lies() -> None:
    assert [is_csv(f"persons.{ending}") for ending in ("csv", "TXT", "ndjson", "parquet", "xlsx")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(UnreadableFile, match="unknown_format"):
        is_csv("persons.docx")


def test_json_values_become_the_text_they_were() -> None:
    data = b'{"a":"x","b":1}\n{"b":2.5,"a":null}\n{"a":true,"b":-0.1}\n\n'
    assert rows_of(data, name="x.ndjson") == [["x", "1"], [None, "2.5"], ["1", "-0.1"]]


def test_json_rows_that_do_not_fit_are_named_one_by_one() -> None:
    data = '{"a":"x"}\n[1]\n{"a":{"b":1}}\n{"a":"y","z":1}\nnonsense\n{"a":"ก"}'.encode()
    table = read_table(io.BytesIO(data), name="x.jsonl", columns=["a"])
    (batch,) = table.batches
    assert [row[0] for row in batch.rows] == ["x", None, None, "y", None, "ก"]
    assert batch.misfits == [
        Misfit(2, "bad_json"),
        Misfit(3, "nested", "a"),
        Misfit(4, "unknown_column", "z"),
        Misfit(5, "bad_json"),
    ]


def test_a_json_line_without_an_end_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="line_too_long"):
        rows_of(b'{"a":"' + b"x" * 2_000_000, name="x.ndjson", columns=["a"])


def test_parquet_values_become_the_text_of_a_feed() -> None:
    table = pa.table(
        {
            "id": pa.array([4840191614616, None]),
            "day": pa.array([date(1972, 11, 5), None]),
            "yes": pa.array([True, None]),
            "money": pa.array([12.0, 0.5]),
            "at": pa.array([datetime(1972, 11, 5), None]),  # noqa: DTZ001
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    assert rows_of(out.getvalue(), name="x.parquet") == [
        ["4840191614616", "1972-11-05", "1", "12", "1972-11-05"],
        [None, None, None, "0.5", None],
    ]


def test_nested_parquet_columns_are_refused() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": [[1, 2]]}), out)
    with pytest.raises(UnreadableFile, match="nested_column"):
        rows_of(out.getvalue(), name="x.parquet")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"PAR1nonsensePAR1", PERSONS[:5_000]])
def test_a_damaged_parquet_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="bad_parquet"):
        rows_of(data, name="x.parquet")


def test_more_rows_or_bytes_than_allowed_are_refused() -> None:
    header, rows = persons()
    for name, data in (("x.ndjson", as_ndjson(header, rows)), ("x.parquet", as_parquet(header, rows))):
        with pytest.raises(UnreadableFile, match="too_many_rows"):
            rows_of(data, name=name, limits=Limits(rows=1_000), batch_rows=100)
    with pytest.raises(UnreadableFile, match="archive_too_large"):
        rows_of(as_parquet(header, rows), name="x.parquet", limits=Limits(sheet_unpacked=10_000))
