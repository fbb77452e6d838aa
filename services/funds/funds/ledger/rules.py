"""What is true of books: accounts, kinds of journals, entries that balance, balances and closings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.money import MAX_SATANG


class Account(StrEnum):
    """The accounts of the common chart (ผังบัญชี); names and kinds of funds stand in `data/chart.json`."""

    CASH = "1000"
    BANK = "1010"
    LOANS = "1100"
    ADVANCES = "2100"
    """What borrowers paid ahead of their next instalment."""
    SAVINGS = "2200"
    CAPITAL = "3000"
    SHARES = "3100"
    SURPLUS = "3900"
    INTEREST_INCOME = "4000"
    PENALTY_INCOME = "4100"
    OTHER_INCOME = "4900"
    GRANTS = "5000"
    INTEREST_ON_SAVINGS = "5100"
    WELFARE = "5200"
    EXPENSES = "5300"
    WRITTEN_OFF = "5400"
    DIVIDENDS = "5500"
    INTEREST_WAIVED = "5600"


MONEY: Final = (Account.CASH, Account.BANK)
"""What a fund can pay with."""

LOAN_CONTROL: Final = frozenset({Account.LOANS, Account.ADVANCES})
"""Every line on these names its loan: they are the sum of the loans' own accounts."""

MEMBER_CONTROL: Final = frozenset({Account.SAVINGS, Account.SHARES})
"""Every line on these names its member."""


class AccountType(StrEnum):
    """สินทรัพย์ หนี้สิน ทุน รายได้ ค่าใช้จ่าย."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


_TYPES: Final = {
    "1": AccountType.ASSET,
    "2": AccountType.LIABILITY,
    "3": AccountType.EQUITY,
    "4": AccountType.INCOME,
    "5": AccountType.EXPENSE,
}


class JournalKind(StrEnum):
    """What a journal records (ประเภทรายการ)."""

    OPENING = "opening"
    CAPITAL = "capital"
    DISBURSEMENT = "disbursement"
    REPAYMENT = "repayment"
    ADVANCE = "advance"
    GRANT = "grant"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    SAVINGS = "savings"
    WITHDRAWAL = "withdrawal"
    SHARE = "share"
    INTEREST = "interest"
    DIVIDEND = "dividend"
    WELFARE = "welfare"
    EXPENSE = "expense"
    TRANSFER = "transfer"
    ADJUSTMENT = "adjustment"
    CLOSING = "closing"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry, in satang: either debit (เดบิต) or credit (เครดิต) is above zero."""

    account: Account
    debit: int = 0
    credit: int = 0
    loan_id: UUID | None = None
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be booked, with the business document that proves it (เอกสารประกอบรายการ).

    `document_kind` is a code such as `repayment`, `document_id` its id here, `document_no` the number that
    stands on the paper (of a receipt, a contract). `value_date` is the business date unless it is given.
    """

    kind: JournalKind
    document_kind: str
    document_id: UUID
    business_date: date
    lines: Sequence[Line]
    value_date: date | None = None
    memo: str | None = None
    document_no: str | None = None


class Fault(StrEnum):
    """Why an entry cannot be booked."""

    TOO_FEW_LINES = "too_few_lines"
    AMOUNT = "amount"
    UNBALANCED = "unbalanced"
    LOAN = "loan"
    MEMBER = "member"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault and the line it is in, None for the entry as a whole."""

    fault: Fault
    line: int | None = None


MAX_LINES: Final = 30_000
"""Of one entry: the opening of a large book has one a loan and member."""


def wrongs(entry: Entry) -> list[Wrong]:
    """Return what is wrong with an entry; nothing when it can be booked."""
    found = [wrong for number, line in enumerate(entry.lines) for wrong in _line_wrongs(number, line)]
    if entry.kind is JournalKind.REVERSAL:
        found.append(Wrong(Fault.KIND))
    if not 2 <= len(entry.lines) <= MAX_LINES:  # noqa: PLR2004  # an entry has two sides
        found.append(Wrong(Fault.TOO_FEW_LINES))
    if sum(line.debit for line in entry.lines) != sum(line.credit for line in entry.lines):
        found.append(Wrong(Fault.UNBALANCED))
    return found


def _line_wrongs(number: int, line: Line) -> Iterable[Wrong]:
    sides = (line.debit, line.credit)
    if min(sides) != 0 or not 0 < max(sides) <= MAX_SATANG:
        yield Wrong(Fault.AMOUNT, number)
    if (line.account in LOAN_CONTROL) != (line.loan_id is not None):
        yield Wrong(Fault.LOAN, number)
    if (line.account in MEMBER_CONTROL) != (line.member_id is not None):
        yield Wrong(Fault.MEMBER, number)


def account_type(account: str) -> AccountType:
    """Return what an account is, by its first digit."""
    return _TYPES[account[0]]


def balance(account: str, debit: int, credit: int) -> int:
    """Return an account's balance on its own side: assets and expenses debit, all others credit."""
    if account_type(account) in (AccountType.ASSET, AccountType.EXPENSE):
        return debit - credit
    return credit - debit


@dataclass(frozen=True, slots=True)
class Sums:
    """Both sides of an account, in satang."""

    debit: int = 0
    credit: int = 0


def closing_lines(sums: Mapping[str, Sums]) -> list[Line]:
    """Return the lines that empty income and expenses into the retained surplus (โอนปิดบัญชีรายได้ค่าใช้จ่าย).

    Nothing when there is nothing to move. Should income and expenses be equal, there is no line for 3900.
    """
    lines = []
    surplus = 0
    for account in sorted(sums):
        if account_type(account) not in (AccountType.INCOME, AccountType.EXPENSE):
            continue
        over = sums[account].credit - sums[account].debit
        if over:
            lines.append(Line(Account(account), debit=max(over, 0), credit=max(-over, 0)))
        surplus += over
    if surplus:
        lines.append(Line(Account.SURPLUS, debit=max(-surplus, 0), credit=max(surplus, 0)))
    return lines


@dataclass(frozen=True, slots=True)
class Summary:
    """A fund on six lines (งบย่อ 6 บรรทัด), in satang; both sides are equal (tested over any history)."""

    money: int
    """เงินสดและเงินฝากธนาคาร."""
    loans: int
    """ลูกหนี้เงินยืม."""
    owed: int
    """เงินรับล่วงหน้าและเงินสัจจะของสมาชิก."""
    capital: int
    """ทุนและหุ้น."""
    surplus: int
    """กำไรสะสม, closed years."""
    result: int
    """กำไรสุทธิของปีที่ยังไม่ปิด: income less expenses not closed yet."""


def summary(sums: Mapping[str, Sums]) -> Summary:
    """Return the six lines of the sums of all accounts."""
    of = {account: balance(account, one.debit, one.credit) for account, one in sums.items()}

    def total(*accounts: Account) -> int:
        return sum(of.get(account, 0) for account in accounts)

    income = sum(amount for account, amount in of.items() if account_type(account) is AccountType.INCOME)
    expenses = sum(amount for account, amount in of.items() if account_type(account) is AccountType.EXPENSE)
    return Summary(
        money=total(*MONEY),
        loans=total(Account.LOANS),
        owed=total(Account.ADVANCES, Account.SAVINGS),
        capital=total(Account.CAPITAL, Account.SHARES),
        surplus=total(Account.SURPLUS),
        result=income - expenses,
    )
