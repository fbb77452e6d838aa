"""What a feed's values may look like: one reader per kind of value, tolerant where the format is.

Tolerated: Thai digits, dashes in ids, day/month/Buddhist-year dates, blanks around a value. Everything else
raises Unfit with the code under which the row is rejected.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import Any, Final, Literal

from shared import citizen, dates
from shared.thai import clean_text, name_key, normalise_digits

FileKind = Literal["households", "persons", "welfare"]
KINDS: Final[tuple[FileKind, ...]] = ("households", "persons", "welfare")

AMOUNTS: Final = (
    "income_main", "income_extra", "income_other", "income_in_kind",
    "expense_production", "expense_needs", "expense_wants", "expense_debt",
)  # fmt: skip
"""Whole baht a year, as the household told the surveyor."""

INCOMES: Final = 4
"""How many of the amounts, from the first, are income."""

HOUSEHOLD_COLUMNS: Final = (
    "edition_year", "house_id", "house_no", "village_code", "lat", "lon", "members", *AMOUNTS,
)  # fmt: skip
PERSON_COLUMNS: Final = (
    "house_id", "citizen_id", "prefix", "first_name", "last_name", "sex", "birth_date", "relation",
    "occupation", "disabled", "chronic_ill", "drug_treated",
)  # fmt: skip
WELFARE_COLUMNS: Final = ("citizen_id", "registered", "verified")

RELATIONS: Final = ("head", "spouse", "child", "parent", "grandchild", "relative")
OCCUPATIONS: Final = (
    "field_crop", "trade", "fishery", "livestock", "labour", "rice", "service", "none", "own_business",
    "student", "orchard",
)  # fmt: skip
RESULTS: Final = ("P", "F", "N")
"""Of an indicator: passed (ผ่าน), failed (ตกเกณฑ์), nobody of that kind."""

PERSONAL: Final = frozenset({"citizen_id", "first_name", "last_name", "birth_date", "house_no", "lat", "lon"})
"""Columns whose refused values lists show masked."""

_HOUSE_ID: Final = 11
_CITIZEN_ID: Final = 13
_VILLAGE: Final = 8
_AMOUNT_DIGITS: Final = 12
_MOST_MEMBERS: Final = 99
_NAME: Final = 100
_HOUSE_NO: Final = 40
_SEPARATORS: Final = str.maketrans("", "", "- /")


class Unfit(ValueError):  # noqa: N818  # named after the fact
    """A value that does not fit its column; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(text: str) -> str:
    """Return a value without blanks around it and with ASCII digits."""
    return normalise_digits(clean_text(text))


def required(text: str) -> str:
    """Return a value that may not be empty."""
    value = plain(text)
    if not value:
        raise Unfit("missing")
    return value


def code(text: str, allowed: Collection[str]) -> str:
    """Return one of the allowed codes."""
    value = required(text)
    if value not in allowed:
        raise Unfit("bad_code")
    return value


sex: Final[Callable[[str], str]] = partial(code, allowed=("M", "F"))
relation: Final[Callable[[str], str]] = partial(code, allowed=RELATIONS)
occupation: Final[Callable[[str], str]] = partial(code, allowed=OCCUPATIONS)
result: Final[Callable[[str], str]] = partial(code, allowed=RESULTS)


def flag(text: str) -> int:
    """Return 0 or 1."""
    return int(code(text, allowed=("0", "1")))


def whole(text: str) -> int:
    """Return a number that is whole and not negative."""
    value = required(text)
    if value[0] == "-" and value[1:].isdigit():
        raise Unfit("negative_amount")
    if not (value.isascii() and value.isdigit()):
        raise Unfit("not_a_number")
    if len(value) > _AMOUNT_DIGITS:
        raise Unfit("too_large")
    return int(value)


def members(text: str) -> int:
    """Return how many people the household said it has."""
    value = whole(text)
    if value > _MOST_MEMBERS:
        raise Unfit("too_large")
    return value


def edition_year(text: str, expected: int) -> int:
    """Return the edition's year, which every row repeats."""
    value = whole(text)
    if value != expected:
        raise Unfit("wrong_edition")
    return value


def house_id(text: str) -> str:
    """Return the 11 digits of a house (รหัสประจำบ้าน)."""
    value = required(text).translate(_SEPARATORS)
    if len(value) != _HOUSE_ID or not (value.isascii() and value.isdigit()):
        raise Unfit("bad_code")
    return value


