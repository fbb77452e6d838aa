"""What the API takes and gives about applications."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from funds.applications.rules import State
from funds.products.rules import BorrowerKind, Category, StepLevel
from funds.products.schemas import Code
from funds.rates import Rate
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema
from shared.thai import clean_text, normalise_digits


def _number(text: str) -> str:
    return normalise_digits(clean_text(text))


DocumentNumber = Annotated[
    str, AfterValidator(_number), Field(min_length=1, max_length=60, examples=["12/2569"])
]
Title = Annotated[FreeText, Field(min_length=1, max_length=300, examples=["โครงการทอผ้าไหมบ้านโนนจิก"])]
Plan = Annotated[FreeText, Field(min_length=1, max_length=5000, examples=["ซื้อเส้นไหมและทอผ้า 3 ผืนต่อเดือน"])]
Reason = Annotated[FreeText, Field(min_length=1, max_length=1000, examples=["เอกสารกลุ่มไม่ครบ"])]
Name = Annotated[FreeText, AfterValidator(clean_text), Field(min_length=1, max_length=200)]
PurposeCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,49}$", examples=["weaving"])]
Months = Annotated[int, Field(ge=1, le=600)]
Instalments = Annotated[int, Field(ge=1, le=1200)]

EXAMPLE: dict[str, Any] = {
    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    "product_code": "WOMENS_REVOLVING",
    "borrower_kind": "group",
    "borrower_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20",
    "title": "โครงการทอผ้าไหมบ้านโนนจิก",
    "purpose": "weaving",
    "plan": "ซื้อเส้นไหมและทอผ้า 3 ผืนต่อเดือน",
    "amount": "100000.00",
    "months": 24,
    "instalments": 24,
    "budget": [
        {"item": "เส้นไหม", "amount": "80000.00"},
        {"item": "สีย้อม", "amount": "20000.00"},
    ],
    "guarantors": [{"member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30"}],
}


class BudgetLine(Schema):
    """What part of the money is for (รายการงบประมาณ)."""

    item: Annotated[FreeText, Field(min_length=1, max_length=200, examples=["เส้นไหม"])]
    amount: BahtPositive


class NewShare(Schema):
    """A member's part of what the group asks for: so many parts, or an amount."""

    member_id: UUID
    parts: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    amount: BahtNotNegative | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NewShare":
        if (self.parts is None) == (self.amount is None):
            raise invalid_value(
                "parts_or_amount", "ระบุสัดส่วนหรือจำนวนเงินอย่างใดอย่างหนึ่ง", "name either parts or an amount"
            )
        return self


class NewGuarantor(Schema):
    """Who guarantees (ผู้ค้ำประกัน): a member of the fund by id, anybody else by name."""

    member_id: UUID | None = None
    name: Name | None = None
    relation: Annotated[FreeText, Field(min_length=1, max_length=100, examples=["พี่สาว"])] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NewGuarantor":
        if (self.member_id is None) == (self.name is None):
            raise invalid_value(
                "member_or_name", "ระบุสมาชิกหรือชื่ออย่างใดอย่างหนึ่ง", "name either a member or a name"
            )
        return self


Budget = Annotated[list[BudgetLine], Field(min_length=1, max_length=100)]
Shares = Annotated[list[NewShare], Field(max_length=1000)]
Guarantors = Annotated[list[NewGuarantor], Field(max_length=20)]


class NewApplication(Schema):
    """An application to draft (ร่างคำขอ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None = None
    """Made by the client for offline work; made here when absent."""
    fund_id: UUID
    application_no: DocumentNumber | None = None
    """Unique within the fund; the next running number when absent."""
    product_code: Code
    borrower_kind: BorrowerKind
    borrower_id: UUID
    """A member's, a borrower group's or a target household's id."""
    title: Title
    purpose: PurposeCode
    """A code of the list LOAN_PURPOSES (`/v1/instruments/funds/LOAN_PURPOSES`)."""
    plan: Plan | None = None
    amount: BahtPositive
    annual_rate: Rate | None = None
    """Only where another rate than the fund's own is asked for, inside the product's limits."""
    months: Months | None = None
    instalments: Instalments | None = None
    budget: Budget
    """Its lines sum to the amount."""
    applied_on: date | None = None
    """Day on the paper, today or earlier; the product's terms of this day hold."""
    shares: Annotated[Shares, Field(default_factory=list)]
    """Of a group's members; equal parts when absent."""
    guarantors: Annotated[Guarantors, Field(default_factory=list)]


class ApplicationChange(Schema):
    """A merge patch of a draft or of what was returned; lists are replaced whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "90000.00", "budget": [{"item": "เส้นไหม", "amount": "90000.00"}]}]
        }
    )

    title: Title = ""
    purpose: PurposeCode = ""
    plan: Plan | None = None
    amount: BahtPositive = 0
    annual_rate: Rate | None = None
    months: Months | None = None
    instalments: Instalments | None = None
    budget: Annotated[Budget, Field(default_factory=list)]
    shares: Annotated[Shares, Field(default_factory=list)]
    guarantors: Annotated[Guarantors, Field(default_factory=list)]


class Submission(Schema):
    """When an application was handed in (วันที่ยื่นคำขอ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"submitted_on": "2026-01-16"}]})

    submitted_on: date | None = None
    """Today when absent; of a paper that is recorded late, the day on the paper."""


class Cancellation(Schema):
    """Why an application is taken back (ยกเลิกคำขอ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "กลุ่มขอถอนเรื่อง"}]})

    reason: Reason


class ApplicationRow(Schema):
    """An application in the list (คำขอ)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    application_no: str
    product_id: UUID
    product_code: str
    category: Category
    borrower_kind: BorrowerKind
    borrower_id: UUID
    borrower_name: str | None
    """Of a member or group; funds knows no name of a household."""
    title: str
    purpose: str
    amount: BahtOut
    """What is asked for."""
    resolved_amount: BahtOut
    """What the steps so far would give: all of it, or less (วงเงินตามมติ)."""
    applied_on: date
    state: State
    next_step: str | None
    """Code of the step that it waits for."""
    next_level: StepLevel | None
    risk_level: str | None
    submitted_on: date | None
    approved_on: date | None
    valid_until: date | None
    """Last day of the approval."""
    reserved: BahtOut
    """Kept back for it in the fund's books, until a loan or grant takes it up."""
    version: int
    created_at: datetime
    updated_at: datetime


class ApplicationFilters(Filters):
    """What applications are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    state: State | None = None
    category: Category | None = None
    product_code: Code | None = None
    borrower_id: UUID | None = None
    awaits: StepLevel | None = None
    """Those that wait for a decision at this level."""
    applied_from: date | None = None
    applied_to: date | None = None
    updated_since: AwareDatetime | None = None
