"""What reliefs make of what is owed, as rules: no satang of principal is lost or made."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from funds.loans.accruing import carried_on
from funds.loans.rules import Instalment, RepaymentTerms, remaining
from funds.loans.splitting import split_rows
from funds.reliefs.rules import owed, postponed, rescheduled, settled, waived
from funds.schedules.rules import Method, Terms

ON = date(2026, 5, 10)
amounts = st.integers(0, 10**9)


@st.composite
def debts(draw: st.DrawFn) -> list[Instalment]:
    """Draw instalments, some of them paid in part."""
    rows = []
    for number in range(1, draw(st.integers(1, 24)) + 1):
        principal, interest, penalty = draw(st.integers(1, 10**9)), draw(amounts), draw(amounts)
        due = date(2026 + (number + 1) // 12, (number + 1) % 12 + 1, 28)
        rows.append(
            Instalment(
                number=number,
                from_on=due,
                due_on=due,
                principal=principal,
                interest=interest,
                penalty=penalty,
                paid_principal=draw(st.integers(0, principal - 1)),
                paid_interest=draw(st.integers(0, interest)),
                paid_penalty=draw(st.integers(0, penalty)),
            )
        )
    return rows


@given(debts(), st.integers(1, 24))
def test_grace_moves_everything_and_changes_no_sum(rows: list[Instalment], months: int) -> None:
    moved = postponed(rows, months, on=ON)
    sums = (
        sum(row.principal for row in moved),
        sum(row.interest for row in moved),
        sum(row.penalty for row in moved),
    )
    assert sums == owed(rows)
    days = [row.due_on for row in moved]
    assert days == sorted(set(days))
    assert min(days) > ON


@given(debts(), st.integers(1, 60))
def test_a_new_schedule_repays_what_is_owed_and_keeps_what_was_due(
    rows: list[Instalment], instalments: int
) -> None:
    terms = Terms(
        method=Method.EQUAL_PRINCIPAL,
        annual_rate=Fraction(3, 100),
        instalments=instalments,
        first_due=date(2026, 6, 30),
    )
    borne = carried_on(remaining(rows, starts_on=ON), on=ON, terms=RepaymentTerms(method=terms.method))
    made = rescheduled(borne, terms, on=ON)
    principal, _, penalty = owed(rows)
    assert sum(row.principal for row in made) == principal
    assert sum(row.penalty for row in made) == penalty
    due = sum(row.owed_interest for row in rows if row.due_on <= ON)
    assert made[0].interest >= made[0].carried == due  # each of them begins on its own due date


@given(debts(), st.fractions(0, 1))
def test_a_settlement_asks_for_exactly_the_agreed_sum(rows: list[Instalment], part: Fraction) -> None:
    principal, interest, penalty = owed(rows)
    amount = principal + int(part * (interest + penalty))
    (row,) = settled(rows, amount, due_on=date(2026, 6, 1))
    assert row.principal == principal
    assert row.principal + row.interest + row.penalty == amount
    assert 0 <= row.interest <= interest
    assert 0 <= row.penalty <= penalty


@given(debts(), st.fractions(0, 1))
def test_a_waiver_takes_the_oldest_interest_first_and_no_more_than_it(
    rows: list[Instalment], part: Fraction
) -> None:
    amount = int(part * owed(rows)[1])
    parts = waived(rows, amount)
    assert sum(parts.values()) == amount
    by_number = {row.number: row.owed_interest for row in rows}
    assert all(0 < taken <= by_number[number] for number, taken in parts.items())
    touched = [row.number for row in rows if row.owed_interest and row.number in parts]
    asked = [row.number for row in rows if row.owed_interest]
    assert touched == asked[: len(touched)]


@given(debts(), st.data())
def test_a_split_debt_is_the_groups_debt_to_the_satang(rows: list[Instalment], data: st.DataObject) -> None:
    principal, interest, penalty = owed(rows)
    count = data.draw(st.integers(2, 7))
    cuts = sorted(data.draw(st.lists(st.integers(0, principal), min_size=count - 1, max_size=count - 1)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, principal], strict=True)]
    members = split_rows(rows, parts)
    assert [sum(row.principal for row in mine) for mine in members] == parts
    everything = [row for mine in members for row in mine]
    assert sum(row.interest for row in everything) == interest
    assert sum(row.penalty for row in everything) == penalty
    assert min((min(row.principal, row.interest, row.penalty) for row in everything), default=0) >= 0
