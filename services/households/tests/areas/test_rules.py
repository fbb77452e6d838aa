"""What names of areas have in common, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.areas.rules import ALIKE, bare_name, likeness, parts, search_key

THAI = st.text(alphabet=[chr(code) for code in range(0x0E01, 0x0E2F)], min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("ตำบลโนนกุง", "โนนกุง"),
        ("อ.เขื่องใน", "เขื่องใน"),
        ("กิ่งอำเภอนาตาล", "นาตาล"),
        ("บ้านม่วง", "ม่วง"),
        ("บ้าน", "บ้าน"),
        ("เขตต์", "เขตต์"),
    ],
)
def test_the_word_for_the_kind_of_area_is_left_out_unless_it_is_the_name(name: str, bare: str) -> None:
    assert bare_name(name) == bare


@given(THAI, st.data())
def test_a_name_with_one_letter_missing_still_shares_a_part_with_it(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    mistyped = name[:at] + name[at + 1 :]
    assert set(parts(name)) & set(parts(mistyped))
    assert likeness(mistyped, name) >= ALIKE


@given(THAI, st.data())
def test_a_name_with_one_wrong_letter_still_shares_a_part_with_it(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:at] + "ฮ" + name[at + 1 :]
    assert set(parts(name)) & set(parts(wrong))


@given(THAI)
def test_a_name_is_most_like_itself(name: str) -> None:
    assert likeness(name, name) == 1.0
    assert likeness(name, "") == 0.0
    assert search_key(search_key(name)) == search_key(name)
