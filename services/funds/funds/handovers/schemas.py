"""What the API takes and gives about hand-overs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.committees.rules import EndReason
from funds.handovers.rules import HandoverState, Side
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut
from shared.schemas import Filters, Schema
from shared.thai import clean_text

CountedAccount = Literal["1000", "1010", "1100", "2100", "2200", "3100"]
Explanation = Annotated[
    FreeText, Field(min_length=1, max_length=2000, examples=["ลูกหนี้ 1 รายยังไม่ได้ลงบัญชี รอใบเสร็จ"])
]


class HandoverItem(Schema):
    """Books, registers, keys, seals: how many of what was handed over."""

    name: Annotated[FreeText, Field(min_length=1, max_length=200, examples=["สมุดบัญชีเงินสด"])]
    count: Annotated[int, Field(ge=0, le=10_000, examples=[2])]
    remark: Annotated[FreeText, Field(min_length=1, max_length=300)] | None = None


class CountedBalance(Schema):
    """What both sides found of one account."""

    account: CountedAccount
    """1000 cash, 1010 bank, 1100 loans, 2100 advances, 2200 savings, 3100 shares."""
    counted: BahtNotNegative


Items = Annotated[list[HandoverItem], Field(max_length=200)]
Balances = Annotated[list[CountedBalance], Field(min_length=2, max_length=6)]


class NewHandover(Schema):
    """A hand-over to record (ส่งมอบงาน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "handed_on": "2026-01-05",
                    "reason": "term_ended",
                    "books": [{"name": "สมุดบัญชีเงินสด", "count": 2}],
                    "documents": [{"name": "สัญญากู้ยืมเงิน", "count": 31}],
                    "balances": [
                        {"account": "1000", "counted": "1250.00"},
                        {"account": "1010", "counted": "278750.00"},
                    ],
                }
            ]
        }
    )

    id: UUID | None = None
    handed_on: date
    """Day of the counting, today or earlier."""
    reason: EndReason
    books: Annotated[Items, Field(min_length=1)]
    documents: Annotated[Items, Field(default_factory=list)]
    balances: Balances
    """Cash and bank, and what else the books have of these accounts; each account once."""
    explanation: Explanation | None = None
    """Of differences to the books; without it a difference is not signed."""


class HandoverChange(Schema):
    """A merge patch of a draft; lists are replaced whole. Who had signed must sign again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"explanation": "พบเงินขาด 50 บาท"}]})

    books: Annotated[Items, Field(min_length=1, default_factory=list)]
    documents: Annotated[Items, Field(default_factory=list)]
    balances: Annotated[Balances, Field(default_factory=list)]
    explanation: Explanation | None = None


class NewSignature(Schema):
    """The caller signs for one side (ลงนาม)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"side": "outgoing", "display_name": "นางบุญมี ใจดี"}]}
    )

    side: Side
    display_name: Annotated[
        FreeText, AfterValidator(clean_text), Field(min_length=1, max_length=200, examples=["นางบุญมี ใจดี"])
    ]


class BalanceOut(Schema):
    """One account, counted against the ledger."""

    account: str = Field(examples=["1000"])
    counted: BahtOut
    booked: BahtOut
    """What the ledger said at the end of the day of the counting."""
    difference: BahtOut
    """Counted less booked; below zero something is missing."""


class SignatureOut(Schema):
    """One side's signature."""

    side: Side
    subject: str
    display_name: str
    signed_at: datetime


class HandoverOut(Schema):
    """A hand-over protocol (บันทึกการส่งมอบงาน)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    handed_on: date
    reason: EndReason
    state: HandoverState
    books: list[HandoverItem]
    documents: list[HandoverItem]
    balances: list[BalanceOut]
    agrees: bool
    """Everything counted is what the books say."""
    explanation: str | None
    journal_number: int
    """The fund's last entry when it was counted: the figures are those up to it."""
    signatures: list[SignatureOut]
    signed_at: datetime | None
    recorded_by: str
    version: int
    created_at: datetime
    updated_at: datetime


class HandoverFilters(Filters):
    """What hand-overs are listed."""

    state: HandoverState | None = None
