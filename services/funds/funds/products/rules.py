"""What a fund may lend or give and on which terms (ประเภทเงินกองทุน); rates are exact fractions of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, NamedTuple
from uuid import UUID

from funds.registry.rules import Kind
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
    Rounding,
    Terms,
)

FundKind = Kind
"""The registry's kinds of funds."""


class Category(StrEnum):
    """What the money is (ประเภทเงิน)."""

    LOAN = "loan"
    INTEREST_FREE_LOAN = "interest_free_loan"
    GRANT = "grant"
    """Given, not lent (เงินอุดหนุน)."""
    SAVINGS = "savings"


class BorrowerKind(StrEnum):
    """Whom it is for."""

    GROUP = "group"
    MEMBER = "member"
    HOUSEHOLD = "household"


class StepLevel(StrEnum):
    """Who decides a step of approval."""

    VILLAGE = "village"
    TAMBON = "tambon"
    DISTRICT = "district"
    PROVINCE = "province"


class StepKind(StrEnum):
    """What is decided: an opinion, or the approval."""

    RECOMMEND = "recommend"
    APPROVE = "approve"


class Due(StrEnum):
    """What a repayment pays, in an order that the product names."""

    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class EarlyRepayment(StrEnum):
    """What money beyond what is due does (การชำระก่อนกำหนด)."""

    NEXT = "next"
    """It pays the next instalments."""
    SHORTEN = "shorten"
    """It shortens the term; instalments stay."""
    LOWER = "lower"
    """It lowers the instalments; the term stays."""


class Confidence(StrEnum):
    """How far the source is to be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Step(NamedTuple):
    """A step on an application's way; taken when the amount is at least `from_amount` satang."""

    code: str
    level: StepLevel
    kind: StepKind
    from_amount: int = 0