def house_reference(text: str) -> str:
    """Return the house a person names, of whatever shape: whether it exists is for the whole feed to say."""
    return required(text).translate(_SEPARATORS)[: 2 * _HOUSE_ID]


def citizen_id(text: str) -> str:
    """Return the 13 digits of a citizen id whose check digit is right."""
    value = citizen.normalise(plain(text))
    if not value:
        raise Unfit("missing")
    if len(value) != _CITIZEN_ID or not (value.isascii() and value.isdigit()):
        raise Unfit("bad_code")
    if not citizen.valid(value):
        raise Unfit("bad_check_digit")
    return value


def village(text: str, tambons: Collection[str], areas: Collection[str]) -> str:
    """Return a village code in a known tambon and inside the areas of whoever sent the feed."""
    value = required(text)
    if len(value) != _VILLAGE or not (value.isascii() and value.isdigit()) or value[:6] not in tambons:
        raise Unfit("unknown_area")
    if not value.startswith(tuple(areas)):
        raise Unfit("outside_area")
    return value


def coordinate(text: str, limit: float) -> float | None:
    """Return degrees of WGS 84 between -limit and limit; None where the survey has none."""
    value = plain(text)
    if not value:
        return None
    if "_" in value:  # Python's own spelling of numbers
        raise Unfit("bad_coordinate")
    try:
        degrees = float(value)
    except ValueError:
        raise Unfit("bad_coordinate") from None
    if not -limit <= degrees <= limit:
        raise Unfit("bad_coordinate")
    return degrees


def house_no(text: str) -> str | None:
    """Return the house number (บ้านเลขที่), None where there is none."""
    value = clean_text(text)
    if len(value) > _HOUSE_NO:
        raise Unfit("too_long")
    return value or None


def birth_date(text: str, today: date) -> date:
    """Return a day of birth, written in either era."""
    value = required(text)
    try:
        day = dates.parse_thai_date(value)
    except ValueError:
        raise Unfit("bad_date") from None
    if day > today:
        raise Unfit("future_date")
    return day


def prefix(text: str) -> str | None:
    """Return a title (คำนำหน้าชื่อ), None where there is none."""
    value = clean_text(text)
    if len(value) > _HOUSE_NO:
        raise Unfit("too_long")
    return value or None


def name(text: str) -> tuple[str, str]:
    """Return a name as it is shown, and the key it is searched by."""
    value = clean_text(text)
    if not value:
        raise Unfit("missing")
    if len(value) > _NAME:
        raise Unfit("too_long")
    return value, name_key(value)


def masked(column: str, value: str) -> str:
    """Return a refused value as a list may show it."""
    if not value or column not in PERSONAL:
        return value[:100]
    digits = citizen.normalise(value)
    if column == "citizen_id" and len(digits) == _CITIZEN_ID:
        return citizen.mask(digits)
    return "•" * min(len(value), 8)


def first_day(edition_year: int) -> date:
    """Return the day from which an edition's facts hold."""
    return date(edition_year - dates.BE_OFFSET, 1, 1)


def last_day(edition_year: int) -> date:
    """Return the edition's last day: what an officer wrote down after it stays."""
    return date(edition_year - dates.BE_OFFSET, 12, 31)


_NAME_OF_FILE: Final = re.compile(
    r"(households|persons|welfare)(?:[^a-z].*)?\.(csv|txt|tsv|ndjson|jsonl|xlsx|parquet)", re.IGNORECASE
)
_MANIFEST_NAME: Final = re.compile(r"manifest(?:[^a-z].*)?\.json", re.IGNORECASE)


def file_kind(name: str) -> tuple[FileKind | Literal["manifest", "zip"], str]:
    """Return what a file's name says it is, and its ending; the name may go on after the kind.

    Raises LookupError for any other name.
    """
    last = re.split(r"[/\\]", name)[-1]
    if found := _NAME_OF_FILE.fullmatch(last):
        kind: Any = found[1].lower()
        return kind, found[2].lower()
    if _MANIFEST_NAME.fullmatch(last):
        return "manifest", "json"
    if last.lower().endswith(".zip"):
        return "zip", "zip"
    raise LookupError("households, persons, welfare or manifest")
