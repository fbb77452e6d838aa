"""A book out of the tables of a workbook, with everything that is wrong with it; nothing is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar

from funds.book_imports import headings, tables, values
from funds.book_imports.rules import (
    CONTROLLED,
    PERSONAL,
    Agreement,
    BalanceRow,
    Book,
    DebtorRow,
    Fault,
    MemberRow,
    Part,
    agreements,
    sides,
)
from funds.book_imports.tables import Line, Table
from funds.book_imports.values import BadCell
from funds.ledger.rules import Account, AccountType, account_type
from funds.members.rules import phone_digits
from shared.imports.workbook import Cell, Sheet
from shared.money import baht
from shared.thai import name_key

MAX_NAME: Final = 200
MAX_NUMBER: Final = 30
MAX_SHOWN: Final = 100
MAX_FAULTS: Final = 5_000
"""More are not kept: a file with so many is the wrong file."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a book is checked against."""

    cut_off_on: date
    max_rate: Callable[[date], Fraction]
    """The most that a contract of a day may ask a year."""
    kept: Collection[str]
    """Codes of the accounts that the fund keeps."""


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
            account: _sum(self.tables.get(part), name) for account, (part, name) in CONTROLLED.items()
        }
        return agreements(self.book.balances, registers)

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
        _READ[part](table, checked, frame)
        bad = {fault.field for fault in checked.faults if fault.sheet == table.sheet}
        checked.say(_totals(table, bad))
    checked.say(_agreement(checked))
    return checked


@dataclass(slots=True)
class _Row:
    """A line while it is read: what it lacks or has wrong goes into `faults`."""

    table: Table
    line: Line
    faults: list[Fault] = field(default_factory=list)

    def get(self, name: str, read: Callable[[Cell], Value | None], *, needed: bool = False) -> Value | None:
        """Return a cell's value, None where there is none or none that can be read."""
        cell = self.line.cells.get(name)
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
        row = _Row(table, line)
        number = row.number("member_no")
        if number is not None and number in seen:
            row.wrong("duplicate", "member_no")
        seen.add(number or "")
        name = row.name(needed=True)
        joined = row.get("joined_on", values.day)
        if joined is not None and joined > frame.cut_off_on:
            row.wrong("after_cut_off", "joined_on")
        found: dict[str, Any] = {
            "phone": row.get("phone", _phone),
            "pledge": row.get("pledge", values.amount) or 0,
            "savings": row.get("savings", values.amount) or 0,
            "shares": row.get("shares", values.amount) or 0,
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
        row = _Row(table, line)
        number = row.number("contract_no") if numbered else f"ยกมา {at}"
        if number is None:
            row.wrong("required", "contract_no")
        elif number in seen:
            row.wrong("duplicate", "contract_no")
        seen.add(number or "")
        member_no = row.number("member_no")
        found: dict[str, Any] = {
            "contract_date": row.get("contract_date", values.day, needed=True),
            "principal": row.get("principal", values.amount, needed=True),
            "outstanding": row.get("outstanding", values.amount, needed=True),
            "annual_rate": row.get("annual_rate", values.rate),
            "due_on": row.get("due_on", values.day, needed=True),
            "next_due_on": row.get("next_due_on", values.day),
            "left": row.get("left", values.count),
            "interest_left": row.get("interest_left", values.amount),
        }
        if row.get("advance", values.amount):
            row.wrong("advance_not_taken", "advance")
        name = row.name(needed=member_no is None)
        paid = row.get("paid", values.amount)
        if not row.faults:
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
    first = debtor.next_due_on or debtor.due_on
    if first > debtor.due_on:
        row.wrong("next_due_after_due", "next_due_on")
    elif debtor.left is not None and debtor.left > (debtor.due_on - first).days + 1:
        row.wrong("too_many_instalments", "left")


def _balances(table: Table, checked: Checked, frame: Frame) -> None:
    for line in table.lines:
        row = _Row(table, line)
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
        if account is not None and not row.faults:
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
_SUMMED: Final = frozenset(
    {"principal", "paid", "outstanding", "interest_left", "advance", "savings", "shares", "pledge"}
    | {"debit", "credit", "amount"}
)


def _totals(table: Table, bad: Collection[str | None]) -> Iterator[Fault]:
    """Yield the totals that are not the sum of the rows above; a page's may be of the page alone.

    Columns with a `bad` cell have no sum yet.
    """
    names = [name for name in table.heading.columns if name in _SUMMED and name not in bad]
    running = {name: [0] for name in names}
    for line in table.lines:
        for name in names:
            running[name].append(running[name][-1] + _or_nothing(line.cells.get(name)))
    before = 0
    for total in table.totals:
        for name in names:
            said = _or_none(total.cells.get(name))
            whole = running[name][total.after]
            page = whole - running[name][before]
            if said is not None and said != whole and not (total.page and said == page):
                at = table.column(name)
                yield Fault(
                    table.sheet, "total_differs", total.number, at, name, f"{baht(said)} <> {baht(whole)}"
                )
        before = total.after


def _sum(table: Table | None, name: str) -> int:
    return 0 if table is None else sum(_or_nothing(line.cells.get(name)) for line in table.lines)


def _or_none(cell: Cell) -> int | None:
    try:
        return values.amount(cell)
    except BadCell:
        return None


def _or_nothing(cell: Cell) -> int:
    return _or_none(cell) or 0


def _agreement(checked: Checked) -> Iterator[Fault]:
    """Yield where registers and balances do not agree, and balances that do not; cells come first."""
    table = checked.tables.get(Part.BALANCES)
    bad = {(fault.sheet, fault.field) for fault in checked.faults}
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
    debit, credit = sides(checked.book.balances)
    if debit != credit:
        found = f"{baht(debit)} <> {baht(credit)}"
        yield Fault(table.sheet, "unbalanced", None, None, None, found)
