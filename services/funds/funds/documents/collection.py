"""Sheets that money is collected by, as Excel: filled in on paper or typed in, and sent back.

The monthly meeting's of a savings group, a line a member; and of any fund what its open loans owe, a line a
loan, with the number of the receipt that is given.
"""

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
CONTRACT: Final = "สัญญาเลขที่"
BORROWER: Final = "ผู้กู้"
LOAN: Final = "รับชำระเงินกู้"
RECEIPT: Final = "เลขที่ใบเสร็จ"
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
class LoanDue:
    """An open loan on the sheet, in satang."""

    contract_no: str
    name: str
    """Of who borrows, or who answers for the loan after a death."""
    outstanding: int
    advance: int
    """Paid ahead: it pays its part by itself on the due date."""
    next_due_on: date | None
    due: int
    """Until the sheet's day, with what is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanCollectionFacts:
    """What a fund's open loans owe until a day (ใบเก็บเงินกู้)."""

    fund: FundFacts
    until: date
    loans: Sequence[LoanDue]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFacts:
    """The sheets of a month (ใบเก็บเงินประจำเดือน)."""

    month: str
    """As it is written: "มกราคม 2569"."""
    members: Sequence[Collected]
    lent: LoanCollectionFacts
    """Until the month's last day."""


def _money(heading: str, *, summed: bool = True) -> Column:
    return Column(heading, 13, Kind.MONEY, summed)


def collection_sheet(facts: CollectionFacts) -> bytes:
    """Return the sheets of a monthly meeting as Excel: savings and shares by member, loans by contract."""
    fund, title = facts.lent.fund, f"ใบเก็บเงินประจำเดือน {facts.month}"
    columns = (
        Column("ที่", 6, Kind.NUMBER),
        Column(NUMBER, 11),
        Column(NAME, 30),
        _money("เงินสัจจะสะสม"),
        _money("เงินหุ้นสะสม"),
        _money("สัจจะเดือนนี้"),
        _money("ส่งแล้วเดือนนี้"),
        _money("เงินกู้ครบกำหนด"),
        _money(SAVINGS, summed=False),
        _money(SHARES, summed=False),
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
            *(None for _ in range(3)),
        )
        for at, one in enumerate(facts.members, start=1)
    ]
    headings = (title, fund.name, fund.place, "รับชำระเงินกู้ให้กรอกในแผ่นงานเงินกู้ พร้อมเลขที่ใบเสร็จ")
    return _workbook([Sheet("ใบเก็บเงิน", headings, columns, rows), _loans(facts.lent)], title=title)


def loan_collection_sheet(facts: LoanCollectionFacts) -> bytes:
    """Return what a fund's open loans owe as Excel, with columns for what comes in and its receipts."""
    return _workbook([_loans(facts)], title="ใบเก็บเงินกู้")


def _loans(facts: LoanCollectionFacts) -> Sheet:
    columns = (
        Column("ที่", 6, Kind.NUMBER),
        Column(CONTRACT, 14),
        Column(BORROWER, 30),
        _money("เงินต้นคงเหลือ"),
        _money("เงินรับล่วงหน้า"),
        Column("งวดถัดไป", 14, Kind.DATE),
        _money("ต้องชำระ"),
        _money(LOAN, summed=False),
        Column(RECEIPT, 14),
        Column("ลายมือชื่อ", 20),
    )
    rows = [
        (
            at,
            one.contract_no,
            one.name,
            one.outstanding,
            one.advance or None,
            one.next_due_on,
            one.due or None,
            *(None for _ in range(3)),
        )
        for at, one in enumerate(facts.loans, start=1)
    ]
    until = f"ต้องชำระถึงวันที่ {day(facts.until)} รวมที่ค้างชำระ ไม่รวมดอกเบี้ยผิดนัดที่ยังไม่คิด"
    headings = ("ใบเก็บเงินกู้", facts.fund.name, facts.fund.place, until)
    return Sheet("เงินกู้", headings, columns, rows)


def _workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    from funds.documents import excel  # noqa: PLC0415  # openpyxl takes 0.5 s, only where a file is made

    return excel.workbook(sheets, title=title)
