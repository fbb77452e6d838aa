"""Rules of savings: what may be taken in and out, and parts that always sum."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.ledger.rules import wrongs
from funds.savings.rules import (
    Fault,
    HeldAs,
    Holding,
    SavingsRules,
    deposit_fault,
    entry,
    interest_shares,
    withdrawal_fault,
)
from shared.ids import uuid7

RULES = SavingsRules(
    share_value=1_000, min_balance=10_000, max_shares=10, withdrawals_per_month=1, withdrawal_percent=50
)
HELD = Holding(savings=100_000, shares=5_000)


@pytest.mark.parametrize(
    ("moved", "fault"),
    [
        (Holding(10_000, 0), None),
        (Holding(0, 5_000), None),
        (Holding(0, 0), Fault.NOTHING),
        (Holding(0, 1_500), Fault.NOT_WHOLE_SHARES),
        (Holding(0, 6_000), Fault.TOO_MANY_SHARES),
    ],
)
def test_what_a_member_may_bring(moved: Holding, fault: Fault | None) -> None:
    assert deposit_fault(HELD, moved, RULES) is fault


@pytest.mark.parametrize(
    ("moved", "options", "fault"),
    [
        (Holding(50_000, 0), {}, None),
        (Holding(0, 2_000), {}, None),
        (Holding(50_001, 0), {}, Fault.TOO_MUCH),
        (Holding(100_001, 0), {}, Fault.NOT_ENOUGH),
        (Holding(0, 6_000), {}, Fault.NOT_ENOUGH),
        (Holding(0, 0), {}, Fault.NOTHING),
        (Holding(10_000, 0), {"before": 1}, Fault.TOO_OFTEN),
        (Holding(100_000, 5_000), {"closing": True, "before": 9}, None),
        (Holding(100_000, 0), {"closing": True}, Fault.NOT_ALL),
    ],
)
def test_what_a_member_may_take(moved: Holding, options: dict[str, Any], fault: Fault | None) -> None:
    given_options: dict[str, Any] = {"before": 0, "closing": False, **options}
    assert withdrawal_fault(HELD, moved, RULES, **given_options) is fault


def test_a_withdrawal_leaves_what_the_group_wants_to_stay() -> None:
    rules = SavingsRules(min_balance=10_000)
    assert withdrawal_fault(HELD, Holding(90_000), rules, before=0, closing=False) is None
    assert withdrawal_fault(HELD, Holding(90_001), rules, before=0, closing=False) is Fault.UNDER_MINIMUM


@given(st.lists(st.integers(0, 10**14), max_size=60), st.fractions(0, Fraction(3, 20)))
def test_interest_is_rounded_once_and_its_parts_sum(days: list[int], rate: Fraction) -> None:
    whole, each = interest_shares(days, rate)
    assert sum(each) == whole
    assert abs(whole - sum(days) * rate / 365) <= Fraction(1, 2)


def test_interest_of_a_year_on_a_round_sum() -> None:
    assert interest_shares([100_000 * 365], Fraction(2, 100)) == (2_000, [2_000])


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from([1, -1]), st.sampled_from(HeldAs))
def test_whatever_moves_is_booked_in_balance(savings: int, shares: int, sign: int, held_as: HeldAs) -> None:
    if savings + shares == 0:
        return
    made = entry(
        movement_id=uuid7(),
        member_id=uuid7(),
        moved=Holding(sign * savings, sign * shares),
        held_as=held_as,
        on=date(2026, 1, 5),
        document_no="1",
    )
    assert wrongs(made) == []
