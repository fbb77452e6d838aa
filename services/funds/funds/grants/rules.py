"""What is true of a grant (เงินอุดหนุน): how it is booked, how much of it is accounted for."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from funds.capital.rules import HeldAs
from funds.ledger.rules import Account, Entry, JournalKind, Line

DOCUMENT: Final = "grant"
USE_DAYS: Final = 180
"""Its use is to be shown within so many days (this project's setting; confidence low)."""
_ACCOUNTS: Final = {HeldAs.CASH: Account.CASH, HeldAs.BANK: Account.BANK}


class State(StrEnum):
    """Where a grant stands."""

    PAID = "paid"
    CONFIRMED = "confirmed"
    """Somebody else has seen what all of it was used for."""
    REVERSED = "reversed"


class UseKind(StrEnum):
    """What became of a part of the money."""

    USE = "use"
    RETURN = "return"
    """It came back unused (คืนเงิน)."""


@dataclass(frozen=True, slots=True)
class Accounted:
    """A grant's satang: given, shown to be used, come back."""

    amount: int
    used: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """Return what nobody has accounted for yet."""
        return self.amount - self.used - self.returned

    def with_use(self, amount: int) -> "Accounted | None":
        """Return it after a use, or after one is taken back (below zero); None where it cannot be."""
        used = self.used + amount
        return (
            Accounted(self.amount, used, self.returned) if 0 <= used <= self.amount - self.returned else None
        )

    def with_return(self, amount: int) -> "Accounted | None":
        """Return it after money came back, or a return is reversed (below zero); None where it cannot be."""
        returned = self.returned + amount
        return (
            Accounted(self.amount, self.used, returned) if 0 <= returned <= self.amount - self.used else None
        )


def payment(
    *, grant_id: UUID, amount: int, paid_from: HeldAs, on: date, document_no: str, back: bool = False
) -> Entry:
    """Return the entry of a grant paid out, or of money that came `back`, in satang."""
    money, given = _ACCOUNTS[paid_from], Account.GRANTS
    debit, credit = (money, given) if back else (given, money)
    return Entry(
        kind=JournalKind.GRANT,
        document_kind=DOCUMENT,
        document_id=grant_id,
        business_date=on,
        lines=(Line(debit, debit=amount), Line(credit, credit=amount)),
        document_no=document_no,
    )


def use_by(paid_on: date, today: date) -> date:
    """Return until when the use is to be shown: counted from the recording, where it is recorded late."""
    return max(paid_on, today) + timedelta(days=USE_DAYS)
