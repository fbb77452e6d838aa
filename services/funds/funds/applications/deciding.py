"""A step of the chain decides: recommends, approves, returns or rejects; an approval keeps the money back."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import checking, preventing, queries, resolving
from funds.applications.decision_schemas import NewDecision
from funds.applications.errors import (
    ApprovalTooLong,
    BorrowerHasOpenLoan,
    DecidedOutOfOrder,
    LevelNotYours,
    MeetingNotOfFund,
    MeetingWithoutQuorum,
    MinutesInFuture,
    MinutesMissing,
    OwnApplication,
    SamePersonTwice,
    WrongDecision,
    WrongStep,
)
from funds.applications.events import ApplicationDecided
from funds.applications.models import ApplicationDecision
from funds.applications.resolving import Given
from funds.applications.rules import (
    FORWARD,
    MOST_APPROVAL_DAYS,
    PENDING,
    State,
    Taken,
    after,
    decided_other_step,
    last_day,
    sits_at,
)
from funds.applications.service import TABLE, lapse, locked, record, stands, terms_of
from funds.committees import queries as committees
from funds.committees.rules import quorum
from funds.ledger import service as ledger
from funds.products.rules import BorrowerKind, Category, ProductTerms, Step, StepKind, StepLevel
from funds.registry.rules import FundFacts
from shared import etags, outbox
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.money import baht
from shared.rows import insert_row, update_row
from shared.security import Principal

_DECISIONS = ApplicationDecision.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_NOTHING_LESS = "UPDATE application_shares SET resolved_amount = NULL WHERE application_id = $1"
_LESS = """
UPDATE application_shares SET resolved_amount = given.amount
FROM unnest($2::uuid[], $3::bigint[]) AS given (member_id, amount)
WHERE application_id = $1 AND application_shares.member_id = given.member_id
"""


class Minutes(NamedTuple):
    """What a decision rests on: the fund's own meeting, or the minutes of another body."""

    meeting_id: UUID | None = None
    number: str | None = None
    on: date | None = None


class Resolved(NamedTuple):
    """What a step resolved, and what the application becomes by it."""

    step: Step
    new: NewDecision
    state: State
    on: date
    minutes: Minutes
    valid_until: date
    """The last day of an approval."""
    given: Given


