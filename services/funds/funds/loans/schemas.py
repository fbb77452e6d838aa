"""What the API takes and gives about loans."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from funds.loans.rules import Channel, Reason, State
from funds.products.rules import Due, EarlyRepayment
from funds.rates import Rate, RateOut
from funds.schedules.rules import (
    DayCount,
    FlatSplit,
    HolidayRule,
    LastInstalment,
    LevelFrom,
    Method,
    MonthEnd,
    PaidAt,
    Period,
    RoundedInterest,
    RoundedPart,
)
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema
from shared.thai import clean_text, normalise_digits


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


ContractNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["ส 12/2569"])
]
VoucherNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["บจ 3/2569"])
]
LoanReason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["ผู้กู้ขอยกเลิก"])]
BorrowerKindName = Literal["member", "group", "household"]
AnswerableAs = Literal["heirs", "estate", "guarantors"]


class NewLoan(Schema):
    """The contract of an approved application (ทำสัญญา); amount, borrower and shares are the application's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "contract_no": "ส 12/2569",
                    "instalments": 12,
                    "due_day": 31,
                }
            ]
        }
    )

    id: UUID | None = None
    application_id: UUID
    contract_no: ContractNumber
    """Of the fund's own contracts; unique within the fund."""
    contract_date: date | None = None
    """Today when absent; not before the approval."""
    instalments: Annotated[int, Field(ge=1, le=1200)] | None = None
    """Number of instalments (จำนวนงวด); those applied for when absent."""
    every: Annotated[int, Field(ge=1, le=366)] = 1
    """An instalment every so many periods."""
    period: Period = Period.MONTH
    first_due: date | None = None
    """Day of the first instalment; by default one period after the first disbursement."""
    due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    """Day of the month of the instalments after the first; 29 to 31 in a shorter month by `month_end`."""
    second_due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    """With period `half_month` the other day of the month."""
    grace_principal: Annotated[int, Field(ge=0, le=1199)] = 0
    """First instalments without principal (ปลอดเงินต้น)."""
    principal_every: Annotated[int, Field(ge=1, le=1200)] = 1
    """After them principal comes with every so many instalments and the last, the others are of interest."""
    grace_interest: Annotated[int, Field(ge=0, le=1200)] = 0
    """First instalments for whose time no interest is charged (ปลอดดอกเบี้ย)."""
    balloon: Annotated[BahtNotNegative, Field(examples=["0.00"], json_schema_extra={"default": "0.00"})] = 0
    """Left for the end, on top of the last instalment (เงินต้นงวดสุดท้าย)."""
    annual_rate: Rate | None = None
    """Per cent a year, below the approved or the fund's own rate; that one when absent."""


class NewDisbursement(Schema):
    """Money paid out on a loan (จ่ายเงินกู้)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "20000.00", "channel": "bank", "document_no": "บจ 3/2569"}]
        }
    )

    id: UUID | None = None
    paid_on: date | None = None
    """Today when absent."""
    amount: Annotated[BahtPositive | None, Field(examples=["50000.00"])] = None
    """All that is not paid out yet when absent."""
    channel: Channel
    document_no: VoucherNumber
    """Of the payment voucher (ใบสำคัญจ่าย); unique within the fund."""


class LoanCancellation(Schema):
    """Why the rest of a contract is not paid out (ยกเลิกสัญญาหรือวงเงินที่เหลือ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "ผู้กู้ขอยกเลิก"}]})

    reason: LoanReason


