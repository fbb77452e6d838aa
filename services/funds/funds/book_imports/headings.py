"""Headings of registers and names of accounts, as they are written: data of `data/headings.json`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from funds.book_imports.rules import Part
from funds.ledger.chart import chart
from funds.ledger.rules import Account
from shared.thai import clean_text, normalise_digits

_SIGNS = re.compile(r"[\s\-–—_.,:;/\\()\[\]\"'*]+")
_UNIT = re.compile(r"\((?:บาท|฿|%|ร้อยละ|สต\.?|ล\.?|หุ้น|งวด|คน)\)|\bบาท$|%")
_FIRST = re.compile(r"^[0-9]+\s*[.)]\s*")


@dataclass(frozen=True, slots=True)
class PartHeadings:
    """How a table is known and read."""

    name_th: str
    name_en: str
    known_by: tuple[frozenset[str], ...]
    """A row is this table's heading when it has one field of each."""
    required: tuple[tuple[str, ...], ...]
    fields: Mapping[str, str]
    """Normalised headings to fields."""
    shown: Mapping[str, str]
    """Fields to the heading that messages name."""


def normal(heading: str) -> str:
    """Return a heading as it is compared: no blanks, signs or units, small letters, ASCII digits."""
    cleaned = normalise_digits(clean_text(heading)).lower()
    return _SIGNS.sub("", _UNIT.sub("", cleaned))


@cache
def parts() -> Mapping[Part, PartHeadings]:
    """Return the tables that are known, debtors first: their register has the members' headings too."""
    tables = _data()["tables"]
    return {part: _part(tables[part.value]) for part in (Part.DEBTORS, Part.MEMBERS, Part.BALANCES)}


def _part(table: Mapping[str, Any]) -> PartHeadings:
    return PartHeadings(
        name_th=table["name"]["th"],
        name_en=table["name"]["en"],
        known_by=tuple(frozenset(names) for names in table["known_by"]),
        required=tuple(tuple(names) for names in table["required"]),
        fields={normal(word): name for name, words in table["fields"].items() for word in words},
        shown={name: words[0] for name, words in table["fields"].items()},
    )


@cache
def accounts() -> Mapping[str, Account]:
    """Return the accounts by their normalised names, and by their codes."""
    names = {normal(one.name_th): one.code for one in chart().values()}
    names |= {normal(one.name_en): one.code for one in chart().values()}
    for code, words in _data()["accounts"].items():
        names |= {normal(word): Account(code) for word in words}
    return names | {account.value: account for account in Account}


def account(written: str) -> Account | None:
    """Return the account that a line of the balances names: by name, code, or both; a number may lead."""
    known = accounts()
    for form in (written, _FIRST.sub("", written), re.sub(r"[0-9]{4}", "", written)):
        if (found := known.get(normal(form))) is not None:
            return found
    return next((known[code] for code in re.findall(r"\b[0-9]{4}\b", written) if code in known), None)


def total_of(written: str) -> str | None:
    """Tell whether a text heads a total: `total` for the table's, `page` for a page's, None for neither."""
    word = normal(written)
    if not word:
        return None
    pages, totals = _totals()
    if word.startswith(pages):
        return "page"
    counted = re.sub(r"[0-9]+(?:คน|ราย|สัญญา|ครัวเรือน|บาท)?$", "", word)
    return "total" if word in totals or counted in totals else None


@cache
def _totals() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return what totals of pages begin with, and what the table's own are called; asked of every cell."""
    data = _data()
    return tuple(map(normal, data["page_totals"])), frozenset(map(normal, data["totals"]))


@cache
def fund_columns() -> tuple[str, ...]:
    """Return the normalised headings of columns that name funds, the surest first."""
    return tuple(normal(word) for word in _data()["fund_columns"])


def own_column() -> str:
    """Return the heading of the column that a marked copy has beside the sheet's own."""
    column: str = _data()["own_column"]
    return column


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(
        files("funds.book_imports").joinpath("data/headings.json").read_bytes()
    )
    return data
