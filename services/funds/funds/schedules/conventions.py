"""The words a schedule is agreed in: methods, periods, day counts, roundings, graces, shifts.

Amounts are satang, rates are exact fractions of one a year (15 % is Fraction(3, 20)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

MAX_INSTALMENTS: Final = 1200
MAX_EVERY: Final = 366
MAX_COMPOUNDING: Final = 365
MAX_DISBURSEMENTS: Final = 24
LAST_DUE_DAY: Final = 31


class Method(StrEnum):
    """How principal and interest are repaid (วิธีผ่อนชำระ).

    `flat`: interest on the amount lent for the whole term (ดอกเบี้ยคงที่); `equal_instalment`: level
    instalments, interest on the declining balance (ลดต้นลดดอก); `equal_principal`: level principal,
    interest on the declining balance (เงินต้นเท่ากัน); `interest_free`: level principal, no interest
    (ปลอดดอกเบี้ย).
    """

    FLAT = "flat"
    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FREE = "interest_free"


class Period(StrEnum):
    """The unit that instalments are counted in, as many as `every` says (รอบการผ่อนชำระ).

    `day`, `week`; `half_month`: twice a month, on `due_day` and `second_due_day`; `month`; `year`.
    """

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    YEAR = "year"


PERIODS_A_YEAR: Final[Mapping[Period, int]] = {
    Period.DAY: 365,
    Period.WEEK: 52,
    Period.HALF_MONTH: 24,
    Period.MONTH: 12,
    Period.YEAR: 1,
}


class DayCount(StrEnum):
    """Which part of a year's interest a time bears (วิธีนับวันคิดดอกเบี้ย).

    - `period`: the rate divided by the periods of a year (12, 24, 52, 365), whatever their days
    - `period/days`: the same, a broken first period by its days out of those of a whole one (ACT/ACT ICMA
      of one period)
    - `30/360`: months of 30 days as in the United States (NASD); `30E/360`: Eurobond; `30E/360 ISDA`:
      German, each month's last day is its 30th, but the last of February on the last due date;
      `30/360 ISDA`: bond basis; `30/365`: months as in 30E in a year of 365
    - `ACT/360`, `ACT/364`, `ACT/365`, `ACT/365.25`: actual days in a fixed year; `NL/365`: likewise,
      29 February not counted
    - `ACT/365L`: by 366 where the period ends in a leap year (a period of a year: where it has a
      29 February in it), else by 365
    - `ACT/ACT`: ISDA, days of leap years by 366, others by 365, the first day bearing interest;
      `ACT/ACT last day`: the last day bearing it instead of the first
    - `ACT/ACT AFB`: by 366 where the time has a 29 February in it, else by 365 (beyond a year: whole years)
    """

    PERIOD = "period"
    PERIOD_BY_DAYS = "period/days"
    THIRTY_360_US = "30/360"
    THIRTY_360_BOND = "30/360 ISDA"
    THIRTY_360_EUROPEAN = "30E/360"
    THIRTY_360_GERMAN = "30E/360 ISDA"
    THIRTY_365 = "30/365"
    ACTUAL_360 = "ACT/360"
    ACTUAL_364 = "ACT/364"
    ACTUAL_365 = "ACT/365"
    ACTUAL_365_25 = "ACT/365.25"
    ACTUAL_365_L = "ACT/365L"
    NO_LEAP_365 = "NL/365"
    ACTUAL_ACTUAL = "ACT/ACT"
    ACTUAL_ACTUAL_LAST = "ACT/ACT last day"
    ACTUAL_ACTUAL_AFB = "ACT/ACT AFB"


class PaidAt(StrEnum):
    """When in its period an instalment is due.

    `end`: after the time that it bears interest for; `start`: before it (annuity due), the first on the day
    of the disbursement.
    """

    END = "end"
    START = "start"


class MonthEnd(StrEnum):
    """Where a due day of 29 to 31 goes in a shorter month.

    `last_day`: to the month's last day; `next_month`: to the first day of the next.
    """

    LAST_DAY = "last_day"
    NEXT_MONTH = "next_month"


class GraceInterest(StrEnum):
    """What becomes of interest while its payment is in grace (ปลอดชำระดอกเบี้ย).

    `waive`: none is charged; `carry`: it is charged and due with the first instalment after the grace;
    `spread`: it is charged and due in even parts with the instalments after the grace, without interest on
    it; `capitalise`: each instalment's is added to the principal and bears interest (ดอกเบี้ยทบต้น), which
    ป.พ.พ. มาตรา 655 forbids to ordinary loans: for comparison only, no product has it.
    """

    WAIVE = "waive"
    CARRY = "carry"
    SPREAD = "spread"
    CAPITALISE = "capitalise"


class HolidayRule(StrEnum):
    """Where a due date goes that falls on a Saturday, Sunday or holiday (การเลื่อนวันครบกำหนด).

    `none`: it stays; `following`: the next working day; `preceding`: the one before;
    `modified_following`: the next, but not into the next month.
    """

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"


class RoundingMode(StrEnum):
    """How an amount becomes a multiple (วิธีปัดเศษ).

    `half_up`, `half_down`, `half_even`: the nearest one, from the middle up, down, or to an even multiple;
    `up`, `down`: the next one above or below.
    """

    HALF_UP = "half_up"
    HALF_DOWN = "half_down"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


class RoundedPart(StrEnum):
    """Which amount of an instalment is rounded and level.

    `total`: principal and interest together; `principal`: the principal, with the interest on top.
    """

    TOTAL = "total"
    PRINCIPAL = "principal"


class RoundedInterest(StrEnum):
    """Which interest is rounded.

    `instalment`: that of an instalment as a whole; `balance`: that of each time in which the balance stayed
    the same, where money was paid out inside a period.
    """

    INSTALMENT = "instalment"
    BALANCE = "balance"


class LevelFrom(StrEnum):
    """What the level instalment of `equal_instalment` is computed from.

    `periodic_rate`: the annuity formula (PMT) at rate ÷ periods of a year, whatever the day count; the
    last instalment differs. `actual_days`: the interest that each period really bears: the exact level.
    """

    PERIODIC_RATE = "periodic_rate"
    ACTUAL_DAYS = "actual_days"


class FlatSplit(StrEnum):
    """How the interest of `flat` is spread.

    `even`: the whole term's interest in even parts, the last takes the remainder; `by_period`: each
    instalment bears its own period's interest by the day count; `sum_of_digits`: the whole term's interest
    by the number of instalments left (rule of 78): of twelve the first bears 12/78, the last 1/78.
    """

    EVEN = "even"
    BY_PERIOD = "by_period"
    SUM_OF_DIGITS = "sum_of_digits"


class Carried(StrEnum):
    """What an instalment is computed from.

    `rounded`: what the one before left, in whole satang; `exact`: what it left before it was rounded, as
    spreadsheets and calculators have it: interest and balance of each row are then those that they print,
    the principal is what the balance fell by, the total is the sum (theirs may be a satang off it).
    """

    ROUNDED = "rounded"
    EXACT = "exact"


class LastInstalment(StrEnum):
    """What becomes of the difference that rounding leaves.

    `remaining`: the last instalment takes what remains of the principal, it is smaller or larger;
    `additional`: what remains beyond a whole instalment comes in one more; `nearest`: as remaining,
    with the level moved by one multiple where that brings the last instalment nearer.
    """

    REMAINING = "remaining"
    ADDITIONAL = "additional"
    NEAREST = "nearest"


class Rounding(NamedTuple):
    """To a multiple of so many satang, by a mode."""

    mode: RoundingMode = RoundingMode.HALF_UP
    multiple: int = 1

    def of(self, numerator: int, denominator: int = 1) -> int:
        """Return numerator/denominator satang, not negative, as a multiple."""
        step = denominator * self.multiple
        whole, rest = divmod(numerator, step)
        match self.mode:
            case RoundingMode.HALF_UP:
                whole += 2 * rest >= step
            case RoundingMode.HALF_DOWN:
                whole += 2 * rest > step
            case RoundingMode.HALF_EVEN:
                whole += 2 * rest > step or (2 * rest == step and whole % 2 == 1)
            case RoundingMode.UP:
                whole += rest > 0
            case RoundingMode.DOWN:
                pass
        return whole * self.multiple


BY_PERIODS: Final = frozenset({DayCount.PERIOD, DayCount.PERIOD_BY_DAYS})
"""Day counts that do not count the days of a whole period."""

TO_THE_SATANG: Final = Rounding()


class Disbursement(NamedTuple):
    """Money paid out to the borrower: on which day, how many satang (การจ่ายเงินกู้)."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What borrower and fund agreed on, every convention by its name."""

    method: Method
    annual_rate: Fraction
    """Of one: 15 % a year is Fraction(3, 20)."""
    compounding: int | None = None
    """Times a year that the rate is compounded; None: it is divided among the periods (nominal)."""
    instalments: int
    every: int = 1
    period: Period = Period.MONTH
    first_due: date | None = None
    """None: one period after the first disbursement."""
    due_day: int | None = None
    """Day of the month that instalments after `first_due` fall due on; 29 to 31: see `month_end`."""
    second_due_day: int | None = None
    """The other one of `half_month`, 10 to 20 days apart; None: 15 days, beside the 15th the last day."""
    month_end: MonthEnd = MonthEnd.LAST_DAY
    paid_at: PaidAt = PaidAt.END
    grace_principal: int = 0
    """First instalments without principal."""
    principal_every: int = 1
    """After the grace principal comes with every so many instalments, and with the last; 1: with each.

    Only where the principal is the level amount.
    """
    grace_interest: int = 0
    """First instalments without interest."""
    grace_interest_mode: GraceInterest = GraceInterest.WAIVE
    day_count: DayCount = DayCount.PERIOD
    first_period: DayCount = DayCount.PERIOD
    """With `day_count` period: how a first period is counted that is not a whole one; period: as a whole."""
    interest_from: date | None = None
    """No interest before this day; None: from the disbursement."""
    holiday_rule: HolidayRule = HolidayRule.NONE
    interest_follows_shift: bool = False
    """Interest by days runs to the shifted due date, not to the one before the shift."""
    interest_rounding: Rounding = TO_THE_SATANG
    rounded_interest: RoundedInterest = RoundedInterest.INSTALMENT
    instalment_rounding: Rounding | None = None
    """None: to the satang."""
    rounded_part: RoundedPart | None = None
    """None: the total of flat with `instalment_rounding` and of equal_instalment, else the principal."""
    instalment_amount: int | None = None
    """An agreed level instalment (or principal part) instead of the computed one."""
    balloon: int = 0
    """What is left for the end, on top of the last instalment (as the future value of a spreadsheet's PMT).

    Paid at the start, it comes a period after the last one; of level instalments its interest is in it.
    """
    level_over: int | None = None
    """The level amount is computed as for so many instalments; what they leave comes with the last one."""
    level_from: LevelFrom = LevelFrom.PERIODIC_RATE
    flat_split: FlatSplit = FlatSplit.EVEN
    last_instalment: LastInstalment = LastInstalment.REMAINING

    @property
    def level_part(self) -> RoundedPart:
        """Return which amount is level and rounded."""
        if self.rounded_part is not None:
            return self.rounded_part
        if self.method is Method.FLAT:
            given = self.instalment_rounding is not None or self.instalment_amount is not None
            return RoundedPart.TOTAL if given else RoundedPart.PRINCIPAL
        equal = self.method is Method.EQUAL_INSTALMENT
        return RoundedPart.TOTAL if equal else RoundedPart.PRINCIPAL

    def bears_principal(self, period: int) -> bool:
        """Tell whether principal is due with an instalment, counted from 0."""
        after = period - self.grace_principal + 1
        return after > 0 and (after % self.principal_every == 0 or period >= self.instalments - 1)

    @property
    def rows(self) -> int:
        """Return the number of rows at most: the instalments, and one for what comes after them."""
        after = self.last_instalment is LastInstalment.ADDITIONAL
        return self.instalments + (after or (self.balloon > 0 and self.paid_at is PaidAt.START))

    @property
    def level_rounding(self) -> Rounding:
        """Return how the level amount is rounded."""
        return self.instalment_rounding or TO_THE_SATANG


class Row(NamedTuple):
    """One instalment (งวด); amounts in satang, `balance` is the principal outstanding after it."""

    number: int
    due_date: date
    principal: int
    interest: int
    total: int
    balance: int
    capitalised: int = 0
    """Interest that was added to the balance."""


class Schedule(NamedTuple):
    """A loan's instalments; their principals sum to what was lent and capitalised, the last balance is 0."""

    rows: tuple[Row, ...]
    principal: int
    interest: int
    total: int
    capitalised: int
