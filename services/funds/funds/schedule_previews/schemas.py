"""What the API takes and gives about repayment schedules."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from funds.rates import Rate, RateOut
from funds.schedule_previews.examples import REQUESTS
from funds.schedules.conventions import (
    MAX_COMPOUNDING,
    MAX_DISBURSEMENTS,
    MAX_EVERY,
    MAX_INSTALMENTS,
    Carried,
)
from funds.schedules.rules import (
    DayCount,
    FlatSplit,
    GraceInterest,
    HolidayRule,
    LastInstalment,
    LevelFrom,
    Method,
    MonthEnd,
    PaidAt,
    Period,
    RoundedInterest,
    RoundedPart,
    RoundingMode,
)
from shared.areas import AreaCode
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Schema


class DisbursementTerms(Schema):
    """Money paid out to the borrower (การจ่ายเงินกู้)."""

    on: Annotated[date, Field(examples=["2026-01-15"])]
    amount: Annotated[BahtPositive, Field(examples=["30000.00"])]


class AmountRounding(Schema):
    """How an amount becomes a multiple (การปัดเศษ)."""

    mode: RoundingMode = RoundingMode.HALF_UP
    multiple: Annotated[BahtPositive, Field(examples=["1.00"], json_schema_extra={"default": "0.01"})] = 1
    """In baht: "0.01" is to the satang, "1.00" to a whole baht, "100.00" to a hundred."""


MAX_DAYS_OFF: Final = 2000


def _bounded(least: int, most: int) -> Any:
    """Describe bounds that the rules check, so that breaking them has a name of its own."""
    return Field(json_schema_extra={"minimum": least, "maximum": most})


class PreviewRequest(Schema):
    """A loan to lay out in instalments; only principal, rate, method and instalments must be said.

    Everything else has the usual value; the answer names each convention it was computed by.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [dict(REQUESTS["flat_whole_baht"]["value"])]})

    principal: Annotated[BahtPositive | None, Field(examples=["5000.00"])] = None
    """The amount lent (เงินต้น); may be left out where `disbursements` are given, else is their sum."""
    disbursed_on: date | None = None
    """The day the principal is paid out; without it a period before `first_due`, or today."""
    disbursements: Annotated[
        list[DisbursementTerms], Field(max_length=MAX_DISBURSEMENTS, default_factory=list)
    ]
    """Payments in parts (จ่ายเป็นงวด); instalments are levelled anew from each one on."""
    annual_rate: Annotated[Rate, Field(examples=["12.00"])]
    """Per cent a year (อัตราดอกเบี้ยต่อปี), at most what the law allows on the first day, 15.00 now.

    A rate a month or a week is given as twelve or 52 times that: "24.00" for 2 % a month.
    """
    compounding: Annotated[int | None, _bounded(1, MAX_COMPOUNDING)] = None
    """Times a year that the rate is compounded: 1 for an effective rate, 2 for a Canadian mortgage's.

    By default the rate is nominal: a period's is the year's divided by the periods. Previews only.
    """
    for_comparison: bool = False
    """Compute a rate above the legal cap too, as another system's table has it; no fund may lend so."""
    method: Method
    """How it is repaid (วิธีผ่อนชำระ): flat, equal_instalment (ลดต้นลดดอก), equal_principal, interest_free."""
    instalments: Annotated[int, _bounded(1, MAX_INSTALMENTS)]
    """Number of instalments (จำนวนงวด), those in grace included."""
    every: Annotated[int, _bounded(1, MAX_EVERY)] = 1
    """An instalment every so many periods: 2 with `week` is fortnightly, 3 with `month` quarterly."""
    period: Period = Period.MONTH
    """A year has 365 days, 52 weeks, 24 half months, 12 months, whatever the calendar (see `day_count`)."""
    first_due: date | None = None
    """Day of the first instalment; by default one period after the first disbursement."""
    due_day: Annotated[int | None, _bounded(1, 31)] = None
    """Day of the month of the instalments after `first_due`; 29 to 31 in a shorter month: see `month_end`.

    By default the day of `first_due`, else that of the first disbursement.
    """
    second_due_day: Annotated[int | None, _bounded(1, 31)] = None
    """With period `half_month` the other day of the month, 10 to 20 days from `due_day`; by default 15."""
    month_end: MonthEnd = MonthEnd.LAST_DAY
    """Where a due day goes that a month does not have: its last day, or the first of the next."""
    paid_at: PaidAt = PaidAt.END
    """At the end of each period, or at its start (ชำระต้นงวด), the first then with the disbursement."""
    grace_principal: Annotated[int, _bounded(0, MAX_INSTALMENTS - 1)] = 0
    """First instalments without principal (ปลอดเงินต้น)."""
    principal_every: Annotated[int, _bounded(1, MAX_INSTALMENTS)] = 1
    """After the grace, principal comes with every so many instalments and the last: 3 with `month` quarterly.

    The others are of interest alone. Only where the principal is the level amount (see `rounded_part`).
    """
    grace_interest: Annotated[int, _bounded(0, MAX_INSTALMENTS)] = 0
    """First instalments without interest (ปลอดดอกเบี้ย)."""
    grace_interest_mode: GraceInterest = GraceInterest.WAIVE
    """Of interest in grace: waive (none charged), carry (at once after), spread (in parts), capitalise."""
    interest_from: date | None = None
    """Interest begins on this day where it is after the disbursement; by default with the disbursement."""
    day_count: DayCount = DayCount.PERIOD
    """Which part of the year's interest a period bears: period (rate ÷ 12, 52 or 365), 30/360 …, ACT/365 …

    Months of 30 days in a year of 360 are `period` where all periods are whole ones.
    """
    first_period: DayCount = DayCount.PERIOD
    """With day_count `period`: how a broken first period is counted; `period` takes it for a whole one."""
    level_from: LevelFrom = LevelFrom.PERIODIC_RATE
    """With equal_instalment: the level by the annuity formula (PMT), or exactly by the days.

    By PMT with a `day_count` the last instalment takes the difference of the days.
    """
    flat_split: FlatSplit = FlatSplit.EVEN
    """With flat: the whole term's interest in even parts, each period's own, or by the sum of digits."""
    holiday_rule: HolidayRule = HolidayRule.NONE
    """Where a due date on a Saturday, Sunday or holiday of Thailand goes."""
    days_off: Annotated[list[date] | None, Field(max_length=MAX_DAYS_OFF, examples=[["2027-01-01"]])] = None
    """Holidays instead of Thailand's and the area's, as another country's table has them; [] is none."""
    interest_follows_shift: bool = False
    """Interest by days runs to the shifted due date, not to the one before the shift."""
    area_code: Annotated[AreaCode | None, Field(examples=["341501"])] = None
    """Whose local holidays count beside Thailand's."""
    interest_rounding: AmountRounding = Field(default_factory=AmountRounding)
    """Of each instalment's interest; by default half up to the satang."""
    rounded_interest: RoundedInterest = RoundedInterest.INSTALMENT
    """An instalment's interest as a whole, or by each balance where money was paid out inside its period."""
    instalment_rounding: AmountRounding | None = None
    """Of the level amount; by default half up to the satang."""
    rounded_part: RoundedPart | None = None
    """Which amount is level and rounded: `total`, or `principal` with the interest on top.

    By default `total` for equal_instalment, and for flat with `instalment_rounding` or `instalment_amount`.
    """
    instalment_amount: Annotated[BahtPositive | None, Field(examples=["500.00"])] = None
    """An agreed level amount instead of the computed one."""
    balloon: Annotated[
        BahtNotNegative, Field(examples=["30000.00"], json_schema_extra={"default": "0.00"})
    ] = 0
    """Left for the end, as the future value of PMT: with the last instalment, at the start a period after."""
    level_over: Annotated[int | None, _bounded(1, MAX_INSTALMENTS)] = None
    """The level amount is computed as for so many instalments; what they leave comes with the last one.

    By default as for those there are.
    """
    carried: Carried = Carried.ROUNDED
    """An instalment starts from what is rounded, or from exact amounts as in a spreadsheet. Previews only."""
    last_instalment: LastInstalment = LastInstalment.REMAINING
    """Who takes what the roundings leave: the last instalment, one more, or the last at the nearest level."""


