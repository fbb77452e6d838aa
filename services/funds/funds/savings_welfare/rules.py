"""What is true of welfare."""

from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.savings.rules import MONEY, HeldAs

DOCUMENT: Final = "savings_welfare"


class WelfareKind(StrEnum):
    """What it is paid for (ประเภทสวัสดิการ): birth, illness, death, school, old age, disaster."""

    BIRTH = "birth"
    ILLNESS = "illness"
    DEATH = "death"
    EDUCATION = "education"
    ELDERLY = "elderly"
    DISASTER = "disaster"
    OTHER = "other"


class State(StrEnum):
    """ขอแล้ว จ่ายแล้ว ไม่อนุมัติ."""

    REQUESTED = "requested"
    PAID = "paid"
    REJECTED = "rejected"


def was_member(happened_on: date, joined_on: date, left_on: date | None) -> bool:
    """Tell whether somebody was a member on a day; the day she died, on which she left, counts as one."""
    return joined_on <= happened_on and (left_on is None or happened_on <= left_on)


def entry(*, welfare_id: UUID, amount: int, held_as: HeldAs, on: date, document_no: str) -> Entry:
    """Return the entry of welfare that is paid (จ่ายสวัสดิการ)."""
    return Entry(
        kind=JournalKind.WELFARE,
        document_kind=DOCUMENT,
        document_id=welfare_id,
        business_date=on,
        lines=(Line(Account.WELFARE, debit=amount), Line(MONEY[held_as], credit=amount)),
        document_no=document_no,
    )
