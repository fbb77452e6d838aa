"""Every SELECT on committees of funds and their meetings.

Whoever asks has made sure that the fund is in the caller's areas (`registry.service.require`).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.models import FundCommitteeMember, FundMeeting
from funds.committees.rules import MeetingKind
from shared.db import counted, driver, fetch, seek

_MEMBERS = FundCommitteeMember.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEETINGS = FundMeeting.__table__  # type: ignore[attr-defined]  # likewise
_SHOWN = [column for column in _MEMBERS.c if column.name != "area_code"]
_OFFICE = [_MEMBERS.c[n] for n in ("id", "subject", "display_name", "role", "person_id", "household_id")]
_FACTS = ("id", "fund_id", "area_code", "held_on", "kind", "minutes_no", "present", "total")


@dataclass(frozen=True, slots=True)
class MeetingsOf:
    """Meetings of one fund."""

    fund_id: UUID
    kind: MeetingKind | None = None
    held_from: date | None = None
    held_to: date | None = None


def _on(day: date) -> ColumnElement[bool]:
    return and_(_MEMBERS.c.term_from <= day, or_(_MEMBERS.c.term_to.is_(None), _MEMBERS.c.term_to >= day))


async def in_office(session: AsyncSession, fund_id: UUID, *, on: date) -> list[asyncpg.Record]:
    """Return who is in office on a day: `id, subject, display_name, role, person_id, household_id`."""
    statement = select(*_OFFICE).where(_MEMBERS.c.fund_id == fund_id, _on(on)).order_by(_MEMBERS.c.id)
    return await fetch(session, statement)


async def terms(session: AsyncSession, fund_id: UUID, *, on: date | None = None) -> list[asyncpg.Record]:
    """Return the terms of a fund's committee by first day, all of them or those of a day."""
    statement = select(*_SHOWN).where(_MEMBERS.c.fund_id == fund_id)
    if on is not None:
        statement = statement.where(_on(on))
    return await fetch(session, statement.order_by(_MEMBERS.c.term_from, _MEMBERS.c.id))


async def page_of_terms(
    session: AsyncSession, *, fund_id: UUID, on: date | None, after: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` terms by first day and id, from the first after `after`."""
    key = (_MEMBERS.c.term_from, _MEMBERS.c.id)
    statement = select(*_SHOWN).where(_MEMBERS.c.fund_id == fund_id).order_by(*key).limit(limit)
    if on is not None:
        statement = statement.where(_on(on))
    if after is not None:
        statement = statement.where(tuple_(*key) > after)
    return await fetch(session, statement)


async def count_terms(session: AsyncSession, fund_id: UUID, *, on: date | None) -> int:
    """Return how many terms there are, of all times or of a day."""
    statement = select(func.count().label("n")).where(_MEMBERS.c.fund_id == fund_id)
    if on is not None:
        statement = statement.where(_on(on))
    return int((await fetch(session, statement))[0]["n"])


async def meeting(session: AsyncSession, meeting_id: UUID) -> asyncpg.Record | None:
    """Return what decisions rest on: `id, fund_id, area_code, held_on, kind, minutes_no, present, total`."""
    statement = select(*(_MEETINGS.c[name] for name in _FACTS)).where(_MEETINGS.c.id == meeting_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


def _meetings(wanted: MeetingsOf) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_MEETINGS.c).where(_MEETINGS.c.fund_id == wanted.fund_id)
    if wanted.kind is not None:
        statement = statement.where(_MEETINGS.c.kind == wanted.kind.value)
    if wanted.held_from is not None:
        statement = statement.where(_MEETINGS.c.held_on >= wanted.held_from)
    if wanted.held_to is not None:
        statement = statement.where(_MEETINGS.c.held_on <= wanted.held_to)
    return statement


async def page_of_meetings(
    session: AsyncSession, wanted: MeetingsOf, *, before: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` meetings, newest first, from the first before `before`."""
    key = (_MEETINGS.c.held_on, _MEETINGS.c.id)
    return await fetch(session, seek(_meetings(wanted), key, before, limit=limit, descending=True))


async def count_meetings(session: AsyncSession, wanted: MeetingsOf) -> int:
    """Return how many meetings there are."""
    return await counted(session, _meetings(wanted))


async def one_meeting(session: AsyncSession, fund_id: UUID, meeting_id: UUID) -> asyncpg.Record | None:
    """Return a fund's meeting whole."""
    statement = _meetings(MeetingsOf(fund_id)).where(_MEETINGS.c.id == meeting_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


# Decisions are others' own: whether any of them names the meeting is asked of all in one statement.
_RELIED_ON = """
SELECT EXISTS (
        SELECT FROM application_decisions AS decision JOIN applications ON applications.id = application_id
        WHERE applications.fund_id = $1 AND decision.meeting_id = $2)
    OR EXISTS (SELECT FROM loan_reliefs WHERE fund_id = $1 AND meeting_id = $2)
    OR EXISTS (SELECT FROM loan_write_offs WHERE fund_id = $1 AND meeting_id = $2)
    OR EXISTS (SELECT FROM borrower_deaths WHERE fund_id = $1 AND meeting_id = $2)
    OR EXISTS (SELECT FROM fund_settings WHERE fund_id = $1 AND meeting_id = $2)
"""


async def relied_on(session: AsyncSession, fund_id: UUID, meeting_id: UUID) -> bool:
    """Tell whether something was decided or proposed by what a meeting resolved."""
    return bool(await (await driver(session)).fetchval(_RELIED_ON, fund_id, meeting_id))


# Who answers for whom is follow's own, what is owed the loans'.
_ANSWERS = """
SELECT count(*) FROM follow_assignments AS follows
WHERE follows.term_id = $1 AND follows.ends_on IS NULL AND follows.borrower_kind = 'group' AND EXISTS (
    SELECT FROM loans WHERE loans.borrower_id = follows.borrower_id AND loans.fund_id = follows.fund_id
      AND loans.borrower_kind = 'group' AND loans.state IN ('contracted', 'active', 'frozen'))
"""


async def answers_for(session: AsyncSession, term_id: UUID) -> int:
    """Return for how many groups with an open loan the holder of a term answers."""
    return int(await (await driver(session)).fetchval(_ANSWERS, term_id))
