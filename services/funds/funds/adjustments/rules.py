"""What may be booked by hand."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from funds.ledger.rules import (
    LOAN_CONTROL,
    MEMBER_CONTROL,
    MONEY,
    AccountType,
    JournalKind,
    Line,
    account_type,
)

DOCUMENT = "adjustment"
"""The document kind of what was booked by hand."""


class ByHand(StrEnum):
    """Kinds of entries that people write (รายการปรับปรุง ค่าใช้จ่าย โอนเงิน)."""

    ADJUSTMENT = JournalKind.ADJUSTMENT.value
    EXPENSE = JournalKind.EXPENSE.value
    TRANSFER = JournalKind.TRANSFER.value


class AdjustmentState(StrEnum):
    """เสนอแล้ว ลงบัญชีแล้ว ไม่อนุมัติ."""

    PROPOSED = "proposed"
    POSTED = "posted"
    REJECTED = "rejected"


class Decision(StrEnum):
    """What the second person says."""

    POST = "post"
    REJECT = "reject"


def controlled(lines: Sequence[Line]) -> list[int]:
    """Return the places of lines on accounts that only a loan or a member's own affairs may touch."""
    return [at for at, line in enumerate(lines) if line.account in LOAN_CONTROL | MEMBER_CONTROL]


def not_kept(lines: Sequence[Line], kept: Collection[str]) -> list[int]:
    """Return the places of lines on accounts that the fund does not keep."""
    return [at for at, line in enumerate(lines) if line.account.value not in kept]


def fits(kind: ByHand, lines: Sequence[Line]) -> bool:
    """Tell whether lines are of an entry's kind: an expense is paid, a transfer stays within money."""
    if kind is ByHand.TRANSFER:
        return all(line.account in MONEY for line in lines)
    if kind is ByHand.EXPENSE:
        return all(
            line.account in MONEY if line.credit else account_type(line.account) is AccountType.EXPENSE
            for line in lines
        )
    return True
