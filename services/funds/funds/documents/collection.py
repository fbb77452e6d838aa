"""The sheet that a savings group takes to its monthly meeting, as Excel: filled in on paper or typed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from funds.documents.facts import FundFacts
from funds.documents.sheets import Column, Kind, Sheet
from funds.documents.words import day

NUMBER: Final = "เลขที่สมาชิก"
NAME: Final = "ชื่อ-สกุล"
SAVINGS: Final = "รับเงินสัจจะ"
SHARES: Final = "รับค่าหุ้น"
LOAN: Final = "รับชำระเงินกู้"
"""Headings by which a sheet that comes back is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A member on the sheet, in satang: what she has, has promised and owes by the month's end."""

    member_no: str
    name: str
    savings: int
    shares: int
    pledge: int
    paid: int
    """Savings brought for the month already."""
    due: int
    """Of her loans until the month's end, with what is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFacts:
    """The sheet of a month (ใบเก็บเงินประจำเดือน)."""

    fund: FundFacts
    month: str
    """As it is written: "มกราคม 2569"."""
    until: date
    """The month's last day."""
    members: Sequence[Collected]


def collection_sheet(facts: CollectionFacts) -> bytes:
    """Return the sheet of a monthly meeting (ใบเก็บเงินประจำเดือน) as Excel, its last columns to fill in."""
    from funds.documents import excel  # noqa: PLC0415  # openpyxl takes 0.5 s, only where a file is made

    def money(heading: str, *, summed: bool = True) -> Column:
        return Column(heading, 13, Kind.MONEY, summed)

    columns = (
        Column("ที่", 6, Kind.NUMBER),
        Column(NUMBER, 11),
        Column(NAME, 30),
        money("เงินสัจจะสะสม"),
        money("เงินหุ้นสะสม"),
        money("สัจจะเดือนนี้"),
        money("ส่งแล้วเดือนนี้"),
        money("เงินกู้ครบกำหนด"),
        *(money(heading, summed=False) for heading in (SAVINGS, SHARES, LOAN)),
        Column("ลายมือชื่อ", 20),
    )
    rows = [
        (
            at,
            one.member_no,
            one.name,
            one.savings,
            one.shares,
            one.pledge or None,
            one.paid or None,
            one.due or None,
            *(None for _ in range(4)),
        )
        for at, one in enumerate(facts.members, start=1)
    ]
    headings = (
        f"ใบเก็บเงินประจำเดือน {facts.month}",
        facts.fund.name,
        facts.fund.place,
        f"เงินกู้ครบกำหนดถึงวันที่ {day(facts.until)} รวมที่ค้างชำระ ไม่รวมดอกเบี้ยผิดนัดที่ยังไม่คิด",
    )
    sheet = Sheet("ใบเก็บเงิน", headings, columns, rows)
    return excel.workbook([sheet], title=headings[0])
