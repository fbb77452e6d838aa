"""Thai text: one spelling, names without titles, dictionary order, words to search by."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.thai import (
    clean_text,
    name_key,
    normalise_digits,
    phonetic_key,
    query_tokens,
    search_tokens,
    sort_key,
    strip_title,
)

THAI = st.text("กขคงจชสมนรวเแโใไะาิีุู่้๊๋์ํำ็ \u200b-.0๑", max_size=20)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("นํ้า", "น้ำ"),  # nikhahit, tone, sara aa
        ("น้ํา", "น้ำ"),  # tone, nikhahit, sara aa
        ("นำ้", "น้ำ"),  # tone after sara am
        ("เเม่", "แม่"),  # two sara e
        ("ก่ี", "กี่"),  # tone before its vowel
        ("น้้ำ", "น้ำ"),  # the same tone twice
        ("สม\u200bชาย\ufeff", "สมชาย"),
        ("  สม\u00a0ชาย\t ใจดี \n", "สม ชาย ใจดี"),
        ("ก\x00ข\x1bค", "กขค"),
        ("café", "café"),
    ],
)
def test_one_visible_word_has_one_spelling(typed: str, meant: str) -> None:
    assert clean_text(typed) == meant


@given(st.one_of(THAI, st.text(max_size=30)))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()
    assert "\x00" not in once
    once.encode()  # no lone surrogate is left


def test_only_thai_digits_become_ascii_digits() -> None:
    assert normalise_digits("๐๑๒๓๔๕๖๗๘๙ x² ٣") == "0123456789 x² ٣"


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("นายสมชาย", "สมชาย"),
        ("นาย สมชาย ใจดี", "สมชาย ใจดี"),
        ("นางสาวมาลี", "มาลี"),
        ("น.ส. มาลี", "มาลี"),
        ("ด.ช.แก้ว", "แก้ว"),
        ("ด.ญ. แก้ว", "แก้ว"),
        ("ม.ร.ว.คึกฤทธิ์", "คึกฤทธิ์"),
        ("ว่าที่ ร.ต. ดร.สมชาย", "สมชาย"),
        ("ว่าที่ร้อยตรีสมชาย", "สมชาย"),
        ("ร้อยตำรวจเอก สมศักดิ์", "สมศักดิ์"),
        ("จ.ส.อ.บุญมี", "บุญมี"),
        ("พระ สมชาย", "สมชาย"),
        ("Mr. John", "John"),
    ],
)
def test_titles_before_a_name_are_taken_off(full: str, name: str) -> None:
    assert strip_title(full) == name


@pytest.mark.parametrize("name", ["พระจันทร์", "คุณากร", "นายิกา", "นาย", "สมนาย", "มนางสาว", "ใจดี นาย"])
def test_nothing_is_taken_off_inside_a_name(name: str) -> None:
    assert strip_title(name) == name


def test_a_name_is_found_however_it_was_typed() -> None:
    assert (
        len({name_key(name) for name in ("นายสมชาย  ใจดี", "สมชาย ใจดี", "นาย สม\u200bชาย ใจดี", "สมชาย-ใจดี")})
        == 1
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("จันทร์ศรี", "จันศรี"), ("ประเสริฐ", "ประเสริด"), ("บุญเรือน", "บุนเรือน"), ("ใจดี", "ไจดี"),
        ("สุรชัย", "สุรไชย"), ("ณัฐพล", "นัฐพล"), ("วงศ์คำ", "วงษ์คำ"), ("พรทิพย์", "พรทิพ"), ("ปราณี", "ปรานี"),
    ],
)  # fmt: skip
def test_names_of_one_sound_share_a_phonetic_key(one: str, other: str) -> None:
    assert phonetic_key(one) == phonetic_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("สมชาย", "สมหญิง"), ("วิชัย", "วินัย"), ("สมพร", "สมพล"), ("คำภา", "คำมา")]
)
def test_names_of_another_sound_do_not(one: str, other: str) -> None:
    assert phonetic_key(one) != phonetic_key(other)


def test_words_stand_in_dictionary_order() -> None:
    ordered = [
        "กก",
        "ก๊ก",
        "กกกอด",
        "กรรม",
        "กล้อ",
        "กล่อง",
        "กา",
        "ก้าง",
        "เก",
        "แก",
        "โกน",
        "ขา",
        "ขิง",
        "เข็ม",
        "ไข",
        "ไข่",
        "ฉัน",
        "ใหม่",
        "อา",
    ]
    assert sorted(sorted(ordered), key=sort_key) == ordered


@given(st.lists(st.sampled_from(["ขา", "ข่า", "ข้า", "ไข", "ไข่", "ไข้", "เข", "เข้", "แข", "แข้", "โข", "ขาด"])))
def test_marks_decide_only_between_words_that_are_the_same_without_them(words: list[str]) -> None:
    def without_marks(word: str) -> str:
        return sort_key(word.translate(dict.fromkeys(map(ord, "่้๊๋"))))

    ordered = [without_marks(word) for word in sorted(words, key=sort_key)]
    assert ordered == sorted(ordered)


def test_a_long_word_is_found_by_the_words_in_it() -> None:
    tokens = search_tokens("จังหวัดอุบลราชธานี")
    assert {"จังหวัด", "อุบลราชธานี", "อุบล", "ราชธานี"} <= set(tokens)


def test_a_word_does_not_hold_a_piece_that_leaves_no_word() -> None:
    assert "บ้า" not in search_tokens("บ้านโนนสว่าง")


def test_a_place_the_dictionary_does_not_know_is_found_when_it_is_named() -> None:
    words = frozenset({"ผ้ากาบบัว"})
    assert "ผ้ากาบบัว" in search_tokens("ผ้ากาบบัวเมืองดอกบัว", words=words)


@pytest.mark.parametrize("text", ["นํ้าพริกปลาร้า ๕๐๐ กรัม", "OTOP อุบล", "เผยแพร่ความรู้", ""])
def test_every_word_of_a_query_is_among_the_words_of_the_same_text(text: str) -> None:
    assert set(query_tokens(text)) <= set(search_tokens(text))


def test_a_process_that_only_cleans_text_does_not_load_the_dictionary() -> None:
    code = "import sys, shared.thai as t; t.name_key('นายสมชาย'); print('pythainlp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