ALLOCATION: Final = (Due.PENALTY, Due.INTEREST, Due.PRINCIPAL)
LENT: Final = frozenset({Category.LOAN, Category.INTEREST_FREE_LOAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTerms:
    """A product's terms in force on a day, a fund's own settings applied; amounts in satang.

    `None` as a limit means that the product sets none.
    """

    product_id: UUID
    code: str
    fund_kind: FundKind
    category: Category
    borrower: BorrowerKind
    valid_from: date
    offered: bool = True
    """False: nothing new is given on these terms."""
    annual_rate: Fraction = Fraction(0)
    max_annual_rate: Fraction = Fraction(0)
    """The most that a fund's own settings may ask."""
    method: Method = Method.INTEREST_FREE
    day_count: DayCount = DayCount.PERIOD
    level_from: LevelFrom = LevelFrom.PERIODIC_RATE
    first_period: DayCount = DayCount.PERIOD
    flat_split: FlatSplit = FlatSplit.EVEN
    rounded_part: RoundedPart | None = None
    rounded_interest: RoundedInterest = RoundedInterest.INSTALMENT
    month_end: MonthEnd = MonthEnd.LAST_DAY
    paid_at: PaidAt = PaidAt.END
    max_amount: int | None = None
    max_months: int | None = None
    max_instalments: int | None = None
    min_group_size: int | None = None
    refused_purposes: tuple[str, ...] = ()
    """Codes of purposes that it is not given for."""
    approval_steps: tuple[Step, ...] = ()
    needs_minutes: bool = False
    """Approved only with the minutes of a meeting dated on or before the day."""
    target_households_only: bool = False
    """Only for households on the target register (ครัวเรือนเป้าหมาย)."""
    one_open_loan: bool = False
    """A borrower with an open loan of the product gets no second one."""
    allocation_order: tuple[Due, ...] = ALLOCATION
    penalty_rate: Fraction = Fraction(0)
    """A year, on overdue principal."""
    penalty_after_days: int = 0
    """Days late without penalty."""
    early_repayment: EarlyRepayment = EarlyRepayment.NEXT
    interest_rounding: Rounding = Rounding()  # noqa: RUF009  # an immutable tuple
    instalment_rounding: Rounding | None = None
    last_instalment: LastInstalment = LastInstalment.REMAINING
    holiday_rule: HolidayRule = HolidayRule.NONE
    interest_follows_shift: bool = False
    source: str = ""
    confidence: Confidence = Confidence.LOW

    @property
    def lent(self) -> bool:
        """Tell whether it is to be repaid."""
        return self.category in LENT

    def steps(self, amount: int) -> tuple[Step, ...]:
        """Return the steps that an application for so many satang takes."""
        return tuple(step for step in self.approval_steps if amount >= step.from_amount)

    def schedule_terms(
        self, *, instalments: int, annual_rate: Fraction | None = None, **chosen: Any
    ) -> Terms:
        """Return the terms of a loan's schedule: the product's conventions with what the contract chose.

        `chosen` are `every`, `period`, `first_due`, `due_day`, `second_due_day`, `grace_principal`,
        `principal_every`, `grace_interest` (waived) and `balloon` of `Terms`.
        """
        return Terms(
            method=self.method,
            annual_rate=self.annual_rate if annual_rate is None else annual_rate,
            instalments=instalments,
            **chosen,
            day_count=self.day_count,
            first_period=self.first_period,
            flat_split=self.flat_split,
            rounded_part=self.rounded_part,
            rounded_interest=self.rounded_interest,
            month_end=self.month_end,
            paid_at=self.paid_at,
            level_from=self.level_from,
            interest_rounding=self.interest_rounding,
            instalment_rounding=self.instalment_rounding,
            last_instalment=self.last_instalment,
            holiday_rule=self.holiday_rule,
            interest_follows_shift=self.interest_follows_shift,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSettings:
    """What a fund has resolved for a product; None leaves the product's own value."""

    annual_rate: Fraction | None = None
    penalty_rate: Fraction | None = None
    max_amount: int | None = None
    max_months: int | None = None
    max_instalments: int | None = None
    min_group_size: int | None = None


def outside(terms: ProductTerms, own: OwnSettings) -> tuple[str, ...]:
    """Return the names of the settings that lie outside a product's limits.

    A fund may ask less interest, lend less and for shorter, and want larger groups; never the other way.
    """
    wrong = []
    if own.annual_rate is not None and not 0 <= own.annual_rate <= terms.max_annual_rate:
        wrong.append("annual_rate")
    if own.penalty_rate is not None and not 0 <= own.penalty_rate <= terms.penalty_rate:
        wrong.append("penalty_rate")
    for name in ("max_amount", "max_months", "max_instalments"):
        asked, most = getattr(own, name), getattr(terms, name)
        if asked is not None and (asked < 1 or (most is not None and asked > most)):
            wrong.append(name)
    if own.min_group_size is not None and own.min_group_size < (terms.min_group_size or 1):
        wrong.append("min_group_size")
    return tuple(wrong)


def apply(terms: ProductTerms, own: OwnSettings) -> ProductTerms:
    """Return the product's terms with a fund's own settings; what lies outside the limits has no effect."""
    ignored = outside(terms, own)
    names = ("annual_rate", "penalty_rate", "max_amount", "max_months", "max_instalments", "min_group_size")
    chosen = {name: getattr(own, name) for name in names if name not in ignored}
    changes = {name: value for name, value in chosen.items() if value is not None}
    return replace(terms, **changes)


class RateCap(NamedTuple):
    """The most that a loan may cost a year, for contracts from a day on (ป.พ.พ. มาตรา 654)."""

    valid_from: date
    annual_rate: Fraction
    source: str


def cap_on(caps: Sequence[RateCap], day: date) -> RateCap:
    """Return the cap in force on a contract's day; the first one also holds for the time before it."""
    ordered = sorted(caps)
    return next((cap for cap in reversed(ordered) if cap.valid_from <= day), ordered[0])
