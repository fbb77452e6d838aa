"""What the debtor register shows."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from funds.loans.schemas import AnswerableAs
from shared.money import BahtOut
from shared.schemas import Filters, Schema


class DebtorFilters(Filters):
    """On which day, and whether settled ones too."""

    on: Annotated[date | None, Field(description="At the end of this day; today without it")] = None
    settled: Annotated[bool, Field(description="Also loans with nothing outstanding on that day")] = False


class DebtorOut(Schema):
    """A loan in the register (ลูกหนี้)."""

    loan_id: UUID
    contract_no: str
    contract_date: date
    borrower_kind: str
    """`member`, `group` or `household`."""
    borrower_id: UUID
    name: str | None
    """Of the member or group; null of a household, whose name the households service keeps."""
    answerable_as: AnswerableAs | None
    """As what somebody answers in the place of a borrower who died (ผู้รับผิดชอบหนี้); null: the borrower does."""
    answerable: str | None
    """Her name."""
    lent: BahtOut
    """Debits of the loan on account 1100 up to the day: paid out, taken over, put back."""
    repaid: BahtOut
    """Credits: repaid, written off, taken back."""
    outstanding: BahtOut
    """All of them together are account 1100 of that day."""
    advance: BahtOut
    """Paid ahead (เงินรับล่วงหน้า), account 2100."""
    state: str
    """Of the loan, today; likewise next due date, days late and what is overdue."""
    next_due_on: date | None
    days_late: int
    overdue: BahtOut
