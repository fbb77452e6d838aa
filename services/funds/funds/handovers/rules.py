"""What is true of a hand-over."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from funds.ledger.rules import MONEY, Account

COUNTED: Final = (
    Account.CASH,
    Account.BANK,
    Account.LOANS,
    Account.ADVANCES,
    Account.SAVINGS,
    Account.SHARES,
)
"""What two sides can count by themselves: money, and what borrowers and members have on paper."""


class Side(StrEnum):
    """Who signs (ฝ่ายส่งมอบ ฝ่ายรับมอบ)."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class HandoverState(StrEnum):
    """A draft can be corrected, a signed one stays as it is."""

    DRAFT = "draft"
    SIGNED = "signed"


class Counted(NamedTuple):
    """One account, in satang: what both sides found, and what the ledger said on the day."""

    account: Account
    counted: int
    booked: int

    @property
    def difference(self) -> int:
        """Return what is there beyond the books; below zero something is missing."""
        return self.counted - self.booked


def to_count(booked: Mapping[Account, int]) -> list[Account]:
    """Return what a hand-over has to count: money always, and whatever the books have of the rest."""
    return [one for one in COUNTED if one in MONEY or booked[one]]


def agrees(balances: Iterable[Counted]) -> bool:
    """Tell whether everything counted is what the books say."""
    return all(one.difference == 0 for one in balances)
