"""Every SELECT on following borrowers.

Whoever asks has made sure that the fund is in the caller's areas (`registry.service.require`). Loans and
committee members are others' tables, read here in one statement for a whole list.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.follow.models import FollowForum, FollowVisit
from funds.follow.rules import ProjectState
from shared.db import counted, driver, fetch, seek

_VISITS = FollowVisit.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_FORUMS = FollowForum.__table__  # type: ignore[attr-defined]  # likewise

_OPEN = """
(SELECT count(*) FROM loans WHERE loans.fund_id = a.fund_id AND loans.borrower_id = a.borrower_id
    AND loans.borrower_kind = a.borrower_kind AND loans.state IN ('contracted', 'active', 'frozen'))
"""
_ASSIGNMENTS = f"""
SELECT a.id, a.fund_id, a.area_code, a.borrower_kind, a.borrower_id, a.term_id, a.starts_on, a.ends_on,
    a.assigned_by, a.created_at, a.updated_at, member.display_name AS committee_member,
    member.term_from <= $2 AND coalesce(member.term_to >= $2, true) AS in_office, {_OPEN} AS open_loans
FROM follow_assignments AS a
JOIN fund_committee_members AS member ON member.id = a.term_id
WHERE a.fund_id = $1 AND ($3 OR a.ends_on IS NULL) AND ($4::uuid IS NULL OR a.term_id = $4)
  AND ($5::uuid IS NULL OR a.borrower_id = $5) AND ($6::uuid IS NULL OR a.id = $6)
  AND ($7::uuid IS NULL OR a.id > $7)
ORDER BY a.id LIMIT $8
"""  # noqa: S608  # our own constant texts
_COUNT = """
SELECT count(*) FROM follow_assignments AS a
WHERE a.fund_id = $1 AND ($2 OR a.ends_on IS NULL) AND ($3::uuid IS NULL OR a.term_id = $3)
  AND ($4::uuid IS NULL OR a.borrower_id = $4)
"""
_PRESENT = """
SELECT id, term_id, starts_on FROM follow_assignments
WHERE fund_id = $1 AND borrower_kind = $2 AND borrower_id = $3 AND ends_on IS NULL FOR UPDATE
"""
_ONE = f"""
SELECT a.id, a.ends_on, a.starts_on, {_OPEN} AS open_loans FROM follow_assignments AS a
WHERE a.fund_id = $1 AND a.id = $2 FOR UPDATE
"""  # noqa: S608  # our own constant texts
_WITHOUT = """
FROM loans
WHERE loans.fund_id = $1 AND loans.state IN ('contracted', 'active', 'frozen')
  AND NOT EXISTS (
    SELECT FROM follow_assignments AS a JOIN fund_committee_members AS member ON member.id = a.term_id
    WHERE a.fund_id = $1 AND a.borrower_kind = loans.borrower_kind AND a.borrower_id = loans.borrower_id
      AND a.ends_on IS NULL AND member.term_from <= $2 AND coalesce(member.term_to >= $2, true))
"""
_UNFOLLOWED = f"""
SELECT loans.borrower_kind, loans.borrower_id, count(*) AS open_loans {_WITHOUT}
  AND ($3::uuid IS NULL OR loans.borrower_id > $3)
GROUP BY loans.borrower_kind, loans.borrower_id ORDER BY loans.borrower_id LIMIT $4
"""  # our own constant texts
_COUNT_UNFOLLOWED = f"SELECT count(DISTINCT loans.borrower_id) {_WITHOUT}"


@dataclass(frozen=True, slots=True)
class Assignments:
    """Which assignments of a fund, seen on which day."""

    fund_id: UUID
    day: date
    ended: bool = False
    term_id: UUID | None = None
    borrower_id: UUID | None = None
    assignment_id: UUID | None = None


async def assignments(
    session: AsyncSession, wanted: Assignments, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` assignments by id, from the first after `after`."""
    return list(
        await (await driver(session)).fetch(
            _ASSIGNMENTS,
            wanted.fund_id,
            wanted.day,
            wanted.ended,
            wanted.term_id,
            wanted.borrower_id,
            wanted.assignment_id,
            after,
            limit,
        )
    )


