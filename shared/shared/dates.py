"""Thai dates: Buddhist era (พ.ศ.), fiscal year (ปีงบประมาณ), and dates as people type them.

Which era a typed year is of (one rule everywhere): 2400 to 2699 is Buddhist, 1850 to 2149 is Christian,
whatever the order or the separators of the date; anything else is an error, also two-digit years.
"""

import re
from datetime import date
from typing import Final

from shared.thai import clean_text, normalise_digits

BE_OFFSET: Final = 543
_BE_YEARS: Final = range(2400, 2700)
CE_YEARS: Final = range(1850, 2150)
_FISCAL_START: Final = 10  # October

_MONTHS: Final = (
    ("มกราคม", "ม.ค."), ("กุมภาพันธ์", "ก.พ."), ("มีนาคม", "มี.ค."), ("เมษายน", "เม.ย."),
    ("พฤษภาคม", "พ.ค."), ("มิถุนายน", "มิ.ย."), ("กรกฎาคม", "ก.ค."), ("สิงหาคม", "ส.ค."),
    ("กันยายน", "ก.ย."), ("ตุลาคม", "ต.ค."), ("พฤศจิกายน", "พ.ย."), ("ธันวาคม", "ธ.ค."),
)  # fmt: skip
_MONTH_NUMBER: Final = {
    name.replace(".", ""): number for number, names in enumerate(_MONTHS, start=1) for name in names
}
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_WRITTEN: Final = re.compile(r"(?:วันที่ ?)?([0-9]{1,2}) ?([ก-์.]+?) ?(?:พ\.?ศ\.?|ค\.?ศ\.?)? ?([0-9]{4})")


def be_year(value: date) -> int:
    """Return the Buddhist year of a date (2023 is 2566)."""
    return value.year + BE_OFFSET


def fiscal_year(value: date) -> int:
    """Return the fiscal year, October to September, named by its Buddhist year."""
    return value.year + BE_OFFSET + (value.month >= _FISCAL_START)


def fiscal_bounds(year: int) -> tuple[date, date]:
    """Return first and last day of a fiscal year: 2563 is 1 October 2019 to 30 September 2020."""
    return date(year - BE_OFFSET - 1, 10, 1), date(year - BE_OFFSET, 9, 30)


def be_string(value: date) -> str:
    """Return the short Thai form, day/month/Buddhist year: 05/11/2515."""
    return f"{value.day:02d}/{value.month:02d}/{be_year(value)}"


def thai_string(value: date) -> str:
    """Return the written Thai form: 5 พฤศจิกายน 2515."""
    return f"{value.day} {_MONTHS[value.month - 1][0]} {be_year(value)}"


def parse_thai_date(text: str) -> date:
    """Read an ISO date, d/m/y, d-m-y, d.m.y or "5 พฤศจิกายน 2515", with ASCII or Thai digits.

    The era follows the module's rule. ValueError for anything else and for days that do not exist.
    """
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(match[1], int(match[2]), match[3])
    cleaned = clean_text(normalise_digits(text))
    if match := _YEAR_FIRST.fullmatch(cleaned):
        return _date(match[1], int(match[2]), match[3])
    if match := _DAY_FIRST.fullmatch(cleaned):
        return _date(match[4], int(match[3]), match[1])
    if match := _WRITTEN.fullmatch(cleaned):
        month = _MONTH_NUMBER.get(match[2].replace(".", ""))
        if month is not None:
            return _date(match[3], month, match[1])
    raise ValueError("not a date")


def _date(year: str, month: int, day: str) -> date:
    number = int(year)
    if number in _BE_YEARS:
        return date(number - BE_OFFSET, month, int(day))
    if number in CE_YEARS:
        return date(number, month, int(day))
    raise ValueError("the year is neither Buddhist (2400-2699) nor Christian (1850-2149)")
