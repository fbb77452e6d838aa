"""The products that are shipped, in the tables and as the rules read them."""

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.products import service
from funds.products.errors import ProductNotFound
from funds.products.rules import BorrowerKind, Category, EarlyRepayment, StepKind
from funds.schedules.rules import Method
from shared import clock
from shared.db import Database
from shared.ids import uuid7
from shared.testing.look import rows

TODAY = date(2026, 11, 20)


async def test_the_womens_fund_lends_at_three_per_cent_and_at_a_tenth_in_the_relief_of_2563(
    session: AsyncSession,
) -> None:
    rates = {
        day: (await service.terms_of_code(session, "WOMENS_REVOLVING", on=day)).annual_rate
        for day in (date(2019, 10, 1), date(2020, 6, 8), date(2021, 1, 1))
    }
    assert list(rates.values()) == [Fraction(3, 100), Fraction(1, 1000), Fraction(3, 100)]
    terms = await service.terms_of_code(session, "WOMENS_REVOLVING", on=TODAY)
    assert (terms.max_amount, terms.borrower) == (200_000_00, BorrowerKind.GROUP)


async def test_the_poverty_fund_lends_free_of_interest_to_target_households(session: AsyncSession) -> None:
    terms = await service.terms_of_code(session, "POVERTY_LOAN", on=TODAY)
    assert terms.category is Category.INTEREST_FREE_LOAN
    assert terms.annual_rate == 0
    assert terms.method is Method.INTEREST_FREE
    assert (terms.max_amount, terms.max_months, terms.max_instalments) == (280_000_00, 36, 6)
    assert terms.target_households_only
    assert terms.needs_minutes
    assert {"old_debts", "house_building", "house_repair", "family_spending"} == set(terms.refused_purposes)


async def test_every_kind_of_fund_has_a_product_within_the_cap_and_with_an_approval(
    database: Database, session: AsyncSession
) -> None:
    shipped = await rows(database, "SELECT code FROM fund_products")
    kinds = set()
    for (code,) in shipped:
        terms = await service.terms_of_code(session, code, on=TODAY)
        kinds.add(terms.fund_kind)
        service.check_rate(terms.max_annual_rate, on=TODAY)
        assert terms.source, code
        if terms.category is not Category.SAVINGS:
            assert terms.approval_steps[-1].kind is StepKind.APPROVE, code
    assert len(kinds) == 5


async def test_a_product_has_no_terms_before_its_first(session: AsyncSession) -> None:
    with pytest.raises(ProductNotFound):
        await service.terms_of_code(session, "POVERTY_LOAN", on=date(2000, 1, 1))
    with pytest.raises(ProductNotFound):
        await service.terms(session, uuid7(), fund_id=None, on=TODAY)


async def test_shipping_again_changes_nothing(session: AsyncSession) -> None:
    before = await service.terms_of_code(session, "INSTITUTION_LOAN", on=TODAY)
    await service.load_shipped(session, now=clock.now())
    after = await service.terms_of_code(session, "INSTITUTION_LOAN", on=TODAY)
    assert before == after
    assert before.early_repayment is EarlyRepayment.SHORTEN
