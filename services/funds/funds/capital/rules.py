"""Where capital comes from, and how a contribution is booked."""

from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line

DOCUMENT: Final = "capital"


class CapitalOrigin(StrEnum):
    """Who gave it (แหล่งที่มาของเงินทุน)."""

    STATE = "state"
    """The department or another ministry (เงินงบประมาณ)."""
    LOCAL_GOVERNMENT = "local_government"
    """Municipality or tambon administration (อปท.)."""
    MEMBERS = "members"
    DONATION = "donation"
    OTHER = "other"


class HeldAs(StrEnum):
    """Where the money went: the cash box or a bank account."""

    CASH = "cash"
    BANK = "bank"


_ACCOUNTS: Final = {HeldAs.CASH: Account.CASH, HeldAs.BANK: Account.BANK}


def entry(
    *, capital_id: UUID, amount: int, held_as: HeldAs, on: date, document_no: str, memo: str | None
) -> Entry:
    """Return the entry of a contribution in satang: money in, capital (ทุน) up."""
    return Entry(
        kind=JournalKind.CAPITAL,
        document_kind=DOCUMENT,
        document_id=capital_id,
        business_date=on,
        lines=(Line(_ACCOUNTS[held_as], debit=amount), Line(Account.CAPITAL, credit=amount)),
        memo=memo,
        document_no=document_no,
    )
