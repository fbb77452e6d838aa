"""ZIP archives and workbooks that mean harm; CSV that a spreadsheet must not execute."""

import csv
import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from shared.imports import Archive, Limits, UnreadableFile, csv_chunks, formula_safe, read_table


def packed(*entries: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out


def workbook_with(extra: str, data: bytes) -> io.BytesIO:
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(extra, data)
    return out


def test_members_are_read_by_the_last_part_of_their_names() -> None:
    file = packed(("edition/manifest.json", b"{}"), ("edition/persons.csv", b"a\r\n1\r\n"), ("edition/", b""))
    archive = Archive(file)
    assert [(member.name, member.size) for member in archive.members()] == [
        ("manifest.json", 2),
        ("persons.csv", 6),
    ]
    with archive.open("persons.csv") as member:
        assert [batch.rows for batch in read_table(member, name="persons.csv").batches] == [[["1"]]]
    with pytest.raises(KeyError), archive.open("other.csv"):
        pass


def test_what_operating_systems_add_is_no_member() -> None:
    file = packed(("__MACOSX/._persons.csv", b"x"), (".DS_Store", b"x"), ("persons.csv", b"x"))
    assert [member.name for member in Archive(file).members()] == ["persons.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../persons.csv",
        "a/../../persons.csv",
        "/etc/passwd",
        "a\\b.csv",
        "C:persons.csv",
        "a\x07.csv",
        "a\u202egnp.csv",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="archive_bad_name"):
        Archive(packed((name, b"x")))


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="archive_bad_name"):
        Archive(packed(("a/persons.csv", b"x"), ("b/persons.csv", b"y")))


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("persons.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(UnreadableFile, match="archive_bad_name"):
        Archive(out)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadableFile, match="archive_ratio"):
        Archive(packed(("persons.csv", bytes(20_000_000))))
    with pytest.raises(UnreadableFile, match="archive_too_large"):
        Archive(packed(("persons.csv", b"x" * 1_000)), Limits(unpacked=999))
    with pytest.raises(UnreadableFile, match="archive_too_many_files"):
        Archive(packed(*((f"{at}.csv", b"") for at in range(11))), Limits(entries=10))


def test_a_size_that_lies_unpacks_no_more_than_it_says() -> None:
    data = bytearray(packed(("persons.csv", b"x" * 50_000)).getvalue())
    size = (50_000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    archive = Archive(io.BytesIO(bytes(data)))
    with pytest.raises(UnreadableFile, match="bad_archive"), archive.open("persons.csv"):
        pass


def test_an_encrypted_or_damaged_archive_is_refused() -> None:
    data = bytearray(packed(("persons.csv", b"a,b\r\n" * 100)).getvalue())
    encrypted = bytearray(data)
    encrypted[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="archive_encrypted"):
        Archive(io.BytesIO(bytes(encrypted)))
    data[45] ^= 0xFF
    with (
        pytest.raises(UnreadableFile, match="bad_archive"),
        Archive(io.BytesIO(bytes(data))).open("persons.csv"),
    ):
        pass
    with pytest.raises(UnreadableFile, match="bad_archive"):
        Archive(io.BytesIO(b"no archive"))


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
