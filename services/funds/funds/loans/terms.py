"""Between a loan's stored terms and the rules' words."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import orjson

from funds import rates
from funds.loans.rules import BookLoan, RepaymentTerms
from funds.products.rules import Due, EarlyRepayment, ProductTerms
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
    Rounding,
    RoundingMode,
    Terms,
)

_READ: Final[Mapping[str, Any]] = {
    "method": Method,
    "annual_rate": rates.rate,
    "period": Period,
    "first_due": date.fromisoformat,
    "grace_interest_mode": GraceInterest,
    "day_count": DayCount,
    "first_period": DayCount,
    "interest_from": date.fromisoformat,
    "holiday_rule": HolidayRule,
    "rounded_part": RoundedPart,
    "rounded_interest": RoundedInterest,
    "level_from": LevelFrom,
    "flat_split": FlatSplit,
    "month_end": MonthEnd,
    "paid_at": PaidAt,
    "last_instalment": LastInstalment,
}
_ROUNDINGS: Final = ("interest_rounding", "instalment_rounding")


def stored(agreed: Terms, product: ProductTerms) -> dict[str, Any]:
    """Return the words of a contract as JSON: how it is laid out, and how it is repaid."""
    return {
        "product_code": product.code,
        "product_valid_from": product.valid_from.isoformat(),
        "schedule": {field.name: _written(getattr(agreed, field.name)) for field in fields(agreed)},
        "repayment": {
            "allocation_order": [due.value for due in product.allocation_order],
            "penalty_rate": rates.text(product.penalty_rate),
            "penalty_after_days": product.penalty_after_days,
            "early_repayment": product.early_repayment.value,
        },
    }


def opened(loan: BookLoan, product: ProductTerms) -> dict[str, Any]:
    """Return the words of a loan of the books before, of which its product's terms are all that is known."""
    agreed = product.schedule_terms(instalments=len(loan.instalments), annual_rate=loan.annual_rate)
    return stored(agreed, product)


def anew(words: Mapping[str, Any], *, instalments: int) -> dict[str, Any]:
    """Return a contract's words for what is still to come of it in so many instalments."""
    return {**words, "schedule": {**words["schedule"], "instalments": instalments}}


def _written(value: Any) -> Any:
    match value:
        case Fraction():
            return rates.text(value)
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case Rounding():
            return {"mode": value.mode.value, "multiple": value.multiple}
    return value


def schedule_terms(words: Mapping[str, Any]) -> Terms:
    """Return the terms that a loan's schedule is computed by."""
    given = dict(words["schedule"])
    for name in _ROUNDINGS:
        given[name] = _rounding(given[name])
    for name in _READ.keys() & given.keys():  # an older contract does not name what came later
        given[name] = None if given[name] is None else _READ[name](given[name])
    return Terms(**given)


def repayment_terms(words: Mapping[str, Any]) -> RepaymentTerms:
    """Return what a loan's contract says about repaying it."""
    return _repayment_terms(orjson.dumps(words))


@lru_cache(maxsize=1024)
def _repayment_terms(written: bytes) -> RepaymentTerms:
    words = orjson.loads(written)
    agreed, repaid = schedule_terms(words), words["repayment"]
    return RepaymentTerms(
        method=agreed.method,
        day_count=agreed.day_count,
        level_part=agreed.level_part,
        level_rounding=agreed.level_rounding,
        interest_rounding=agreed.interest_rounding,
        order=tuple(Due(due) for due in repaid["allocation_order"]),
        penalty_rate=rates.rate(repaid["penalty_rate"]),
        penalty_after_days=repaid["penalty_after_days"],
        early=EarlyRepayment(repaid["early_repayment"]),
    )


def _rounding(words: Mapping[str, Any] | None) -> Rounding | None:
    return None if words is None else Rounding(RoundingMode(words["mode"]), words["multiple"])
