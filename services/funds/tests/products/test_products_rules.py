"""What a fund may settle for itself, and the cap on rates."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest

from funds import rates
from funds.products.errors import RateAboveCap
from funds.products.rules import (
    BorrowerKind,
    Category,
    FundKind,
    OwnSettings,
    ProductTerms,
    RateCap,
    Step,
    StepKind,
    StepLevel,
    apply,
    cap_on,
    outside,
)
from funds.products.service import check_rate
from funds.schedules.rules import Method

WOMENS = ProductTerms(
    product_id=UUID(int=1),
    code="WOMENS_REVOLVING",
    fund_kind=FundKind.WOMENS,
    category=Category.LOAN,
    borrower=BorrowerKind.GROUP,
    valid_from=date(2016, 10, 1),
    annual_rate=Fraction(3, 100),
    max_annual_rate=Fraction(3, 100),
    method=Method.EQUAL_PRINCIPAL,
    max_amount=200_000_00,
    max_months=24,
    min_group_size=3,
)


def test_a_fund_may_ask_less_and_lend_less_than_the_product() -> None:
    own = OwnSettings(annual_rate=Fraction(1, 100), max_amount=100_000_00, max_months=12, min_group_size=5)
    assert outside(WOMENS, own) == ()
    terms = apply(WOMENS, own)
    assert (terms.annual_rate, terms.max_amount, terms.max_months, terms.min_group_size) == (
        Fraction(1, 100),
        100_000_00,
        12,
        5,
    )


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (OwnSettings(annual_rate=Fraction(4, 100)), "annual_rate"),
        (OwnSettings(penalty_rate=Fraction(1, 100)), "penalty_rate"),
        (OwnSettings(max_amount=200_000_01), "max_amount"),
        (OwnSettings(max_months=25), "max_months"),
        (OwnSettings(max_instalments=0), "max_instalments"),
        (OwnSettings(min_group_size=2), "min_group_size"),
    ],
)
def test_what_a_fund_settles_beyond_the_product_has_no_effect(own: OwnSettings, name: str) -> None:
    assert outside(WOMENS, own) == (name,)
    assert apply(WOMENS, own) == WOMENS


def test_a_product_without_a_limit_takes_any() -> None:
    assert outside(WOMENS, OwnSettings(max_instalments=600)) == ()


def test_a_step_is_taken_from_its_amount_on() -> None:
    small = Step("DISTRICT", StepLevel.DISTRICT, StepKind.APPROVE)
    large = Step("PROVINCE", StepLevel.PROVINCE, StepKind.APPROVE, 100_000_00)
    terms = ProductTerms(
        product_id=UUID(int=1),
        code="X_Y_Z",
        fund_kind=FundKind.VILLAGE,
        category=Category.LOAN,
        borrower=BorrowerKind.MEMBER,
        valid_from=date(2020, 1, 1),
        approval_steps=(small, large),
    )
    assert terms.steps(99_999_99) == (small,)
    assert terms.steps(100_000_00) == (small, large)


def test_fifteen_per_cent_is_taken_and_a_hundredth_more_refused() -> None:
    check_rate(rates.rate("15.00"), on=date(2026, 1, 1))
    with pytest.raises(RateAboveCap) as refused:
        check_rate(rates.rate("15.01"), on=date(2026, 1, 1))
    assert refused.value.extra == {"max_annual_rate": "15.00"}
    with pytest.raises(RateAboveCap):
        check_rate(rates.rate("15.000001"), on=date(2026, 1, 1))


def test_the_cap_is_that_of_the_contracts_day() -> None:
    old, new = (
        RateCap(date(1925, 1, 1), Fraction(15, 100), "old"),
        RateCap(date(2030, 1, 1), Fraction(1), "new"),
    )
    assert cap_on([new, old], date(2029, 12, 31)) == old
    assert cap_on([new, old], date(2030, 1, 1)) == new
    assert cap_on([new, old], date(1900, 1, 1)) == old


@pytest.mark.parametrize("text", ["15.00", "0.10", "3.00", "12.345678", "0.00", "999.00"])
def test_a_rate_is_written_as_it_was_read(text: str) -> None:
    assert rates.text(rates.rate(text)) == text
    assert rates.of_column(rates.to_column(rates.rate(text))) == rates.rate(text)


@pytest.mark.parametrize(
    "text", ["15,00", "-1.00", "1e2", "1.1234567", "", "๑๕", "1000.00", " 3.00", "NaN", ".5"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="per cent"):
        rates.rate(text)
