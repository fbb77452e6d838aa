"""How late loans were on a day that is past is what was seen on that day, through any life of a loan."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.reports.lateness import NOW_BY_LOAN, then_by_loan
from shared.db import driver
from tests.repayments.helpers import at, pay
from tests.repayments.test_histories import KINDS, Life

# As the report's statement has them: $8 the day, $1 and $2 the ranges of areas.
_NOW = f"""
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[]) AS one (low, high)),
unused AS (SELECT $3::text, $4::text, $5::text, $6::text, $7::text)
SELECT days_late, outstanding, overdue FROM ({NOW_BY_LOAN}) AS late WHERE id = $9
"""  # our own constant texts
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
