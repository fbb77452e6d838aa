"""Reliefs proposed by one person and decided by another; an approved one changes the loan at once.

The rows of a new schedule are computed when it is approved, from what is owed on that day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as applications
from funds.deaths import service as deaths
from funds.demand import queries as arrears
from funds.demand import service as demand
from funds.demand.rules import bucket_of
from funds.holidays import service as holidays
from funds.loans import queries as loans
from funds.loans import service as lending
from funds.loans import splitting
from funds.loans import terms as agreed
from funds.loans.accruing import carried_on
from funds.loans.errors import WaiverTooHigh, WrongLoanState
from funds.loans.rules import OPEN, Instalment, LoanFacts, PlannedRow, remaining
from funds.registry.errors import ReasonMissing
from funds.reliefs import queries
from funds.reliefs.errors import (
    DueInPast,
    DueTooFar,
    NobodyAnswersYet,
    NotAGroupsLoan,
    NotInTheGroup,
    OwnRelief,
    PartsDoNotSum,
    RateNotLower,
    ReliefDecided,
    ReliefNotFound,
    SettlementOutOfRange,
)
from funds.reliefs.events import LoanRestructured
from funds.reliefs.models import LoanRelief
from funds.reliefs.rules import ReliefKind, ReliefState, owed, postponed, rescheduled, settled, waived
from funds.reliefs.schemas import (
    GraceTerms,
    NewRelief,
    ReliefDecision,
    ReliefTerms,
    RescheduleTerms,
    SettlementTerms,
    SplitTerms,
    WaiverTerms,
)
from funds.schedules.errors import FAULTS
from funds.schedules.rules import PaidAt, ScheduleRefused
from shared import audit, outbox
from shared.clock import business_date
from shared.errors import FieldError, Refusal
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = LoanRelief.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
MOST_YEARS: Final = 30
"""No debt of a village is put off for so long; a year of the Buddhist era lies 543 years ahead."""
_TERMS: TypeAdapter[ReliefTerms] = TypeAdapter(ReliefTerms)


async def propose(
    session: AsyncSession, *, loan_id: UUID, new: NewRelief, actor: Principal, now: datetime
) -> UUID:
    """Propose a relief of an open loan; returns its id. Nothing of the loan changes yet.

    Raises LoanNotFound, WrongLoanState, FundMeetingNotFound, what `planned_rows` raises and, by its
    constraint, ReliefExists.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    if loan.state not in OPEN:
        raise WrongLoanState(state=loan.state.value)
    await demand.meeting_of(session, loan.fund_id, new.meeting_id)
    await _check(session, loan, new.terms, on=business_date(now))
    relief_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=relief_id,
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        kind=new.terms.kind,
        terms=new.terms.model_dump_json(exclude_none=True),
        reason=new.reason,
        meeting_id=new.meeting_id,
        proposed_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "propose", loan.id, relief_id, actor=actor, now=now)
    return relief_id


