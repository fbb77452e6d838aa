"""A death freezes the loans of who died and opens a case; two persons decide who answers for the debt."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as applications
from funds.deaths import queries
from funds.deaths.errors import (
    AnswerableDied,
    AnswerableMissing,
    DeathDecided,
    DeathNotProposed,
    DecisionNotForBorrower,
    NoDeathToDecide,
    NotItsGuarantor,
    OwnDeathDecision,
)
from funds.deaths.models import BorrowerDeath
from funds.deaths.rules import NAMED, DeathDecision, DeathState, answered, fits, freezes, thaws
from funds.deaths.schemas import DeathApproval, NewDeathDecision
from funds.demand import queries as demand_queries
from funds.demand import service as demand
from funds.demand.rules import Outcome, TaskKind
from funds.findings import service as findings
from funds.findings.rules import Failing, Seen, death_fact
from funds.known_households.rules import Death
from funds.loans import queries as loans
from funds.loans import service as lending
from funds.loans.rules import LoanFacts, State
from funds.members import queries as members
from funds.members.errors import UnknownFundMember
from funds.registry.errors import ReasonMissing
from shared import audit, etags
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal
from shared.thai import name_key

_TABLE = BorrowerDeath.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ACTOR: Final = "system:deaths"
WITHIN: Final = timedelta(days=30)
"""How long the committee has to find out who answers."""
REASON: Final = "ผู้กู้เสียชีวิต"

_KNOWN = "SELECT 1 FROM borrower_deaths WHERE loan_id = $1 AND person_id = $2"


async def take_notice(session: AsyncSession, deaths: Sequence[Death], *, now: datetime) -> int:
    """Freeze the open loans of who died and open a case for each; returns how many cases are new.

    Her own loans and her household's are frozen; a loan of her group only gets the case. The same news again
    does nothing.
    """
    found: dict[tuple[UUID, UUID], tuple[asyncpg.Record, Death]] = {}
    for death in deaths:
        for loan in await loans.open_of(session, person_id=death.key, household_id=death.household_id):
            found[loan["id"], death.key] = (loan, death)
    opened = 0
    for key in sorted(found):  # loans by id: everybody locks them in this order
        loan, death = found[key]
        opened += await _open(session, loan, death, now=now)
    return opened


async def look_for_missed(session: AsyncSession, *, now: datetime) -> int:
    """Take notice of deaths that no event told of; returns the new cases.

    Of borrowers linked to their person only later, and of members whose leaving says that they died.
    """
    connection = await driver(session)
    rows = await connection.fetch(queries.MISSED)
    # The household is left out: it was looked at when the news came, and others live in it.
    opened = await take_notice(
        session, [Death(row["person_id"], 0, None, "", row["died_on"]) for row in rows], now=now
    )
    for row in await connection.fetch(queries.LEFT):  # by loan: everybody locks them in this order
        death = Death(row["person_id"], 0, None, "", row["died_on"])
        opened += await _open(session, row, death, now=now)
    return opened


async def propose(
    session: AsyncSession,
    *,
    loan_id: UUID,
    new: NewDeathDecision,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Propose who answers for the debt; a proposal before it, which was read, is replaced.

    What was decided before is proposed anew by naming whose death it is: somebody else answers now. Raises
    LoanNotFound, StaleVersion, NoDeathToDecide, DeathDecided, DecisionNotForBorrower, AnswerableMissing,
    UnknownFundMember, AnswerableDied, NotItsGuarantor, FundMeetingNotFound.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    etags.check(if_match, version(await queries.of_loan(session, loan_id)))
    anew = new.person_id is not None and new.decision in NAMED
    found = await _case(session, loan_id, new.person_id, anew=anew)
    await _may_answer(session, loan, new)
    await demand.meeting_of(session, loan.fund_id, new.meeting_id)
    values = new.model_dump(exclude={"person_id", "decision"})
    await _change(
        session,
        found,
        now=now,
        **values,
        decision=new.decision.value,
        state=DeathState.PROPOSED.value,
        proposed_by=actor.subject,
        decided_by=None,
        decided_at=None,
        rejected_by=None,
        rejection_reason=None,
    )
    await _recorded(session, "propose", found, actor=actor, now=now)


async def _may_answer(session: AsyncSession, loan: LoanFacts, new: NewDeathDecision) -> None:
    """Raise unless the proposed decision can be about the loan, and who is to answer for it can."""
    if not fits(new.decision, loan.borrower_kind):
        raise DecisionNotForBorrower(pointer="/decision")
    if new.decision in NAMED and new.answerable is None:
        raise AnswerableMissing(pointer="/answerable")
    heir = new.answerable_member_id
    if heir is not None:
        if heir not in await members.present(session, loan.fund_id, [heir]):
            raise UnknownFundMember(pointer="/answerable_member_id")
        if await queries.dead(session, heir):
            raise AnswerableDied(pointer="/answerable_member_id")
    if new.decision is DeathDecision.GUARANTORS:
        known = await queries.guarantors(session, loan.id)
        wanted = name_key(new.answerable or "")
        if known is not None and not any(
            one["member_id"] == heir if heir else name_key(one["name"]) == wanted for one in known
        ):
            raise NotItsGuarantor(pointer="/answerable_member_id" if heir else "/answerable")


async def approve(
    session: AsyncSession,
    *,
    loan_id: UUID,
    approval: DeathApproval,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Approve or reject what another person proposed; approved, the loan is thawed unless it is lost.

    Whoever is named answers from then on. `if_match` is of what the approver has read (`version`). Raises
    LoanNotFound, NoDeathToDecide, StaleVersion, DeathDecided, DeathNotProposed, OwnDeathDecision, and
    ReasonMissing for a rejection.
    """
    loan = await lending.lock(session, loan_id, principal=actor)
    etags.check(if_match, version(await queries.of_loan(session, loan_id)))
    found = await _case(session, loan_id, approval.person_id)
    if found["state"] != DeathState.PROPOSED.value:
        raise DeathNotProposed
    if found["proposed_by"] == actor.subject or await _is_hers(session, found, actor):
        raise OwnDeathDecision
    if approval.decision == "reject":
        if approval.reason is None:
            raise ReasonMissing(pointer="/reason")
        why = {"rejected_by": actor.subject, "rejection_reason": approval.reason}
        await _change(session, found, now=now, state=DeathState.OPEN.value, **why)
    else:
        decided: dict[str, Any] = {"decided_by": actor.subject, "decided_at": now}
        await _change(session, found, now=now, state=DeathState.DECIDED.value, **decided)
        await _finish(session, found, frozen=loan.state is State.FROZEN, actor=actor, now=now)
    await _recorded(session, approval.decision, found, actor=actor, now=now)


