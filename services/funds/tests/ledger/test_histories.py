"""Random histories of a fund: whatever happens in whatever order, the books keep what they promise."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import errors, queries, service
from funds.ledger.checking import differences
from funds.ledger.rules import Account, Entry, JournalKind, Line, Sums, balance, closing_lines, summary
from funds.periods import service as periods
from funds.periods.rules import PeriodKind
from funds.periods.schemas import NewPeriod
from shared.errors import Refusal
from shared.ids import uuid7
from tests.factories import OFFICER

Books = Any  # the fixture of conftest.py
AMOUNT = st.integers(1, 3_000_000)
STEPS = [
    "lend",
    "lend",
    "repay",
    "repay",
    "save",
    "withdraw",
    "spend",
    "give",
    "write_off",
    "recover",
    "undo",
    "undo",
    "reserve",
    "release",
    "close_month",
    "close_year",
]
STEP = st.tuples(st.sampled_from(STEPS), AMOUNT, st.integers(0, 50), st.integers(0, 60))
PATIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@dataclass
class Model:
    """What a fund has after a history, kept without a database."""

    cash: int = 5_000_000
    reserved: int = 0
    loans: dict[UUID, int] = field(default_factory=dict)
    members: dict[UUID, int] = field(default_factory=dict)
    undoable: list[tuple[UUID, Entry]] = field(default_factory=list)
    closed: date | None = None
    """The last closed day."""

    def book(self, entry: Entry, sign: int = 1) -> None:
        """Take over what an entry does."""
        for line in entry.lines:
            amount = (line.debit - line.credit) * sign
            if line.account in (Account.CASH, Account.BANK):
                self.cash += amount
            elif line.loan_id is not None and line.account is Account.LOANS:
                self.loans[line.loan_id] = self.loans.get(line.loan_id, 0) + amount
            elif line.member_id is not None:
                self.members[line.member_id] = self.members.get(line.member_id, 0) - amount

    def after(self, entry: Entry, sign: int = 1) -> int:
        """Return the money there would be."""
        money = [line for line in entry.lines if line.account in (Account.CASH, Account.BANK)]
        return self.cash + sign * sum(line.debit - line.credit for line in money)


def entry_of(step: str, amount: int, pick: int, model: Model, books: Any) -> Entry | None:
    """Return what a step books; None when there is nothing to do it to."""
    loans = [one for one, left in model.loans.items() if left > 0]
    loan = loans[pick % len(loans)] if loans else None
    members = [one for one, left in model.members.items() if left > 0]
    member = members[pick % len(members)] if members else None
    made: Entry | None = None
    if step == "lend":
        made = books.disbursement(amount)
    elif step == "repay" and loan is not None:
        made = books.repayment(min(amount, model.loans[loan]), pick, loan_id=loan)
    elif step == "save":
        saver = Line(Account.SAVINGS, credit=amount, member_id=member or uuid7())
        made = books.entry(JournalKind.SAVINGS, Line(Account.CASH, debit=amount), saver)
    elif step == "withdraw" and member is not None:
        taken = min(amount, model.members[member])
        lines = (Line(Account.SAVINGS, debit=taken, member_id=member), Line(Account.CASH, credit=taken))
        made = books.entry(JournalKind.WITHDRAWAL, *lines)
    elif step == "spend":
        made = books.expense(amount)
    elif step == "give":
        made = books.capital(amount)
    elif step == "write_off" and loan is not None:
        gone = model.loans[loan]
        lines = (Line(Account.WRITTEN_OFF, debit=gone), Line(Account.LOANS, credit=gone, loan_id=loan))
        made = books.entry(JournalKind.WRITE_OFF, *lines)
    elif step == "recover":
        lines = (Line(Account.CASH, debit=amount), Line(Account.OTHER_INCOME, credit=amount))
        made = books.entry(JournalKind.RECOVERY, *lines)
    return made


async def take(
    session: AsyncSession, books: Any, fund_id: UUID, model: Model, step: tuple[str, int, int, int]
) -> None:
    """Take a step in the books and in the model; what the model knows to be impossible must be refused."""
    name, amount, pick, back = step
    by = {"fund_id": fund_id, "actor": OFFICER, "now": books.now}
    if name == "reserve":
        await attempt(session, service.reserve(session, fund_id=fund_id, amount=amount), over(model, amount))
        model.reserved += amount if model.cash - model.reserved >= amount else 0
    elif name == "release":
        amount = min(amount, model.reserved)
        await service.release(session, fund_id=fund_id, amount=amount)
        model.reserved -= amount
    elif name.startswith("close"):
        day = (books.today - timedelta(days=back)).replace(day=1) - timedelta(days=1)
        new = NewPeriod(period_to=day, kind=PeriodKind(name.removeprefix("close_")))
        closed = model.closed is not None and day <= model.closed
        await attempt(session, periods.close(session, new=new, **by), errors.PeriodClosed if closed else None)
        model.closed = model.closed if closed else day
    elif name == "undo":
        if model.undoable:
            journal_id, entry = model.undoable.pop(pick % len(model.undoable))
            work = books.reverse(session, fund_id, journal_id)
            refusal = None if model.after(entry, -1) >= model.reserved else errors.OverCapital
            if await attempt(session, work, refusal):
                model.book(entry, -1)
            else:
                model.undoable.append((journal_id, entry))
    else:
        made = entry_of(name, amount, pick, model, books)
        if made is not None:
            made = replace(made, business_date=books.today - timedelta(days=back))
            await post(session, books, fund_id, model, made)


async def post(session: AsyncSession, books: Any, fund_id: UUID, model: Model, entry: Entry) -> None:
    closed = model.closed is not None and entry.business_date <= model.closed
    short = model.after(entry) < model.reserved
    refusal = errors.PeriodClosed if closed else errors.OverCapital if short else None
    posted = await attempt(session, books.post(session, fund_id, entry), refusal)
    if posted:
        model.book(entry)
        if all(line.loan_id is None and line.member_id is None for line in entry.lines):
            model.undoable.append((posted.journal_id, entry))


def over(model: Model, amount: int) -> type[Refusal] | None:
    return None if model.cash - model.reserved >= amount else errors.OverCapital


async def attempt(session: AsyncSession, work: Any, refusal: type[Refusal] | None) -> Any:
    """Await `work` in a savepoint; it must be refused if a refusal is named, and only then."""
    savepoint = await session.begin_nested()
    if refusal is None:
        done = await work
        await savepoint.commit()
        return done or True
    with pytest.raises(refusal):
        await work
    await savepoint.rollback()
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=PATIENT)
@given(steps=st.lists(STEP, min_size=5, max_size=30))
async def test_books_keep_every_promise_through_any_history(
    session: AsyncSession, books: Books, steps: list[tuple[str, int, int, int]]
) -> None:
    model = Model()
    fund_id = await books.fund(session, capital=0, kind="savings")
    first = replace(books.capital(model.cash), business_date=books.today - timedelta(days=400))
    await books.post(session, fund_id, first)
    for step in steps:
        await take(session, books, fund_id, model, step)

    assert await queries.cash(session, fund_id) == (model.cash, model.reserved, model.cash - model.reserved)
    sums = await queries.sums(session, fund_id)
    assert sum(one.debit for one in sums.values()) == sum(one.credit for one in sums.values())
    assert sums == await queries.sums(session, fund_id, on=books.today)
    lines = summary(sums)
    assert lines.money == model.cash
    assert lines.money + lines.loans == lines.owed + lines.capital + lines.surplus + lines.result
    for loan_id, outstanding in model.loans.items():
        assert await queries.balance(session, fund_id, Account.LOANS, loan_id=loan_id) == outstanding >= 0
    assert lines.loans == sum(model.loans.values())
    assert lines.owed == sum(model.members.values())
    # Posted and kept back here without savings and applications, which keep accounts of their own.
    found = await differences(session, fund_id=fund_id)
    assert [one for one in found if one.check not in ("savings", "reserved")] == []
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # what a commit would check
    await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@given(
    st.dictionaries(
        st.sampled_from([one.value for one in Account]),
        st.builds(Sums, st.integers(0, 10**12), st.integers(0, 10**12)),
    )
)
def test_a_year_closes_into_the_surplus_and_leaves_no_income_and_no_expense(sums: dict[str, Sums]) -> None:
    lines = closing_lines(sums)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines)
    after = dict(sums)
    for line in lines:
        old = after.get(line.account, Sums())
        after[line.account] = Sums(old.debit + line.debit, old.credit + line.credit)
    assert summary(after).result == 0
    assert summary(after).surplus == summary(sums).surplus + summary(sums).result
    assert all(balance(a, s.debit, s.credit) == 0 for a, s in after.items() if a[0] in "45")
    assert closing_lines(after) == []
