"""What the API takes and gives about books."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from funds.ledger.rules import Account, AccountType, JournalKind
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.money import BahtOut
from shared.schemas import Filters, Schema, Text

AreaFilter = Annotated[AreaCode | None, Field(description="This area and all below it")]


class BooksFilters(Filters):
    """Whose books."""

    area: AreaFilter = None
    kind: Annotated[str, Field(pattern="^(womens|poverty|savings|village|institution)$")] | None = None
    """Of which kind of fund."""
    stale_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Only books without an entry for more than so many days (บัญชีขาดการเคลื่อนไหว)."""


class PeriodFilters(Filters):
    """From which day to which, both included."""

    from_: Annotated[date | None, Field(alias="from", description="First business date")] = None
    to: Annotated[date | None, Field(description="Last business date")] = None
    until_number: Annotated[int | None, Field(ge=1, le=2**53)] = None
    """Only journals up to this number: what the books said when it was the last one."""

    @model_validator(mode="after")
    def _ordered(self) -> "PeriodFilters":
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise invalid_value("ends_before_start", "วันสิ้นสุดอยู่ก่อนวันเริ่ม", "ends before it starts")
        return self


class JournalFilters(PeriodFilters):
    """Which journals of a fund."""

    kind: JournalKind | None = None
    document_id: UUID | None = None
    """Of one business document, its reversal too."""
    document_no: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The number on the paper."""


class LineFilters(PeriodFilters):
    """Which lines of an account."""

    kind: Annotated[list[JournalKind], Field(default_factory=list, max_length=len(JournalKind))]
    """Of journals of these kinds and of their reversals: what a figure of a report is the sum of."""


class BooksOut(Schema):
    """A fund's books and what it has now."""

    fund_id: UUID
    kind: str
    area_code: AreaCode
    cash: BahtOut
    """On hand and at the bank."""
    reserved: BahtOut
    """Kept back for what is approved and not paid out yet (เงินที่กันไว้)."""
    available: BahtOut
    """What can be spent or promised."""
    last_number: int
    """Number of the newest journal; there are no gaps before it."""
    last_business_date: date | None
    closed_until: date | None
    """Nothing is booked until this day any more: the last closing, or the day before opening balances."""
    opened_at: datetime


class LineOut(Schema):
    """One line of a journal."""

    line_no: int
    account: Account
    debit: BahtOut
    credit: BahtOut
    loan_id: UUID | None
    member_id: UUID | None


class JournalOut(Schema):
    """A journal (รายการบัญชี) with the document that proves it."""

    id: UUID
    number: int
    kind: JournalKind
    document_kind: str
    document_id: UUID
    document_no: str | None
    business_date: date
    value_date: date
    recorded_at: datetime
    actor: str
    memo: str | None
    reverses: UUID | None
    reversed_by: UUID | None
    total: BahtOut


class JournalDetail(JournalOut):
    """A journal with its lines."""

    document: str | None
    """Where the document that proves it is read: the repayment with its receipt, the loan, the grant …"""
    lines: list[LineOut]


class AccountLineOut(Schema):
    """A line of an account with the account's balance after it."""

    business_date: date
    number: int
    line_no: int
    journal_id: UUID
    kind: JournalKind
    document_kind: str
    document_id: UUID
    document_no: str | None
    memo: str | None
    account: Account
    debit: BahtOut
    credit: BahtOut
    balance: BahtOut
    """Of the account (of the loan's or member's part of it) after this line, on its own side."""
    loan_id: UUID | None
    member_id: UUID | None


class TrialBalanceRow(Schema):
    """An account of the trial balance."""

    account: Account
    name: Text
    type: AccountType
    debit: BahtOut
    credit: BahtOut
    balance: BahtOut
    """On the account's own side: debit for assets and expenses, credit for the others."""


class TrialBalance(Schema):
    """Trial balance (งบทดลอง) at the end of a day; both totals are the same."""

    fund_id: UUID
    on: date
    last_number: int
    """The newest journal that was booked when this was counted."""
    rows: list[TrialBalanceRow]
    debit: BahtOut
    credit: BahtOut


class SummaryOut(Schema):
    """A fund on six lines (งบย่อ): the first two are as much as the other four."""

    fund_id: UUID
    on: date
    money: BahtOut
    """Cash and bank (เงินสดและเงินฝาก)."""
    loans: BahtOut
    """Loans outstanding (ลูกหนี้เงินยืม)."""
    owed: BahtOut
    """Savings and advances (เงินสัจจะและเงินรับล่วงหน้า)."""
    capital: BahtOut
    """Capital and shares (ทุนและหุ้น)."""
    surplus: BahtOut
    """Retained of closed years (กำไรสะสม)."""
    result: BahtOut
    """Income less expenses of the year that is not closed (กำไรสุทธิ)."""


class ChartAccountOut(Schema):
    """An account of the chart."""

    code: Account
    name: Text
    type: AccountType
    control: str | None
    """Whose each of its lines is: `loan`, `member`, or null."""
