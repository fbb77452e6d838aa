"""Applications as they are drafted and corrected: the product's limits, the sums, shares and guarantors."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import drafting, errors, queries
from funds.applications.schemas import ApplicationChange
from funds.products.errors import RateAboveCap
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from funds.registry.rules import FundFacts, State
from funds.registry.schemas import StateChange
from shared.errors import Refusal, StaleVersion
from tests.factories import (
    NOW,
    OFFICER,
    a_fund,
    a_group,
    a_household,
    a_member,
    a_person,
    an_application,
)

ALL = ("",)


@pytest.fixture
async def fund(session: AsyncSession) -> FundFacts:
    """Register a women's fund."""
    return await a_fund(session, kind="womens")


async def correct(session: AsyncSession, application_id: Any, **patch: Any) -> None:
    row = await queries.one(session, application_id, areas=ALL)
    assert row is not None
    change = ApplicationChange.model_validate(patch)
    await drafting.change(
        session,
        application_id=application_id,
        patch=change,
        if_match=f'"{row["version"]}"',
        actor=OFFICER,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": 20_000_001}, errors.OverCeiling),
        ({"annual_rate": "15.01"}, RateAboveCap),
        ({"annual_rate": "15.00"}, errors.RateOutsideProduct),
        ({"months": 25}, errors.OverTerm),
        ({"instalments": 25}, errors.OverTerm),
        ({"purpose": "lottery"}, errors.UnknownPurpose),
        ({"product": "POVERTY_LOAN"}, errors.ProductNotOffered),
        ({"product": "NO_SUCH_LOAN"}, errors.ProductNotOffered),
        ({"product": "WOMENS_GRANT", "months": 12}, errors.OverTerm),
        ({"budget": [{"item": "ไหม", "amount": "99999.99"}]}, errors.BudgetDoesNotSum),
        ({"applied_on": date(2026, 1, 16)}, DateInFuture),
    ],
)
async def test_what_the_product_forbids_is_refused_by_its_name(
    session: AsyncSession, fund: FundFacts, changes: Mapping[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await an_application(session, fund, **changes)


async def test_fifteen_per_cent_is_taken_where_the_group_rules_so(session: AsyncSession) -> None:
    savings = await a_fund(session, kind="savings")
    application_id = await an_application(session, savings, annual_rate="15.00")
    row = await queries.one(session, application_id, areas=ALL)
    assert row is not None
    assert str(row["annual_rate"]) == "15.000000"


@pytest.mark.parametrize("purpose", ["old_debts", "house_building", "house_repair", "family_spending"])
async def test_the_poverty_fund_refuses_old_debts_houses_and_family_spending(
    session: AsyncSession, purpose: str
) -> None:
    fund = await a_fund(session, kind="poverty")
    with pytest.raises(errors.PurposeRefused):
        await an_application(session, fund, purpose=purpose)


async def test_the_womens_fund_lends_to_groups_and_the_poverty_fund_to_households(
    session: AsyncSession, fund: FundFacts
) -> None:
    member = await a_member(session, fund)
    with pytest.raises(errors.WrongBorrowerKind):
        await an_application(session, fund, borrower=member)
    poverty = await a_fund(session, kind="poverty")
    with pytest.raises(errors.WrongBorrowerKind):
        await an_application(session, poverty, borrower=await a_member(session, poverty))


async def test_a_group_of_another_fund_is_no_borrower(session: AsyncSession, fund: FundFacts) -> None:
    other = await a_group(session, await a_fund(session))
    with pytest.raises(errors.UnknownBorrower):
        await an_application(session, fund, borrower=other)


async def test_a_household_of_another_village_is_no_borrower(session: AsyncSession) -> None:
    fund, other = await a_fund(session, kind="poverty"), await a_fund(session, kind="poverty")
    with pytest.raises(errors.UnknownBorrower):
        await an_application(session, fund, borrower=await a_household(session, other))


async def test_a_group_shares_by_parts_and_the_satang_that_is_left_goes_to_the_largest_remainder(
    session: AsyncSession, fund: FundFacts
) -> None:
    group = await a_group(session, fund, size=3)
    a, b, c = group.member_ids
    parts = [{"member_id": a, "parts": 1}, {"member_id": b, "parts": 2}, {"member_id": c, "parts": 4}]
    application_id = await an_application(session, fund, borrower=group, amount=10_000, shares=parts)
    shares = {one["member_id"]: one["amount"] for one in await queries.shares(session, application_id)}
    assert [shares[one] for one in (a, b, c)] == [1_429, 2_857, 5_714]
    await correct(session, application_id, amount="100.01", budget=[{"item": "ไหม", "amount": "100.01"}])
    assert sum(one["amount"] for one in await queries.shares(session, application_id)) == 10_001


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ([{"amount": "40000.00"}, {"amount": "59999.99"}], errors.SharesDoNotSum),
        ([{"amount": "40000.00"}, {"parts": 1}], errors.SharesDoNotSum),
    ],
)
async def test_shares_that_are_named_sum_to_the_amount(
    session: AsyncSession, fund: FundFacts, given: list[dict[str, Any]], refusal: type[Refusal]
) -> None:
    group = await a_group(session, fund, size=2)
    shares = [{"member_id": one, **words} for one, words in zip(group.member_ids, given, strict=True)]
    with pytest.raises(refusal):
        await an_application(session, fund, borrower=group, shares=shares)


