"""Every SELECT on deaths of borrowers; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths.models import BorrowerDeath
from funds.deaths.rules import DeathState
from shared.areas import descends, within
from shared.db import fetch

_TABLE = BorrowerDeath.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

MISSED: Final = """
SELECT death.person_id, death.household_id, death.died_on
FROM known_deaths AS death
WHERE EXISTS (
    SELECT FROM loans JOIN fund_members AS member ON member.id = loans.borrower_id
    WHERE member.person_id = death.person_id AND loans.state IN ('contracted', 'active', 'frozen')
      AND NOT EXISTS (SELECT FROM borrower_deaths AS known
        WHERE known.loan_id = loans.id AND known.person_id = death.person_id)
)
ORDER BY death.person_id LIMIT 500
"""
"""Deaths whose borrower was known only later: known_deaths, loans and fund_members are others' tables, read
here in one statement for the daily run."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deaths: of whose areas, where, of which fund and state."""

    areas: Sequence[str]
    area: str = ""
    fund_id: UUID | None = None
    state: DeathState | None = None


def _listed(wanted: Wanted) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_TABLE.c).where(
        within(_TABLE.c.area_code, wanted.areas), descends(_TABLE.c.area_code, wanted.area)
    )
    if wanted.fund_id is not None:
        statement = statement.where(_TABLE.c.fund_id == wanted.fund_id)
    if wanted.state is not None:
        statement = statement.where(_TABLE.c.state == wanted.state.value)
    return statement


async def page(
    session: AsyncSession, wanted: Wanted, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` deaths, the newest first, from the first before `after`."""
    statement = _listed(wanted).order_by(_TABLE.c.id.desc()).limit(limit)
    return await fetch(session, statement if after is None else statement.where(_TABLE.c.id < after))


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many deaths there are."""
    rows = await fetch(session, select(func.count().label("n")).select_from(_listed(wanted).subquery()))
    return int(rows[0]["n"])


async def of_loan(session: AsyncSession, loan_id: UUID, *, lock: bool = False) -> list[asyncpg.Record]:
    """Return the deaths that concern a loan, the oldest first."""
    statement = select(*_TABLE.c).where(_TABLE.c.loan_id == loan_id).order_by(_TABLE.c.id)
    return await fetch(session, statement.with_for_update() if lock else statement)