class DisbursementReversal(Schema):
    """Why money was not paid out as it was recorded (กลับรายการจ่ายเงินกู้)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "บันทึกผิดสัญญา"}]})

    reason: LoanReason
    reversed_on: date | None = None
    """Business date of the reversal; today when absent."""


class LoanFilters(Filters):
    """Which loans are listed."""

    area: Annotated[AreaCode | None, Field(description="This area and all below it")] = None
    fund_id: UUID | None = None
    borrower_id: UUID | None = None
    product_id: UUID | None = None
    state: State | None = None
    contract_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    due_until: Annotated[date | None, Field(description="With an instalment due on or before this day")] = (
        None
    )
    late: Annotated[bool, Field(description="Only those with an overdue instalment")] = False
    updated_since: AwareDatetime | None = None
    fund_kind: Annotated[str, Field(pattern="^(womens|poverty|savings|village|institution)$")] | None = None
    open: Annotated[bool, Field(description="Only loans that are paid out and not closed")] = False
    to_give_back: Annotated[
        bool, Field(description="Only closed loans with money paid ahead that is still the borrower's")
    ] = False


class InstalmentOut(Schema):
    """An instalment (งวด) and what is paid of it."""

    number: int
    due_on: date
    principal: BahtOut
    interest: BahtOut
    total: BahtOut
    penalty: BahtOut
    """Charged so far (ดอกเบี้ยผิดนัด)."""
    paid_principal: BahtOut
    paid_interest: BahtOut
    paid_penalty: BahtOut
    waived_interest: BahtOut
    owed: BahtOut
    """What is left of all of it."""
    settled_on: date | None


class LoanConventions(Schema):
    """How the contract lays out and allocates (เงื่อนไขตามสัญญา)."""

    method: Method
    annual_rate: RateOut
    instalments: int
    every: int
    period: Period
    first_due: date | None
    due_day: int | None
    second_due_day: int | None
    month_end: MonthEnd
    paid_at: PaidAt
    grace_principal: int
    principal_every: int
    grace_interest: int
    balloon: BahtOut
    day_count: DayCount
    first_period: DayCount
    level_from: LevelFrom
    flat_split: FlatSplit
    rounded_part: RoundedPart | None
    rounded_interest: RoundedInterest
    holiday_rule: HolidayRule
    interest_follows_shift: bool
    last_instalment: LastInstalment
    allocation_order: list[Due]
    penalty_rate: RateOut
    penalty_after_days: int
    early_repayment: EarlyRepayment


class LoanRow(Schema):
    """A loan (สัญญาเงินกู้)."""

    id: UUID
    fund_id: UUID
    area_code: str
    application_id: UUID | None
    """Null where it was taken over from the books before."""
    product_id: UUID
    product_code: str
    borrower_kind: BorrowerKindName
    borrower_id: UUID
    borrower_name: str | None
    answerable_as: AnswerableAs | None
    """As what somebody answers in the place of a borrower who died (ผู้รับผิดชอบหนี้); null: the borrower does."""
    answerable: str | None
    """Her name, as it was decided."""
    answerable_member_id: UUID | None
    answerable_since: date | None
    contract_no: str
    contract_date: date
    principal: BahtOut
    annual_rate: RateOut
    state: State
    state_reason: str | None
    disbursed: BahtOut
    outstanding: BahtOut
    """Principal owed in the books (เงินต้นคงเหลือ)."""
    advance: BahtOut
    """Paid ahead of what is due (เงินรับล่วงหน้า)."""
    written_off: BahtOut
    recovered: BahtOut
    """Of what was written off."""
    next_due_on: date | None
    days_late: int
    """Of the oldest instalment that is not settled, today; 0 when nothing is late."""
    last_paid_on: date | None
    closed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class LoanShareOut(Schema):
    """What a member of a group has of its loan (ส่วนของสมาชิก)."""

    member_id: UUID
    amount: BahtOut


class LoanOut(LoanRow):
    """A loan with its terms, instalments in force and shares."""

    conventions: LoanConventions
    schedule_no: int
    overdue: BahtOut
    """Owed of instalments due before today, penalty charged so far with it."""
    instalments: list[InstalmentOut]
    shares: list[LoanShareOut]


class DisbursementRecord(Schema):
    """A disbursement with the journal that booked it."""

    id: UUID
    loan_id: UUID
    paid_on: date
    amount: BahtOut
    channel: Channel
    document_no: str
    journal_id: UUID
    journal_number: int
    recorded_by: str
    reversed_on: date | None
    reversed_by: str | None
    reversal_reason: str | None
    reversal_journal_id: UUID | None
    created_at: datetime


class DisbursementRecords(Schema):
    """A loan's disbursements, the oldest first."""

    items: list[DisbursementRecord]


class LoanScheduleOut(Schema):
    """A schedule of a loan (ตารางผ่อนชำระ); the last one is in force, those before stay as they were."""

    schedule_no: int
    reason: Reason
    note: str | None
    made_on: date
    actor: str
    created_at: datetime


class LoanSchedules(Schema):
    """A loan's schedules, the oldest first."""

    items: list[LoanScheduleOut]


class LoanScheduleDetail(LoanScheduleOut):
    """A schedule with its instalments."""

    instalments: list[InstalmentOut]
