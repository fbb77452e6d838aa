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
from funds.parts import apportioned
from shared.money import baht

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


def explained(fault: Fault, holding: Holding, rules: SavingsRules, *, before: int = 0) -> tuple[str, str]:
    """Return the figures that a refusal rests on, in Thai and English; nothing where there are none."""
    savings, shares, share = baht(holding.savings), baht(holding.shares), baht(rules.share_value)
    have = (f"มีเงินออม {savings} บาท หุ้น {shares} บาท", f"She has savings of {savings}, shares of {shares}")
    said = {
        Fault.NOT_WHOLE_SHARES: (f"หุ้นละ {share} บาท", f"A share is {share}"),
        Fault.TOO_MANY_SHARES: (
            f"มีหุ้น {shares} บาท ถือได้ไม่เกิน {rules.max_shares} หุ้น หุ้นละ {share} บาท",
            f"She has {shares}; at most {rules.max_shares} shares of {share}",
        ),
        Fault.NOT_ENOUGH: have,
        Fault.NOT_ALL: have,
        Fault.UNDER_MINIMUM: (
            f"มีเงินออม {savings} บาท ต้องคงเหลือ {baht(rules.min_balance)} บาท",
            f"She has {savings}, {baht(rules.min_balance)} must be left",
        ),
        Fault.TOO_OFTEN: (
            f"ถอนแล้ว {before} ครั้ง ถอนได้เดือนละ {rules.withdrawals_per_month} ครั้ง",
            f"She withdrew {before} times, {rules.withdrawals_per_month} a month are allowed",
        ),
        Fault.TOO_MUCH: (
            f"มีเงินออม {savings} บาท ถอนได้ครั้งละไม่เกินร้อยละ {rules.withdrawal_percent}",
            f"She has {savings}, at most {rules.withdrawal_percent} per cent at a time",
        ),
    }
    return said.get(fault, ("", ""))


def lowest(by_day: Sequence[tuple[date, Holding]], since: date) -> Holding:
    """Return the least that a member has at the end of any day from one on; days ascend, each once.

    What is taken out on a past day was there for it only if nothing since then needed it.
    """
    running = [(date.min, Holding())]
    for day, moved in by_day:
        before = running[-1][1]
        running.append((day, Holding(before.savings + moved.savings, before.shares + moved.shares)))
    first = max(at for at, (day, _) in enumerate(running) if day <= since)
    after = [holding for _, holding in running[first:]]
    return Holding(min(one.savings for one in after), min(one.shares for one in after))


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


def month_of(text: str) -> date:
    """Return the first day of a month such as 2026-01."""
    return date.fromisoformat(f"{text}-01")


def interest_shares(baht_days: Sequence[int], rate: Fraction) -> tuple[int, list[int]]:
    """Return the interest of a period on satang times days (ACT/365), as a whole and in parts that sum.

    The whole is rounded half up once; the parts are cut down, the largest remainders take what is left.
    """
    exact = [days * rate / YEAR_DAYS for days in baht_days]
    whole = int(sum(exact, Fraction(0)) + Fraction(1, 2))
    return whole, apportioned(whole, exact)
