"""Books of poverty funds as Excel, as village committees keep them: Thai headings, Thai digits, BE dates."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final

import openpyxl
from openpyxl.styles import Font

from shared.dates import BE_OFFSET
from tools.demo_data.lending import INSTALMENTS, MISSED, Debt, PovertyFund

_EVERY: Final = 6
"""Months between two instalments."""
_MONTHS: Final = _EVERY * INSTALMENTS
_CASH: Final = 1_000_00
_SATANG: Final = 100
_THAI: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_MONTH_NAMES: Final = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()  # noqa: SIM905 - words read better than quotes

Rows = Iterator[Sequence[Any]]


def workbook(fund: PovertyFund, *, cut_off_on: date) -> bytes:
    """Return a fund's book as .xlsx: members, debtors and opening balances at the end of a day.

    A loan in arrears has missed all instalments but the last one, which falls due half a year later.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (
        ("ทะเบียนสมาชิก", _members(fund)),
        ("ทะเบียนลูกหนี้", _debtors(fund, cut_off_on)),
        ("งบทดลอง", _balances(fund, cut_off_on)),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cell in (*sheet[1], *sheet[3]):
            cell.font = Font(bold=True)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def month_end(day: date, *, months: int = 0) -> date:
    """Return the last day of the month so many months after a day's."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, calendar.monthrange(day.year + years, month + 1)[1])


def _members(fund: PovertyFund) -> Rows:
    yield (f"ทะเบียนครัวเรือนสมาชิก {fund.name}",)
    yield ()
    yield ("เลขที่สมาชิก", "ชื่อ-สกุล หัวหน้าครัวเรือน")
    for number, debt in enumerate(fund.debts, 1):
        yield (number, debt.name)


def _debtors(fund: PovertyFund, cut_off_on: date) -> Rows:
    yield (f"ทะเบียนคุมลูกหนี้ {fund.name}",)
    yield ()
    yield (
        "สัญญาเลขที่", "เลขที่สมาชิก", "ชื่อผู้ยืม", "วันที่ยืม", "จำนวนเงินยืม (บาท)", "ส่งคืนแล้ว", "คงเหลือ (บาท)",
        "กำหนดส่งงวดถัดไป", "กำหนดใช้คืน", "งวดคงเหลือ",
    )  # fmt: skip
    sums = [0, 0, 0]
    for number, debt in enumerate(fund.debts, 1):
        next_due, last_due = _dues(debt, cut_off_on)
        lent_on = month_end(last_due, months=-_MONTHS)
        lent = -(-debt.outstanding * INSTALMENTS // debt.left // _SATANG) * _SATANG
        amounts = (lent, lent - debt.outstanding, debt.outstanding)
        sums = [before + amount for before, amount in zip(sums, amounts, strict=True)]
        yield (
            f"{number}/{lent_on.year + BE_OFFSET}".translate(_THAI), number, debt.name, _words(lent_on),
            *map(_baht, amounts), _figures(next_due), _figures(last_due), debt.left,
        )  # fmt: skip
    yield (None, None, f"รวม {len(fund.debts)} ราย", None, *map(_baht, sums))
    yield ()
    yield (None, None, "ลงชื่อ ............................ ประธาน")


def _balances(fund: PovertyFund, cut_off_on: date) -> Rows:
    yield (f"งบทดลอง ณ วันที่ {_words(cut_off_on)}",)
    yield ()
    yield ("รายการ", "เดบิต", "เครดิต")
    yield ("เงินสดในมือ", _baht(_CASH), None)
    yield ("เงินฝากธนาคาร", _baht(fund.capital - fund.outstanding - _CASH), None)
    yield ("ลูกหนี้เงินยืม", _baht(fund.outstanding), None)
    yield ("เงินทุน", None, _baht(fund.capital))
    yield ("รวม", _baht(fund.capital), _baht(fund.capital))


def _dues(debt: Debt, cut_off_on: date) -> tuple[date, date]:
    """Return when the next and the last instalment fall due."""
    missed = MISSED - 1 if debt.late else -1
    first = month_end(cut_off_on, months=-_EVERY * missed)
    return first, month_end(first, months=_EVERY * (debt.left - 1))


def _baht(satang: int) -> str:
    return f"{satang // _SATANG:,}.{satang % _SATANG:02d}"


def _words(day: date) -> str:
    """Return a day as it is written by hand: ๓๐ ก.ย. ๖๙."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {(day.year + BE_OFFSET) % 100:02d}".translate(_THAI)


def _figures(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year + BE_OFFSET}"
