"""Amounts and dates as Thai papers write them."""

from datetime import date
from typing import Final

from shared.dates import be_string, thai_string
from shared.money import SATANG

_DIGITS: Final = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES: Final = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION: Final = 10**6


def amount(satang: int) -> str:
    """Write satang as baht with commas and two places: 226101200 is "2,261,012.00"."""
    whole, part = divmod(abs(satang), SATANG)
    return f"{'-' if satang < 0 else ''}{whole:,}.{part:02d}"


def amount_in_words(satang: int) -> str:
    """Read an amount out in Thai: 32850 is "สามร้อยยี่สิบแปดบาทห้าสิบสตางค์". ValueError below zero."""
    if satang < 0:
        raise ValueError("an amount in words is not negative")
    whole, part = divmod(satang, SATANG)
    if not whole and part:
        return f"{_number(part)}สตางค์"
    return f"{_number(whole)}บาท" + (f"{_number(part)}สตางค์" if part else "ถ้วน")


def day(value: date) -> str:
    """Write a date out: 5 พฤศจิกายน 2515."""
    return thai_string(value)


def short_day(value: date) -> str:
    """Write a date for a narrow column: 05/11/2515."""
    return be_string(value)


def _number(value: int) -> str:
    if value >= _MILLION:
        millions, rest = divmod(value, _MILLION)
        return f"{_number(millions)}ล้าน{_below_million(rest, after_more=True) if rest else ''}"
    return _below_million(value, after_more=False) or "ศูนย์"


def _below_million(value: int, *, after_more: bool) -> str:
    """Read a number below a million; `after_more` tells that millions were read before it."""
    read = ""
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = value // 10**place % 10
        if not digit:
            continue
        if place == 0 and digit == 1 and (read or after_more):
            read += "เอ็ด"
        elif place == 1:
            read += {1: "", 2: "ยี่"}.get(digit, _DIGITS[digit]) + _PLACES[1]
        else:
            read += _DIGITS[digit] + _PLACES[place]
    return read
