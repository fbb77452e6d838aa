"""Who answers for a borrower; visits and forums recorded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.attachments import Attachment
from funds.committees import queries as committees
from funds.follow import queries
from funds.follow.errors import (
    AnswerableNeeded,
    AssignmentEnded,
    AssignmentNotFound,
    LoanOfAnother,
    NextVisitTooEarly,
    NotInOffice,
    UnknownBorrower,
    VisitNotFound,
)
from funds.follow.models import FollowAssignment, FollowForum, FollowVisit
from funds.follow.schemas import NewAssignment, NewForum, NewVisit
from funds.loans import queries as loans
from funds.members import queries as members
from funds.registry import service as registry
from shared import audit
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_ASSIGNMENTS = FollowAssignment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_VISITS = FollowVisit.__table__  # type: ignore[attr-defined]  # likewise
_FORUMS = FollowForum.__table__  # type: ignore[attr-defined]  # likewise


async def assign(
    session: AsyncSession, *, fund_id: UUID, new: NewAssignment, actor: Principal, now: datetime
) -> UUID:
    """Let a committee member answer for a borrower from today on, in place of whoever did; returns the id.

    Raises FundNotFound, UnknownBorrower, NotInOffice and, by its constraint, AssignmentExists.
    """
    fund = await registry.lock(session, fund_id, principal=actor)  # no term ends meanwhile
    today = business_date(now)
    if await members.borrower(session, new.borrower_kind, new.borrower_id, fund_id=fund_id) is None:
        raise UnknownBorrower(pointer="/borrower_id")
    office = await committees.in_office(session, fund_id, on=today)
    if new.term_id not in {member["id"] for member in office}:
        raise NotInOffice(pointer="/term_id")
    before = await queries.present(session, fund_id, new.borrower_kind, new.borrower_id)
    if before is not None:
        ends = max(today, before["starts_on"])
        await update_row(session, _ASSIGNMENTS, before["id"], ends_on=ends, updated_at=now)
    assignment_id = new.id or uuid7()
    await insert_row(
        session,
        _ASSIGNMENTS,
        **new.model_dump(exclude={"id"}),
        id=assignment_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        starts_on=today,
        assigned_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "follow_assignment.assign", fund_id, assignment_id, actor=actor, now=now)
    return assignment_id


async def end(
    session: AsyncSession, *, fund_id: UUID, assignment_id: UUID, actor: Principal, now: datetime
) -> None:
    """End an assignment; refused while a loan of the borrower is open: then the next one is assigned.

    Raises FundNotFound, AssignmentNotFound, AssignmentEnded, AnswerableNeeded.
    """
    await registry.require(session, fund_id, principal=actor, active=False)
    found = await queries.assignment(session, fund_id, assignment_id)
    if found is None:
        raise AssignmentNotFound
    if found["ends_on"] is not None:
        raise AssignmentEnded
    if found["open_loans"]:
        raise AnswerableNeeded(open_loans=found["open_loans"])
    ends = max(business_date(now), found["starts_on"])
    await update_row(session, _ASSIGNMENTS, assignment_id, ends_on=ends, updated_at=now)
    await _recorded(session, "follow_assignment.end", fund_id, assignment_id, actor=actor, now=now)


async def record_visit(
    session: AsyncSession, *, fund_id: UUID, new: NewVisit, actor: Principal, now: datetime
) -> UUID:
    """Record a visit; returns its id.

    Raises FundNotFound, DateInFuture, NextVisitTooEarly, UnknownBorrower, LoanOfAnother and, by its
    constraint, VisitExists.
    """
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    registry.not_in_future(new.visited_on, "/visited_on", now=now)
    if new.next_visit_on is not None and new.next_visit_on <= new.visited_on:
        raise NextVisitTooEarly(pointer="/next_visit_on")
    if new.loan_id is not None:
        loan = await loans.loan(session, new.loan_id, areas=actor.areas)
        whose = (fund_id, new.borrower_kind, new.borrower_id)
        if loan is None or (loan["fund_id"], loan["borrower_kind"], loan["borrower_id"]) != whose:
            raise LoanOfAnother(pointer="/loan_id")
    elif await members.borrower(session, new.borrower_kind, new.borrower_id, fund_id=fund_id) is None:
        raise UnknownBorrower(pointer="/borrower_id")
    visit_id = new.id or uuid7()
    await insert_row(
        session,
        _VISITS,
        **{**new.model_dump(exclude={"id"}), "project_state": new.project_state.value},
        id=visit_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        recorded_by=actor.subject,
        created_at=now,
    )
    await _recorded(session, "follow_visit.record", fund_id, visit_id, actor=actor, now=now)
    return visit_id


async def attach(
    session: AsyncSession, *, fund_id: UUID, visit_id: UUID, file: Attachment, actor: Principal, now: datetime
) -> None:
    """Attach the photo or paper of a visit; raises FundNotFound, VisitNotFound."""
    await registry.require(session, fund_id, principal=actor, active=False)
    if await queries.visit(session, fund_id, visit_id) is None:
        raise VisitNotFound
    await update_row(
        session,
        _VISITS,
        visit_id,
        file_key=file.key,
        file_type=file.media_type,
        file_size=file.size,
        file_sha256=file.sha256,
    )
    await _recorded(session, "follow_visit.attach", fund_id, visit_id, actor=actor, now=now)


async def record_forum(
    session: AsyncSession, *, fund_id: UUID, new: NewForum, actor: Principal, now: datetime
) -> UUID:
    """Record a forum; returns its id.

    Raises FundNotFound, DateInFuture and, by its constraints, ForumExists, MoreBorrowersThanPeople.
    """
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    registry.not_in_future(new.held_on, "/held_on", now=now)
    forum_id = new.id or uuid7()
    await insert_row(
        session,
        _FORUMS,
        **new.model_dump(exclude={"id"}),
        id=forum_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        recorded_by=actor.subject,
        created_at=now,
    )
    await _recorded(session, "follow_forum.record", fund_id, forum_id, actor=actor, now=now)
    return forum_id


async def _recorded(
    session: AsyncSession, action: str, fund_id: UUID, subject: UUID, *, actor: Principal, now: datetime
) -> None:
    await audit.record(session, principal=actor, action=action, subjects=[fund_id, subject], now=now)
