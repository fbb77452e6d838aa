"""What is true of a book that is taken over: its parts, what can be wrong with it, when it agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account


class State(StrEnum):
    """How far a book is (สถานะการนำเข้า)."""

    OPEN = "open"
    """No file yet."""
    SENT = "sent"
    FAULTY = "faulty"
    """Checked, and something is wrong with it."""
    CHECKED = "checked"
    """Nothing is wrong and the totals agree: it can be posted."""
    POSTED = "posted"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """A table of a book."""

    MEMBERS = "members"
    DEBTORS = "debtors"
    BALANCES = "balances"


PERSONAL: Final = frozenset({"name", "title", "first_name", "last_name", "phone"})
"""Fields whose values are shown in the marked copy only."""

FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "part_missing": ("ไม่พบตารางนี้ในไฟล์", "The workbook has no such table"),
    "part_twice": ("มีตารางนี้มากกว่าหนึ่งแผ่นงาน", "More than one sheet has this table"),
    "column_missing": ("ไม่มีคอลัมน์นี้", "The column is missing"),
    "column_twice": ("มีหัวคอลัมน์ความหมายเดียวกันซ้ำ", "Two columns have this heading"),
    "no_rows": ("ตารางไม่มีข้อมูล", "The table has no rows"),
    "required": ("ต้องกรอก", "A value is needed"),
    "not_an_amount": ("ไม่ใช่จำนวนเงิน", "It is not an amount"),
    "too_many_places": ("จำนวนเงินมีทศนิยมเกิน 2 ตำแหน่ง", "The amount has more than two places"),
    "negative": ("จำนวนเงินติดลบ", "The amount is negative"),
    "not_positive": ("ต้องมากกว่าศูนย์", "It must be above zero"),
    "too_large": ("จำนวนเงินมากเกินกำหนด", "The amount is too large"),
    "not_a_date": ("ไม่ใช่วันที่", "It is not a date"),
    "too_long_ago": (
        "ปีเก่าเกินไป (โปรแกรมอาจอ่านปี พ.ศ. สองหลักเป็น ค.ศ.) ให้พิมพ์ปีสี่หลัก",
        "Too long ago: give the year in four digits",
    ),
    "cell_error": ("ช่องนี้เป็นข้อผิดพลาดของสูตร (เช่น #REF!)", "The cell shows an error of its formula"),
    "not_calculated": (
        "สูตรยังไม่มีผลลัพธ์ ให้เปิดและบันทึกด้วยโปรแกรมตารางคำนวณก่อนส่ง",
        "A formula without its value: open the file and save it first",
    ),
    "not_a_rate": ("ไม่ใช่อัตราร้อยละต่อปี", "It is not a rate a year"),
    "rate_unclear": ("อัตราน้อยกว่า 1 ให้พิมพ์เป็นข้อความ เช่น 0.1%", "Below 1: write it as a text, as 0.1%"),
    "rate_above_cap": ("อัตราเกินที่กฎหมายกำหนด (ป.พ.พ. มาตรา 654)", "The law allows no such rate (s. 654)"),
    "not_a_count": ("ไม่ใช่จำนวนเต็มตั้งแต่ 1", "It is not a whole number from 1"),
    "not_a_name": ("ไม่ใช่ชื่อ", "It is not a name"),
    "not_a_phone": ("ไม่ใช่หมายเลขโทรศัพท์", "It is not a Thai phone number"),
    "too_long": ("ข้อความยาวเกินกำหนด", "The text is too long"),
    "duplicate": ("ซ้ำกับแถวก่อนหน้า", "A row before has the same"),
    "after_cut_off": ("วันที่อยู่หลังวันตัดยอด", "The day is after the cut-off"),
    "due_before_contract": ("ครบกำหนดก่อนวันทำสัญญา", "It falls due before the contract"),
    "next_due_after_due": ("งวดถัดไปอยู่หลังวันครบกำหนดสัญญา", "The next instalment is after the last"),
    "next_due_missing": (
        "หลายงวดที่เลยวันครบกำหนดแล้ว ต้องมีวันครบกำหนดงวดถัดไป",
        "The last day is past: when does the next one fall due?",
    ),
    "too_many_instalments": ("จำนวนงวดไม่พอดีกับช่วงเวลา", "So many instalments do not fit between the days"),
    "over_principal": ("คงเหลือมากกว่าเงินต้นที่กู้", "More is left than was lent"),
    "does_not_add_up": ("เงินกู้ หัก ชำระแล้ว ไม่เท่ากับคงเหลือ", "Lent less paid is not what is left"),
    "advance_not_taken": (
        "มีงวดที่ครบกำหนดแล้ว ให้หักเงินรับล่วงหน้าออกจากยอดคงเหลือก่อน",
        "Something is due: take what was paid ahead off what is left",
    ),
    "advance_over_outstanding": (
        "เงินรับล่วงหน้ามากกว่ายอดคงเหลือ",
        "More was paid ahead than is left of the loan",
    ),
    "member_unknown": ("ไม่พบในทะเบียนสมาชิก", "She is not in the register of members"),
    "member_ambiguous": ("ชื่อนี้มีสมาชิกหลายคน ให้ระบุเลขที่สมาชิก", "Several members have the name: give the number"),
    "member_differs": ("เลขที่สมาชิกนี้เป็นของคนชื่ออื่น", "The number is another person's"),
    "account_unknown": ("ไม่รู้จักบัญชีนี้", "The account is not known"),
    "account_not_kept": ("กองทุนประเภทนี้ไม่มีบัญชีนี้", "A fund of this kind does not keep the account"),
    "two_sides": ("มีทั้งเดบิตและเครดิต", "It has both sides"),
    "total_differs": ("ยอดรวมไม่เท่ากับผลรวมของแถว", "The total is not the sum of the rows"),
    "capital_negative": ("ทุนติดลบ", "The capital is negative"),
    "register_differs": ("ยอดในงบไม่เท่ากับผลรวมในทะเบียน", "The balance is not the sum of the register"),
    "unbalanced": ("เดบิตรวมไม่เท่ากับเครดิตรวม", "Debits and credits differ"),
    "other_fund": ("เป็นของกองทุนหมู่บ้านอื่น", "It is of another village's fund"),
    "fund_not_named": (
        "ไม่ทราบว่าแผ่นงานนี้เป็นของกองทุนใด ให้ใส่รหัสหมู่บ้านหรือรหัสกองทุนในชื่อแผ่นงานหรือในคอลัมน์",
        "Whose sheet is it? Give the code of village or fund in its name or in a column",
    ),
    "fund_unknown": ("ไม่พบกองทุนนี้ในพื้นที่ของท่าน", "There is no such fund in your areas"),
    "fund_ambiguous": ("ตรงกับหลายกองทุน ให้ใช้รหัสกองทุน", "Several funds have it: give the fund's id"),
    "household_unknown": (
        "ไม่รู้จักครัวเรือนนี้ในพื้นที่กองทุน จะยกมาโดยไม่ผูกกับครัวเรือน",
        "No household of the fund's area: taken over without one",
    ),
    "household_not_target": (
        "ครัวเรือนนี้ไม่อยู่ในทะเบียนครัวเรือนเป้าหมาย",
        "The household is not on the target register",
    ),
}
"""What can be wrong, in Thai and English."""

WARNINGS: Final = frozenset({"household_unknown", "household_not_target"})
"""What is only to be looked at: a book with nothing else can be posted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place: `line` counts from 1, `column` from 0; none where it is the sheet's."""

    sheet: str
    code: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    value: str | None = None

    @property
    def cell(self) -> str | None:
        """Return the cell's address, as C7."""
        if self.line is None or self.column is None:
            return None
        return f"{letters(self.column)}{self.line}"


