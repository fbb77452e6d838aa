"""What is true of members' savings: pledges, shares, withdrawals, days that money was there, parts that sum.

Amounts are satang; rates are exact fractions of one a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line

DOCUMENT: Final = "savings_movement"
"""The document kind of what moves a member's savings."""
YEAR_DAYS: Final = 365


class HeldAs(StrEnum):
    """Where money comes in or goes out: the cash box or a bank account."""

    CASH = "cash"
    BANK = "bank"


MONEY: Final = {HeldAs.CASH: Account.CASH, HeldAs.BANK: Account.BANK}


class Kind(StrEnum):
    """What moved a member's savings (ประเภทรายการ)."""

    OPENING = "opening"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    INTEREST = "interest"
    DIVIDEND = "dividend"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsRules:
    """What a group resolved about savings (ระเบียบกลุ่ม); None sets no limit."""

    share_value: int = 1_000
    """Of one share, in satang."""
    min_pledge: int = 0
    max_pledge: int | None = None
    min_balance: int = 0
    """What a withdrawal must leave."""
    max_shares: int | None = None
    withdrawals_per_month: int | None = None
    withdrawal_percent: int | None = None
    """Of the savings there are, at most so much at a time."""
    interest_rate: Fraction = Fraction(0)
    valid_from: date | None = None


UNRESOLVED: Final = SavingsRules()
"""Until a group resolves its own: shares of ten baht, nothing limited, no interest."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member has, in satang: savings, and shares at their value."""

    savings: int = 0
    shares: int = 0


class Fault(StrEnum):
    """Why savings cannot move so."""

    NOTHING = "nothing_moves"
    NOT_WHOLE_SHARES = "not_whole_shares"
    TOO_MANY_SHARES = "too_many_shares"
    NOT_ENOUGH = "not_enough_savings"
    UNDER_MINIMUM = "under_minimum_balance"
    TOO_OFTEN = "too_many_withdrawals"
    TOO_MUCH = "withdrawal_too_large"
    NOT_ALL = "closing_takes_all"


def deposit_fault(holding: Holding, moved: Holding, rules: SavingsRules) -> Fault | None:
    """Return why a deposit cannot be taken, None when it can."""
    if moved.savings + moved.shares == 0:
        return Fault.NOTHING
    if moved.shares % rules.share_value:
        return Fault.NOT_WHOLE_SHARES
    most = rules.max_shares
    if moved.shares and most is not None and holding.shares + moved.shares > most * rules.share_value:
        return Fault.TOO_MANY_SHARES
    return None


def withdrawal_fault(  # noqa: PLR0911  # a rule each
    holding: Holding, moved: Holding, rules: SavingsRules, *, before: int, closing: bool
) -> Fault | None:
    """Return why a withdrawal cannot be paid, None when it can; `before` is how many there were this month.

    `closing` pays all of a member who goes: then the group's limits do not hold.
    """
    if moved.savings > holding.savings or moved.shares > holding.shares:
        return Fault.NOT_ENOUGH
    if moved.savings + moved.shares == 0:
        return Fault.NOTHING
    if closing:
        return None if moved == holding else Fault.NOT_ALL
    if moved.shares % rules.share_value:
        return Fault.NOT_WHOLE_SHARES
    if rules.withdrawals_per_month is not None and before >= rules.withdrawals_per_month:
        return Fault.TOO_OFTEN
    percent = rules.withdrawal_percent
    if percent is not None and moved.savings * 100 > holding.savings * percent:
        return Fault.TOO_MUCH
    if moved.savings and holding.savings - moved.savings < rules.min_balance:
        return Fault.UNDER_MINIMUM
    return None


def entry(
    *,
    movement_id: UUID,
    member_id: UUID,
    moved: Holding,
    held_as: HeldAs,
    on: date,
    document_no: str | None,
    value_date: date | None = None,
) -> Entry:
    """Return the entry of a deposit, or of a withdrawal where the parts are below zero."""
    sides = ((Account.SAVINGS, moved.savings), (Account.SHARES, moved.shares))
    lines = [
        Line(account, debit=max(-amount, 0), credit=max(amount, 0), member_id=member_id)
        for account, amount in sides
        if amount
    ]
    total = moved.savings + moved.shares
    lines.insert(0, Line(MONEY[held_as], debit=max(total, 0), credit=max(-total, 0)))
    taken = JournalKind.SAVINGS if moved.savings else JournalKind.SHARE
    return Entry(
        kind=taken if total > 0 else JournalKind.WITHDRAWAL,
        document_kind=DOCUMENT,
        document_id=movement_id,
        business_date=on,
        lines=lines,
        document_no=document_no,
        value_date=value_date,
    )


def first_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def interest_shares(baht_days: Sequence[int], rate: Fraction) -> tuple[int, list[int]]:
    """Return the interest of a period on satang times days (ACT/365), as a whole and in parts that sum.

    The whole is rounded half up once; the parts are cut down, the largest remainders take what is left.
    """
    exact = [days * rate / YEAR_DAYS for days in baht_days]
    whole = int(sum(exact, Fraction(0)) + Fraction(1, 2))
    return whole, parts(whole, exact)


def parts(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Split satang by weights so that the parts sum exactly; the largest remainders take what is left.

    Of equal remainders the first ones take it. ValueError where an amount has no weight to go to.
    """
    total = sum(weights, Fraction(0))
    if total <= 0:
        if amount:
            raise ValueError("nothing to split by")
        return [0] * len(weights)
    exact = [amount * weight / total for weight in weights]
    found = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda at: (found[at] - exact[at], at))
    for at in order[: amount - sum(found)]:
        found[at] += 1
    return found
