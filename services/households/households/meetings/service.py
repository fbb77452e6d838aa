"""What changes meetings, and what a decision learns of one."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from households.committees import queries as committees
from households.committees.errors import CommitteeDissolved
from households.meetings import queries
from households.meetings.errors import (
    CommitteeNotInOffice,
    MeetingInFuture,
    MeetingNotDraft,
    MeetingNotFound,
    MeetingNotHeld,
    NotInOffice,
    NotPresent,
    UnknownCommittee,
)
from households.meetings.models import Meeting, MeetingAttendee, MeetingConflict
from households.meetings.rules import Attendee, Conflict, MeetingState, Sitting
from households.meetings.schemas import ConflictDeclared, MeetingChange, NewMeeting
from shared import audit, clock, etags
from shared.areas import within
from shared.errors import FieldError
from shared.ids import uuid7
from shared.security import Principal


async def create(session: AsyncSession, *, new: NewMeeting, actor: Principal, now: datetime) -> Meeting:
    """Record a meeting as a draft.

    Raises UnknownCommittee, CommitteeDissolved, MeetingInFuture, NotInOffice, NotPresent, UnknownCase,
    MinutesNumberTaken and MeetingExists (by their constraints).
    """
    committee = await _committee(session, new.committee_id, actor=actor, now=now)
    _not_in_future(new.held_on, now=now)
    meeting = Meeting(
        id=new.id or uuid7(),
        area_code=committee["area_code"],
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
        **new.model_dump(include={"committee_id", "held_on", "place", "minutes_number"}),
    )
    session.add(meeting)
    await session.flush()
    await _seat(session, meeting, present=new.present, conflicts=new.conflicts)
    await audit.record(session, principal=actor, action="meeting.create", subjects=[meeting.id], now=now)
    return meeting


async def change(
    session: AsyncSession,
    *,
    meeting_id: UUID,
    patch: MeetingChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> Meeting:
    """Change a draft; raises as `create`, MeetingNotFound, MeetingNotDraft, StaleVersion."""
    meeting = await _locked(session, meeting_id, actor=actor)
    etags.check(if_match, meeting.version)
    if meeting.state != MeetingState.DRAFT:
        raise MeetingNotDraft
    given = patch.model_fields_set
    if "held_on" in given:
        _not_in_future(patch.held_on, now=now)
    for name in given & {"held_on", "place", "minutes_number"}:
        setattr(meeting, name, getattr(patch, name))
    present = patch.present if "present" in given else await queries.present(session, meeting_id)
    kept = [ConflictDeclared(**row) for row in await queries.conflicts(session, meeting_id)]
    conflicts = patch.conflicts if "conflicts" in given else kept
    await _clear(session, meeting_id)
    await _seat(session, meeting, present=present, conflicts=conflicts)
    await _changed(session, meeting, action="meeting.change", actor=actor, now=now)
    return meeting


async def open_meeting(
    session: AsyncSession, *, meeting_id: UUID, actor: Principal, now: datetime
) -> Meeting:
    """Open a draft: from now on it resolves and its presence stands.

    Raises MeetingNotFound, MeetingNotDraft, CommitteeNotInOffice.
    """
    meeting = await _locked(session, meeting_id, actor=actor)
    if meeting.state != MeetingState.DRAFT:
        raise MeetingNotDraft
    if not await committees.in_office(session, meeting.committee_id, on=meeting.held_on):
        raise CommitteeNotInOffice
    meeting.state = MeetingState.HELD.value
    await _changed(session, meeting, action="meeting.open", actor=actor, now=now)
    return meeting


async def close_meeting(
    session: AsyncSession, *, meeting_id: UUID, actor: Principal, now: datetime
) -> Meeting:
    """Close a meeting: its minutes stand. Raises MeetingNotFound, MeetingNotHeld."""
    meeting = await _locked(session, meeting_id, actor=actor)
    if meeting.state != MeetingState.HELD:
        raise MeetingNotHeld
    meeting.state = MeetingState.CLOSED.value
    await _changed(session, meeting, action="meeting.close", actor=actor, now=now)
    return meeting


async def declare(
    session: AsyncSession,
    *,
    meeting_id: UUID,
    conflicts: Sequence[ConflictDeclared],
    actor: Principal,
    now: datetime,
) -> Meeting:
    """Add conflicts declared while the meeting is held; one declared already keeps its reason.

    Raises MeetingNotFound, MeetingNotHeld, NotPresent, UnknownCase (by its constraint).
    """
    meeting = await _locked(session, meeting_id, actor=actor)
    if meeting.state != MeetingState.HELD:
        raise MeetingNotHeld
    known = {(row["member_id"], row["case_id"]) for row in await queries.conflicts(session, meeting_id)}
    _check_present(conflicts, await queries.present(session, meeting_id))
    _declare(session, meeting_id, [one for one in conflicts if (one.member_id, one.case_id) not in known])
    await session.flush()
    await _changed(session, meeting, action="meeting.declare", actor=actor, now=now)
    return meeting


async def sitting(session: AsyncSession, *, meeting_id: UUID, actor: Principal) -> Sitting:
    """Return what a decision must know of a meeting, locked against being closed meanwhile.

    Raises MeetingNotFound, MeetingNotHeld.
    """
    meeting = await _locked(session, meeting_id, actor=actor)
    if meeting.state != MeetingState.HELD:
        raise MeetingNotHeld
    return await describe(session, meeting)


async def describe(session: AsyncSession, meeting: Meeting | asyncpg.Record) -> Sitting:
    """Return a meeting's committee, presence, conflicts and rule of quorum."""
    values = meeting.model_dump() if isinstance(meeting, Meeting) else dict(meeting)
    members = await committees.in_office(session, values["committee_id"], on=values["held_on"])
    there = set(await queries.present(session, values["id"]))
    return Sitting(
        meeting_id=values["id"],
        committee_id=values["committee_id"],
        area_code=values["area_code"],
        held_on=values["held_on"],
        state=MeetingState(values["state"]),
        in_office=len(members),
        rule=await queries.quorum_rule(session, on=values["held_on"]),
        present=tuple(
            Attendee(member["id"], member["subject"], member["household_id"])
            for member in members
            if member["id"] in there
        ),
        conflicts=frozenset(
            Conflict(row["member_id"], row["case_id"])
            for row in await queries.conflicts(session, values["id"])
        ),
    )


