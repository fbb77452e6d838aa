"""A book out of the tables of a workbook, with everything that is wrong with it; nothing is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar
from uuid import UUID

from funds.book_imports import headings, tables, totals, values
from funds.book_imports.remaining import first_due
from funds.book_imports.rules import (
    CONTROLLED,
    PERSONAL,
    WARNINGS,
    Agreement,
    BalanceRow,
    Book,
    DebtorRow,
    Fault,
    MemberRow,
    Part,
    agreements,
    letters,
    sides,
)
from funds.book_imports.tables import Line, Table
from funds.book_imports.values import BadCell
from funds.book_imports.workbook import Cell, Sheet
from funds.ledger.rules import Account, AccountType, account_type
from funds.members.rules import phone_digits
from shared.dates import be_string
from shared.money import baht
from shared.thai import name_key

MAX_NAME: Final = 200
MAX_NUMBER: Final = 30
MAX_SHOWN: Final = 100
MAX_FAULTS: Final = 5_000
"""More are not kept: a file with so many is the wrong file."""

VILLAGE: Final = 8
"""Digits of a village's code."""
FIRST_YEAR: Final = 1974
"""Of the first savings group (พ.ศ. 2517); a year before it is a Buddhist one of two digits, misread."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a book is checked against."""

    cut_off_on: date
    area_code: str
    max_rate: Callable[[date], Fraction]
    """The most that a contract of a day may ask a year."""
    kept: Collection[str]
    """Codes of the accounts that the fund keeps."""
    households: Mapping[UUID, bool] = field(default_factory=dict)
    """Households known in the fund's area, and whether each is on the target register."""
    targets_only: bool = False
    """The fund lends to target households (กข.คจ.)."""
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Cells whose value is none, by sheet and address, with what is wrong (`formulas.unread`)."""


@dataclass(slots=True)
class Checked:
    """A book with its faults and where its tables stand."""

    book: Book = field(default_factory=Book)
    faults: list[Fault] = field(default_factory=list)
    tables: dict[Part, Table] = field(default_factory=dict)
    ignored_sheets: list[str] = field(default_factory=list)
    truncated: bool = False

    def agreements(self) -> list[Agreement]:
        """Return the control accounts with both of their sums, as the sheets have them."""
        registers = {
            account: totals.summed(self.tables.get(part), name)
            for account, (part, name) in CONTROLLED.items()
        }
        return agreements(self.book.balances, registers)

    @property
    def errors(self) -> int:
        """Return how many faults keep the book from being posted."""
        return sum(fault.code not in WARNINGS for fault in self.faults)

    def say(self, found: Iterable[Fault]) -> None:
        """Add faults, up to the most that are kept."""
        for fault in found:
            if len(self.faults) >= MAX_FAULTS:
                self.truncated = True
                return
            self.faults.append(fault)


def check(sheets: Sequence[Sheet], frame: Frame) -> Checked:
    """Return the book of a workbook with all its faults."""
    checked = Checked()
    for sheet in sheets:
        found = tables.find(sheet) if sheet.visible else None
        if found is None:
            if sheet.rows:
                checked.ignored_sheets.append(sheet.name)
        elif found.heading.part in checked.tables:
            checked.say([Fault(sheet.name, "part_twice", found.heading.last)])
        else:
            checked.tables[found.heading.part] = found
            checked.say(tables.faults(found))
    if Part.BALANCES not in checked.tables:
        checked.say([Fault("", "part_missing", field=Part.BALANCES.value)])
    if not {Part.MEMBERS, Part.DEBTORS} & checked.tables.keys():
        checked.say([Fault("", "part_missing", field=Part.DEBTORS.value)])
    if any(fault.code == "column_missing" for fault in checked.faults):
        return checked
    for part, table in checked.tables.items():
        checked.say(_of_others(table, frame))
        _READ[part](table, checked, frame)
        bad = {
            fault.field
            for fault in checked.faults
            if fault.sheet == table.sheet and fault.code not in WARNINGS
        }
        checked.say(totals.wrong(table, bad))
    checked.say(_agreement(checked))
    return checked


def _of_others(table: Table, frame: Frame) -> Iterator[Fault]:
    """Yield the lines that name another village's fund: the book of one fund is asked for."""
    for line in table.lines:
        code = line.fund or ""
        if len(code) == len(frame.area_code) == VILLAGE and code.isdigit() and code != frame.area_code:
            at = table.heading.fund_column
            yield Fault(table.sheet, "other_fund", line.number, at, "fund", line.fund)


