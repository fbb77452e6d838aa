"""Tables out of files: encodings found, shapes kept, lines numbered, memory bounded, bad files refused."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from shared.imports import Limits, Misfit, UnreadableFile, detect_encoding, read_table
from shared.imports.tables import Row

FEEDS = Path(__file__).parents[3] / "tests" / "data" / "feed"
PERSONS = (FEEDS / "clean" / "persons.csv").read_bytes()
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def rows_of(data: bytes, name: str = "rows.csv", **options: object) -> list[Row]:
    table = read_table(io.BytesIO(data), name=name, **options)  # type: ignore[arg-type]
    return [row for batch in table.batches for row in batch.rows]


def persons() -> tuple[list[str], list[list[str]]]:
    rows = list(csv.reader(io.StringIO(PERSONS.decode(), newline="")))
    return rows[0], rows[1:]


def as_xlsx(header: list[str], rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [header, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_the_rows_that_were_written() -> None:
    header, rows = persons()
    table = read_table(io.BytesIO(as_xlsx(header, rows)), name="persons.xlsx", batch_rows=400)
    batches = list(table.batches)
    assert table.header == header
    assert [row for batch in batches for row in batch.rows] == rows
    assert [batch.first for batch in batches] == [1, 401, 801, 1201]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("tis-620", "cp874"), ("cp874", "cp874"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_whatever_the_file_calls_itself(written: str, found: str) -> None:
    data = PERSONS.decode().encode(written)
    assert detect_encoding(io.BytesIO(data)) == found
    header, rows = persons()
    table = read_table(io.BytesIO(data), name="persons.csv")
    assert table.header == header
    assert [row for batch in table.batches for row in batch.rows] == rows


def test_thai_letters_far_down_an_ascii_file_are_still_noticed() -> None:
    data = b"name\r\n" + b"a\r\n" * 100_000 + "สมชาย\r\n".encode("cp874")
    assert detect_encoding(io.BytesIO(data)) == "cp874"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,b\r\n\xff\xc3(,1\r\n", "bad_encoding"),
        ("café,été,naïve\r\n".encode("latin-1"), "bad_encoding"),
        (b"a,b\r\n1,\x00\r\n", "nul_byte"),
        (b"", "no_header"),
        (b"\r\n1,2\r\n", "no_header"),
        (b"a,b,a\r\n", "duplicate_column"),
        (b",".join(b"c%d" % at for at in range(600)), "too_many_columns"),
        (b'a\r\n"' + b"x" * 200_000 + b'"\r\n', "bad_csv"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "nul_byte"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        rows_of(data)
    assert refused.value.code == code


@pytest.mark.parametrize("ending", ["docx", "zip", "parquet"])
def test_an_unknown_ending_is_refused(ending: str) -> None:
    with pytest.raises(UnreadableFile, match="unknown_format"):
        rows_of(b"a\r\n", name=f"rows.{ending}")


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=20))
def test_what_the_csv_module_writes_comes_back(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["one", "two"], *rows])
    try:
        assert rows_of(text.getvalue().encode()) == rows
    except UnreadableFile as refused:
        assert refused.code == "bad_csv"  # noqa: PT017 - a bare carriage return outside quotes


def test_semicolons_and_tabs_separate_too() -> None:
    assert rows_of(b"a;b\r\n1;2,5\r\n") == [["1", "2,5"]]
    assert rows_of(b"a\tb\n1\t2\n") == [["1", "2"]]


def test_a_row_of_another_width_keeps_its_line_and_is_named() -> None:
    table = read_table(io.BytesIO(b"a,b\n1,2\n3\n\n4,5,6\n7,8\n\n\n"), name="x.csv")
    (batch,) = table.batches
    assert batch.rows == [["1", "2"], ["3", None], [None, None], ["4", "5"], ["7", "8"]]
    assert batch.misfits == [Misfit(line, "column_count") for line in (2, 3, 4)]


def test_lines_are_numbered_on_over_batches_with_blank_lines() -> None:
    table = read_table(io.BytesIO(b"a\n1\n2\n\n\n5\n6\n"), name="x.csv", batch_rows=3)
    assert [(batch.first, len(batch.rows)) for batch in table.batches] == [(1, 2), (4, 3)]


def test_a_line_break_inside_quotes_is_one_row() -> None:
    assert rows_of(b'a,b\r\n"x\r\ny",1\r\nz,2\r\n') == [["x\r\ny", "1"], ["z", "2"]]


def test_a_sheet_says_dates_and_numbers_as_a_feed_does() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b", "c", "d", "e", None])
    sheet.append(
        [date(1972, 11, 5), datetime(1972, 11, 5, 8, 30), 12.0, 12.5, True]  # noqa: DTZ001 - sheets have no zone
    )
    sheet.append([None, "ข้อความ", 13, None, None])
    out = io.BytesIO()
    book.save(out)
    assert rows_of(out.getvalue(), name="x.xlsx") == [
        ["1972-11-05", "1972-11-05T08:30:00", "12", "12.5", "1"],
        [None, "ข้อความ", "13", None, None],
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", PERSONS[:5_000]])
def test_a_damaged_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="bad_xlsx"):
        rows_of(data, name="x.xlsx")


def test_more_rows_or_bytes_than_allowed_are_refused() -> None:
    header, rows = persons()
    with pytest.raises(UnreadableFile, match="too_many_rows"):
        rows_of(PERSONS, limits=Limits(rows=1_000), batch_rows=100)
    with pytest.raises(UnreadableFile, match="archive_too_large"):
        rows_of(as_xlsx(header, rows), name="x.xlsx", limits=Limits(sheet_unpacked=10_000))
