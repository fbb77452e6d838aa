"""What the API takes and gives about members' savings."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.rates import Rate, RateOut
from funds.savings.rules import HeldAs, Kind
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema, Text
from shared.thai import clean_text, normalise_digits

MAX_BATCH = 500


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


DocumentNo = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["ใบสัจจะ 1/2569"])
]
_MONTH = r"^(18[5-9]|19[0-9]|20[0-9]|21[0-4])[0-9]-(0[1-9]|1[0-2])$"
"""Of the years 1850 to 2149, like every day."""
Month = Annotated[
    str,
    AfterValidator(_number),
    # said twice: after a validator the document would not show it
    Field(pattern=_MONTH, json_schema_extra={"pattern": _MONTH}, examples=["2026-01"]),
]
Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["บันทึกผิดคน"])]
Resolution = Annotated[
    FreeText, Field(min_length=1, max_length=300, examples=["มติที่ประชุมใหญ่สามัญ 1/2569 วาระ 4"])
]


class NewSavingsRules(Schema):
    """What a group resolved about savings (ระเบียบกลุ่ม), from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "valid_from": "2026-01-01",
                    "share_value": "10.00",
                    "min_pledge": "50.00",
                    "min_balance": "100.00",
                    "withdrawals_per_month": 1,
                    "interest_rate": "2.00",
                    "resolution": "มติที่ประชุมใหญ่สามัญ 1/2569 วาระ 4",
                }
            ]
        }
    )

    valid_from: date
    share_value: BahtPositive
    """Of one share."""
    min_pledge: BahtNotNegative = 0
    max_pledge: BahtPositive | None = None
    min_balance: BahtNotNegative = 0
    """What a withdrawal must leave."""
    max_shares: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    withdrawals_per_month: Annotated[int, Field(ge=1, le=31)] | None = None
    withdrawal_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Of the savings there are, at most so much at a time."""
    interest_rate: Rate
    """A year, on savings, by actual days of 365."""
    resolution: Resolution


class SavingsRulesOut(Schema):
    """What a group resolved about savings (ระเบียบกลุ่ม)."""

    valid_from: date
    share_value: BahtOut
    min_pledge: BahtOut
    max_pledge: BahtOut | None
    min_balance: BahtOut
    max_shares: int | None
    withdrawals_per_month: int | None
    withdrawal_percent: int | None
    interest_rate: RateOut
    day_count: str
    resolution: str
    created_by: str
    created_at: datetime


class NewPledge(Schema):
    """What a member promises to save a month (เงินสัจจะ)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "month_from": "2026-01",
                    "amount": "100.00",
                }
            ]
        }
    )

    id: UUID | None = None
    member_id: UUID
    month_from: Month
    amount: BahtNotNegative
    """0.00 ends the pledge."""


class PledgeOut(Schema):
    """A pledge (เงินสัจจะ)."""

    id: UUID
    fund_id: UUID
    member_id: UUID
    month_from: str = Field(examples=["2026-01"])
    amount: BahtOut
    recorded_by: str
    created_at: datetime


class NewDeposit(Schema):
    """What one member brought."""

    id: UUID
    """Made by the client: sending it again records nothing twice."""
    member_id: UUID
    savings: BahtNotNegative = 0
    shares: BahtNotNegative = 0
    """For shares, at their value."""