@dataclass(slots=True)
class _Row:
    """A line while it is read: what it lacks or has wrong goes into `faults`."""

    table: Table
    line: Line
    frame: Frame
    faults: list[Fault] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Tell whether nothing is wrong so far."""
        return all(fault.code in WARNINGS for fault in self.faults)

    def get(self, name: str, read: Callable[[Cell], Value | None], *, needed: bool = False) -> Value | None:
        """Return a cell's value, None where there is none or none that can be read."""
        cell = self.line.cells.get(name)
        if cell is None and (code := self._unread(name)) is not None:
            self.wrong(code, name)
            return None
        try:
            value = read(cell)
        except BadCell as bad:
            self.wrong(bad.code, name)
            return None
        if value is None and needed:
            self.wrong("required", name)
        return value

    def wrong(self, code: str, name: str, value: str | None = None) -> None:
        """Say what is wrong with a cell; personal values are not repeated."""
        if value is None and name not in PERSONAL:
            value = values.text(self.line.cells.get(name))
        shown = None if value is None else value[:MAX_SHOWN]
        at = self.table.column(name)
        if at is None and name == "name":
            at = self.table.column("first_name")
        self.faults.append(Fault(self.table.sheet, code, self.line.number, at, name, shown))

    def _unread(self, name: str) -> str | None:
        at = self.table.column(name)
        if at is None:
            return None
        return self.frame.unread.get((self.table.sheet, f"{letters(at)}{self.line.number}"))

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """Return a day that a fund may know of."""
        found = self.get(name, values.day, needed=needed)
        if found is not None and found.year < FIRST_YEAR:
            self.wrong("too_long_ago", name, be_string(found))
        return found

    def household(self) -> UUID | None:
        """Return the household that the line names, where it is known; what is not is only told."""
        written = self.get("household", values.text)
        if written is None or written == "-":
            return None
        try:
            household = UUID(written)
        except ValueError:
            household = None
        target = None if household is None else self.frame.households.get(household)
        if target is None:
            self.wrong("household_unknown", "household")
            return None
        if self.frame.targets_only and not target:
            self.wrong("household_not_target", "household")
        return household

    def name(self, *, needed: bool) -> str | None:
        """Return the name of who the line is of."""
        name = self.get("name", values.text, needed=needed)
        if name is not None and len(name) > MAX_NAME:
            self.wrong("too_long", "name")
        elif name is not None and not name_key(name):
            self.wrong("not_a_name", "name")
        return name

    def number(self, name: str) -> str | None:
        """Return a member's or contract's number."""
        number = self.get(name, values.text)
        if number is not None and len(number) > MAX_NUMBER:
            self.wrong("too_long", name)
        return number


def _members(table: Table, checked: Checked, frame: Frame) -> None:
    seen: set[str] = set()
    for line in table.lines:
        row = _Row(table, line, frame)
        number = row.number("member_no")
        if number is not None and number in seen:
            row.wrong("duplicate", "member_no")
        seen.add(number or "")
        name = row.name(needed=True)
        joined = row.day("joined_on")
        if joined is not None and joined > frame.cut_off_on:
            row.wrong("after_cut_off", "joined_on")
        found: dict[str, Any] = {
            "phone": row.get("phone", _phone),
            "pledge": row.get("pledge", values.amount) or 0,
            "savings": row.get("savings", values.amount) or 0,
            "shares": row.get("shares", values.amount) or 0,
            "household": row.household(),
        }
        checked.say(row.faults)
        checked.book.members.append(
            MemberRow(line=line.number, member_no=number, name=name or "", joined_on=joined, **found)
        )


def _phone(cell: Cell) -> str | None:
    written = values.text(cell)
    if written is None or written == "-":
        return None
    if written.isdigit() and written[0] != "0":  # a number has lost its zero
        written = f"0{written}"
    try:
        return phone_digits(written)
    except ValueError:
        raise BadCell("not_a_phone") from None


def _debtors(table: Table, checked: Checked, frame: Frame) -> None:
    seen: set[str] = set()
    numbered = table.column("contract_no") is not None
    for at, line in enumerate(table.lines, 1):
        row = _Row(table, line, frame)
        number = row.number("contract_no") if numbered else f"ยกมา {at}"
        if number is None:
            row.wrong("required", "contract_no")
        elif number in seen:
            row.wrong("duplicate", "contract_no")
        seen.add(number or "")
        member_no = row.number("member_no")
        found: dict[str, Any] = {
            "contract_date": row.day("contract_date", needed=True),
            "principal": row.get("principal", values.amount, needed=True),
            "outstanding": row.get("outstanding", values.amount, needed=True),
            "annual_rate": row.get("annual_rate", values.rate),
            "due_on": row.day("due_on", needed=True),
            "next_due_on": row.day("next_due_on"),
            "left": row.get("left", values.count),
            "interest_left": row.get("interest_left", values.amount),
            "advance": row.get("advance", values.amount) or 0,
            "household": row.household(),
        }
        name = row.name(needed=member_no is None)
        paid = row.get("paid", values.amount)
        if row.right:
            debtor = DebtorRow(
                line=line.number, contract_no=number or "", member_no=member_no, name=name, **found
            )
            _rules(row, debtor, paid, frame)
            if debtor.outstanding == 0:
                checked.book.settled += 1
            else:
                checked.book.debtors.append(debtor)
        checked.say(row.faults)


