"""Whatever is paid whenever and however: every satang is somewhere, and nothing is asked for twice."""

from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from funds.loans.rules import Instalment, RepaymentTerms, laid_out
from funds.products.rules import Due
from funds.repayments.rules import (
    Early,
    Receipt,
    Split,
    Standing,
    fresh,
    payoff,
    plan,
    receive,
    replay,
    sums,
    use_advance,
)
from funds.schedules.rules import Disbursement, Method, RoundedPart, Rounding, Terms, schedule

LENT_ON = date(2026, 1, 15)
METHODS = [Method.FLAT, Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL, Method.INTEREST_FREE]


@st.composite
def loans(draw: st.DrawFn) -> tuple[list[Instalment], RepaymentTerms]:
    method = draw(st.sampled_from(METHODS))
    rate = Fraction(0) if method is Method.INTEREST_FREE else Fraction(draw(st.integers(1, 1500)), 10_000)
    instalments = draw(st.integers(1, 12))
    principal_level = method in (Method.EQUAL_PRINCIPAL, Method.INTEREST_FREE)
    agreed = Terms(
        method=method,
        annual_rate=rate,
        instalments=instalments,
        instalment_rounding=draw(st.sampled_from([None, Rounding(multiple=100)])),
        grace_principal=draw(st.integers(0, instalments - 1)),
        grace_interest=draw(st.integers(0, instalments)),
        principal_every=draw(st.integers(1, instalments)) if principal_level else 1,
    )
    lent = draw(st.integers(100_000, 10_000_000))
    rows = laid_out(schedule([Disbursement(LENT_ON, lent)], agreed), starts_on=LENT_ON)
    terms = RepaymentTerms(
        method=method,
        level_part=agreed.level_part,
        level_rounding=agreed.level_rounding,
        order=tuple(draw(st.permutations(list(Due)))),
        penalty_rate=Fraction(draw(st.integers(0, 15)), 100),
        penalty_after_days=draw(st.integers(0, 10)),
    )
    return rows, terms


def _day(receipt: Receipt) -> date:
    return receipt.on


receipts = st.lists(
    st.builds(
        Receipt,
        st.integers(0, 500).map(lambda days: LENT_ON + timedelta(days=days)),
        st.integers(1, 3_000_000),
        st.sampled_from(Early),
    ),
    max_size=8,
).map(lambda drawn: [one._replace(id=UUID(int=at)) for at, one in enumerate(sorted(drawn, key=_day))])


def check(standing: Standing, lent: int) -> None:
    assert sum(row.principal for row in standing.rows) == lent
    assert standing.advance >= 0
    for row in standing.rows:
        assert 0 <= row.paid_principal <= row.principal
        assert 0 <= row.paid_interest <= row.interest
        assert 0 <= row.paid_penalty <= row.penalty
        assert (row.settled_on is None) == (row.owed > 0)
    dues = [row.due_on for row in standing.rows]
    assert dues == sorted(dues)


@settings(max_examples=300, deadline=None)
@given(loans(), receipts)
def test_what_is_received_is_paid_or_kept_ahead_to_the_satang(
    loan: tuple[list[Instalment], RepaymentTerms], given_receipts: list[Receipt]
) -> None:
    rows, terms = loan
    lent = sum(row.principal for row in rows)
    standing = Standing(rows)
    for receipt in given_receipts:
        paid = receive(standing, receipt, terms)
        assert sum(paid.split) == receipt.amount
        assert min(paid.split[:3]) >= 0
        check(standing, lent)
    total = sums(standing.rows).plus(Split(advance=standing.advance))
    assert sum(total) == sum(receipt.amount for receipt in given_receipts)


@settings(max_examples=200, deadline=None)
@given(loans(), receipts, st.integers(0, 600))
def test_allocating_all_anew_comes_to_what_one_by_one_came_to(
    loan: tuple[list[Instalment], RepaymentTerms], given_receipts: list[Receipt], days: int
) -> None:
    rows, terms = loan
    made, until = fresh(rows, LENT_ON), LENT_ON + timedelta(days=max(days, 500))
    one_by_one, anew = Standing(deepcopy(made)), Standing(deepcopy(made))
    for receipt in given_receipts:
        receive(one_by_one, receipt, terms)
    use_advance(one_by_one, until, terms)
    replay(anew, given_receipts, until, terms)
    assert (plan(anew.rows), sums(anew.rows), anew.advance) == (
        plan(one_by_one.rows),
        sums(one_by_one.rows),
        one_by_one.advance,
    )


@settings(max_examples=200, deadline=None)
@given(loans(), receipts, st.integers(0, 400))
def test_the_quote_of_a_day_settles_the_loan_and_a_satang_less_does_not(
    loan: tuple[list[Instalment], RepaymentTerms], given_receipts: list[Receipt], days: int
) -> None:
    rows, terms = loan
    day = LENT_ON + timedelta(days=days)
    standing = Standing(rows)
    for receipt in given_receipts:
        if receipt.on <= day:
            receive(standing, receipt, terms)
    quote = payoff(standing, day, terms)
    if quote.total == 0:
        return
    short, exact = deepcopy(standing), deepcopy(standing)
    if quote.total > 1:
        receive(short, Receipt(day, quote.total - 1, Early.PAYOFF), terms)
        assert any(row.owed for row in short.rows)
    receive(exact, Receipt(day, quote.total, Early.PAYOFF), terms)
    assert not any(row.owed for row in exact.rows)
    assert exact.advance == 0


@settings(max_examples=200, deadline=None)
@given(loans(), st.integers(1, 300), st.integers(1, 9_999_999), st.sampled_from([Early.SHORTEN, Early.LOWER]))
def test_principal_repaid_early_lowers_the_interest_still_to_come(
    loan: tuple[list[Instalment], RepaymentTerms], days: int, amount: int, early: Early
) -> None:
    rows, terms = loan
    owed = sum(row.interest for row in rows)
    standing = Standing(rows)
    receive(standing, Receipt(LENT_ON + timedelta(days=days), amount, early), terms)
    assert sum(row.interest for row in standing.rows) <= owed + len(standing.rows)
    if standing.relaid and early is Early.LOWER and terms.level_part is RoundedPart.PRINCIPAL:
        assert len([row for row in standing.rows if row.settled_on is None]) <= len(rows)