async def _committee(
    session: AsyncSession, committee_id: UUID, *, actor: Principal, now: datetime
) -> asyncpg.Record:
    today = clock.business_date(now)
    filters = committees.Filters(areas=actor.areas, today=today, dissolved=True)
    committee = await committees.one(session, committee_id, filters=filters)
    if committee is None:
        raise UnknownCommittee(pointer="/committee_id")
    if committee["dissolved_on"] is not None:
        raise CommitteeDissolved(pointer="/committee_id")
    return committee


def _not_in_future(held_on: date, *, now: datetime) -> None:
    if held_on > clock.business_date(now):
        raise MeetingInFuture(pointer="/held_on")


async def _locked(session: AsyncSession, meeting_id: UUID, *, actor: Principal) -> Meeting:
    statement = (
        select(Meeting)
        .where(col(Meeting.id) == meeting_id, within(Meeting.area_code, actor.areas))
        .with_for_update()
    )
    meeting = (await session.execute(statement)).scalar_one_or_none()
    if meeting is None:
        raise MeetingNotFound
    return meeting


async def _seat(
    session: AsyncSession,
    meeting: Meeting,
    *,
    present: Sequence[UUID],
    conflicts: Sequence[ConflictDeclared],
) -> None:
    """Write who was present and who declared what, after checking both."""
    members = await committees.in_office(session, meeting.committee_id, on=meeting.held_on)
    in_office = {member["id"] for member in members}
    strangers = [at for at, member_id in enumerate(present) if member_id not in in_office]
    if strangers:
        raise NotInOffice(errors=[FieldError(f"/present/{at}", NotInOffice.code) for at in strangers])
    _check_present(conflicts, present)
    session.add_all(
        MeetingAttendee(meeting_id=meeting.id, member_id=member_id) for member_id in sorted(set(present))
    )
    await session.flush()
    _declare(session, meeting.id, conflicts)
    await session.flush()


def _check_present(conflicts: Sequence[ConflictDeclared], present: Collection[UUID]) -> None:
    absent = [at for at, one in enumerate(conflicts) if one.member_id not in present]
    if absent:
        where = [FieldError(f"/conflicts/{at}/member_id", NotPresent.code) for at in absent]
        raise NotPresent(errors=where)


def _declare(session: AsyncSession, meeting_id: UUID, conflicts: Sequence[ConflictDeclared]) -> None:
    once = {(one.member_id, one.case_id): one for one in conflicts}
    session.add_all(MeetingConflict(meeting_id=meeting_id, **one.model_dump()) for one in once.values())


async def _clear(session: AsyncSession, meeting_id: UUID) -> None:
    await session.execute(delete(MeetingConflict).where(col(MeetingConflict.meeting_id) == meeting_id))
    await session.execute(delete(MeetingAttendee).where(col(MeetingAttendee.meeting_id) == meeting_id))


async def _changed(
    session: AsyncSession, meeting: Meeting, *, action: str, actor: Principal, now: datetime
) -> None:
    meeting.version += 1
    meeting.updated_at = now
    await audit.record(session, principal=actor, action=action, subjects=[meeting.id], now=now)
