"""Every SELECT on meetings; a caller sees those of the committees of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from households.meetings.models import Meeting, MeetingAttendee, MeetingConflict, QuorumRuleRow
from households.meetings.rules import MeetingState, QuorumRule
from shared.areas import descends, within
from shared.db import counted, fetch, seek

_MEETINGS = Meeting.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ATTENDEES = MeetingAttendee.__table__  # type: ignore[attr-defined]  # likewise
_CONFLICTS = MeetingConflict.__table__  # type: ignore[attr-defined]  # likewise
_RULES = QuorumRuleRow.__table__  # type: ignore[attr-defined]  # likewise


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose meetings, where, of which committee, in which state."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    committee_id: UUID | None = None
    state: MeetingState | None = None


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(
        *(column for column in _MEETINGS.c if column.name != "created_by")
    ).where(within(_MEETINGS.c.area_code, filters.areas), descends(_MEETINGS.c.area_code, filters.area))
    if filters.committee_id is not None:
        statement = statement.where(_MEETINGS.c.committee_id == filters.committee_id)
    if filters.state is not None:
        statement = statement.where(_MEETINGS.c.state == filters.state.value)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` meetings by area and id, from the first after `after`."""
    key = (_MEETINGS.c.area_code, _MEETINGS.c.id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many meetings the filters leave."""
    return await counted(session, _listed(filters))


async def one(session: AsyncSession, meeting_id: UUID, *, filters: Filters) -> asyncpg.Record | None:
    """Return a meeting that the filters leave."""
    rows = await fetch(session, _listed(filters).where(_MEETINGS.c.id == meeting_id))
    return rows[0] if rows else None


async def present(session: AsyncSession, meeting_id: UUID) -> list[UUID]:
    """Return the ids of the members who were present."""
    statement = select(_ATTENDEES.c.member_id).where(_ATTENDEES.c.meeting_id == meeting_id)
    return [row["member_id"] for row in await fetch(session, statement.order_by(_ATTENDEES.c.member_id))]


async def conflicts(session: AsyncSession, meeting_id: UUID) -> list[asyncpg.Record]:
    """Return the declared conflicts: `member_id`, `case_id`, `reason`."""
    statement = select(_CONFLICTS.c.member_id, _CONFLICTS.c.case_id, _CONFLICTS.c.reason)
    statement = statement.where(_CONFLICTS.c.meeting_id == meeting_id)
    return await fetch(session, statement.order_by(_CONFLICTS.c.case_id, _CONFLICTS.c.member_id))


async def quorum_rule(session: AsyncSession, *, on: date) -> QuorumRule:
    """Return the rule of quorum that holds on a day; the migration ships one without a beginning."""
    statement = select(_RULES.c.numerator, _RULES.c.denominator, _RULES.c.strict)
    statement = statement.where(_RULES.c.valid_from <= on).order_by(_RULES.c.valid_from.desc()).limit(1)
    row = (await fetch(session, statement))[0]
    return QuorumRule(numerator=row["numerator"], denominator=row["denominator"], strict=row["strict"])