async def test_a_share_is_of_a_member_of_the_group_and_once(session: AsyncSession, fund: FundFacts) -> None:
    group, stranger = await a_group(session, fund, size=2), await a_member(session, fund)
    first = group.member_ids[0]
    for who in ([first, stranger.id], [first, first]):
        with pytest.raises(errors.ShareNotOfGroup):
            await an_application(
                session, fund, borrower=group, shares=[{"member_id": one, "parts": 1} for one in who]
            )


async def test_a_guarantor_is_a_present_member_who_does_not_borrow_or_somebody_by_name(
    session: AsyncSession, fund: FundFacts
) -> None:
    group, friend = await a_group(session, fund), await a_member(session, fund, name="นางสาวสมใจ")
    stranger = await a_member(session, await a_fund(session))
    for wrong in ([group.member_ids[0]], [stranger.id], [friend.id, friend.id]):
        with pytest.raises(errors.GuarantorNotValid):
            await an_application(
                session, fund, borrower=group, guarantors=[{"member_id": one} for one in wrong]
            )
    application_id = await an_application(
        session,
        fund,
        borrower=group,
        guarantors=[{"member_id": friend.id}, {"name": "นายบุญ", "relation": "สามีของประธาน"}],
    )
    found = await queries.guarantors(session, application_id)
    assert [one["name"] for one in found] == ["นางสาวสมใจ", "นายบุญ"]


async def test_applications_of_a_fund_are_numbered_and_a_number_is_used_once(
    session: AsyncSession, fund: FundFacts
) -> None:
    for _ in range(2):
        await an_application(session, fund)
    rows = await queries.page(session, filters=queries.Filters(ALL, fund_id=fund.id), after=None, limit=10)
    assert [row["application_no"] for row in rows] == ["1", "2"]


async def test_a_correction_names_the_version_it_saw(session: AsyncSession, fund: FundFacts) -> None:
    application_id = await an_application(session, fund)
    await correct(session, application_id, title="โครงการใหม่", months=12)
    row = await queries.one(session, application_id, areas=ALL)
    assert row is not None
    assert (row["title"], row["months"], row["version"]) == ("โครงการใหม่", 12, 2)
    with pytest.raises(StaleVersion):
        await drafting.change(
            session,
            application_id=application_id,
            patch=ApplicationChange.model_validate({"title": "โครงการเก่า"}),
            if_match='"1"',
            actor=OFFICER,
            now=NOW,
        )


async def test_a_corrected_amount_is_held_against_the_budget_that_stands(
    session: AsyncSession, fund: FundFacts
) -> None:
    application_id = await an_application(session, fund)
    with pytest.raises(errors.BudgetDoesNotSum):
        await correct(session, application_id, amount="90000.00")


async def test_a_neighbour_drafts_nothing_in_a_fund_she_does_not_see(
    session: AsyncSession, fund: FundFacts
) -> None:
    group = await a_group(session, fund)
    with pytest.raises(FundNotFound):
        await an_application(session, fund, borrower=group, actor=a_person("x", areas=("35",)))


async def test_a_suspended_fund_takes_no_applications(session: AsyncSession, fund: FundFacts) -> None:
    group = await a_group(session, fund)
    change = StateChange(state=State.SUSPENDED, reason="ตรวจสอบบัญชี")
    await registry.set_state(session, fund_id=fund.id, change=change, actor=OFFICER, now=NOW)
    with pytest.raises(FundNotActive):
        await an_application(session, fund, borrower=group)
