"""Interest rates: per cent a year outside (decimal strings) and in tables (NUMERIC), fractions in rules."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from shared.errors import invalid_value

_PATTERN: Final = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?$"
_RATE: Final = re.compile(_PATTERN)
_LEAST_PLACES: Final = 2
_MILLIONTHS: Final = 10**6


def rate(text: str) -> Fraction:
    """Read per cent a year with at most six places: "15.00" is 3/20. ValueError for any other text."""
    if _RATE.fullmatch(text) is None:
        raise ValueError("a rate is per cent a year, a decimal string with at most six places")
    return Fraction(text) / 100


def text(value: Fraction) -> str:
    """Write a rate as per cent with two places, or as many as it needs up to six: 3/20 is "15.00"."""
    whole, part = divmod(round(value * 100 * _MILLIONTHS), _MILLIONTHS)
    places = f"{part:06d}".rstrip("0").ljust(_LEAST_PLACES, "0")
    return f"{whole}.{places}"


def of_column(value: Decimal) -> Fraction:
    """Return the rate of a NUMERIC column of per cent."""
    return Fraction(value) / 100


def to_column(value: Fraction) -> Decimal:
    """Return what a NUMERIC column of per cent holds."""
    return Decimal(text(value))


def _read(value: Any) -> Fraction:
    if isinstance(value, str) and _RATE.fullmatch(value):
        return rate(value)
    raise invalid_value(
        "not_a_rate",
        'อัตราต่อปีเป็นร้อยละ เขียนเป็นข้อความทศนิยมไม่เกิน 6 ตำแหน่ง เช่น "15.00"',
        'a rate is per cent a year, a decimal string with at most six places, for example "15.00"',
    )


def _read_own(value: Any) -> Fraction:
    if isinstance(value, Decimal):
        return of_column(value)
    return value if isinstance(value, Fraction) else _read(value)


_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": _PATTERN,
        "examples": ["3.00"],
        "title": "Rate",
        "description": "Per cent a year (ร้อยละต่อปี)",
    }
)
_write = PlainSerializer(text, return_type=str, when_used="json")

Rate = Annotated[Fraction, Field(ge=0), BeforeValidator(_read), _write, _SCHEMA]
"""A rate in a request: per cent a year as a decimal string; the attribute is a fraction of one."""

RateOut = Annotated[Fraction, BeforeValidator(_read_own), _write, _SCHEMA]
"""A rate in an answer: made from a fraction or a NUMERIC column."""
