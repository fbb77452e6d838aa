"""Citizen ids: the check digit, the mask, encryption bound to a row, the blind index, keys on disk."""

import csv
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import citizen
from shared.citizen import BlindIndex, Cipher, UnreadableCiphertext
from shared.keyfiles import InsecureKeys

FEEDS = Path(__file__).parents[3] / "tests" / "data" / "feed"
TWELVE = st.text("0123456789", min_size=12, max_size=12)
IDS = TWELVE.map(lambda twelve: f"{twelve}{citizen.check_digit(twelve)}")
ROW = UUID("0197f3a0-0000-7000-8000-000000000001")


@pytest.fixture
def cipher() -> Cipher:
    return Cipher({1: bytes(range(32))})


def test_every_person_of_the_clean_sample_has_a_valid_id() -> None:
    with (FEEDS / "clean" / "persons.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["citizen_id"] for row in csv.DictReader(file)]
    assert len(ids) == 1_463
    assert all(citizen.valid(one) for one in ids)


@given(IDS)
def test_the_thirteenth_digit_is_the_check_digit(one: str) -> None:
    assert citizen.valid(one)
    for digit in "0123456789":
        assert citizen.valid(one[:12] + digit) == (digit == one[12])


@given(IDS, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_unless_the_rest_modulo_eleven_hides_it(
    one: str, place: int, change: int
) -> None:
    wrong = one[:place] + str((int(one[place]) + change) % 10) + one[place + 1 :]
    assert citizen.valid(wrong) == (citizen.check_digit(wrong[:12]) == int(one[12]))


@pytest.mark.parametrize(
    "text", ["", "123", "๔๘๔๐๑๙๑๖๑๔๖๑๖", "484019161461６", "48401916146166", "484019161461a", "-" * 13]
)
def test_only_thirteen_ascii_digits_are_an_id(text: str) -> None:
    assert not citizen.valid(text)


@pytest.mark.parametrize(
    "text",
    ["4-8401-91614-61-6", "๔๘๔๐๑๙๑๖๑๔๖๑๖", " 4840191614616 ", "4 8401 91614 61 6", "4–8401\u200b–91614–61–6"],
)
def test_thai_digits_dashes_and_blanks_are_normalised_away(text: str) -> None:
    assert citizen.normalise(text) == "4840191614616"


def test_the_mask_shows_only_the_last_three_digits() -> None:
    assert citizen.mask("4840191614616") == "x-xxxx-xxxxx-61-6"


@given(st.text(max_size=500))
def test_what_was_sealed_for_a_row_opens_for_that_row(text: str) -> None:
    cipher = Cipher({1: bytes(32)})
    text = text.encode(errors="ignore").decode()
    sealed = cipher.encrypt(text, table="persons", row=ROW)
    assert cipher.decrypt(sealed, table="persons", row=ROW) == text


def test_an_id_copied_to_another_row_or_table_does_not_open(cipher: Cipher) -> None:
    sealed = cipher.encrypt("4840191614616", table="persons", row=ROW)
    with pytest.raises(UnreadableCiphertext):
        cipher.decrypt(sealed, table="persons", row=uuid4())
    with pytest.raises(UnreadableCiphertext):
        cipher.decrypt(sealed, table="rejections", row=ROW)


@given(st.integers(0), st.integers(1, 255))
def test_changed_bytes_do_not_open(place: int, change: int) -> None:
    cipher = Cipher({1: bytes(32)})
    sealed = bytearray(cipher.encrypt("4840191614616", table="persons", row=ROW))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(UnreadableCiphertext):
        cipher.decrypt(bytes(sealed), table="persons", row=ROW)


@pytest.mark.parametrize("sealed", [b"", b"\x00\x01", b"\x00\x01" + bytes(20)])
def test_too_few_bytes_do_not_open(cipher: Cipher, sealed: bytes) -> None:
    with pytest.raises(UnreadableCiphertext):
        cipher.decrypt(sealed, table="persons", row=ROW)


def test_the_same_id_is_never_sealed_to_the_same_bytes(cipher: Cipher) -> None:
    rows = [(ROW.bytes, b"4840191614616")] * 100
    assert len(set(cipher.seal_many(rows, table="persons"))) == 100


def test_many_ids_are_sealed_as_one_is(cipher: Cipher) -> None:
    rows = [(uuid4(), f"{number:013d}") for number in range(50)]
    many = cipher.seal_many([(row.bytes, text.encode()) for row, text in rows], table="persons")
    for (row, text), sealed in zip(rows, many, strict=True):
        assert cipher.decrypt(sealed, table="persons", row=row) == text


def test_after_rotation_new_values_take_the_new_key_and_old_ones_still_open() -> None:
    old = Cipher({1: bytes(32)})
    sealed = old.encrypt("4840191614616", table="persons", row=ROW)
    rotated = Cipher({1: bytes(32), 2: bytes(range(32))})
    assert rotated.decrypt(sealed, table="persons", row=ROW) == "4840191614616"
    new = rotated.encrypt("4840191614616", table="persons", row=ROW)
    assert (Cipher.key_number(sealed), Cipher.key_number(new)) == (1, 2)
    with pytest.raises(UnreadableCiphertext, match="no key 2"):
        old.decrypt(new, table="persons", row=ROW)


@given(IDS, IDS)
def test_the_blind_index_finds_equal_ids_only(one: str, other: str) -> None:
    index = BlindIndex(bytes(32))
    assert len(index.index(one)) == 32
    assert (index.index(one) == index.index(other)) == (one == other)
    assert index.hasher()(one.encode()) == index.index(one)
    assert index.index(one) != BlindIndex(bytes(31) + b"\x01").index(one)


class TestKeysOnDisk:
    def test_keys_are_made_once_and_only_their_owner_reads_them(self, tmp_path: Path) -> None:
        made = citizen.make_keys(tmp_path / "keys")
        for path in (tmp_path / "keys").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        again = citizen.make_keys(tmp_path / "keys")
        sealed = made.cipher.encrypt("4840191614616", table="persons", row=ROW)
        assert again.cipher.decrypt(sealed, table="persons", row=ROW) == "4840191614616"
        assert made.index.index("4840191614616") == again.index.index("4840191614616")

    def test_a_key_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        citizen.make_keys(tmp_path)
        (tmp_path / "citizen-index.key").chmod(0o640)
        with pytest.raises(InsecureKeys, match="chmod 600"):
            citizen.load_keys(tmp_path)

    def test_a_missing_key_stops_the_service(self, tmp_path: Path) -> None:
        with pytest.raises(InsecureKeys):
            citizen.load_keys(tmp_path)

    @pytest.mark.parametrize("text", ["", "not hexadecimal", "00" * 31])
    def test_a_damaged_key_stops_the_service(self, tmp_path: Path, text: str) -> None:
        citizen.make_keys(tmp_path)
        (tmp_path / "citizen-index.key").write_text(text)
        with pytest.raises(InsecureKeys, match=r"citizen-index\.key"):
            citizen.load_keys(tmp_path)

    def test_an_added_key_becomes_the_one_that_seals(self, tmp_path: Path) -> None:
        citizen.make_keys(tmp_path)
        assert citizen.add_cipher_key(tmp_path) == 2
        assert citizen.load_keys(tmp_path).cipher.current == 2
