"""What the API takes and gives about products and their dated terms."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from funds.products.rules import (
    ALLOCATION,
    BorrowerKind,
    Category,
    Confidence,
    Due,
    EarlyRepayment,
    FundKind,
    StepKind,
    StepLevel,
)
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
    RoundedInterest,
    RoundedPart,
    RoundingMode,
)
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema, Text

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,49}$", examples=["WOMENS_REVOLVING"])]
Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,49}$", examples=["old_debts"])]
StepCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,49}$", examples=["TAMBON_WORKING_GROUP"])]
Source = Annotated[FreeText, Field(min_length=1, max_length=1000)]

EXAMPLE_TERMS: dict[str, Any] = {
    "annual_rate": "3.00",
    "method": "equal_principal",
    "max_amount": "200000.00",
    "max_months": 24,
    "min_group_size": 3,
    "approval_steps": [
        {"code": "TAMBON_WORKING_GROUP", "level": "tambon", "kind": "recommend"},
        {"code": "PROVINCE_SUBCOMMITTEE", "level": "province", "kind": "approve"},
    ],
}


class RoundingTerms(Schema):
    """To a multiple of so much, by a mode (การปัดเศษ)."""

    mode: RoundingMode = RoundingMode.HALF_UP
    multiple: Annotated[BahtPositive, Field(examples=["1.00"], json_schema_extra={"default": "0.01"})] = 1
    """In baht: "0.01" is to the satang, "1.00" to a whole baht, "100.00" to a hundred."""


class StepTerms(Schema):
    """A step on an application's way (ขั้นตอนการพิจารณา)."""

    code: StepCode
    level: StepLevel
    kind: StepKind
    from_amount: Annotated[BahtNotNegative, Field(json_schema_extra={"default": "0.00"})] = 0
    """The step is taken when the amount asked for is at least this."""


class TermsOfProduct(Schema):
    """A product's terms (เงื่อนไข); what is left out has no limit or the value shown."""

    annual_rate: Rate
    max_annual_rate: Rate | None = None
    """The most a fund's own setting may ask; by default the annual rate itself."""
    method: Method
    day_count: DayCount = DayCount.PERIOD
    level_from: LevelFrom = LevelFrom.PERIODIC_RATE
    first_period: DayCount = DayCount.PERIOD
    """With day_count `period`: how a broken first period is counted; `period` takes it for a whole one."""
    flat_split: FlatSplit = FlatSplit.EVEN
    rounded_part: RoundedPart | None = None
    rounded_interest: RoundedInterest = RoundedInterest.INSTALMENT
    """Where money is paid out inside a period: its interest as a whole, or by each balance in it."""
    month_end: MonthEnd = MonthEnd.LAST_DAY
    paid_at: PaidAt = PaidAt.END
    """At the end of each period, or at its start (ชำระต้นงวด), the first then with the disbursement."""
    max_amount: Annotated[BahtPositive | None, Field(examples=["200000.00"])] = None
    max_months: Annotated[int, Field(ge=1, le=600)] | None = None
    max_instalments: Annotated[int, Field(ge=1, le=1200)] | None = None
    min_group_size: Annotated[int, Field(ge=1, le=1000)] | None = None
    refused_purposes: Annotated[list[Purpose], Field(max_length=50, default_factory=list)]
    approval_steps: Annotated[list[StepTerms], Field(max_length=10, default_factory=list)]
    needs_minutes: bool = False
    """Approved only with the minutes of a meeting (รายงานการประชุม)."""
    target_households_only: bool = False
    """Only for households on the target register (ครัวเรือนเป้าหมาย)."""
    one_open_loan: bool = False
    """A borrower with an open loan of this product gets no second one."""
    allocation_order: Annotated[
        list[Due], Field(min_length=3, max_length=3, default_factory=lambda: list(ALLOCATION))
    ]
    """What a repayment pays first (ลำดับการตัดชำระ); each once."""
    penalty_rate: Annotated[Rate, Field(json_schema_extra={"default": "0.00"})] = Fraction(0)
    """A year, on overdue principal (ดอกเบี้ยผิดนัด)."""
    penalty_after_days: Annotated[int, Field(ge=0, le=365)] = 0
    early_repayment: EarlyRepayment = EarlyRepayment.NEXT
    interest_rounding: RoundingTerms = Field(default_factory=RoundingTerms)
    instalment_rounding: RoundingTerms | None = None
    last_instalment: LastInstalment = LastInstalment.REMAINING
    holiday_rule: HolidayRule = HolidayRule.NONE
    interest_follows_shift: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "TermsOfProduct":
        if len(set(self.allocation_order)) != len(self.allocation_order):
            raise invalid_value(
                "allocation_names_twice", "ลำดับการตัดชำระซ้ำกัน", "the order of allocation names one thing twice"
            )
        if self.method is Method.INTEREST_FREE and self.annual_rate != 0:
            raise invalid_value(
                "rate_not_zero", "เงินปลอดดอกเบี้ยต้องมีอัตรา 0", "what is free of interest has the rate 0.00"
            )
        if self.max_annual_rate is not None and self.max_annual_rate < self.annual_rate:
            raise invalid_value(
                "most_below_rate", "อัตราสูงสุดต่ำกว่าอัตรา", "the most that may be asked is below the rate"
            )
        return self