async def decide(
    session: AsyncSession,
    *,
    application_id: UUID,
    new: NewDecision,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Record what the present step decides on the application as it was read.

    Raises ApplicationNotFound, FundNotActive, StaleVersion, WrongApplicationState, WrongStep, WrongDecision,
    LevelNotYours, OwnApplication, SamePersonTwice, DecidedOutOfOrder, MeetingNotOfFund, MeetingWithoutQuorum,
    MinutesInFuture; forward also MinutesMissing, ChecklistIncomplete, AmountRaised, ShareNotOfGroup,
    SharesDoNotSum; an approval also ApprovalTooLong, GroupTooSmall, BorrowerNotTarget, BorrowerHasOpenLoan,
    OverCapital.
    """
    row, fund = await locked(session, application_id, actor=actor)
    etags.check(if_match, row["version"])
    stands(row, PENDING)
    step = _step(row["steps"][row["step_no"]])
    if new.step is not None and new.step != step.code:
        raise WrongStep(step=step.code)
    before = await queries.decisions(session, application_id)
    today = business_date(now)
    if not await _sits(session, fund, step, actor=actor, days={new.decided_on or today, today}):
        raise LevelNotYours(step=step.code, level=step.level.value)
    await _independent(session, row, before, step, actor=actor)
    state = _state(step, new)
    decided_on = _day(row, before, new, now=now)
    terms = await terms_of(session, row)
    kind = BorrowerKind(row["borrower_kind"])
    borrower = await checking.borrower_of(session, fund, kind, row["borrower_id"])
    minutes = await _minutes(session, fund, new, on=decided_on)
    if new.decision in FORWARD and terms.lent:
        await preventing.require_complete(session, row)
    given = resolving.given(row, await queries.shares(session, application_id), borrower, new)
    if terms.needs_minutes and minutes.number is None:
        _need_minutes(row, fund, before, step, state)
    if state is State.APPROVED:
        await checking.check_standing(session, terms, borrower)
        resolving.check_present(given.shares, borrower)
    last = _valid_until(new, decided_on=decided_on, today=today)
    resolved = Resolved(step, new, state, decided_on, minutes, last, given)
    await _write(session, row, resolved, number=len(before) + 1, actor=actor, now=now)
    await _become(session, row, resolved, now=now)
    await _tell(session, row, terms, resolved, actor=actor, now=now)
    if state is State.APPROVED:
        await _keep_back(session, row, terms, amount=given.amount)


def _step(words: dict[str, Any]) -> Step:
    return Step(words["code"], StepLevel(words["level"]), StepKind(words["kind"]))


def _state(step: Step, new: NewDecision) -> State:
    """Return the state that follows. Raises WrongDecision."""
    state = after(step, new.decision)
    if state is None:
        wanted = step.kind.value
        raise WrongDecision(
            f"ขั้นตอน {step.code} ใช้มติ {wanted}, return หรือ reject",
            f"The step {step.code} decides {wanted}, return or reject",
            pointer="/decision",
            step=step.code,
            kind=wanted,
        )
    if new.decision not in FORWARD and new.reason is None:
        raise WrongDecision("ต้องระบุเหตุผล", "A reason is needed", pointer="/reason", step=step.code)
    return state


def _day(row: asyncpg.Record, before: Sequence[asyncpg.Record], new: NewDecision, *, now: datetime) -> date:
    """Return the day of the decision. Raises DecidedOutOfOrder."""
    today = business_date(now)
    day = new.decided_on or today
    last = max([row["submitted_on"], *(one["decided_on"] for one in before)])
    if not last <= day <= today:
        raise DecidedOutOfOrder(
            f"ต้องอยู่ระหว่าง {last} ถึง {today}", f"It lies from {last} to {today}", pointer="/decided_on"
        )
    return day


async def _sits(
    session: AsyncSession, fund: FundFacts, step: Step, *, actor: Principal, days: Collection[date]
) -> bool:
    """Tell whether the caller belongs to the body that decides the step, on the decision's day and today."""
    if sits_at(step.level, fund.area_code, actor.areas):
        return True
    if not sits_at(step.level, fund.area_code, actor.areas, in_office=True):
        return False  # no step of the fund's own committee
    for day in days:
        seats = await committees.in_office(session, fund.id, on=day)
        if all(seat["subject"] != actor.subject for seat in seats):
            return False
    return True


async def _independent(
    session: AsyncSession,
    row: asyncpg.Record,
    before: Sequence[asyncpg.Record],
    step: Step,
    *,
    actor: Principal,
) -> None:
    """Raise OwnApplication for who wrote it or lives with who borrows or guarantees, SamePersonTwice."""
    if actor.subject in row["authors"] or await queries.is_her_own(
        session, subject=actor.subject, borrower_id=row["borrower_id"], application_id=row["id"]
    ):
        raise OwnApplication
    taken = [Taken(one["round"], one["step"], one["subject"]) for one in before]
    if decided_other_step(taken, subject=actor.subject, step=step.code, round_no=row["round"]):
        raise SamePersonTwice


async def _minutes(session: AsyncSession, fund: FundFacts, new: NewDecision, *, on: date) -> Minutes:
    """Return what the decision rests on. Raises MeetingNotOfFund, MeetingWithoutQuorum, MinutesInFuture."""
    found = Minutes()
    pointer = "/minutes/held_on"
    if new.meeting_id is not None:
        meeting = await committees.meeting(session, new.meeting_id)
        if meeting is None or meeting["fund_id"] != fund.id:
            raise MeetingNotOfFund(pointer="/meeting_id")
        if not quorum(meeting["present"], meeting["total"]):
            raise MeetingWithoutQuorum(present=meeting["present"], total=meeting["total"])
        found = Minutes(new.meeting_id, meeting["minutes_no"], meeting["held_on"])
        pointer = "/meeting_id"
    elif new.minutes is not None:
        found = Minutes(None, new.minutes.number, new.minutes.held_on)
    if found.on is not None and found.on > on:
        raise MinutesInFuture(pointer=pointer)
    return found


def _need_minutes(
    row: asyncpg.Record, fund: FundFacts, before: Sequence[asyncpg.Record], step: Step, state: State
) -> None:
    """Raise MinutesMissing for a step of the fund's own, and for an approval that none rest on before it."""
    if state not in {State.RECOMMENDED, State.APPROVED}:
        return
    own = sits_at(step.level, fund.area_code, (), in_office=True)
    told = any(one["round"] == row["round"] and one["minutes_no"] is not None for one in before)
    if own or (state is State.APPROVED and not told):
        raise MinutesMissing(
            f"ขั้นตอน {step.code} ลงมติในที่ประชุม ระบุ meeting_id หรือ minutes",
            f"The step {step.code} decides at a meeting: name `meeting_id` or `minutes`",
            step=step.code,
        )


async def _write(
    session: AsyncSession,
    row: asyncpg.Record,
    resolved: Resolved,
    *,
    number: int,
    actor: Principal,
    now: datetime,
) -> None:
    await insert_row(
        session,
        _DECISIONS,
        id=resolved.new.id or uuid7(),
        application_id=row["id"],
        number=number,
        round=row["round"],
        step=resolved.step.code,
        level=resolved.step.level.value,
        decision=resolved.new.decision.value,
        subject=actor.subject,
        decided_on=resolved.on,
        meeting_id=resolved.minutes.meeting_id,
        minutes_no=resolved.minutes.number,
        minutes_on=resolved.minutes.on,
        reason=resolved.new.reason,
        amount=resolved.given.amount if resolved.given.less else None,
        recorded_at=now,
    )


async def _become(session: AsyncSession, row: asyncpg.Record, resolved: Resolved, *, now: datetime) -> None:
    changes: dict[str, Any] = {"reason": None if resolved.new.decision in FORWARD else resolved.new.reason}
    if resolved.state is State.APPROVED:
        changes |= {
            "approved_on": resolved.on,
            "valid_until": resolved.valid_until,
            "due_at": lapse(resolved.valid_until),
            "reserved": resolved.given.amount,
        }
    if resolved.state is State.RETURNED:  # it is asked for anew, and decided anew
        changes["resolved_amount"] = None
        await (await driver(session)).execute(_NOTHING_LESS, row["id"])
    elif resolved.given.less:
        changes["resolved_amount"] = resolved.given.amount
        shares = resolved.given.shares
        await (await driver(session)).execute(_LESS, row["id"], list(shares), list(shares.values()))
    await update_row(
        session,
        TABLE,
        row["id"],
        state=resolved.state.value,
        step_no=row["step_no"] + 1,
        **changes,
        version=row["version"] + 1,
        updated_at=now,
    )


def _valid_until(new: NewDecision, *, decided_on: date, today: date) -> date:
    """Return an approval's last day. Raises ApprovalTooLong."""
    if new.valid_until is None:
        return last_day(decided_on, today)
    if not today <= new.valid_until <= today + timedelta(days=MOST_APPROVAL_DAYS):
        raise ApprovalTooLong(pointer="/valid_until")
    return new.valid_until


async def _tell(
    session: AsyncSession,
    row: asyncpg.Record,
    terms: ProductTerms,
    resolved: Resolved,
    *,
    actor: Principal,
    now: datetime,
) -> None:
    fact = ApplicationDecided(
        application_id=row["id"],
        fund_id=row["fund_id"],
        area_code=row["area_code"],
        product_code=terms.code,
        category=Category(row["category"]),
        borrower_kind=BorrowerKind(row["borrower_kind"]),
        step=resolved.step.code,
        level=resolved.step.level,
        decision=resolved.new.decision,
        state=resolved.state,
        decided_on=resolved.on,
    )
    await outbox.add(session, fact, subject=row["id"], sequence=row["version"] + 1, now=now)
    detail = {"step": resolved.step.code, "decision": resolved.new.decision.value, "round": row["round"]}
    if resolved.given.less:
        detail["amount"] = baht(resolved.given.amount)
    await record(session, "decide", row["id"], actor=actor, now=now, detail=detail)


async def _keep_back(session: AsyncSession, row: asyncpg.Record, terms: ProductTerms, *, amount: int) -> None:
    """Keep the money back, then see that the borrower got no other loan of the product meanwhile.

    The fund's books are locked from here on: two approvals for one borrower come one after the other, and
    the second one sees the first.
    """
    await ledger.reserve(session, fund_id=row["fund_id"], amount=amount)
    if terms.one_open_loan and await queries.stands_elsewhere(
        session,
        row["id"],
        product_id=row["product_id"],
        borrower_id=row["borrower_id"],
        states=[State.APPROVED],
    ):
        raise BorrowerHasOpenLoan