async def decide(
    session: AsyncSession,
    *,
    loan_id: UUID,
    relief_id: UUID,
    decision: ReliefDecision,
    actor: Principal,
    now: datetime,
) -> None:
    """Approve or reject a relief that another person proposed, on a loan that is not the decider's own.

    The worst days late that were reached are kept, and the loan is watched from now on. Raises LoanNotFound,
    ReliefNotFound, ReliefDecided, OwnRelief, ReasonMissing, WrongLoanState, and what `planned_rows` and the
    loan raise.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    found = await _proposed(session, loan_id, relief_id)
    if actor.subject == found["proposed_by"] or await applications.is_her_loan(
        session, loan_id, subject=actor.subject
    ):
        raise OwnRelief
    approved = decision.decision == "approve"
    if not approved and decision.reason is None:
        raise ReasonMissing(pointer="/reason")
    after = None
    if approved:
        if loan.state not in OPEN:
            raise WrongLoanState(state=loan.state.value)
        worst = await demand.start_watch(session, loan.id, now=now)
        after = await _apply(session, loan, found, worst=worst, actor=actor, now=now)
    await update_row(
        session,
        _TABLE,
        relief_id,
        state=(ReliefState.APPROVED if approved else ReliefState.REJECTED).value,
        decided_by=actor.subject,
        decided_at=now,
        decision_reason=decision.reason,
        schedule_before=loan.schedule_no if approved else None,
        schedule_after=after,
        version=found["version"] + 1,
        updated_at=now,
    )
    if approved:
        await demand.look(session, loan.id, now=now)
        await _tell(session, loan, ReliefKind(found["kind"]), now=now)
    await _recorded(session, decision.decision, loan.id, relief_id, actor=actor, now=now)


async def withdraw(
    session: AsyncSession, *, loan_id: UUID, relief_id: UUID, actor: Principal, now: datetime
) -> None:
    """Take back a proposal that waits; raises LoanNotFound, ReliefNotFound, ReliefDecided."""
    await lending.lock(session, loan_id, principal=actor)
    found = await _proposed(session, loan_id, relief_id)
    await update_row(
        session,
        _TABLE,
        relief_id,
        state=ReliefState.WITHDRAWN.value,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "withdraw", loan_id, relief_id, actor=actor, now=now)


async def preview(session: AsyncSession, relief: asyncpg.Record, *, on: date) -> list[PlannedRow]:
    """Return the schedule that a waiting relief would make today; nothing where it makes none."""
    if relief["state"] != ReliefState.PROPOSED.value or relief["kind"] in ("interest_waiver", "split"):
        return []
    loan = await loans.locked(session, relief["loan_id"])
    if loan is None or loan.state not in OPEN:
        return []
    try:
        return await planned_rows(session, loan, terms_of(relief), on=on)
    except Refusal:  # it could not be approved any more
        return []


async def planned_rows(
    session: AsyncSession, loan: LoanFacts, terms: ReliefTerms, *, on: date
) -> list[PlannedRow]:
    """Return the new schedule that terms make of what is owed on a day; a waiver and a split make none here.

    Raises DueInPast, DueTooFar, RateNotLower, SettlementOutOfRange and the refusals of
    `schedules.errors.FAULTS`.
    """
    rows = await _owed(session, loan, on=on)
    match terms:
        case RescheduleTerms():
            return await _rescheduled(session, loan, rows, terms, on=on)
        case GraceTerms():
            return postponed(rows, terms.months, on=on)
        case SettlementTerms():
            _check_due(terms.due_on, "/terms/due_on", on=on)
            if not owed(rows)[0] <= terms.amount <= sum(owed(rows)):
                raise SettlementOutOfRange(pointer="/terms/amount")
            return settled(rows, terms.amount, due_on=terms.due_on)
    return []


def _check_due(day: date, pointer: str, *, on: date) -> None:
    if day <= on:
        raise DueInPast(pointer=pointer)
    if day.year - on.year > MOST_YEARS:
        raise DueTooFar(pointer=pointer)


def terms_of(relief: asyncpg.Record) -> ReliefTerms:
    """Return a stored relief's terms."""
    words = relief["terms"]
    return _TERMS.validate_python(words if isinstance(words, dict) else orjson.loads(words))


async def _rescheduled(
    session: AsyncSession,
    loan: LoanFacts,
    rows: Sequence[Instalment],
    terms: RescheduleTerms,
    *,
    on: date,
) -> list[PlannedRow]:
    _check_due(terms.first_due, "/terms/first_due", on=on)
    words = loan.terms if isinstance(loan.terms, dict) else orjson.loads(str(loan.terms))
    before = agreed.schedule_terms(words)
    rate = before.annual_rate if terms.annual_rate is None else terms.annual_rate
    if rate > before.annual_rate:
        raise RateNotLower(pointer="/terms/annual_rate")
    laid = replace(
        before,
        annual_rate=rate,
        instalments=terms.instalments,
        every=terms.every,
        period=terms.period,
        first_due=terms.first_due,
        due_day=None,
        second_due_day=None,
        paid_at=PaidAt.END,
        balloon=0,
        grace_principal=terms.grace_principal,
        principal_every=1,
        grace_interest=0,
        interest_from=None,
        instalment_amount=None,
    )
    closed = await holidays.calendar(session, area_code=loan.area_code)
    try:
        planned = rescheduled(rows, laid, on=on, holidays=closed)
    except ScheduleRefused as refused:
        refusal, pointer = FAULTS[refused.fault]
        raise refusal(pointer=f"/terms{pointer}") from refused
    _check_due(planned[-1].due_on, "/terms/instalments", on=on)
    return planned


