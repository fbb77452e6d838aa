"""Account books as Excel: the four books of the poverty fund, and the books that every fund keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from funds.documents.facts import FundFacts, Movement
from funds.documents.sheets import Column, Kind, Sheet
from funds.documents.words import amount, day
from shared.thai import sort_key

_NUMBER: Final = Column("ที่", 6, Kind.NUMBER)
_DAY: Final = Column("วัน เดือน ปี", 14, Kind.DATE)


def _money(heading: str, *, summed: bool = True) -> Column:
    return Column(heading, 15, Kind.MONEY, summed)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A change of the committee or of who keeps the money (การส่งมอบ-รับมอบ)."""

    on: date
    from_whom: str
    to_whom: str
    cash: int
    bank: int
    debtors: int
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageState:
    """The village and its fund on a day (สถานะหมู่บ้าน)."""

    on: date
    capital: int
    cash: int
    bank: int
    debtors: int
    overdue: int
    target_households: int
    borrowing_households: int
    committee: Sequence[str] = ()
    """Names with roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHousehold:
    """A household of the register with what it borrowed (ครัวเรือนเป้าหมาย)."""

    name: str
    house_no: str = ""
    contract_no: str = ""
    lent_on: date | None = None
    purpose: str = ""
    lent: int = 0
    due_on: date | None = None
    repaid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorLine:
    """Something lent to or repaid by a debtor (คุมลูกหนี้)."""

    name: str
    contract_no: str
    on: date
    document: str
    text: str
    lent: int
    repaid: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PovertyBooks:
    """What the four books of a กข.คจ. village hold."""

    fund: FundFacts
    since: date
    until: date
    state: VillageState
    handovers: Sequence[HandOver]
    households: Sequence[TargetHousehold]
    bank: Sequence[Movement]
    debtors: Sequence[DebtorLine]


def poverty_books(books: PovertyBooks) -> bytes:
    """Return the four books of the poverty fund (สมุดบัญชี กข.คจ. 4 เล่ม) as one Excel file."""
    span = f"ระหว่างวันที่ {day(books.since)} ถึง {day(books.until)}"
    sheets = [
        _state_book(books),
        Sheet(
            "ม่วง ทะเบียนครัวเรือน",
            ("ทะเบียนครัวเรือนเป้าหมาย (เล่มม่วง)", *_place(books.fund), span),
            (
                _NUMBER,
                Column("ชื่อ-สกุล หัวหน้าครัวเรือน", 28),
                Column("บ้านเลขที่", 10),
                Column("สัญญาเลขที่", 14),
                Column("วันที่ยืม", 14, Kind.DATE),
                Column("อาชีพ/โครงการ", 28),
                _money("จำนวนเงินยืม"),
                Column("ครบกำหนด", 14, Kind.DATE),
                _money("ส่งใช้คืนแล้ว"),
                _money("คงเหลือ"),
            ),
            [
                (
                    at,
                    one.name,
                    one.house_no,
                    one.contract_no,
                    one.lent_on,
                    one.purpose,
                    one.lent or None,
                    one.due_on,
                    one.repaid or None,
                    one.lent - one.repaid,
                )
                for at, one in enumerate(books.households, start=1)
            ],
        ),
        _movements("เขียว เงินฝากธนาคาร", "บัญชีคุมเงินฝากธนาคาร (เล่มเขียว)", books.fund, span, books.bank),
        _debtor_book("เหลือง คุมลูกหนี้", "บัญชีคุมลูกหนี้ (เล่มเหลือง)", books.fund, span, books.debtors),
    ]
    return _workbook(sheets, title=f"สมุดบัญชี กข.คจ. {books.fund.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line of a journal (รายการในสมุดรายวัน)."""

    on: date
    number: int
    document: str
    account: str
    """Code of the account."""
    account_name: str
    text: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """An account's balance (งบทดลอง)."""

    account: str
    account_name: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBooks:
    """The books of any fund over a time."""

    fund: FundFacts
    since: date
    until: date
    cash: Sequence[Movement]
    journal: Sequence[JournalLine]
    trial: Sequence[TrialLine]
    debtors: Sequence[DebtorLine]


