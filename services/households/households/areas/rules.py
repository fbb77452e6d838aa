"""What an area code and an area name say by themselves."""

import re
from difflib import SequenceMatcher

from shared.thai import clean_text, name_key

# What follows must be able to begin a name: a consonant or leading vowel and another sign.
_KIND = re.compile(
    "^(?:จังหวัด|กิ่งอำเภอ|อำเภอ|เขต|ตำบล|แขวง|หมู่บ้าน|บ้าน|จ\\.|อ\\.|ต\\.|บ\\.)\\s*(?=[ก-ฮเ-ไ](?!์)\\S)"
)
_PART = 3
_TYPO_LETTERS = 12  # longer names share enough three-letter parts in spite of a mistake
ALIKE = 0.6
"""Least likeness of a name found by its parts only."""


def bare_name(name: str) -> str:
    """Return a name without the word for its kind: ตำบลโนนกุง → โนนกุง; a name that is only that word stays."""
    return _KIND.sub("", clean_text(name))


def search_key(name: str) -> str:
    """Return what an area is searched by: without its kind, one spelling, lower case, no blanks."""
    return name_key(bare_name(name))


def parts(*keys: str) -> list[str]:
    """Return what two similar names have in common: three-letter pieces, and short names less one letter."""
    found: set[str] = set()
    for key in filter(None, keys):
        framed = f" {key} "
        found |= {framed[at : at + _PART] for at in range(len(framed) - _PART + 1)}
        if len(key) <= _TYPO_LETTERS:
            found |= {f"~{key[:at]}{key[at + 1 :]}" for at in range(len(key))} | {f"~{key}"}
    return sorted(found)


def likeness(question: str, *names: str) -> float:
    """Return how alike the question and the best of an area's names are: 1 is equal, 0 nothing in common."""
    best = 0.0
    for name in filter(None, names):
        score = SequenceMatcher(None, question, name, autojunk=False).ratio()
        if question in name:  # a part of a name is meant more often than a misspelt other one
            score = max(score, 0.9 if name.startswith(question) else 0.7)
        best = max(best, score)
    return best


def village_name(code: str) -> str:
    """Return what a village is called before its name is known: หมู่ที่ 9."""
    return f"หมู่ที่ {int(code[6:])}"