class ScheduleRow(Schema):
    """One instalment (งวด)."""

    number: int
    due_date: date
    """After any shift off a holiday."""
    principal: BahtOut
    """Principal due (เงินต้น)."""
    interest: BahtOut
    """Interest due (ดอกเบี้ย)."""
    total: BahtOut
    """Their sum, what is to be paid (เงินงวด)."""
    balance: BahtOut
    """Principal outstanding after it (เงินต้นคงเหลือ)."""
    capitalised: BahtOut
    """Interest that was added to the balance (ดอกเบี้ยที่ทบเข้าเงินต้น)."""


class ScheduleTotals(Schema):
    """Sums of the rows."""

    instalments: int
    principal: BahtOut
    interest: BahtOut
    total: BahtOut
    capitalised: BahtOut
    """The principals sum to what was lent and this."""


class DisbursementOut(Schema):
    """Money paid out."""

    on: date
    amount: BahtOut


class RoundingOut(Schema):
    """How an amount was rounded."""

    mode: RoundingMode
    multiple: BahtOut


class Conventions(Schema):
    """Everything that the schedule was computed by, the defaults too."""

    method: Method
    annual_rate: RateOut
    compounding: int | None
    instalments: int
    every: int
    period: Period
    first_due: date
    due_day: int | None
    second_due_day: int | None
    month_end: MonthEnd
    paid_at: PaidAt
    grace_principal: int
    principal_every: int
    grace_interest: int
    grace_interest_mode: GraceInterest
    interest_from: date | None
    day_count: DayCount
    first_period: DayCount
    level_from: LevelFrom
    flat_split: FlatSplit
    periods_a_year: Literal[1, 12, 24, 52, 365]
    """What the rate is divided by, for one period."""
    holiday_rule: HolidayRule
    days_off: list[str] | None
    """Null: the public holidays of Thailand and those of the area."""
    area_code: str | None
    interest_follows_shift: bool
    interest_rounding: RoundingOut
    rounded_interest: RoundedInterest
    instalment_rounding: RoundingOut
    rounded_part: RoundedPart
    instalment_amount: BahtOut | None
    balloon: BahtOut
    level_over: int | None
    carried: Carried
    last_instalment: LastInstalment


class SchedulePreview(Schema):
    """A repayment schedule (ตารางผ่อนชำระ); nothing of it is stored."""

    rows: list[ScheduleRow]
    totals: ScheduleTotals
    disbursements: list[DisbursementOut]
    conventions: Conventions
