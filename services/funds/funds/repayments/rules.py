"""What a repayment pays: the oldest due first, by the product's order; early, late, too much, taken back.

Amounts are satang. The same receipts come to the same result in whatever order they are recorded: what
comes late or is reversed makes all others be allocated anew, in the order of their days.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from funds.ledger.rules import Account, Line
from funds.loans.accruing import Pauses, charge, earned
from funds.loans.rules import MONEY, Channel, Instalment, RepaymentTerms
from funds.products.rules import Due
from funds.schedules.rules import Method, RoundedPart


class Early(StrEnum):
    """What money beyond what is due does (การชำระก่อนกำหนด)."""

    NEXT = "next"
    """It settles the next instalments, whole ones; the rest is kept ahead until one falls due."""
    SHORTEN = "shorten"
    """It repays principal now: instalments stay, the last ones fall away."""
    LOWER = "lower"
    """It repays principal now: the term stays, instalments get smaller."""
    PAYOFF = "payoff"
    """It settles the loan by the quote of the day; refused when it is less."""


class Split(NamedTuple):
    """Where money went; `advance` is kept ahead where positive, taken from there where negative."""

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    advance: int = 0

    def plus(self, other: "Split") -> "Split":
        """Return the sum, part by part."""
        return Split(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def less(self, other: "Split") -> "Split":
        """Return the difference, part by part."""
        return Split(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


class Part(NamedTuple):
    """What was paid of one instalment."""

    number: int
    due_on: date
    principal: int
    interest: int
    penalty: int


class Receipt(NamedTuple):
    """Money that came in on a day; a negative amount is an advance given back."""

    on: date
    amount: int
    early: Early = Early.NEXT
    id: UUID | None = None


class AdvanceGone(ValueError):  # noqa: N818  # a rule's answer, which errors.py names for the caller
    """More of an advance was given back than there is."""


@dataclass(slots=True)
class Standing:
    """A loan while money is allocated to its instalments, which are sorted by their due dates."""

    rows: list[Instalment]
    advance: int = 0
    relaid: bool = False
    """The instalments to come are other ones now."""


@dataclass(slots=True)
class Paid:
    """What one receipt paid."""

    split: Split = Split()  # noqa: RUF009  # an immutable tuple
    parts: list[Part] = field(default_factory=list)

    def take(self, row: Instalment, pool: int, day: date, order: Sequence[Due]) -> int:
        """Pay an instalment out of a pool by the order; return what is left of the pool."""
        amounts = {"principal": 0, "interest": 0, "penalty": 0}
        for due in order:
            owed, pay = _DUES[due]
            amount = min(pool, owed(row))
            pay(row, amount)
            pool -= amount
            amounts[due.value] = amount
        if row.owed == 0:
            row.settled_on = day
        self.note(Part(row.number, row.due_on, **amounts))
        return pool

    def note(self, part: Part) -> None:
        """Add a part to the sum."""
        split = Split(part.principal, part.interest, part.penalty)
        if any(split):
            self.parts.append(part)
            self.split = self.split.plus(split)


def _pay_principal(row: Instalment, amount: int) -> None:
    row.paid_principal += amount


def _pay_interest(row: Instalment, amount: int) -> None:
    row.paid_interest += amount


def _pay_penalty(row: Instalment, amount: int) -> None:
    row.paid_penalty += amount


_DUES: Final[dict[Due, tuple[Callable[[Instalment], int], Callable[[Instalment, int], None]]]] = {
    Due.PRINCIPAL: (lambda row: row.owed_principal, _pay_principal),
    Due.INTEREST: (lambda row: row.owed_interest, _pay_interest),
    Due.PENALTY: (lambda row: row.owed_penalty, _pay_penalty),
}


def use_advance(standing: Standing, until: date, terms: RepaymentTerms, pauses: Pauses = ()) -> Paid:
    """Pay what has fallen due until a day out of the advance, each on its due date: nothing of it is late."""
    paid, before = Paid(), standing.advance
    for row in standing.rows:
        if standing.advance == 0 or row.due_on > until:
            break
        if row.settled_on is None:
            day = max(row.due_on, row.penalty_until or row.due_on)
            charge(row, day, terms, pauses)
            standing.advance = paid.take(row, standing.advance, day, terms.order)
    paid.split = paid.split._replace(advance=standing.advance - before)
    return paid


def receive(standing: Standing, receipt: Receipt, terms: RepaymentTerms, pauses: Pauses = ()) -> Paid:
    """Allocate a receipt; the advance pays first what fell due before. Principal + … + advance = amount."""
    before, day = standing.advance, receipt.on
    paid = use_advance(standing, day, terms, pauses)
    pool = receipt.amount
    for row in standing.rows:
        if row.due_on > day:
            break
        if row.settled_on is None:
            charge(row, day, terms, pauses)
            pool = paid.take(row, pool, day, terms.order) if pool else 0
    if pool:
        pool, standing.advance = pool + standing.advance, 0
        if receipt.early is Early.NEXT:
            standing.advance = _settle_next(standing, pool, day, terms, paid)
        else:
            standing.advance = _repay_principal(standing, receipt._replace(amount=pool), terms, paid)
    paid.split = paid.split._replace(advance=standing.advance - before)
    return paid


def _settle_next(standing: Standing, pool: int, day: date, terms: RepaymentTerms, paid: Paid) -> int:
    """Settle whole instalments to come; return what is left."""
    for row in standing.rows:
        if row.settled_on is None:
            if pool < row.owed:
                break
            pool = paid.take(row, pool, day, terms.order)
    return pool


def _repay_principal(standing: Standing, receipt: Receipt, terms: RepaymentTerms, paid: Paid) -> int:
    """Pay the interest earned so far, then principal, and lay the instalments to come out anew."""
    pool, day = receipt.amount, receipt.on
    tail = [row for row in standing.rows if row.settled_on is None]
    if not tail:
        return pool
    kept = [row for row in standing.rows if row.settled_on is not None]
    for row in tail:
        pool = paid.take(row, pool, day, (Due.PENALTY,)) if row.owed_penalty else pool
    for row in tail[1:]:  # of a later one only what was borne before its time
        borne = min(pool, earned(row, day, terms))
        paid.take(row, borne, day, (Due.INTEREST,))
        pool -= borne
    interest = min(pool, earned(tail[0], day, terms))
    principal = min(pool - interest, sum(row.owed_principal for row in tail))
    if principal == 0:
        paid.take(tail[0], interest, day, (Due.INTEREST,))
        return pool - interest
    prepaid = Instalment(
        number=0,
        from_on=tail[0].from_on,
        due_on=day,
        principal=principal,
        interest=interest,
        paid_principal=principal,
        paid_interest=interest,
        settled_on=day,
    )
    tail[0].interest -= interest
    tail[0].carried_interest = 0
    left = _relaid(tail, principal, shorten=receipt.early is not Early.LOWER, day=day, terms=terms)
    standing.rows = sorted([*kept, prepaid, *left], key=lambda row: row.due_on)
    standing.relaid = True
    for number, row in enumerate(standing.rows, 1):
        row.number = number
    paid.note(Part(prepaid.number, day, principal, interest, 0))
    return pool - interest - principal


def _relaid(
    tail: Sequence[Instalment], repaid: int, *, shorten: bool, day: date, terms: RepaymentTerms
) -> list[Instalment]:
    """Return the instalments to come after principal was repaid: fewer, or smaller ones.

    Interest on a declining balance follows the balance, whatever it was counted by; that of `flat` stays.
    """
    flat = terms.method is Method.FLAT
    by_total = terms.level_part is RoundedPart.TOTAL and not flat
    old = whole = sum(row.owed_principal for row in tail)
    new = left = whole - repaid
    rows = []
    for at, row in enumerate(tail):
        interest = row.owed_interest
        if not flat or new == 0:
            borne = max(row.carried_interest - row.paid_interest - row.waived_interest, 0)
            own = interest - borne
            interest = borne + (terms.interest_rounding.of(own * new, old) if old else 0)
        level = row.owed_principal + (row.owed_interest if by_total else 0)
        target = level if shorten else terms.level_rounding.of(level * left, whole)
        principal = min(max(target - (interest if by_total else 0), 0), new)
        if row.owed_principal == 0:
            principal = 0
        if at == len(tail) - 1:
            principal = new
        old -= row.owed_principal
        new -= principal
        changed = replace(
            row,
            from_on=max(row.from_on, min(day, row.due_on)),
            principal=row.paid_principal + principal,
            interest=row.paid_interest + row.waived_interest + interest,
        )
        if changed.owed == 0:
            changed.settled_on = day
        if changed.total:
            rows.append(changed)
    return rows


class Payoff(NamedTuple):
    """What settles a loan on a day, in satang; `total` is what must still be brought."""

    principal: int
    interest: int
    penalty: int
    advance: int
    total: int


def payoff(standing: Standing, day: date, terms: RepaymentTerms, pauses: Pauses = ()) -> Payoff:
    """Return the quote of a day: principal, interest due or earned by then, penalty, less the advance."""
    copy = Standing([replace(row) for row in standing.rows], standing.advance)
    use_advance(copy, day, terms, pauses)
    owed = [row for row in copy.rows if row.settled_on is None]
    to_come = [row for row in owed if row.due_on > day]
    for row in owed:
        charge(row, day, terms, pauses)
    interest = sum(row.owed_interest for row in owed if row.due_on <= day)
    interest += sum(earned(row, day, terms) for row in to_come)
    principal = sum(row.owed_principal for row in owed)
    penalty = sum(row.owed_penalty for row in owed)
    total = max(principal + interest + penalty - copy.advance, 0)
    return Payoff(principal, interest, penalty, copy.advance, total)


def fresh(rows: Iterable[Instalment], made_on: date) -> list[Instalment]:
    """Return a schedule's instalments as they were when it was made: nothing is paid."""
    return [
        replace(
            row,
            penalty=row.carried_penalty,
            paid_principal=0,
            paid_interest=0,
            paid_penalty=0,
            penalty_until=made_on,
            settled_on=row.settled_on
            if row.principal + row.carried_penalty + row.interest == row.waived_interest
            else None,
        )
        for row in rows
    ]