def letters(column: int) -> str:
    """Return a column's letters: 0 is A, 27 is AB."""
    text, left = "", column + 1
    while left:
        left, at = divmod(left - 1, 26)
        text = chr(ord("A") + at) + text
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A line of the register of members; amounts in satang."""

    line: int
    member_no: str | None
    name: str
    phone: str | None = None
    joined_on: date | None = None
    pledge: int = 0
    savings: int = 0
    shares: int = 0
    household: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorRow:
    """A line of the register of debtors: an open loan; amounts in satang."""

    line: int
    contract_no: str
    member_no: str | None
    name: str | None
    contract_date: date
    principal: int
    outstanding: int
    annual_rate: Fraction | None
    due_on: date
    next_due_on: date | None = None
    left: int | None = None
    interest_left: int | None = None
    advance: int = 0
    """Paid ahead of the instalments to come."""
    household: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """A line of the opening balances."""

    line: int
    account: Account
    debit: int
    credit: int


@dataclass(slots=True)
class Book:
    """Everything that was read of a book."""

    members: list[MemberRow] = field(default_factory=list)
    debtors: list[DebtorRow] = field(default_factory=list)
    balances: list[BalanceRow] = field(default_factory=list)
    settled: int = 0
    """Debtors of whom nothing is left."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A control account: what the register sums to, and what the balances say, in satang."""

    account: Account
    register: int
    balance: int

    @property
    def agrees(self) -> bool:
        """Tell whether both are the same."""
        return self.register == self.balance


CONTROLLED: Final[Mapping[Account, tuple[Part, str]]] = {
    Account.LOANS: (Part.DEBTORS, "outstanding"),
    Account.ADVANCES: (Part.DEBTORS, "advance"),
    Account.SAVINGS: (Part.MEMBERS, "savings"),
    Account.SHARES: (Part.MEMBERS, "shares"),
}
"""Control accounts, and the column of a register that sums to each."""


def agreements(balances: Sequence[BalanceRow], registers: Mapping[Account, int]) -> list[Agreement]:
    """Return the control accounts with what their registers sum to and what the balances say."""
    on = dict.fromkeys(CONTROLLED, 0)
    for row in balances:
        if row.account in on:
            side = row.debit - row.credit
            on[row.account] += side if row.account is Account.LOANS else -side
    return [Agreement(account, registers.get(account, 0), balance) for account, balance in on.items()]


def sides(balances: Sequence[BalanceRow]) -> tuple[int, int]:
    """Return the sums of debits and credits."""
    return sum(row.debit for row in balances), sum(row.credit for row in balances)
