"""What is true of interest and dividends: whose money was there for how long, and parts that sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.parts import apportioned
from funds.savings.rules import interest_shares

DOCUMENT: Final = "savings_distribution"


class Kind(StrEnum):
    """What is shared out."""

    INTEREST = "interest"
    """On savings, at the rate that the group resolved (ดอกเบี้ยเงินออม)."""
    DIVIDEND = "dividend"
    """An amount out of the surplus, on shares (เงินปันผล)."""


class PaidAs(StrEnum):
    """How members get it: added to their savings, or in money."""

    SAVINGS = "savings"
    CASH = "cash"
    BANK = "bank"


class State(StrEnum):
    """เสนอแล้ว จ่ายแล้ว ไม่อนุมัติ."""

    PROPOSED = "proposed"
    POSTED = "posted"
    REJECTED = "rejected"


_OUT: Final = {
    Kind.INTEREST: (JournalKind.INTEREST, Account.INTEREST_ON_SAVINGS),
    Kind.DIVIDEND: (JournalKind.DIVIDEND, Account.DIVIDENDS),
}
_MONEY: Final = {PaidAs.CASH: Account.CASH, PaidAs.BANK: Account.BANK}


@dataclass(frozen=True, slots=True)
class Part:
    """A member's part: satang times days that were there, and satang that come of it."""

    member_id: UUID
    days: int
    amount: int


def shared_out(
    kind: Kind, held: Sequence[tuple[UUID, int]], *, rate: Fraction | None, amount: int | None
) -> list[Part]:
    """Return everybody's part by what was held times days; empty where nothing was held.

    Interest is at `rate`; of a dividend the `amount` is split. The parts sum to the whole.
    """
    days = [one for _, one in held]
    if kind is Kind.INTEREST:
        _, each = interest_shares(days, rate or Fraction(0))
    else:
        each = apportioned(amount or 0, days) if sum(days) else []
    return [Part(*who, part) for who, part in zip(held, each, strict=False)]


def entry(
    *, distribution_id: UUID, kind: Kind, paid_as: PaidAs, shares: Sequence[Part], on: date, memo: str
) -> Entry:
    """Return the entry: an expense or dividend, and what every member gets of it."""
    journal, account = _OUT[kind]
    total = sum(one.amount for one in shares)
    lines = [Line(account, debit=total)]
    if paid_as is PaidAs.SAVINGS:
        lines += [
            Line(Account.SAVINGS, credit=one.amount, member_id=one.member_id) for one in shares if one.amount
        ]
    else:
        lines.append(Line(_MONEY[paid_as], credit=total))
    return Entry(
        kind=journal,
        document_kind=DOCUMENT,
        document_id=distribution_id,
        business_date=on,
        lines=lines,
        memo=memo,
    )