class NewVersion(Schema):
    """Terms of a product from a day on (เงื่อนไขฉบับใหม่); they hold until the next version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "valid_from": "2027-10-01",
                    "terms": EXAMPLE_TERMS,
                    "source": "ประกาศคณะกรรมการบริหารกองทุนพัฒนาบทบาทสตรี",
                    "confidence": "high",
                }
            ]
        }
    )

    valid_from: date
    offered: bool = True
    """False: from that day on nothing new is given."""
    terms: TermsOfProduct
    source: Source
    confidence: Confidence


class NewProduct(NewVersion):
    """A product of a kind of fund, with its first terms (ประเภทเงินใหม่)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "WOMENS_EMERGENCY",
                    "fund_kind": "womens",
                    "category": "loan",
                    "borrower": "group",
                    "name": {"th": "เงินทุนหมุนเวียนฉุกเฉิน", "en": "Emergency revolving loan"},
                    "valid_from": "2027-10-01",
                    "terms": EXAMPLE_TERMS,
                    "source": "ประกาศคณะกรรมการบริหารกองทุนพัฒนาบทบาทสตรี",
                    "confidence": "high",
                }
            ]
        }
    )

    id: UUID | None = None
    code: Code
    fund_kind: FundKind
    category: Category
    borrower: BorrowerKind
    name: Text


class VersionOut(Schema):
    """A product's terms from a day on, and where they are known from."""

    valid_from: date
    offered: bool
    terms: TermsOfProduct
    source: str
    confidence: Confidence
    shipped: bool
    """Came with the programme; the department's own versions are not."""
    created_at: datetime


class ProductSummary(Schema):
    """A product with what it costs and gives at most today (ประเภทเงิน)."""

    id: UUID
    code: str
    fund_kind: FundKind
    category: Category
    borrower: BorrowerKind
    name: Text
    valid_from: date
    offered: bool
    annual_rate: RateOut
    max_amount: BahtOut | None


class ProductOut(ProductSummary):
    """A product with all its versions, the newest first; `terms` are those in force."""

    terms: TermsOfProduct
    versions: list[VersionOut]


class ProductFilters(Filters):
    """Which products are listed."""

    fund_kind: FundKind | None = None
    category: Category | None = None
    on: date | None = None
    """The day whose terms are shown; today when it is not given."""


class RateCapOut(Schema):
    """The most that a loan may cost a year, for contracts from a day on."""

    valid_from: date
    annual_rate: RateOut
    source: str


class RateCaps(Schema):
    """The dated caps, the oldest first."""

    items: list[RateCapOut]
