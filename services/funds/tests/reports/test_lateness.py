"""How late loans were on a day that is past is what was seen on that day, through any life of a loan."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports.lateness import NOW_BY_LOAN, then_by_loan
from shared.db import driver
from tests.factories import a_fund, a_loan, a_member
from tests.repayments.helpers import at, pay
from tests.repayments.test_histories import KINDS, Life

# As the report's statement has them: $8 the day, $1 and $2 the ranges of areas.
_NOW = f"""
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[]) AS one (low, high)),
unused AS (SELECT $3::text, $4::text, $5::text, $6::text, $7::text)
SELECT days_late, outstanding, overdue FROM ({NOW_BY_LOAN}) AS late WHERE id = $9
"""  # our own constant texts
_NO_PENALTY = "UPDATE loans SET terms = jsonb_set(terms, '{repayment,penalty_rate}', '\"0\"')"
_THEN = then_by_loan(day="$1::date", funds="loan.id = $2")


async def now(session: AsyncSession, loan_id: UUID, day: date) -> tuple[Any, ...] | None:
    row = await (await driver(session)).fetchrow(_NOW, [""], [":"], *[None] * 5, day, loan_id)
    return None if row is None else tuple(row)


async def then(session: AsyncSession, loan_id: UUID, day: date) -> tuple[Any, ...] | None:
    row = await (await driver(session)).fetchrow(_THEN, day, loan_id)
    return None if row is None else (row["days_late"], row["outstanding"], row["overdue"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
async def test_what_is_recorded_until_today_says_how_late_a_loan_is_today(
    session: AsyncSession, kind: str, seed: int
) -> None:
    life = Life(session, seed)
    await life.begin(kind)
    for _ in range(25):
        await life.go_on()
        assert await then(session, life.loan_id, life.day) == await now(session, life.loan_id, life.day)


class Orderly(Life):
    """A life in which everything is recorded on its day and nothing is taken back."""

    async def pay(self) -> None:
        """Bring some money today."""
        amount = self.random.choice([99, 50_000, 260_000, 700_000])
        early = self.random.choice(["next", "shorten", "lower"])
        await pay(self.session, self.loan_id, self.day, amount, early=early, now=at(self.day))
        self.money += amount

    async def take_back(self) -> None:
        """Let time go by instead."""
        self.day += timedelta(days=20)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
async def test_what_was_seen_on_a_day_is_found_of_it_years_later(
    session: AsyncSession, kind: str, seed: int
) -> None:
    life = Orderly(session, seed)
    await life.begin(kind)
    seen = {}
    for _ in range(25):
        await life.go_on()
        await life.use()  # as the daily run does
        seen[life.day] = await now(session, life.loan_id, life.day)
    assert any(seen.values())
    found = {day: await then(session, life.loan_id, day) for day in seen}
    assert found == seen


class Corrected(Orderly):
    """A life in which receipts are taken back too, on the day that is found out.

    Of a day before a reversal nothing is told of penalties alone, nor exactly of what a receipt from before a
    restructuring had paid: none of both is here.
    """

    async def begin(self, kind: str) -> None:
        """Contract it without penalty."""
        await super().begin(kind)
        await (await driver(self.session)).execute(_NO_PENALTY)

    async def pay(self) -> None:
        """Bring some money today; what is more than due settles the next instalments."""
        amount = self.random.choice([99, 50_000, 260_000, 700_000])
        paid = await pay(self.session, self.loan_id, self.day, amount, early="next", now=at(self.day))
        self.receipts[paid] = amount
        self.money += amount

    take_back = Life.take_back

    async def restructure(self) -> None:
        """Let time go by instead."""
        self.day += timedelta(days=20)

    waive = restructure


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
async def test_a_receipt_counts_at_the_end_of_a_day_before_its_reversal_whatever_is_reversed_later(
    session: AsyncSession, kind: str, seed: int
) -> None:
    life = Corrected(session, seed)
    await life.begin(kind)
    seen = {}
    for _ in range(25):
        await life.go_on()
        await life.use()
        seen[life.day] = await now(session, life.loan_id, life.day)
    found = {day: await then(session, life.loan_id, day) for day in seen}
    assert found == seen


async def test_money_booked_after_a_closed_year_does_not_count_at_its_end(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=5_000_000)
    member = await a_member(session, fund)
    terms = {"first_due": date(2026, 2, 15), "annual_rate": "0.00"}
    loan_id = await a_loan(session, fund, borrower=member, amount=1_000_000, instalments=10, terms=terms)
    late = await then(session, loan_id, date(2026, 2, 28))
    assert late == (13, 1_000_000, 100_000)
    booked = {"booked_on": date(2026, 3, 1), "now": at(date(2026, 3, 1))}
    await pay(session, loan_id, date(2026, 2, 14), 100_000, **booked)
    assert await then(session, loan_id, date(2026, 2, 28)) == late
    assert await then(session, loan_id, date(2026, 3, 1)) is None
    await pay(session, loan_id, date(2026, 3, 15), 100_000)
    assert await then(session, loan_id, date(2026, 3, 31)) is None
