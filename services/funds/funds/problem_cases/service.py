"""Problem cases opened, planned, treated, solved and closed; figures are frozen on the way."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings import queries as findings
from funds.findings.errors import UnknownFailing
from funds.findings.service import failings
from funds.problem_cases import figures, queries
from funds.problem_cases.errors import OwnProblemCase, ProblemCaseNotFound, StillOverdue, WrongCaseStep
from funds.problem_cases.events import ProblemSolved
from funds.problem_cases.models import ProblemCase
from funds.problem_cases.rules import CaseState, Step, after
from funds.problem_cases.schemas import CaseClosing, NewProblemCase, Plan
from funds.registry import service as registry
from funds.registry.rules import Kind
from shared import audit, etags, outbox
from shared.clock import business_date
from shared.errors import FieldError
from shared.ids import uuid7
from shared.money import baht
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = ProblemCase.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def open_case(session: AsyncSession, *, new: NewProblemCase, actor: Principal, now: datetime) -> UUID:
    """Open a fund's case and freeze its figures of today; returns the case's id.

    Raises FundNotFound, FundNotActive, UnknownFailing and, by its constraints, FundUnderTreatment,
    ProblemCaseExists.
    """
    fund = await registry.require(session, new.fund_id, principal=actor)
    unknown = [at for at, code in enumerate(new.failings) if code not in failings()]
    if unknown:
        texts = (UnknownFailing.code, UnknownFailing.title_th, UnknownFailing.title_en)
        raise UnknownFailing(errors=[FieldError(f"/failings/{at}", *texts) for at in unknown])
    case_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=case_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        fund_kind=fund.kind.value,
        opened_on=business_date(now),
        opened_by=actor.subject,
        failings=sorted({*new.failings, *await findings.open_codes(session, fund.id)}),
        cause=new.cause,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="problem_case.open", subjects=[case_id, fund.id], now=now
    )
    await figures.freeze(session, case_id=case_id, number=0, fund_id=fund.id, actor=actor, now=now)
    return case_id


async def plan(
    session: AsyncSession, *, case_id: UUID, new: Plan, if_match: str, actor: Principal, now: datetime
) -> None:
    """Write a case's plan, or write it anew in the place of the one that was read.

    Raises ProblemCaseNotFound, StaleVersion, DateInFuture, and WrongCaseStep before the first survey.
    """
    case = await locked(session, case_id, actor=actor)
    etags.check(if_match, case["version"])
    for at, one in enumerate(new.actions):
        registry.not_in_future(one.done_on, f"/actions/{at}/done_on", now=now)
    actions = [one.model_dump(mode="json") for one in new.actions]
    await step(
        session,
        case,
        Step.PLAN,
        actor=actor,
        now=now,
        plan=orjson.dumps(actions).decode(),
        planned_by=actor.subject,
    )


async def treated(session: AsyncSession, *, case_id: UUID, actor: Principal, now: datetime) -> None:
    """Say that a clinic has advised a fund; raises ProblemCaseNotFound, WrongCaseStep without a plan."""
    case = await locked(session, case_id, actor=actor)
    await step(session, case, Step.TREAT, actor=actor, now=now)


async def solve(
    session: AsyncSession, *, case_id: UUID, if_match: str, actor: Principal, now: datetime
) -> None:
    """Say that a case is solved as it was read: nothing was overdue in its last round, and nothing is today.

    From above, and not by who opened or surveyed it. Raises ProblemCaseNotFound, StaleVersion, WrongCaseStep,
    NotFromAbove, OwnProblemCase, StillOverdue.
    """
    case = await locked(session, case_id, actor=actor)
    etags.check(if_match, case["version"])
    if after(Step.SOLVE, CaseState(case["state"])) is None:
        raise WrongCaseStep(state=case["state"])
    await registry.from_above(session, case["fund_id"], case["area_code"], actor=actor)
    if actor.subject in {case["opened_by"], *await queries.surveyors(session, case_id)}:
        raise OwnProblemCase
    known = await queries.figures(session, case_id)
    today = business_date(now)
    owing = await queries.owing(session, case["fund_id"], today=today)
    left = known[-1]["overdue_principal"] + known[-1]["overdue_interest"]
    left = left or sum(one["overdue"] for one in owing.values())
    if left:
        raise StillOverdue(
            f"คงเหลือ {baht(left)} บาท ติดตามให้ครบแล้วปรับแผนและสำรวจรอบใหม่",
            f"{baht(left)} baht are overdue: collect them, then plan and survey again",
            overdue=baht(left),
        )
    await step(session, case, Step.SOLVE, actor=actor, now=now, ended_on=today, ended_by=actor.subject)
    fact = ProblemSolved(
        case_id=case_id,
        fund_id=case["fund_id"],
        kind=Kind(case["fund_kind"]),
        area_code=case["area_code"],
        opened_on=case["opened_on"],
        solved_on=today,
        overdue_before=known[0]["overdue_principal"],
    )
    await outbox.add(session, fact, subject=case_id, sequence=case["version"] + 1, now=now)


async def close(
    session: AsyncSession,
    *,
    case_id: UUID,
    closing: CaseClosing,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """End a case as it was read without its being solved, from above.

    Raises ProblemCaseNotFound, StaleVersion, WrongCaseStep, NotFromAbove, and OwnProblemCase for who opened
    it.
    """
    case = await locked(session, case_id, actor=actor)
    etags.check(if_match, case["version"])
    await registry.from_above(session, case["fund_id"], case["area_code"], actor=actor)
    if case["opened_by"] == actor.subject:
        raise OwnProblemCase
    await step(
        session,
        case,
        Step.CLOSE,
        actor=actor,
        now=now,
        ended_on=business_date(now),
        ended_by=actor.subject,
        end_reason=closing.reason,
    )


async def locked(session: AsyncSession, case_id: UUID, *, actor: Principal) -> asyncpg.Record:
    """Return a case of the caller's areas and keep other changes of it away; raises ProblemCaseNotFound."""
    case = await queries.one(session, case_id, areas=actor.areas, lock=True)
    if case is None:
        raise ProblemCaseNotFound
    return case


async def step(
    session: AsyncSession,
    case: asyncpg.Record,
    taken: Step,
    *,
    actor: Principal,
    now: datetime,
    **values: Any,
) -> None:
    """Take a step with a locked case and write what comes with it; raises WrongCaseStep."""
    state = after(taken, CaseState(case["state"]))
    if state is None:
        raise WrongCaseStep(state=case["state"])
    await update_row(
        session, _TABLE, case["id"], **values, state=state.value, version=case["version"] + 1, updated_at=now
    )
    await audit.record(
        session,
        principal=actor,
        action=f"problem_case.{taken.value}",
        subjects=[case["id"], case["fund_id"]],
        now=now,
    )
