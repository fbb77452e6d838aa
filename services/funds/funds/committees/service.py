"""Terms on funds' committees, and meetings with their minutes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.attachments import Attachment
from funds.committees import queries
from funds.committees.errors import (
    EndReasonMissing,
    FundMeetingInFuture,
    FundMeetingNotFound,
    FundMeetingReliedOn,
    FundMemberOfCommitteeNotFound,
    FundSeatTaken,
    FundTermAnswers,
    FundTermEndsBeforeStart,
    FundTermOverlaps,
    MorePresentThanTotal,
    OwnFundTerm,
)
from funds.committees.models import FundCommitteeMember, FundMeeting
from funds.committees.rules import Role, Term, same_person_twice, seat_taken
from funds.committees.schemas import (
    FundCommitteeMemberChange,
    FundMeetingChange,
    NewFundCommitteeMember,
    NewFundMeeting,
)
from funds.registry import service as registry
from shared import audit, etags
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_MEMBERS = FundCommitteeMember.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_MEETINGS = FundMeeting.__table__  # type: ignore[attr-defined]  # likewise


async def appoint(
    session: AsyncSession, *, fund_id: UUID, new: NewFundCommitteeMember, actor: Principal, now: datetime
) -> UUID:
    """Appoint a member for a term, as somebody else; returns the term's id.

    Raises FundNotFound, FundNotActive, OwnFundTerm, FundTermOverlaps, FundSeatTaken,
    FundTermEndsBeforeStart.
    """
    fund = await registry.lock(session, fund_id, principal=actor)
    if new.subject == actor.subject:
        raise OwnFundTerm
    others = await queries.terms(session, fund_id)
    _check(_term(new.model_dump()), (_term(other) for other in others))
    member_id = new.id or uuid7()
    await insert_row(
        session,
        _MEMBERS,
        **new.model_dump(exclude={"id", "role"}),
        id=member_id,
        role=new.role.value,
        fund_id=fund_id,
        area_code=fund.area_code,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_committee.appoint", subjects=[fund_id, member_id], now=now
    )
    return member_id


async def change_term(
    session: AsyncSession,
    *,
    fund_id: UUID,
    member_id: UUID,
    patch: FundCommitteeMemberChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a term or end it, as somebody else than who holds it.

    Raises FundNotFound, FundMemberOfCommitteeNotFound, StaleVersion, OwnFundTerm, EndReasonMissing,
    FundTermAnswers, FundTermOverlaps, FundSeatTaken, FundTermEndsBeforeStart.
    """
    await registry.lock(session, fund_id, principal=actor, active=False)
    terms = await queries.terms(session, fund_id)
    before = next((one for one in terms if one["id"] == member_id), None)
    if before is None:
        raise FundMemberOfCommitteeNotFound
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    after = {**before, **values}
    if actor.subject in {before["subject"], after["subject"]}:
        raise OwnFundTerm
    if patch.model_fields_set & {"term_to", "end_reason"} and after["end_reason"] and not after["term_to"]:
        raise EndReasonMissing(pointer="/term_to")
    if "term_to" in values and values["term_to"] is not None and after["end_reason"] is None:
        raise EndReasonMissing(pointer="/end_reason")
    if values.get("term_to") is not None and (groups := await queries.answers_for(session, member_id)):
        raise FundTermAnswers(f"{groups} กลุ่ม", f"{groups} groups", groups=groups)
    _check(_term(after), (_term(other) for other in terms if other["id"] != member_id))
    await update_row(
        session, _MEMBERS, member_id, **_plain(values), version=before["version"] + 1, updated_at=now
    )
    await audit.record(
        session,
        principal=actor,
        action="fund_committee.change",
        subjects=[fund_id, member_id],
        now=now,
        detail={"fields": sorted(values)},
    )