async def count_assignments(session: AsyncSession, wanted: Assignments) -> int:
    """Return how many assignments there are."""
    connection = await driver(session)
    given = (wanted.fund_id, wanted.ended, wanted.term_id, wanted.borrower_id)
    return int(await connection.fetchval(_COUNT, *given))


async def present(
    session: AsyncSession, fund_id: UUID, borrower_kind: str, borrower_id: UUID
) -> asyncpg.Record | None:
    """Return who answers for a borrower now and keep it until the transaction ends."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(
        _PRESENT, fund_id, borrower_kind, borrower_id
    )
    return row


async def assignment(session: AsyncSession, fund_id: UUID, assignment_id: UUID) -> asyncpg.Record | None:
    """Return an assignment with the number of open loans, and keep it until the transaction ends."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(_ONE, fund_id, assignment_id)
    return row


async def unfollowed(
    session: AsyncSession, fund_id: UUID, *, day: date, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return borrowers with open loans for whom nobody in office answers, by id."""
    return list(await (await driver(session)).fetch(_UNFOLLOWED, fund_id, day, after, limit))


async def count_unfollowed(session: AsyncSession, fund_id: UUID, *, day: date) -> int:
    """Return how many such borrowers there are."""
    return int(await (await driver(session)).fetchval(_COUNT_UNFOLLOWED, fund_id, day))


@dataclass(frozen=True, slots=True)
class Visits:
    """Which visits of a fund."""

    fund_id: UUID
    borrower_id: UUID | None = None
    loan_id: UUID | None = None
    project_state: ProjectState | None = None


def _visits(wanted: Visits) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_VISITS.c).where(_VISITS.c.fund_id == wanted.fund_id)
    if wanted.borrower_id is not None:
        statement = statement.where(_VISITS.c.borrower_id == wanted.borrower_id)
    if wanted.loan_id is not None:
        statement = statement.where(_VISITS.c.loan_id == wanted.loan_id)
    if wanted.project_state is not None:
        statement = statement.where(_VISITS.c.project_state == wanted.project_state.value)
    return statement


async def visits(
    session: AsyncSession, wanted: Visits, *, before: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` visits, the newest first, from the first before `before`."""
    key = (_VISITS.c.visited_on, _VISITS.c.id)
    return await fetch(session, seek(_visits(wanted), key, before, limit=limit, descending=True))


async def count_visits(session: AsyncSession, wanted: Visits) -> int:
    """Return how many visits there are."""
    return await counted(session, _visits(wanted))


async def visit(session: AsyncSession, fund_id: UUID, visit_id: UUID) -> asyncpg.Record | None:
    """Return a fund's visit."""
    rows = await fetch(session, _visits(Visits(fund_id)).where(_VISITS.c.id == visit_id))
    return rows[0] if rows else None


async def forums(
    session: AsyncSession, fund_id: UUID, *, before: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` forums, the newest first, from the first before `before`."""
    key = (_FORUMS.c.held_on, _FORUMS.c.id)
    statement = select(*_FORUMS.c).where(_FORUMS.c.fund_id == fund_id)
    return await fetch(session, seek(statement, key, before, limit=limit, descending=True))


async def count_forums(session: AsyncSession, fund_id: UUID) -> int:
    """Return how many forums there are."""
    return await counted(session, select(_FORUMS.c.fund_id).where(_FORUMS.c.fund_id == fund_id))


async def forum(session: AsyncSession, fund_id: UUID, forum_id: UUID) -> asyncpg.Record | None:
    """Return a fund's forum."""
    statement = select(*_FORUMS.c).where(_FORUMS.c.id == forum_id, _FORUMS.c.fund_id == fund_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None