def replay(
    standing: Standing, receipts: Iterable[Receipt], until: date, terms: RepaymentTerms, pauses: Pauses = ()
) -> dict[UUID | None, Paid]:
    """Allocate receipts in their order from a fresh schedule on, and use the advance until a day.

    Returns what each paid, by its id. Raises AdvanceGone.
    """
    paid = {}
    for receipt in receipts:
        if receipt.amount >= 0:
            paid[receipt.id] = receive(standing, receipt, terms, pauses)
            continue
        use_advance(standing, receipt.on, terms, pauses)
        standing.advance += receipt.amount
        if standing.advance < 0:
            raise AdvanceGone
    use_advance(standing, until, terms, pauses)
    return paid


def sums(rows: Iterable[Instalment]) -> Split:
    """Return what is paid of instalments."""
    total = Split()
    for row in rows:
        total = total.plus(Split(row.paid_principal, row.paid_interest, row.paid_penalty))
    return total


def plan(rows: Iterable[Instalment]) -> list[tuple[int, date, int, int, int]]:
    """Return what instalments ask for, to compare two schedules by."""
    return sorted((row.number, row.due_on, row.principal, row.interest, row.waived_interest) for row in rows)


def lines(split: Split, *, loan_id: UUID, recovery: bool) -> list[Line]:
    """Return the other side of money: what a split adds to the accounts, nothing for what is 0.

    What comes in on a loan that is written off is other income, for the loan is in the books no more.
    """
    principal = Account.OTHER_INCOME if recovery else Account.LOANS
    of = {
        principal: split.principal,
        Account.INTEREST_INCOME: split.interest,
        Account.PENALTY_INCOME: split.penalty,
        Account.ADVANCES: split.advance,
    }
    loans = (Account.LOANS, Account.ADVANCES)
    return [
        Line(
            account,
            debit=max(-amount, 0),
            credit=max(amount, 0),
            loan_id=loan_id if account in loans else None,
        )
        for account, amount in of.items()
        if amount
    ]


def money(amount: int, channel: Channel) -> Line:
    """Return the line of money that came in, or went out where the amount is negative."""
    return Line(MONEY[channel], debit=max(amount, 0), credit=max(-amount, 0))
