"""What is true of a cut-off sheet: its rows sum to the totals that are signed, and to the books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line

DOCUMENT: Final = "savings_sheet"


class Kind(StrEnum):
    """What a sheet is for."""

    OPENING = "opening"
    """The beginning of a group's books here (ยอดยกมา)."""
    ANNUAL = "annual"
    """The end of its year (ปิดบัญชีประจำปี)."""


class State(StrEnum):
    """ร่าง ลงนามแล้ว ถอนแล้ว กลับรายการแล้ว."""

    DRAFT = "draft"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"
    """It was signed and wrong; an opening is out of the books again. Another one may be recorded."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a member has on the day, in satang."""

    member_id: UUID
    savings: int
    shares: int


def totals(rows: Sequence[Row]) -> tuple[int, int]:
    """Return what the rows sum to: savings and shares."""
    return sum(row.savings for row in rows), sum(row.shares for row in rows)


def surplus(cash: int, bank: int, capital: int, rows: Sequence[Row]) -> int:
    """Return what money there is above members' balances and capital; below zero it is a loss."""
    return cash + bank - capital - sum(totals(rows))


def opening(*, sheet_id: UUID, on: date, balances: Mapping[str, int], rows: Sequence[Row]) -> Entry:
    """Return the opening entry of a sheet: money, capital, members' balances; the surplus is what is left."""
    left = surplus(balances["cash"], balances["bank"], balances["capital"], rows)
    lines = [
        Line(Account.CASH, debit=balances["cash"]),
        Line(Account.BANK, debit=balances["bank"]),
        Line(Account.CAPITAL, credit=balances["capital"]),
        Line(Account.SURPLUS, debit=max(-left, 0), credit=max(left, 0)),
    ]
    for row in rows:
        lines.append(Line(Account.SAVINGS, credit=row.savings, member_id=row.member_id))
        lines.append(Line(Account.SHARES, credit=row.shares, member_id=row.member_id))
    return Entry(
        kind=JournalKind.OPENING,
        document_kind=DOCUMENT,
        document_id=sheet_id,
        business_date=on,
        lines=[line for line in lines if line.debit or line.credit],
        memo="ยอดยกมา",
    )