async def _check(session: AsyncSession, loan: LoanFacts, terms: ReliefTerms, *, on: date) -> None:
    """Refuse what could not be approved today."""
    match terms:
        case WaiverTerms():
            if terms.amount > owed(await _owed(session, loan, on=on))[1]:
                raise WaiverTooHigh(pointer="/terms/amount")
        case SplitTerms():
            await _check_parts(session, loan, terms)
        case _:
            await planned_rows(session, loan, terms, on=on)


async def _check_parts(session: AsyncSession, loan: LoanFacts, terms: SplitTerms) -> None:
    if loan.borrower_kind != "group":
        raise NotAGroupsLoan
    shares = await loans.shares(session, loan.id)
    strangers = [at for at, part in enumerate(terms.parts) if part.member_id not in shares]
    if strangers:
        where = [FieldError(f"/terms/parts/{at}/member_id", NotInTheGroup.code) for at in strangers]
        raise NotInTheGroup(errors=where)
    parts = {part.member_id: part.amount for part in terms.parts}
    if len(parts) != len(terms.parts) or sum(parts.values()) != loan.outstanding:
        raise PartsDoNotSum(pointer="/terms/parts")
    unanswered = await deaths.unanswered(session, loan.id, list(parts))
    places = [at for at, part in enumerate(terms.parts) if part.member_id in unanswered]
    if places:
        texts = (NobodyAnswersYet.code, NobodyAnswersYet.detail_th, NobodyAnswersYet.detail_en)
        raise NobodyAnswersYet(errors=[FieldError(f"/terms/parts/{at}/member_id", *texts) for at in places])


async def _apply(
    session: AsyncSession,
    loan: LoanFacts,
    relief: asyncpg.Record,
    *,
    worst: int,
    actor: Principal,
    now: datetime,
) -> int | None:
    """Change the loan as the relief says; returns the number of its new schedule, None for a split.

    `worst` is the most days late that it reached: loans that come of a split have reached them too.
    """
    on, terms = business_date(now), terms_of(relief)
    about: dict[str, Any] = {"loan_id": loan.id, "reason": relief["reason"], "actor": actor, "now": now}
    await _check(session, loan, terms, on=on)
    match terms:
        case WaiverTerms():
            parts = waived(await _owed(session, loan, on=on), terms.amount)
            return await lending.waive_interest(session, parts=parts, on=on, **about)
        case SplitTerms():
            shares = {part.member_id: part.amount for part in terms.parts}
            made = await splitting.split(session, loan, shares, on=on, actor=actor, now=now)
            await deaths.carry_over(session, loan.id, made, actor=actor, now=now)
            for each in made.values():
                await demand.start_watch(session, each, now=now, at_least=worst)
                await demand.look(session, each, now=now)
            return None
        case _:
            rows = await planned_rows(session, loan, terms, on=on)
            return await lending.reschedule(session, rows=rows, on=on, **about)


async def _owed(session: AsyncSession, loan: LoanFacts, *, on: date) -> list[Instalment]:
    """Return what is owed of the instalments, with penalty charged and interest borne up to a day."""
    rows = remaining(await lending.charged(session, loan, on=on), starts_on=on)
    words = loan.terms if isinstance(loan.terms, dict) else orjson.loads(str(loan.terms))
    return carried_on(rows, on=on, terms=agreed.repayment_terms(words))


async def _proposed(session: AsyncSession, loan_id: UUID, relief_id: UUID) -> asyncpg.Record:
    found = await queries.one(session, loan_id, relief_id, lock=True)
    if found is None:
        raise ReliefNotFound
    if found["state"] != ReliefState.PROPOSED.value:
        raise ReliefDecided
    return found


async def _tell(session: AsyncSession, loan: LoanFacts, kind: ReliefKind, *, now: datetime) -> None:
    stored = await arrears.one(session, loan.id, day=business_date(now))
    changed = await loans.locked(session, loan.id)
    assert stored is not None  # noqa: S101  # the watch has just begun
    assert changed is not None  # noqa: S101  # it is locked by this transaction
    fact = LoanRestructured(
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        kind=kind,
        restructured_on=business_date(now),
        worst_bucket=bucket_of(stored["worst_days"]),
        watch_until=stored["watch_until"],
    )
    await outbox.add(session, fact, subject=loan.id, sequence=changed.version, now=now)


async def _recorded(
    session: AsyncSession, verb: str, loan_id: UUID, relief_id: UUID, *, actor: Principal, now: datetime
) -> None:
    await audit.record(
        session, principal=actor, action=f"loan_relief.{verb}", subjects=[loan_id, relief_id], now=now
    )
