"""Cells as people fill them: Thai digits, Buddhist years of two or four digits, commas, per cent signs.

Each function returns a value, None for an empty cell, or raises BadCell with the code of what is wrong.
"""

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from funds.book_imports.workbook import Cell
from shared.dates import BE_OFFSET, parse_thai_date
from shared.money import MAX_SATANG
from shared.thai import clean_text, normalise_digits

_AMOUNT: Final = re.compile(r"(\()?(-)?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?(?(1)\)|)")
_NOTHING: Final = frozenset({"-", "–", "—", "0.-", "ไม่มี"})
_RATE: Final = re.compile(r"(?:ร้อยละ)? ?([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%?(?: ?ต่อปี)?")
_SHORT_YEAR: Final = re.compile(r"(?![0-9]{4})(.*[^0-9])([0-9]{2})")
_MIDNIGHT: Final = re.compile(r"[ T]00:00(?::00)?$")
"""What a program that knows no year 2568 leaves of a day and its time: 2568-09-30 00:00:00."""
_BE_YEARS: Final = range(2400, 2700)
_PLACES: Final = 2
_DAYS: Final = range(20_000, 80_000)
"""Numbers that are days in Excel: 1954 to 2119."""
_BE_DAYS: Final = range(200_000, 290_000)
"""The same for a Buddhist year typed as if it were a Christian one."""
_EPOCH: Final = date(1899, 12, 30)
MAX_COUNT: Final = 1_200


class BadCell(Exception):  # noqa: N818  # named after the fact
    """The cell does not hold such a value; `code` is one of `rules.FAULTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(cell: Cell) -> str | None:
    """Return a cell's text, cleaned, with ASCII digits; whole numbers without a point."""
    if cell is None:
        return None
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else format(cell, ".15g")
    return normalise_digits(clean_text(str(cell))) or None


def amount(cell: Cell) -> int | None:
    """Return satang; raises BadCell not_an_amount, too_many_places, negative, too_large."""
    if cell is None:
        return None
    if isinstance(cell, bool | date):
        raise BadCell("not_an_amount")
    if isinstance(cell, int | float):
        return _satang(_decimal(cell))
    written = (text(cell) or "").replace(" ", "").removesuffix("บาท").removesuffix(".-")
    if not written:
        return None
    if written in _NOTHING:
        return 0
    match = _AMOUNT.fullmatch(written)
    if match is None or (match[3] is None and not match[4]):
        raise BadCell("not_an_amount")
    if match[1] or match[2]:
        raise BadCell("negative")
    return _satang(Decimal(f"{(match[3] or '0').replace(',', '')}.{match[4] or '0'}"))


def _decimal(number: float) -> Decimal:
    """Return what a spreadsheet shows of a number: 15 digits, the rest is noise of arithmetic."""
    if not math.isfinite(number):
        raise BadCell("not_an_amount")
    return Decimal(format(number, ".15g"))


def _satang(baht: Decimal) -> int:
    if baht < 0:
        raise BadCell("negative")
    in_satang = baht.scaleb(_PLACES)
    if in_satang > MAX_SATANG:
        raise BadCell("too_large")
    if in_satang != in_satang.to_integral_value():
        raise BadCell("too_many_places")
    return int(in_satang)


def day(cell: Cell) -> date | None:
    """Return a date; raises BadCell not_a_date. A year of two digits is Buddhist: ๓๑ ธ.ค. ๖๕ is 2022."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _of_era(cell)
    if isinstance(cell, bool):
        raise BadCell("not_a_date")
    if isinstance(cell, int | float):
        return _serial(cell)
    written = text(cell)
    if written is None or written in _NOTHING:
        return None
    written = _MIDNIGHT.sub("", written)
    if (short := _SHORT_YEAR.fullmatch(written)) is not None:
        written = f"{short[1]}25{short[2]}"
    try:
        return parse_thai_date(written)
    except ValueError:
        raise BadCell("not_a_date") from None


def _of_era(found: date) -> date:
    if found.year not in _BE_YEARS:
        return found
    try:
        return found.replace(year=found.year - BE_OFFSET)
    except ValueError:  # 29 February of a year that has none
        raise BadCell("not_a_date") from None


def _serial(number: float) -> date:
    if number not in _DAYS and number not in _BE_DAYS:
        raise BadCell("not_a_date")
    return _of_era(_EPOCH + timedelta(days=int(number)))


def rate(cell: Cell) -> Fraction | None:
    """Return a rate a year as a fraction of one; raises BadCell not_a_rate, rate_unclear.

    A number below 1 may be a cell shown as per cent (0.15 is 15 %) or 0.15 %: nobody can tell.
    """
    if cell is None:
        return None
    if isinstance(cell, bool | date):
        raise BadCell("not_a_rate")
    if isinstance(cell, int | float):
        if 0 < cell < 1:
            raise BadCell("rate_unclear")
        cell = str(_decimal(cell))
    written = text(cell)
    if written is None:
        return None
    if written in _NOTHING:
        return Fraction(0)
    match = _RATE.fullmatch(written)
    if match is None:
        raise BadCell("not_a_rate")
    return Fraction(match[1]) / 100


def count(cell: Cell) -> int | None:
    """Return a whole number from 1 to 1,200; raises BadCell not_a_count."""
    written = (text(cell) or "").removesuffix("งวด").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MAX_COUNT):
        raise BadCell("not_a_count")
    return int(written)
