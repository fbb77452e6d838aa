"""Workbooks that mean harm; CSV that a spreadsheet must not execute."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from shared.imports import UnreadableFile, csv_chunks, formula_safe, read_table


def workbook_with(extra: str, data: bytes) -> io.BytesIO:
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(extra, data)
    return out


@pytest.mark.parametrize(
    ("part", "data", "code"),
    [
        ("xl/vbaProject.bin", b"x", "active_content"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "active_content"),
        ("xl/embeddings/oleObject1.bin", b"x", "active_content"),
        (
            "xl/extra.xml",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
            "active_content",
        ),
        ("xl/extra.xml", b" " * 20_000_000, "archive_ratio"),
    ],
)
def test_a_workbook_with_more_than_values_is_refused(part: str, data: bytes, code: str) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        zipfile.ZipFile(workbook_with(part, data)) as source,
    ):
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    with pytest.raises(UnreadableFile) as refused:
        read_table(out, name="x.xlsx")
    assert refused.value.code == code


def test_a_workbook_that_was_printed_is_taken() -> None:
    file = workbook_with("xl/printerSettings/printerSettings12.bin", b"x")
    with pytest.raises(UnreadableFile, match="no_header"):  # it is opened, and empty
        read_table(file, name="x.xlsx")


@pytest.mark.parametrize(
    "value", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=HYPERLINK(1)"]
)
def test_a_formula_is_written_as_text(value: str) -> None:
    assert formula_safe(value) == "'" + value


@pytest.mark.parametrize("value", ["-5", "+66", "-12.50", "สมชาย", "1=1", "", "a@b.c"])
def test_numbers_and_words_stay_as_they_are(value: str) -> None:
    assert formula_safe(value) == value


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=10), min_size=2, max_size=2), max_size=50
    )
)
def test_no_written_cell_begins_a_formula(rows: list[list[str]]) -> None:
    text = b"".join(csv_chunks(["one", "two"], rows)).decode()
    written = list(csv.reader(io.StringIO(text, newline="")))
    assert len(written) == len(rows) + 1
    for row, cells in zip(rows, written[1:], strict=True):
        for value, cell in zip(row, cells, strict=True):
            assert cell.removeprefix("'") == value.removeprefix("'")
            assert not cell.startswith(("=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_excel_gets_its_mark_only_when_asked() -> None:
    assert b"".join(csv_chunks(["ชื่อ"], [["ก"]], bom=True)) == "\ufeffชื่อ\r\nก\r\n".encode()
    assert b"".join(csv_chunks(["ชื่อ"], [[None]])) == 'ชื่อ\r\n""\r\n'.encode()


def test_a_long_export_is_written_in_small_chunks() -> None:
    chunks = list(csv_chunks(["a"], ([str(at) * 10] for at in range(100_000))))
    assert max(len(chunk) for chunk in chunks) < 70_000
    assert b"".join(chunks).count(b"\r\n") == 100_001