def _rules(row: _Row, debtor: DebtorRow, paid: int | None, frame: Frame) -> None:
    """Say which rules of an open loan a line breaks."""
    if debtor.principal == 0:
        row.wrong("not_positive", "principal")
    if debtor.outstanding > debtor.principal:
        row.wrong("over_principal", "outstanding")
    elif paid is not None and debtor.principal - paid != debtor.outstanding:
        row.wrong("does_not_add_up", "outstanding")
    if debtor.contract_date > frame.cut_off_on:
        row.wrong("after_cut_off", "contract_date")
    if debtor.due_on < debtor.contract_date:
        row.wrong("due_before_contract", "due_on")
    if debtor.annual_rate is not None and debtor.annual_rate > frame.max_rate(debtor.contract_date):
        row.wrong("rate_above_cap", "annual_rate")
    _to_come(row, debtor, frame)


def _to_come(row: _Row, debtor: DebtorRow, frame: Frame) -> None:
    """Say which rules of the instalments still to come a line breaks."""
    first = first_due(debtor, frame.cut_off_on)
    several = debtor.left is not None and debtor.left > 1
    if several and debtor.next_due_on is None and debtor.due_on <= frame.cut_off_on:
        row.wrong("next_due_missing", "next_due_on")
    elif first > debtor.due_on:
        row.wrong("next_due_after_due", "next_due_on")
    elif debtor.left is not None and debtor.left > (debtor.due_on - first).days + 1:
        row.wrong("too_many_instalments", "left")
    if debtor.advance > debtor.outstanding:
        row.wrong("advance_over_outstanding", "advance")
    elif debtor.advance and first <= frame.cut_off_on:
        row.wrong("advance_not_taken", "advance")


def _balances(table: Table, checked: Checked, frame: Frame) -> None:
    for line in table.lines:
        row = _Row(table, line, frame)
        written = row.get("account", values.text, needed=True)
        debit, credit = row.get("debit", values.amount) or 0, row.get("credit", values.amount) or 0
        amount = row.get("amount", values.amount) or 0
        account = None if written is None else headings.account(written)
        if written is not None and account is None:
            row.wrong("account_unknown", "account")
        elif account is not None and account.value not in frame.kept:
            row.wrong("account_not_kept", "account")
        if debit and credit:
            row.wrong("two_sides", "debit")
        checked.say(row.faults)
        if account is not None and row.right:
            if amount and not debit and not credit:
                debit, credit = (amount, 0) if _debit_side(account) else (0, amount)
            if debit or credit:
                checked.book.balances.append(
                    BalanceRow(line=line.number, account=account, debit=debit, credit=credit)
                )


def _debit_side(account: Account) -> bool:
    return account_type(account) in (AccountType.ASSET, AccountType.EXPENSE)


_READ: Final[Mapping[Part, Callable[[Table, Checked, Frame], None]]] = {
    Part.MEMBERS: _members,
    Part.DEBTORS: _debtors,
    Part.BALANCES: _balances,
}


def _agreement(checked: Checked) -> Iterator[Fault]:
    """Yield where registers and balances do not agree, and balances that do not; cells come first."""
    table = checked.tables.get(Part.BALANCES)
    bad = {(fault.sheet, fault.field) for fault in checked.faults if fault.code not in WARNINGS}
    if table is None or any(sheet == table.sheet for sheet, _ in bad):
        return
    lines = {row.account: row.line for row in checked.book.balances}
    side = next(filter(None, map(table.column, ("debit", "amount"))), None)
    for one in checked.agreements():
        part, name = CONTROLLED[one.account]
        register = checked.tables.get(part)
        if one.agrees or (register is not None and (register.sheet, name) in bad):
            continue
        found = f"{one.account.value}: {baht(one.balance)} <> {baht(one.register)}"
        yield Fault(table.sheet, "register_differs", lines.get(one.account), side, "account", found)
    capital = [row for row in checked.book.balances if row.account is Account.CAPITAL]
    if capital and sum(row.credit - row.debit for row in capital) < 0:
        yield Fault(table.sheet, "capital_negative", capital[0].line, side, "account")
    debit, credit = sides(checked.book.balances)
    if debit != credit:
        found = f"{baht(debit)} <> {baht(credit)}"
        yield Fault(table.sheet, "unbalanced", None, None, None, found)
