"""Which fund suits whom and why; which villages are targets."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.access.rules import (
    CONDITIONS,
    INSTRUMENT,
    Fit,
    Household,
    NearFund,
    VillageFacts,
    Why,
    in_reach,
    is_target,
    suggested,
    suit,
    suits,
)
from funds.registry.rules import Kind
from shared.instruments import load

HERE = "34190201"


def a_near_fund(kind: Kind = Kind.POVERTY, *, area: str = HERE, available: int = 100) -> NearFund:
    return NearFund(uuid4(), kind, area, "กองทุน", available)


def a_poor_household(*, certified: bool = True, member_of: frozenset[UUID] = frozenset()) -> Household:
    return Household(uuid4(), HERE, certified, member_of)


def test_the_conditions_are_those_of_the_instrument() -> None:
    assert tuple(item.code for item in load("funds")[INSTRUMENT].items) == CONDITIONS


@pytest.mark.parametrize(
    ("kind", "certified", "fit", "why"),
    [
        (Kind.POVERTY, True, Fit.YES, Why.ON_REGISTER),
        (Kind.POVERTY, False, Fit.NO, Why.NOT_ON_REGISTER),
        (Kind.WOMENS, True, Fit.WITH_CONDITION, Why.GROUP_FIRST),
        (Kind.SAVINGS, False, Fit.WITH_CONDITION, Why.SAVE_FIRST),
        (Kind.VILLAGE, False, Fit.WITH_CONDITION, Why.JOIN_FIRST),
        (Kind.INSTITUTION, False, Fit.WITH_CONDITION, Why.SAVE_FIRST),
    ],
)
def test_what_each_kind_of_fund_asks_of_who_is_no_member(
    kind: Kind,
    certified: bool,  # noqa: FBT001  # a case's value
    fit: Fit,
    why: Why,
) -> None:
    found = suit(a_poor_household(certified=certified), a_near_fund(kind))
    assert (found.fit, found.why[0]) == (fit, why)


def test_a_member_borrows_from_her_fund_and_of_the_womens_fund_in_a_group() -> None:
    savings, womens = a_near_fund(Kind.SAVINGS), a_near_fund(Kind.WOMENS, area=HERE[:6])
    member = a_poor_household(member_of=frozenset({savings.id, womens.id}))
    assert suit(member, savings).fit is Fit.YES
    alone, grouped = suit(member, womens), suit(replace(member, grouped=frozenset({womens.id})), womens)
    assert (alone.fit, alone.why) == (Fit.WITH_CONDITION, (Why.MEMBER_ALREADY, Why.GROUP_FIRST))
    assert (grouped.fit, grouped.why) == (Fit.YES, (Why.MEMBER_ALREADY, Why.IN_GROUP))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Kind), st.sampled_from([HERE, "341902", "34190202", "341903"]), st.integers(-5, 5)
        )
    )
)
def test_only_funds_in_reach_are_shown_the_best_first_and_none_without_money_suits(
    drawn: list[tuple[Kind, str, int]],
) -> None:
    funds = [a_near_fund(kind, area=area, available=available) for kind, area, available in drawn]
    found = suits(a_poor_household(), funds)
    assert {one.fund.id for one in found} == {fund.id for fund in funds if in_reach(fund, HERE)}
    order = [list(Fit).index(one.fit) for one in found]
    assert order == sorted(order)
    assert all((one.fit is Fit.NO) == (one.fund.available <= 0) for one in found)


def test_the_data_answers_three_conditions_and_leaves_two_to_people() -> None:
    nothing = suggested(
        VillageFacts(funds=0, poor=4, without_access=4, members_only=0, certified_without_loan=0)
    )
    assert nothing == {"1": None, "2": False, "3": None, "4": False, "5": False}
    some = suggested(
        VillageFacts(funds=1, poor=4, without_access=1, members_only=1, certified_without_loan=1)
    )
    assert some == {"1": None, "2": True, "3": None, "4": True, "5": True}


def test_one_condition_makes_a_target() -> None:
    assert is_target({"1": False, "3": True})
    assert not is_target({"1": False, "2": None})
