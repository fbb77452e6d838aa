"""ZIP archives of feeds: read by their members' names, refused where they mean harm."""

import io
import stat
import zipfile

import pytest

from households.feeds.archive import Archive
from shared.imports import Limits, UnreadableFile, read_table


def packed(*entries: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
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
