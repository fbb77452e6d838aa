"""Rounds of the debtor survey: who owes, what she says, what she promises; then figures are frozen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.problem_cases import figures, queries, service
from funds.problem_cases.errors import (
    AmountNotFitting,
    DebtorsMissing,
    DebtorTwice,
    PromiseIncomplete,
    UnknownDebtor,
    WrongRound,
)
from funds.problem_cases.rules import SPOKEN, CaseState, Step, round_to_survey
from funds.problem_cases.schemas import Debtor
from funds.registry import service as registry
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError, InvalidField
from shared.security import Principal

_NAMED: Final = 20
"""Loans that a refusal names."""

_BEGIN = """
INSERT INTO problem_surveys (case_id, round, begun_by, begun_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
_ASKED = """
INSERT INTO problem_debtors (case_id, round, loan_id, surveyed_on, booked, overdue, acknowledged, answer,
    cause, promised, promised_on, note, surveyed_by, updated_at)
VALUES ($1, $2, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $3, $4)
ON CONFLICT (case_id, round, loan_id) DO UPDATE SET
    surveyed_on = excluded.surveyed_on, booked = excluded.booked, overdue = excluded.overdue,
    acknowledged = excluded.acknowledged, answer = excluded.answer, cause = excluded.cause,
    promised = excluded.promised, promised_on = excluded.promised_on, note = excluded.note,
    surveyed_by = excluded.surveyed_by, updated_at = excluded.updated_at
"""
_COMPLETE = """
UPDATE problem_surveys SET completed_by = $3, completed_on = $4 WHERE case_id = $1 AND round = $2
"""


async def ask(
    session: AsyncSession,
    *,
    case_id: UUID,
    number: int,
    debtors: Sequence[Debtor],
    actor: Principal,
    now: datetime,
) -> None:
    """Keep what debtors said in the round that is being surveyed; asked again, the newer answer counts.

    Raises ProblemCaseNotFound, WrongRound, UnknownDebtor, DebtorTwice, AmountNotFitting, PromiseIncomplete,
    DateInFuture.
    """
    case = await service.locked(session, case_id, actor=actor)
    await _check_round(session, case, number)
    owing = await queries.owing(session, case["fund_id"], today=business_date(now))
    seen: set[UUID] = set()
    for at, debtor in enumerate(debtors):
        _check(debtor, at, known=debtor.loan_id in owing, again=debtor.loan_id in seen, now=now)
        seen.add(debtor.loan_id)
    connection = await driver(session)
    await connection.execute(_BEGIN, case_id, number, actor.subject, now)
    rows = [_row(one, owing[one.loan_id]) for one in sorted(debtors, key=lambda one: one.loan_id)]
    await connection.executemany(_ASKED, [(case_id, number, actor.subject, now, *row) for row in rows])
    await audit.record(
        session,
        principal=actor,
        action="problem_case.ask",
        subjects=[case_id, *seen],
        now=now,
        detail={"round": number},
    )


async def complete(
    session: AsyncSession, *, case_id: UUID, number: int, actor: Principal, now: datetime
) -> None:
    """Complete a round: every loan with anything overdue was asked about. The fund's figures are frozen.

    A round after the first, whose figures tell what the cure has done, from above. Raises
    ProblemCaseNotFound, WrongRound, NotFromAbove, DebtorsMissing.
    """
    case = await service.locked(session, case_id, actor=actor)
    await _check_round(session, case, number)
    if number > 1:
        await registry.from_above(session, case["fund_id"], case["area_code"], actor=actor)
    today = business_date(now)
    wanted = queries.DebtorsOf(case_id, case["fund_id"], number, running=True, today=today, surveyed=False)
    missing = await queries.page_of_debtors(session, wanted, after=None, limit=_NAMED)
    if missing:
        left = await queries.count_debtors(session, wanted)
        raise DebtorsMissing(
            f"ยังไม่ได้สำรวจ {left} สัญญา",
            f"{left} loans are not surveyed",
            missing=left,
            loans=[str(row["loan_id"]) for row in missing],
        )
    connection = await driver(session)
    await connection.execute(_BEGIN, case_id, number, actor.subject, now)
    await connection.execute(_COMPLETE, case_id, number, actor.subject, today)
    await service.step(session, case, Step.SURVEY, actor=actor, now=now)
    await figures.freeze(
        session, case_id=case_id, number=number, fund_id=case["fund_id"], actor=actor, now=now
    )


async def _check_round(session: AsyncSession, case: asyncpg.Record, number: int) -> None:
    completed = await queries.completed_rounds(session, case["id"])
    running = round_to_survey(CaseState(case["state"]), completed)
    if running != number:
        raise WrongRound(round=running)


def _check(debtor: Debtor, at: int, *, known: bool, again: bool, now: datetime) -> None:
    spoken = debtor.answer in SPOKEN
    promises = (debtor.promised is None) == (debtor.promised_on is None)
    place = f"/debtors/{at}"
    if not known:
        raise _at(UnknownDebtor, f"{place}/loan_id")
    if again:
        raise _at(DebtorTwice, f"{place}/loan_id")
    if spoken != (debtor.acknowledged is not None):
        raise _at(AmountNotFitting, f"{place}/acknowledged")
    if not promises or (debtor.promised is not None and not spoken):
        raise _at(PromiseIncomplete, f"{place}/promised")
    registry.not_in_future(debtor.surveyed_on, f"{place}/surveyed_on", now=now)


def _at(refusal: type[InvalidField], pointer: str) -> InvalidField:
    return refusal(errors=[FieldError(pointer, refusal.code, refusal.title_th, refusal.title_en)])


def _row(debtor: Debtor, owed: asyncpg.Record) -> tuple[object, ...]:
    return (
        debtor.loan_id,
        debtor.surveyed_on,
        owed["booked"],
        owed["overdue"],
        debtor.acknowledged,
        debtor.answer.value,
        None if debtor.cause is None else debtor.cause.value,
        debtor.promised,
        debtor.promised_on,
        debtor.note,
    )
