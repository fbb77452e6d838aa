"""Money: whole satang inside (BIGINT), decimal strings of baht with two places outside.

Percentages are derived, rounded half up to two places and never stored.
"""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from shared.errors import invalid_value

SATANG: Final = 100
MAX_SATANG: Final = 10**15 - 1
"""Largest amount taken in: 9,999,999,999,999.99 baht; sums of thousands of them still fit a BIGINT."""

_AMOUNT: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,12})\.([0-9]{2})")
_PATTERN: Final = r"^-?(0|[1-9][0-9]{0,12})\.[0-9]{2}$"


def satang(baht: str) -> int:
    """Read a decimal string of baht with exactly two places. ValueError for any other text."""
    match = _AMOUNT.fullmatch(baht)
    if match is None or (match[1] and match[2] == "0" and match[3] == "00"):
        raise ValueError('money is a decimal string of baht with two places, for example "2261012.00"')
    amount = int(match[2]) * SATANG + int(match[3])
    return -amount if match[1] else amount


def baht(amount: int) -> str:
    """Write satang as a decimal string of baht with two places: 226101200 is "2261012.00"."""
    whole, part = divmod(abs(amount), SATANG)
    return f"{'-' if amount < 0 else ''}{whole}.{part:02d}"


def percent(part: int, whole: int) -> str | None:
    """Return part of whole in per cent, half up to two places: 21 of 82 is "25.61"; None of nothing.

    Numbers of persons, households or satang; neither is negative, `part` may exceed `whole`.
    """
    if part < 0 or whole < 0:
        raise ValueError("a share is of two numbers that are not negative")
    if whole == 0:
        return None
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _read(value: object) -> int:
    # A JSON number is refused: nobody can tell whether 100 means baht or satang, and floats lose satang.
    try:
        return satang(value if isinstance(value, str) else "")
    except ValueError:
        raise invalid_value(
            "not_an_amount",
            'จำนวนเงินเขียนเป็นข้อความทศนิยมสองตำแหน่ง เช่น "2261012.00"',
            'an amount is a decimal string of baht with two places, for example "2261012.00"',
        ) from None


def _read_own(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return _read(value)
    return value


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "pattern": pattern,
            "examples": ["2261012.00"],
            "title": "Baht",
            "description": "บาท",
        }
    )


_write = PlainSerializer(baht, return_type=str, when_used="json")

Baht = Annotated[int, BeforeValidator(_read), _write, _schema(_PATTERN)]
"""An amount in a request: a decimal string of baht; the attribute holds satang."""

BahtPositive = Annotated[
    int, Field(gt=0), BeforeValidator(_read), _write, _schema(_PATTERN.replace("-?", ""))
]
"""An amount in a request that must be above zero."""

BahtNotNegative = Annotated[
    int, Field(ge=0), BeforeValidator(_read), _write, _schema(_PATTERN.replace("-?", ""))
]
"""An amount in a request that may be zero."""

BahtOut = Annotated[int, BeforeValidator(_read_own), _write, _schema(_PATTERN)]
"""An amount in an answer: made from satang (int, as rows hold it), written as a decimal string."""
