"""What the API takes and gives about repayments."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, SkipValidation

from funds.loans.rules import Channel
from funds.repayments.rules import Early
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema, Text
from shared.thai import clean_text, normalise_digits

MAX_BATCH = 500


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


ReceiptNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["ร 101/2569"])
]
Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["บันทึกผิดสัญญา"])]
Note = Annotated[FreeText, Field(min_length=1, max_length=500)]

EXAMPLE: dict[str, Any] = {
    "loan_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    "receipt_no": "ร 101/2569",
    "paid_on": "2026-02-15",
    "amount": "328.00",
    "channel": "cash",
}


class MemberPart(Schema):
    """What a member of the group brought (ส่วนที่สมาชิกนำมาชำระ)."""

    member_id: UUID
    amount: BahtNotNegative


class NewRepayment(Schema):
    """Money received on a loan, with its receipt (รับชำระหนี้)."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None = None
    """Made by the client for work without a signal; the same id with the same content is recorded once."""
    loan_id: UUID
    receipt_no: ReceiptNumber
    """Of the receipt given (เลขที่ใบเสร็จ); unique among the fund's receipts that stand."""
    paid_on: date | None = None
    """The day the money came; today when absent."""
    booked_on: date | None = None
    """Business date of the entry where the day the money came lies in a closed period."""
    amount: Annotated[BahtPositive, Field(examples=["328.00"])]
    channel: Channel
    early: Early | None = None
    """What money beyond what is due does; as the contract says when absent.

    `next` settles next instalments, `shorten` and `lower` repay principal now, `payoff` settles the loan by
    `GET /v1/loans/{id}/payoff`.
    """
    parts: Annotated[list[MemberPart], Field(max_length=1000, default_factory=list)]
    """What each of the group's members brought; by their shares when absent."""
    note: Note | None = None


class BatchItem(NewRepayment):
    """A receipt recorded without a signal; its id makes repeating it harmless."""

    id: UUID


class NewBatch(Schema):
    """Receipts of a phone that had no signal (ส่งรายการรับชำระย้อนหลังเป็นชุด)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{"id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a40", **EXAMPLE}]}]
        }
    )

    id: UUID | None = None
    """Of the batch; its repayments carry it."""
    items: Annotated[list[Annotated[BatchItem, SkipValidation]], Field(min_length=1, max_length=MAX_BATCH)]
    """Each as `POST /v1/repayments` takes it, with an id of its own; a wrong one is refused by itself."""


class Reversal(Schema):
    """Why a receipt does not stand (กลับรายการรับชำระ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "บันทึกผิดสัญญา"}]})

    reason: Reason
    reversed_on: date | None = None
    """Business date of the reversal; today when absent."""


class NewRefund(Schema):
    """An advance given back (คืนเงินรับล่วงหน้า)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": "46.00", "channel": "cash", "document_no": "บจ 9/2569"}]}
    )

    id: UUID | None = None
    amount: Annotated[BahtPositive | None, Field(examples=["46.00"])] = None
    """All that is kept ahead when absent."""
    paid_on: date | None = None
    """Today when absent."""
    channel: Channel
    document_no: ReceiptNumber
    """Of the payment voucher (ใบสำคัญจ่าย)."""


class RepaymentFilters(Filters):
    """Which repayments are listed."""

    area: Annotated[AreaCode | None, Field(description="This area and all below it")] = None
    fund_id: UUID | None = None
    loan_id: UUID | None = None
    receipt_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    batch_id: UUID | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    reversed: Annotated[bool | None, Field(description="Only reversed ones, or only those that stand")] = None
    updated_since: AwareDatetime | None = None


class PaidPart(Schema):
    """What the receipt paid of one instalment when it was recorded."""

    number: int
    due_on: date | None = None
    """When the instalment was due; not known of receipts from before this was kept."""
    principal: BahtOut
    interest: BahtOut
    penalty: BahtOut


class RepaymentRow(Schema):
    """A repayment (การรับชำระหนี้) as its journal booked it."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    area_code: str
    contract_no: str
    borrower_name: str | None
    receipt_no: str
    paid_on: date
    booked_on: date
    amount: BahtOut
    channel: Channel
    early: Early
    recovery: bool
    """On a loan that is written off (หนี้สูญได้รับคืน)."""
    principal: BahtOut
    interest: BahtOut
    penalty: BahtOut
    advance: BahtOut
    """Kept ahead (เงินรับล่วงหน้า); negative where an advance was used with it."""
    outstanding: BahtOut
    """Principal in the books after it."""
    batch_id: UUID | None
    note: str | None
    journal_id: UUID
    journal_number: int
    recorded_by: str
    reversed_on: date | None
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    created_at: datetime
    updated_at: datetime


class RepaymentOut(RepaymentRow):
    """A repayment with what it paid, and what each member of a group brought."""

    allocation: list[PaidPart]
    parts: list[MemberPart]


class BatchProblem(Schema):
    """Why an item was refused."""

    status: int
    code: str
    title: Text
    detail: Text | None = None
    """The figures it rests on, or what to do."""
    errors: list[dict[str, str]]
    """Pointers into the item, each with a code."""


class BatchResult(Schema):
    """What became of an item, in the order given."""

    index: int
    id: UUID | None
    receipt_no: str | None
    outcome: Literal["recorded", "repeated", "refused"]
    """`repeated`: it was recorded before, with the same content."""
    problem: BatchProblem | None = None


class BatchOut(Schema):
    """What became of a batch; what was refused, or all of it, may be sent again: nothing is doubled."""

    id: UUID
    recorded: int
    repeated: int
    refused: int
    results: list[BatchResult]


class PayoffQuote(Schema):
    """What settles a loan on a day (ยอดปิดบัญชี); nothing of it is stored."""

    loan_id: UUID
    on: date
    principal: BahtOut
    interest: BahtOut
    """Due or earned by the day."""
    penalty: BahtOut
    advance: BahtOut
    """Kept ahead, which pays its part."""
    total: BahtOut
    """To be brought: send it as `amount` with `early: payoff`."""
    interest_by: Literal["day", "begun_period"]
    """A declining balance bears interest to the day; a period of `flat` all of its own once it has begun."""


class LoanEntryOut(Schema):
    """What was booked on a loan beside its repayments; amounts add to what is repaid and kept ahead."""

    id: UUID
    kind: Literal["advance_use", "reallocation", "refund"]
    on_date: date
    principal: BahtOut
    interest: BahtOut
    penalty: BahtOut
    advance: BahtOut
    repayment_id: UUID | None
    """Whose late coming or reversal moved what the others pay."""
    document_no: str | None
    channel: Channel | None
    journal_id: UUID
    journal_number: int
    actor: str
    created_at: datetime


class LoanEntries(Schema):
    """Entries of a loan, the oldest first."""

    items: list[LoanEntryOut]
