"""Amounts as Thai papers write and read them out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythainlp.util import num_to_thaiword

from funds.documents.words import amount, amount_in_words


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (0, "ศูนย์บาทถ้วน"),
        (1, "หนึ่งสตางค์"),
        (25, "ยี่สิบห้าสตางค์"),
        (1_00, "หนึ่งบาทถ้วน"),
        (10_00, "สิบบาทถ้วน"),
        (11_11, "สิบเอ็ดบาทสิบเอ็ดสตางค์"),
        (21_00, "ยี่สิบเอ็ดบาทถ้วน"),
        (101_00, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (328_50, "สามร้อยยี่สิบแปดบาทห้าสิบสตางค์"),
        (200_000_00, "สองแสนบาทถ้วน"),
        (2_261_012_00, "สองล้านสองแสนหกหมื่นหนึ่งพันสิบสองบาทถ้วน"),
        (1_000_001_00, "หนึ่งล้านเอ็ดบาทถ้วน"),
        (21_000_000_00, "ยี่สิบเอ็ดล้านบาทถ้วน"),
        (1_000_000_000_000_00, "หนึ่งล้านล้านบาทถ้วน"),
    ],
)
def test_an_amount_is_read_out(satang: int, words: str) -> None:
    assert amount_in_words(satang) == words


@given(st.integers(1, 999_999))
def test_whole_baht_are_read_as_pythainlp_reads_them(baht: int) -> None:
    assert amount_in_words(baht * 100) == f"{num_to_thaiword(baht)}บาทถ้วน"


def test_an_amount_below_zero_is_not_read_out() -> None:
    with pytest.raises(ValueError, match="not negative"):
        amount_in_words(-1)


def test_amounts_are_written_with_commas() -> None:
    assert [amount(value) for value in (0, 5, 226101200, -100050)] == [
        "0.00",
        "0.05",
        "2,261,012.00",
        "-1,000.50",
    ]
