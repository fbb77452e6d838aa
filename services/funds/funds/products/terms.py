"""Between a product's stored words and the rules' terms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from funds import rates
from funds.products.rules import (
    BorrowerKind,
    Category,
    Confidence,
    FundKind,
    OwnSettings,
    ProductTerms,
    Step,
)
from funds.products.schemas import RoundingTerms, TermsOfProduct
from funds.schedules.rules import Rounding

_SAME = (
    "annual_rate", "method", "day_count", "level_from", "first_period", "flat_split", "rounded_part",
    "rounded_interest", "month_end", "paid_at", "max_amount", "max_months", "max_instalments",
    "min_group_size", "needs_minutes", "target_households_only", "one_open_loan", "penalty_rate",
    "penalty_after_days", "early_repayment", "last_instalment", "holiday_rule", "interest_follows_shift",
)  # fmt: skip


def of_row(row: Mapping[str, Any]) -> ProductTerms:
    """Return the terms of a product's version as `queries` reads it."""
    words = TermsOfProduct.model_validate(row["terms"])
    instalment = words.instalment_rounding
    return ProductTerms(
        product_id=row["id"],
        code=row["code"],
        fund_kind=FundKind(row["fund_kind"]),
        category=Category(row["category"]),
        borrower=BorrowerKind(row["borrower"]),
        valid_from=row["valid_from"],
        offered=row["offered"],
        max_annual_rate=words.annual_rate if words.max_annual_rate is None else words.max_annual_rate,
        refused_purposes=tuple(words.refused_purposes),
        approval_steps=tuple(
            Step(step.code, step.level, step.kind, step.from_amount) for step in words.approval_steps
        ),
        allocation_order=tuple(words.allocation_order),
        interest_rounding=rounding(words.interest_rounding),
        instalment_rounding=None if instalment is None else rounding(instalment),
        source=row["source"],
        confidence=Confidence(row["confidence"]),
        **{name: getattr(words, name) for name in _SAME},
    )


def own_settings(row: Mapping[str, Any]) -> OwnSettings:
    """Return a fund's own settings as its row holds them; rates are NUMERIC per cent."""
    return OwnSettings(
        annual_rate=_rate(row["annual_rate"]),
        penalty_rate=_rate(row["penalty_rate"]),
        max_amount=row["max_amount"],
        max_months=row["max_months"],
        max_instalments=row["max_instalments"],
        min_group_size=row["min_group_size"],
    )


def rounding(words: RoundingTerms) -> Rounding:
    """Return a rounding as the rules take it."""
    return Rounding(words.mode, words.multiple)


def _rate(value: Decimal | None) -> Any:
    return None if value is None else rates.of_column(value)