async def unanswered(session: AsyncSession, loan_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of a group's members have died without its being decided who answers for their parts."""
    cases = await queries.of_members(session, loan_id, ids)
    return {case["member_id"] for case in cases if not _answered(case)}


async def carry_over(
    session: AsyncSession, loan_id: UUID, made: Mapping[UUID, UUID], *, actor: Principal, now: datetime
) -> None:
    """Let what was decided of a group's dead members hold for the loans that its debt became.

    `made` are the new loans by member. Whoever was named answers for the member's own loan from today on;
    the daily run finds the death there and opens no case of it again.
    """
    for case in await queries.of_members(session, loan_id, list(made)):
        if not _answered(case):
            continue
        about = made[case["member_id"]]
        names = (column.name for column in _TABLE.c)
        kept = {name: case[name] for name in names if name not in ("id", "loan_id", "frozen")}
        kept |= {"version": 1, "created_at": now, "updated_at": now}
        await insert_row(session, _TABLE, id=uuid7(), loan_id=about, frozen=False, **kept)
        if DeathDecision(case["decision"]) in NAMED:
            await _answer(session, case, loan_id=about, actor=actor, now=now)
        await _recorded(session, "carry_over", {**case, "loan_id": about}, actor=actor, now=now)


def _answered(case: Mapping[str, Any]) -> bool:
    decision = None if case["decision"] is None else DeathDecision(case["decision"])
    return answered(DeathState(case["state"]), decision)


async def _answer(
    session: AsyncSession, case: Mapping[str, Any], *, loan_id: UUID, actor: Principal, now: datetime
) -> None:
    """Let who is named in a case answer for a loan from today on."""
    facts = ("decision", "answerable", "answerable_member_id", "answerable_phone")
    who = lending.Answerable(*(case[name] for name in facts))
    await lending.answer(session, loan_id=loan_id, who=who, on=business_date(now), actor=actor, now=now)


def version(cases: Sequence[Mapping[str, Any]]) -> int:
    """Return the version of a loan's deaths together: each change of one, and each new one, raises it."""
    return sum(case["version"] for case in cases)


async def _is_hers(session: AsyncSession, case: asyncpg.Record, actor: Principal) -> bool:
    """Tell whether who approves owes the loan, or is the one who is to answer for it."""
    if await applications.is_her_loan(session, case["loan_id"], subject=actor.subject):
        return True
    heir = case["answerable_member_id"]
    return heir is not None and await applications.is_her_own(
        session, subject=actor.subject, borrower_id=heir
    )


async def _open(session: AsyncSession, loan: asyncpg.Record, death: Death, *, now: datetime) -> int:
    connection = await driver(session)
    await loans.locked(session, loan["id"])
    if await connection.fetchval(_KNOWN, loan["id"], death.key) is not None:
        return 0
    today = business_date(now)
    frozen = freezes(loan["borrower_kind"])
    if frozen:
        await lending.freeze(
            session, loan_id=loan["id"], on=min(death.died_on, today), reason=REASON, actor=ACTOR, now=now
        )
    task_id = await demand.add_task(
        session, loan, kind=TaskKind.DEATH, due_on=today + WITHIN, by=ACTOR, now=now
    )
    await insert_row(
        session,
        _TABLE,
        id=uuid7(),
        loan_id=loan["id"],
        person_id=death.key,
        fund_id=loan["fund_id"],
        area_code=loan["area_code"],
        died_on=death.died_on,
        frozen=frozen,
        task_id=task_id,
        created_at=now,
        updated_at=now,
    )
    detail = {"loan_id": str(loan["id"]), "died_on": death.died_on.isoformat()}
    seen = Seen(loan["fund_id"], death_fact(loan["id"], death.key), detail)
    await findings.open_seen(session, Failing.BORROWER_DIED, [seen], on=today, now=now)
    return 1


async def _finish(
    session: AsyncSession, case: asyncpg.Record, *, frozen: bool, actor: Principal, now: datetime
) -> None:
    """Let who is named answer; end the case's task, and the freeze unless another death keeps the loan so."""
    decision = DeathDecision(case["decision"])
    if case["frozen"] and decision in NAMED:
        await _answer(session, case, loan_id=case["loan_id"], actor=actor, now=now)
    await demand.alone(session)
    task = await demand_queries.task(session, case["loan_id"], case["task_id"], lock=True)
    if task is not None and task["state"] == "open":
        await demand.end_task(session, task, outcome=Outcome.DECIDED, by=actor.subject, now=now)
    cases = await queries.of_loan(session, case["loan_id"])
    kept = any(
        one["frozen"]
        and (one["state"] != DeathState.DECIDED.value or not thaws(DeathDecision(one["decision"])))
        for one in cases
    )
    if frozen and case["frozen"] and not kept:
        await lending.unfreeze(session, loan_id=case["loan_id"], on=business_date(now), actor=actor, now=now)
        await demand.look(session, case["loan_id"], now=now)


async def _case(
    session: AsyncSession, loan_id: UUID, person_id: UUID | None, *, anew: bool = False
) -> asyncpg.Record:
    """Return the case that a decision is about: the person's, or the first that is not decided.

    Raises NoDeathToDecide, and DeathDecided unless it is decided `anew`.
    """
    cases = await queries.of_loan(session, loan_id, lock=True)
    mine = [one for one in cases if person_id in (None, one["person_id"])]
    if not mine:
        raise NoDeathToDecide
    waiting = [one for one in mine if one["state"] != DeathState.DECIDED.value]
    if not waiting and not anew:
        raise DeathDecided
    return (waiting or mine)[0]


async def _change(session: AsyncSession, case: asyncpg.Record, *, now: datetime, **values: Any) -> None:
    await update_row(session, _TABLE, case["id"], **values, version=case["version"] + 1, updated_at=now)


async def _recorded(
    session: AsyncSession, verb: str, case: Mapping[str, Any], *, actor: Principal, now: datetime
) -> None:
    await audit.record(
        session,
        principal=actor,
        action=f"borrower_death.{verb}",
        subjects=[case["loan_id"], case["person_id"]],
        now=now,
    )
