"""Thai text: cleaned, compared, sorted and cut into words.

PyThaiNLP is imported by the functions that need it: its dictionary costs half a second and tens of
megabytes, which a process that never searches must not pay.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANKS: Final = re.compile(r"\s+")
_TONE: Final = "\u0e48-\u0e4b"
_MARKS: Final = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"


def _ordered(marks: re.Match[str]) -> str:
    """Return a run of marks with vowels before tones and none twice: only so is it seen as written."""
    return "".join(dict.fromkeys(sorted(marks[0], key=_TONES_LAST.__contains__)))


# What typing machines and PDF tools do to one visible syllable, each whole run at once (so that a text
# made to need many rounds cannot exist), and its repair.
_TONES_LAST: Final = frozenset("่้๊๋์็ํ๎")
_REPAIRS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile("เเ"), "แ"),
    (re.compile(f"[{_MARKS}]{{2,}}"), _ordered),
    (re.compile(f"([{_TONE}]*)ํ([{_TONE}]*)า"), "\\1\\2ำ"),  # นํ้า, น้ํา: nikhahit, sara aa are sara am
    (re.compile(f"ำ(?=[ำ{_TONE}])[ำ{_TONE}]+"), lambda run: run[0].replace("ำ", "") + "ำ"),  # tone typed last
)
_NEEDS_REPAIR: Final = re.compile(f"เเ|ํ[{_TONE}]*า|ำ[ำ{_TONE}]|[็-๎][ัิ-ฺ]|([{_MARKS}])\\1")


def clean_text(text: str) -> str:
    """Return the text as one visible spelling: NFC, no zero-width or control signs, blanks collapsed.

    น + nikhahit + tone + sara aa becomes น้ำ, two sara e become sara ae, tones stand after vowels.
    """
    if text.isascii():
        if text.isalnum():
            return text
        return _BLANKS.sub(" ", _CONTROL.sub("", text)).strip()
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _CONTROL.sub("", text)))
    if _NEEDS_REPAIR.search(text):
        before = ""
        while text != before:  # one repair can bring the next together
            before = text
            for wrong, right in _REPAIRS:
                text = wrong.sub(right, text)
    return _BLANKS.sub(" ", text).strip()


def normalise_digits(text: str) -> str:
    """Return the text with Thai digits (๐-๙) as ASCII digits; nothing else changes."""
    return text if text.isascii() else text.translate(_DIGITS)


# Titles that stand directly before a name, without a blank.
_JOINED: Final = (
    "นางสาว", "นาย", "นาง", "เด็กชาย", "เด็กหญิง", "น.ส.", "นส.", "ด.ช.", "ด.ญ.", "ดช.", "ดญ.",
    "ม.ร.ว.", "ม.ล.", "ม.จ.", "หม่อมราชวงศ์", "หม่อมหลวง", "หม่อมเจ้า",
    "ว่าที่ร้อยตรี", "ว่าที่ ร.ต.", "ว่าที่ร.ต.", "ว่าที่",
    "ร้อยตรี", "ร้อยโท", "ร้อยเอก", "พันตรี", "พันโท", "พันเอก", "พลตรี", "พลโท", "พลเอก",
    "ร้อยตำรวจตรี", "ร้อยตำรวจโท", "ร้อยตำรวจเอก", "พันตำรวจตรี", "พันตำรวจโท", "พันตำรวจเอก",
    "สิบตรี", "สิบโท", "สิบเอก", "จ่าสิบตรี", "จ่าสิบโท", "จ่าสิบเอก", "สิบตำรวจตรี", "สิบตำรวจโท",
    "สิบตำรวจเอก", "ดาบตำรวจ", "จ่าสิบตำรวจ", "พลทหาร", "พลตำรวจ",
    "ร.ต.ต.", "ร.ต.ท.", "ร.ต.อ.", "พ.ต.ต.", "พ.ต.ท.", "พ.ต.อ.", "ส.ต.ต.", "ส.ต.ท.", "ส.ต.อ.", "จ.ส.ต.",
    "ร.ต.", "ร.ท.", "ร.อ.", "พ.ต.", "พ.ท.", "พ.อ.", "ส.ต.", "ส.ท.", "ส.อ.", "จ.ส.ต.", "จ.ส.ท.", "จ.ส.อ.",
    "ด.ต.", "ดร.", "ผศ.", "รศ.", "ศ.", "นพ.", "พญ.", "ทพ.", "ทพญ.", "น.พ.", "พ.ญ.",
)  # fmt: skip
# Titles that are also the beginning of ordinary names (พระจันทร์, คุณากร): only before a blank.
_APART: Final = (
    "พระครู",
    "พระมหา",
    "พระ",
    "สามเณร",
    "แม่ชี",
    "คุณ",
    "หม่อม",
    "ว่าที่",
    "mr",
    "mr.",
    "mrs",
    "mrs.",
    "ms",
    "ms.",
    "miss",
)
_TITLE: Final = re.compile(
    "^(?:(?:"
    + "|".join(re.escape(t) for t in sorted(_JOINED, key=len, reverse=True))
    + r")\s*|(?:"
    + "|".join(re.escape(t) for t in sorted(_APART, key=len, reverse=True))
    # What follows must be able to begin a name: a consonant or leading vowel and one more sign.
    + r")\s+)(?=[ก-ฮเ-ไA-Za-z][^\s])",
    re.IGNORECASE,
)
_NOT_NAME: Final = re.compile(f"[^ก-ฮะ-ฺเ-์0-9a-z{_MARKS}]")


def strip_title(name: str) -> str:
    """Return a name without the titles before it (นาย, นางสาว, ด.ช., ว่าที่ ร.ต., พระ …).

    A title is taken off only at the beginning and only if a name is left; never inside a name.
    """
    rest = clean_text(name)
    while match := _TITLE.match(rest):
        rest = rest[match.end() :]
    return rest


def name_key(name: str) -> str:
    """Return what a name is searched by: no titles, one spelling, no blanks or signs, lower case."""
    return _NOT_NAME.sub("", normalise_digits(strip_title(name)).lower())


_SILENCED: Final = re.compile("[ก-ฮ][ิุ]?์")
_LEADING: Final = re.compile("([เ-ไ])([ก-ฮ])")
_RANKED: Final = "็่้๊๋์ํ๎"


def sort_key(text: str) -> str:
    """Return the stored key whose bytewise order is Thai dictionary order (ราชบัณฑิต).

    A leading vowel sorts after its consonant; tone and silencing marks only decide between words
    that are the same without them. After a tab follow the weights of the marks, one per letter.
    """
    letters: list[str] = []
    weights: list[str] = []
    for sign in _LEADING.sub("\\2\\1", clean_text(text).lower()):
        rank = _RANKED.find(sign)
        if rank < 0:
            letters.append(sign)
            weights.append("0")
        elif weights:
            weights[-1] = str(rank + 1)
    tail = "".join(weights).rstrip("0")
    return "".join(letters) + ("\t" + tail if tail else "")


@lru_cache(maxsize=65_536)
def phonetic_key(name: str) -> str:
    """Return a key that names of the same sound share (LK82), to forgive typing: จันศรี, จันทร์ศรี.

    Before the key is made, silenced consonants go and ไชย is written ชัย, which LK82 by itself tells apart.
    """
    from pythainlp.soundex import lk82  # noqa: PLC0415 - see the module's docstring

    key = _AI.sub("\\1ัย", _SILENCED.sub("", name_key(name)))
    return str(lk82(key)) if key else ""


def search_tokens(text: str, *, words: frozenset[str] = frozenset()) -> list[str]:
    """Cut a text into the words to index it by: its words, and the dictionary words inside them.

    `words` are names the dictionary does not know (places, products); give the same ones every time.
    Each word once, in the order of the text; Latin words in lower case.
    """
    found: dict[str, None] = {}
    for token in query_tokens(text, words=words):
        found[token] = None
        found.update(dict.fromkeys(_inner_words(token, words)))
    return list(found)


def query_tokens(text: str, *, words: frozenset[str] = frozenset()) -> list[str]:
    """Cut what a person typed into words, to be looked up among `search_tokens`."""
    from pythainlp.tokenize import word_tokenize  # noqa: PLC0415

    cleaned = normalise_digits(clean_text(text)).lower()
    tokens = word_tokenize(cleaned, engine="newmm", custom_dict=_dictionary(words), keep_whitespace=False)
    return list(dict.fromkeys(token for token in tokens if _WORD.search(token)))


_AI: Final = re.compile("ไ([ก-ฮ])ย")
_WORD: Final = re.compile("[ก-ฮ0-9a-z]")
_INNER: Final = 2  # a word inside another has at least so many signs


def _inner_words(token: str, words: frozenset[str]) -> list[str]:
    """Return the words of which a longer one is put together: อุบลราชธานี holds อุบล, ราช, ธานี, ราชธานี.

    A word counts only if what stands before and after it are words too, so บ้าน does not hold บ้า.
    """
    if len(token) <= _INNER:
        return []
    trie, end = _dictionary(words), len(token)
    parts = {
        at: [word for word in trie.prefixes(token[at:]) if _INNER <= len(word) < end] for at in range(end)
    }
    closing = {end}  # places from which the rest is words
    for at in range(end - 1, -1, -1):
        if any(at + len(word) in closing for word in parts[at]):
            closing.add(at)
    opening, found = {0}, list[str]()  # places that words lead to
    for at in range(end):
        if at in opening:
            inner = [word for word in parts[at] if at + len(word) in closing]
            found += inner
            opening.update(at + len(word) for word in inner)
    return found


@lru_cache(maxsize=4)
def _dictionary(words: frozenset[str]) -> Any:
    from pythainlp.corpus import thai_words  # noqa: PLC0415
    from pythainlp.tokenize import word_dict_trie  # noqa: PLC0415
    from pythainlp.util import Trie  # noqa: PLC0415

    return Trie(thai_words() | words) if words else word_dict_trie()