async def record_meeting(
    session: AsyncSession, *, fund_id: UUID, new: NewFundMeeting, actor: Principal, now: datetime
) -> UUID:
    """Record a meeting that was held; returns its id.

    Raises FundNotFound, FundMeetingInFuture, MorePresentThanTotal and, by its constraint, FundMinutesTaken.
    """
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    if new.held_on > business_date(now):
        raise FundMeetingInFuture(pointer="/held_on")
    _check_present(new.present, new.total)
    meeting_id = new.id or uuid7()
    values = new.model_dump(exclude={"id", "kind", "decisions"})
    await insert_row(
        session,
        _MEETINGS,
        **values,
        id=meeting_id,
        kind=new.kind.value,
        decisions=_json(new.model_dump()["decisions"]),
        fund_id=fund_id,
        area_code=fund.area_code,
        recorded_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_meeting.record", subjects=[fund_id, meeting_id], now=now
    )
    return meeting_id


async def change_meeting(
    session: AsyncSession,
    *,
    fund_id: UUID,
    meeting_id: UUID,
    patch: FundMeetingChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a meeting's minutes, or only its place once a decision rests on it.

    Raises FundNotFound, FundMeetingNotFound, StaleVersion, FundMeetingReliedOn, MorePresentThanTotal and, by
    its constraint, FundMinutesTaken.
    """
    before = await _locked_meeting(session, fund_id, meeting_id, actor=actor)
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    if values.keys() - {"place"} and await queries.relied_on(session, fund_id, meeting_id):
        raise FundMeetingReliedOn
    after = {**before, **values}
    _check_present(after["present"], after["total"])
    if "decisions" in values:
        values["decisions"] = _json(values["decisions"])
    await update_row(session, _MEETINGS, meeting_id, **values, version=before["version"] + 1, updated_at=now)
    await audit.record(
        session,
        principal=actor,
        action="fund_meeting.change",
        subjects=[fund_id, meeting_id],
        now=now,
        detail={"fields": sorted(values)},
    )


async def attach_minutes(
    session: AsyncSession,
    *,
    fund_id: UUID,
    meeting_id: UUID,
    file: Attachment,
    actor: Principal,
    now: datetime,
) -> None:
    """Name the file that holds a meeting's signed minutes; another one only until a decision rests on it.

    A file that was there before stays in the store; the audit row says which it was. Raises FundNotFound,
    FundMeetingNotFound, FundMeetingReliedOn.
    """
    before = await _locked_meeting(session, fund_id, meeting_id, actor=actor)
    if before["file_key"] is not None and await queries.relied_on(session, fund_id, meeting_id):
        raise FundMeetingReliedOn
    await update_row(
        session,
        _MEETINGS,
        meeting_id,
        file_key=file.key,
        file_type=file.media_type,
        file_size=file.size,
        file_sha256=file.sha256,
        version=before["version"] + 1,
        updated_at=now,
    )
    await audit.record(
        session,
        principal=actor,
        action="fund_meeting.attach",
        subjects=[fund_id, meeting_id],
        now=now,
        detail={"sha256": file.sha256, "before": before["file_sha256"], "before_key": before["file_key"]},
    )


async def _locked_meeting(
    session: AsyncSession, fund_id: UUID, meeting_id: UUID, *, actor: Principal
) -> asyncpg.Record:
    await registry.lock(session, fund_id, principal=actor, active=False)
    found = await queries.one_meeting(session, fund_id, meeting_id)
    if found is None:
        raise FundMeetingNotFound
    return found


def _term(row: Mapping[str, Any] | asyncpg.Record) -> Term:
    return Term(Role(row["role"]), row["term_from"], row["term_to"], row["subject"], row["person_id"])


def _check(term: Term, others: Iterable[Term]) -> None:
    others = list(others)
    if term.ends is not None and term.ends < term.starts:
        raise FundTermEndsBeforeStart(pointer="/term_to")
    if same_person_twice(term, others):
        raise FundTermOverlaps(pointer="/term_from")
    if seat_taken(term, others):
        raise FundSeatTaken(pointer="/role")


def _check_present(present: int, total: int) -> None:
    if present > total:
        raise MorePresentThanTotal(pointer="/present")


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    reason = values.get("end_reason")
    return {**values, "end_reason": reason.value} if reason is not None else dict(values)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
