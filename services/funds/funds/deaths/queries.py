"""Every SELECT on deaths of borrowers; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths.models import BorrowerDeath
from funds.deaths.rules import DeathState
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_TABLE = BorrowerDeath.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

MISSED: Final = """
SELECT death.person_id, death.household_id, death.died_on
FROM known_deaths AS death
WHERE EXISTS (
    SELECT FROM loans
    JOIN fund_members AS member ON member.id IN (loans.borrower_id, loans.answerable_member_id)
    WHERE member.person_id = death.person_id AND loans.state IN ('contracted', 'active', 'frozen')
      AND NOT EXISTS (SELECT FROM borrower_deaths AS known
        WHERE known.loan_id = loans.id AND known.person_id = death.person_id)
)
ORDER BY death.person_id LIMIT 500
"""
"""Deaths of borrowers, or of who answers for one, known only later: known_deaths, loans and fund_members are
others' tables, read here in one statement for the daily run."""

LEFT: Final = """
SELECT loan.id, loan.fund_id, loan.area_code, loan.borrower_kind, loan.state, who.person_id, who.died_on
FROM (
    SELECT id, coalesce(person_id, id) AS person_id, left_on AS died_on
    FROM fund_members WHERE leave_reason = 'died'
) AS who
JOIN LATERAL (
    SELECT id FROM loans WHERE borrower_id = who.id
    UNION SELECT id FROM loans WHERE answerable_member_id = who.id
    UNION SELECT loan_id FROM loan_shares WHERE member_id = who.id
) AS hers ON true
JOIN loans AS loan ON loan.id = hers.id AND loan.state IN ('contracted', 'active', 'frozen')
WHERE NOT EXISTS (SELECT FROM borrower_deaths AS known
    WHERE known.loan_id = loan.id AND known.person_id = who.person_id)
ORDER BY loan.id LIMIT 500
"""
"""Open loans of members who left by death, as the fund itself recorded it: whom nobody linked to a person is
known by her membership's id."""


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
    return await fetch(session, seek(_listed(wanted), _TABLE.c.id, after, limit=limit, descending=True))


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many deaths there are."""
    return await counted(session, _listed(wanted))


async def of_loan(session: AsyncSession, loan_id: UUID, *, lock: bool = False) -> list[asyncpg.Record]:
    """Return the deaths that concern a loan, the oldest first."""
    statement = select(*_TABLE.c).where(_TABLE.c.loan_id == loan_id).order_by(_TABLE.c.id)
    return await fetch(session, statement.with_for_update() if lock else statement)


_GUARANTORS = """
SELECT guarantor.member_id, coalesce(member.name, guarantor.name) AS name
FROM loans JOIN application_guarantors AS guarantor ON guarantor.application_id = loans.application_id
LEFT JOIN fund_members AS member ON member.id = guarantor.member_id
WHERE loans.id = $1 ORDER BY guarantor.number
"""
# Who has died is known by her person, or by her membership where nobody linked her to one.
_OF_MEMBERS = """
SELECT member.id AS member_id, death.*
FROM borrower_deaths AS death JOIN fund_members AS member ON death.person_id IN (member.person_id, member.id)
WHERE death.loan_id = $1 AND member.id = ANY($2) ORDER BY death.id
"""
_DEAD = """
SELECT EXISTS (
    SELECT FROM fund_members AS member JOIN known_deaths AS death ON death.person_id = member.person_id
    WHERE member.id = $1)
"""


async def guarantors(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record] | None:
    """Return who guarantees a loan, by `member_id` or name; None of one taken over, which names nobody."""
    connection = await driver(session)
    if await connection.fetchval("SELECT application_id FROM loans WHERE id = $1", loan_id) is None:
        return None
    return list(await connection.fetch(_GUARANTORS, loan_id))


async def of_members(session: AsyncSession, loan_id: UUID, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Return the deaths of some of a group's members that concern its loan, each with its `member_id`."""
    return list(await (await driver(session)).fetch(_OF_MEMBERS, loan_id, ids))


async def dead(session: AsyncSession, member_id: UUID) -> bool:
    """Tell whether a member is known to have died."""
    return bool(await (await driver(session)).fetchval(_DEAD, member_id))