def account_books(books: AccountBooks) -> bytes:
    """Return cash book, journal, ledger, debtors and trial balance as one Excel file."""
    span = f"ระหว่างวันที่ {day(books.since)} ถึง {day(books.until)}"
    place = _place(books.fund)
    columns = (
        _DAY,
        Column("เล่มที่/ลำดับ", 12, Kind.NUMBER),
        Column("เอกสาร", 16),
        Column("รหัสบัญชี", 10),
        Column("ชื่อบัญชี", 26),
        Column("รายการ", 34),
        _money("เดบิต"),
        _money("เครดิต"),
    )
    by_day = sorted(books.journal, key=lambda one: (one.on, one.number))
    by_account = sorted(books.journal, key=lambda one: (one.account, one.on, one.number))
    trial = (Column("รหัสบัญชี", 12), Column("ชื่อบัญชี", 40), _money("เดบิต"), _money("เครดิต"))
    sheets = [
        _movements("เงินสดและธนาคาร", "สมุดเงินสดและเงินฝากธนาคาร", books.fund, span, books.cash),
        Sheet("รายวัน", ("สมุดรายวันทั่วไป", *place, span), columns, [_journal(one) for one in by_day]),
        Sheet("แยกประเภท", ("สมุดบัญชีแยกประเภท", *place, span), columns, [_journal(one) for one in by_account]),
        _debtor_book("ลูกหนี้", "ทะเบียนลูกหนี้", books.fund, span, books.debtors),
        Sheet(
            "งบทดลอง",
            ("งบทดลอง", *place, f"ณ วันที่ {day(books.until)}"),
            trial,
            [(one.account, one.account_name, one.debit or None, one.credit or None) for one in books.trial],
        ),
    ]
    return _workbook(sheets, title=f"สมุดบัญชี {books.fund.name}")


def _journal(one: JournalLine) -> tuple[object, ...]:
    amounts = (one.debit or None, one.credit or None)
    return (one.on, one.number, one.document, one.account, one.account_name, one.text, *amounts)


def _state_book(books: PovertyBooks) -> Sheet:
    state = books.state
    facts = (
        ("สถานะ ณ วันที่", day(state.on)),
        ("เงินทุนที่ได้รับ (บาท)", amount(state.capital)),
        ("เงินสดในมือ (บาท)", amount(state.cash)),
        ("เงินฝากธนาคาร (บาท)", amount(state.bank)),
        ("ลูกหนี้คงเหลือ (บาท)", amount(state.debtors)),
        ("ลูกหนี้เกินกำหนด (บาท)", amount(state.overdue)),
        ("ครัวเรือนเป้าหมาย (ครัวเรือน)", str(state.target_households)),
        ("ครัวเรือนที่ยืมเงิน (ครัวเรือน)", str(state.borrowing_households)),
        ("คณะกรรมการ กข.คจ. หมู่บ้าน", ", ".join(state.committee)),
    )
    return Sheet(
        "น้ำตาล สถานะหมู่บ้าน",
        (
            "สมุดสถานะหมู่บ้าน และการส่งมอบ-รับมอบ (เล่มน้ำตาล)",
            *_place(books.fund),
            *(f"{name}: {value}" for name, value in facts if value),
            "การส่งมอบ-รับมอบ",
        ),
        (
            _DAY,
            Column("ผู้ส่งมอบ", 26),
            Column("ผู้รับมอบ", 26),
            _money("เงินสด", summed=False),
            _money("เงินฝากธนาคาร", summed=False),
            _money("ลูกหนี้", summed=False),
            Column("หมายเหตุ", 30),
        ),
        [
            (one.on, one.from_whom, one.to_whom, one.cash, one.bank, one.debtors, one.remarks)
            for one in books.handovers
        ],
    )


def _movements(name: str, title: str, fund: FundFacts, span: str, lines: Sequence[Movement]) -> Sheet:
    return Sheet(
        name,
        (title, *_place(fund), span),
        (
            _DAY,
            Column("เอกสาร", 16),
            Column("รายการ", 36),
            _money("รับ/ฝาก"),
            _money("จ่าย/ถอน"),
            _money("คงเหลือ", summed=False),
        ),
        [
            (one.on, one.document, one.text, one.paid_in or None, one.paid_out or None, one.balance)
            for one in lines
        ],
    )


def _debtor_book(name: str, title: str, fund: FundFacts, span: str, lines: Sequence[DebtorLine]) -> Sheet:
    return Sheet(
        name,
        (title, *_place(fund), span),
        (
            Column("ชื่อ-สกุล ลูกหนี้", 28),
            Column("สัญญาเลขที่", 14),
            _DAY,
            Column("เอกสาร", 16),
            Column("รายการ", 26),
            _money("ยืม"),
            _money("ส่งใช้คืน"),
            _money("คงเหลือ", summed=False),
        ),
        [
            (
                one.name,
                one.contract_no,
                one.on,
                one.document,
                one.text,
                one.lent or None,
                one.repaid or None,
                one.balance,
            )
            for one in sorted(lines, key=lambda one: (sort_key(one.name), one.contract_no, one.on))
        ],
    )


def _place(fund: FundFacts) -> tuple[str, str]:
    return fund.name, fund.place


def _workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    from funds.documents import excel  # noqa: PLC0415  # openpyxl takes 0.5 s, only where a file is made

    return excel.workbook(sheets, title=title)
