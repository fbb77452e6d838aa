"""What changes committees and their members' terms."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from households.areas import queries as areas
from households.areas.errors import UnknownArea
from households.committees.errors import (
    CommitteeDissolved,
    CommitteeNotFound,
    MemberNotFound,
    SeatTaken,
    TermEndsBeforeStart,
    TermOverlaps,
    WrongLevel,
)
from households.committees.models import Committee, CommitteeMember
from households.committees.rules import Role, Term, area_fits, same_person_twice, seat_taken
from households.committees.schemas import CommitteeChange, MemberChange, NewCommittee, NewMember
from households.registry.errors import AreaNotYours
from shared import audit, etags
from shared.areas import covers, within
from shared.ids import uuid7
from shared.security import Principal


async def create(session: AsyncSession, *, new: NewCommittee, actor: Principal, now: datetime) -> Committee:
    """Set up a committee with its first members.

    Raises WrongLevel, AreaNotYours, UnknownArea, CommitteeExists (by its constraint), TermOverlaps,
    SeatTaken, TermEndsBeforeStart.
    """
    if not area_fits(new.level, new.area_code):
        raise WrongLevel(pointer="/area_code")
    if not covers(actor.areas, new.area_code):
        raise AreaNotYours(pointer="/area_code")
    if not await areas.known(session, [new.area_code]):
        raise UnknownArea(pointer="/area_code")
    facts = new.model_dump(exclude={"id", "members"})
    committee = Committee(id=new.id or uuid7(), **facts, created_at=now, updated_at=now)
    session.add(committee)
    await session.flush()
    terms: list[Term] = []
    for at, member in enumerate(new.members):
        term = _term(member)
        _check(term, terms, pointer=f"/members/{at}")
        terms.append(term)
        session.add(_member(committee.id, member))
    await audit.record(session, principal=actor, action="committee.create", subjects=[committee.id], now=now)
    return committee


async def change(
    session: AsyncSession,
    *,
    committee_id: UUID,
    patch: CommitteeChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> Committee:
    """Change a committee's name, order or days; raises CommitteeNotFound, StaleVersion."""
    committee = await _locked(session, committee_id, actor=actor)
    etags.check(if_match, committee.version)
    for name in patch.model_fields_set:
        setattr(committee, name, getattr(patch, name))
    await _changed(session, committee, action="committee.change", actor=actor, now=now)
    return committee


async def appoint(
    session: AsyncSession, *, committee_id: UUID, new: NewMember, actor: Principal, now: datetime
) -> tuple[Committee, CommitteeMember]:
    """Appoint a member for a term.

    Raises CommitteeNotFound, CommitteeDissolved, TermOverlaps, SeatTaken, TermEndsBeforeStart.
    """
    committee = await _locked(session, committee_id, actor=actor)
    if committee.dissolved_on is not None:
        raise CommitteeDissolved
    others = [_stored_term(member) for member in await _members(session, committee_id)]
    _check(_term(new), others, pointer="")
    member = _member(committee_id, new)
    session.add(member)
    await _changed(session, committee, action="committee.appoint", actor=actor, now=now)
    return committee, member


async def change_member(
    session: AsyncSession,
    *,
    committee_id: UUID,
    member_id: UUID,
    patch: MemberChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> tuple[Committee, CommitteeMember]:
    """Change a member's seat or end her term; `if_match` names the committee's version.

    Raises CommitteeNotFound, MemberNotFound, StaleVersion, TermOverlaps, SeatTaken, TermEndsBeforeStart.
    """
    committee = await _locked(session, committee_id, actor=actor)
    members = await _members(session, committee_id)
    member = next((one for one in members if one.id == member_id), None)
    if member is None:
        raise MemberNotFound
    etags.check(if_match, committee.version)
    for name in patch.model_fields_set:
        setattr(member, name, getattr(patch, name))
    _check(_stored_term(member), [_stored_term(one) for one in members if one.id != member_id], pointer="")
    await _changed(session, committee, action="committee.change_member", actor=actor, now=now)
    return committee, member


async def _locked(session: AsyncSession, committee_id: UUID, *, actor: Principal) -> Committee:
    """Return the committee locked: terms are checked against each other by one caller at a time."""
    statement = (
        select(Committee)
        .where(col(Committee.id) == committee_id, within(Committee.area_code, actor.areas))
        .with_for_update()
    )
    committee = (await session.execute(statement)).scalar_one_or_none()
    if committee is None:
        raise CommitteeNotFound
    return committee


async def _members(session: AsyncSession, committee_id: UUID) -> list[CommitteeMember]:
    statement = select(CommitteeMember).where(col(CommitteeMember.committee_id) == committee_id)
    return list((await session.execute(statement)).scalars())


async def _changed(
    session: AsyncSession, committee: Committee, *, action: str, actor: Principal, now: datetime
) -> None:
    committee.version += 1
    committee.updated_at = now
    await audit.record(session, principal=actor, action=action, subjects=[committee.id], now=now)


def _member(committee_id: UUID, new: NewMember) -> CommitteeMember:
    return CommitteeMember(
        id=new.id or uuid7(), committee_id=committee_id, **new.model_dump(exclude={"id"}, mode="python")
    )


def _term(member: NewMember) -> Term:
    return Term(member.subject, member.role, member.term_from, member.term_to)


def _stored_term(member: CommitteeMember) -> Term:
    return Term(member.subject, Role(member.role), member.term_from, member.term_to)


def _check(term: Term, others: Iterable[Term], *, pointer: str) -> None:
    others = list(others)
    if term.ends is not None and term.ends < term.starts:
        raise TermEndsBeforeStart(pointer=f"{pointer}/term_to")
    if same_person_twice(term, others):
        raise TermOverlaps(pointer=f"{pointer}/term_from")
    if seat_taken(term, others):
        raise SeatTaken(pointer=f"{pointer}/role")