class NewDeposits(Schema):
    """What members brought for a month (ใบรับเงินสัจจะประจำเดือน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "month": "2026-01",
                    "paid_on": "2026-01-05",
                    "held_as": "cash",
                    "document_no": "ใบสัจจะ 1/2569",
                    "items": [
                        {
                            "id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a40",
                            "member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                            "savings": "100.00",
                            "shares": "20.00",
                        }
                    ],
                }
            ]
        }
    )

    month: Month
    paid_on: date
    held_as: HeldAs
    document_no: DocumentNo
    items: Annotated[list[NewDeposit], Field(min_length=1, max_length=MAX_BATCH)]


class DepositProblem(Schema):
    """Why an item was refused."""

    status: int
    code: str
    title: Text
    detail: Text | None
    """The figures it rests on."""


class DepositResult(Schema):
    """What became of an item, in the order given."""

    index: int
    id: UUID
    member_id: UUID
    outcome: Literal["recorded", "repeated", "refused"]
    """`repeated`: it was recorded before, with the same content."""
    problem: DepositProblem | None = None


class DepositsOut(Schema):
    """What became of a sheet; what was refused, or all of it, may be sent again: nothing is doubled."""

    recorded: int
    repeated: int
    refused: int
    savings: BahtOut
    """Recorded now."""
    shares: BahtOut
    results: list[DepositResult]


class NewWithdrawal(Schema):
    """What a member takes out (ถอนเงินออม)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "paid_on": "2026-01-05",
                    "savings": "500.00",
                    "held_as": "cash",
                    "document_no": "ใบถอน 3/2569",
                }
            ]
        }
    )

    id: UUID | None = None
    member_id: UUID
    paid_on: date
    savings: BahtNotNegative = 0
    shares: BahtNotNegative = 0
    held_as: HeldAs
    document_no: DocumentNo
    closing: bool = False
    """She goes and takes everything: the group's limits do not hold."""


class MovementReversal(Schema):
    """Why a movement does not stand (กลับรายการ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "บันทึกผิดคน"}]})

    reason: Reason
    reversed_on: date | None = None
    """Business date of the reversal; today when absent."""


class MovementOut(Schema):
    """What moved a member's savings; below zero it went out."""

    id: UUID
    fund_id: UUID
    member_id: UUID
    kind: Kind
    moved_on: date
    month: str | None = Field(examples=["2026-01"])
    savings: BahtOut
    shares: BahtOut
    held_as: HeldAs | None
    document_no: str | None
    journal_id: UUID
    journal_number: int
    recorded_by: str
    recorded_at: datetime
    reversed_on: date | None
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None


class SavingsAccountOut(Schema):
    """What a member has in the group (บัญชีเงินออมของสมาชิก)."""

    member_id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["34190101"])
    member_no: str
    name: str
    state: str
    savings: BahtOut
    shares: BahtOut
    pledge: BahtOut
    """A month, now."""
    last_moved_on: date | None
    updated_at: datetime


class StatementLine(Schema):
    """A movement with what was there after it."""

    moved_on: date
    kind: Kind
    document_no: str | None
    savings: BahtOut
    shares: BahtOut
    savings_after: BahtOut
    shares_after: BahtOut
    journal_number: int
    reversed_on: date | None


class SavingsStatement(Schema):
    """A member's pass book (สมุดเงินออม) of a time."""

    member_id: UUID
    member_no: str
    name: str
    opening_savings: BahtOut
    opening_shares: BahtOut
    lines: list[StatementLine]
    """Without movements that were reversed."""
    closing_savings: BahtOut
    closing_shares: BahtOut


class SheetLine(Schema):
    """A member on the monthly sheet."""

    member_id: UUID
    member_no: str
    name: str
    pledge: BahtOut
    savings: BahtOut
    shares: BahtOut
    missing: BahtOut
    """Of the pledge."""


class MonthlySheet(Schema):
    """Who promised and who brought what in a month (ใบรวมเงินสัจจะ)."""

    month: str
    members: int
    paid: int
    """Members who brought something."""
    pledge: BahtOut
    savings: BahtOut
    shares: BahtOut
    missing: BahtOut
    lines: list[SheetLine]


class MovementFilters(Filters):
    """What movements are listed."""

    member_id: UUID | None = None
    kind: Kind | None = None
    moved_from: date | None = None
    moved_to: date | None = None


class AccountFilters(Filters):
    """What accounts are listed."""

    empty: bool = False
    """Also those with nothing in them."""


class StatementFilters(Filters):
    """The time of a statement."""

    moved_from: date | None = None
    moved_to: date | None = None
