"""What the figures of a report are, and how the rates follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from shared.money import percent


class By(StrEnum):
    """What a row stands for."""

    FUND = "fund"
    VILLAGE = "village"
    TAMBON = "tambon"
    DISTRICT = "district"
    PROVINCE = "province"


DIGITS: Final = {By.FUND: 8, By.VILLAGE: 8, By.TAMBON: 6, By.DISTRICT: 4, By.PROVINCE: 2}
"""How much of a fund's area code a row stands for; a fund of a tambon is under "village" by its 6 digits."""

BELOW: Final = {By.PROVINCE: By.DISTRICT, By.DISTRICT: By.TAMBON, By.TAMBON: By.VILLAGE, By.VILLAGE: By.FUND}
"""Where one goes on from a row."""


class Figure(StrEnum):
    """A figure that can be drawn."""

    LENT = "lent"
    REPAID = "repaid"
    OUTSTANDING = "outstanding"
    OVERDUE = "overdue"
    GRANTS = "grants"
    PAR30 = "par30"
    PAR60 = "par60"
    PAR90 = "par90"


NAMES: Final[Mapping[Figure, tuple[str, str]]] = {
    Figure.LENT: ("ให้กู้ยืม", "Lent"),
    Figure.REPAID: ("ชำระคืนเงินต้น", "Repaid"),
    Figure.OUTSTANDING: ("ลูกหนี้คงเหลือ", "Outstanding"),
    Figure.OVERDUE: ("เกินกำหนดชำระ", "Overdue"),
    Figure.GRANTS: ("เงินอุดหนุน", "Grants"),
    Figure.PAR30: ("หนี้เสี่ยงเกิน 30 วัน", "PAR30"),
    Figure.PAR60: ("หนี้เสี่ยงเกิน 60 วัน", "PAR60"),
    Figure.PAR90: ("หนี้เสี่ยงเกิน 90 วัน", "PAR90"),
}

DEFINITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "lent": (
        "เงินกู้ที่จ่ายในปี หักรายการที่กลับ",
        "Loans paid out in the year, reversals taken off: account 1100, journals `disbursement`",
    ),
    "repaid": (
        "เงินต้นที่ชำระในปี หักรายการที่กลับ",
        "Principal repaid in the year: account 1100, journals `repayment` and `advance`",
    ),
    "outstanding": (
        "เงินต้นคงเหลือตามบัญชี 1100 ณ สิ้นปีหรือวันนี้",
        "Principal in the books at the end of the year, or today: balance of account 1100",
    ),
    "overdue": (
        "เงินต้นที่เกินกำหนดชำระ ณ สิ้นปีหรือวันนี้",
        "Principal past its due date at the end of the year by what is recorded of it, or today",
    ),
    "par": (
        "เงินต้นคงเหลือทั้งสัญญาของสัญญาที่ค้างเกิน 30/60/90 วัน หารด้วยเงินต้นคงเหลือ",
        "Whole outstanding principal of loans with anything over 30, 60, 90 days late, of all outstanding",
    ),
    "repayment_rate": (
        "เงินต้นที่ชำระในปี หารด้วยเงินต้นที่ชำระรวมกับที่เกินกำหนด",
        "Principal repaid in the year, of that and what is overdue at its end",
    ),
    "zero_overdue_villages": (
        "หมู่บ้าน (ตำบลของกองทุนระดับตำบล) ที่มีลูกหนี้และไม่มีหนี้เกินกำหนด",
        "Villages (tambons of tambon funds) with loans outstanding and nothing overdue",
    ),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Percentages with two places; None where there is nothing to divide by."""

    par30_percent: str | None
    par60_percent: str | None
    par90_percent: str | None
    repayment_rate: str | None


def rates(row: Mapping[str, int]) -> Rates:
    """Return a row's rates from its figures in satang."""
    outstanding, repaid = row["outstanding"], row["repaid"]

    def share(name: str) -> str | None:
        return percent(row[name], outstanding)

    # More reversed than repaid in a year (of repayments of the year before) is no rate.
    rate = None if repaid < 0 else percent(repaid, repaid + row["overdue"])
    return Rates(share("par30"), share("par60"), share("par90"), rate)


def ranges(areas: Sequence[str], area: str) -> tuple[list[str], list[str]]:
    """Return the parts of `area` that a caller of `areas` sees, as ranges of codes: lows and highs.

    A code c is seen when low <= c < high for one of them; they do not overlap.
    """
    kept = {max(one, area, key=len) for one in areas if one.startswith(area) or area.startswith(one)}
    widest = [one for one in kept if not any(one != other and one.startswith(other) for other in kept)]
    lows = sorted(widest)
    return lows, [one[:-1] + chr(ord(one[-1]) + 1) if one else ":" for one in lows]


def last_month(day: date) -> date:
    """Return the first day of a day's month, by which projections name it."""
    return day.replace(day=1)
