"""Who applied for a loan, owes it or lives with who does, has no say in giving up any of it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.members import queries as members
from funds.registry.rules import FundFacts
from funds.reliefs import service as reliefs
from funds.reliefs.errors import OwnRelief
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.write_offs import service
from funds.write_offs.errors import OwnWriteOff
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared.db import driver
from shared.errors import Refusal
from shared.ids import uuid7
from shared.security import Principal
from tests.demand.debts import FIRST_DUE, LATE, TODAY, a_late_loan
from tests.factories import (
    CHAIR,
    a_committee_member,
    a_fund,
    a_household,
    a_loan,
    a_member,
    a_person,
)

AUTHOR, PROPOSER = a_person("author"), a_person("proposer")


async def applied_for_by_another(session: AsyncSession) -> UUID:
    """Lend what AUTHOR has applied for, by a contract that another person made."""
    fund = await a_fund(session, capital=50_000_000)
    return await a_loan(session, fund, actor=AUTHOR, terms={"first_due": FIRST_DUE})


async def write_off(session: AsyncSession, loan_id: UUID, by: Principal) -> None:
    new = NewWriteOff(reason="ผู้กู้หายสาบสูญ")
    await service.propose(session, loan_id=loan_id, new=new, actor=PROPOSER, now=LATE)
    decision = WriteOffDecision(decision="approve")
    await service.decide(session, if_match="*", loan_id=loan_id, decision=decision, actor=by, now=LATE)


async def give_grace(session: AsyncSession, loan_id: UUID, by: Principal) -> None:
    new = NewRelief.model_validate({"terms": {"kind": "grace", "months": 3}, "reason": "น้ำท่วม"})
    relief_id = await reliefs.propose(session, loan_id=loan_id, new=new, actor=PROPOSER, now=LATE)
    decision = ReliefDecision(decision="approve")
    await reliefs.decide(session, loan_id=loan_id, relief_id=relief_id, decision=decision, actor=by, now=LATE)


EITHER = pytest.mark.parametrize(("decide", "refusal"), [(write_off, OwnWriteOff), (give_grace, OwnRelief)])
Decide = Callable[[AsyncSession, UUID, Principal], Awaitable[None]]


async def a_poor_households_loan(session: AsyncSession) -> tuple[FundFacts, UUID, UUID]:
    """Lend to a household; returns the fund, the loan and the household."""
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    household = await a_household(session, fund)
    terms = {"first_due": FIRST_DUE}
    loan_id = await a_loan(
        session, fund, borrower=household, amount=600_000, instalments=6, terms=terms, months=36
    )
    return fund, loan_id, household.id


@EITHER
async def test_nobody_lets_her_own_household_off(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    fund, loan_id, household_id = await a_poor_households_loan(session)
    await a_committee_member(session, fund, subject=CHAIR.subject, household_id=household_id)
    with pytest.raises(refusal):
        await decide(session, loan_id, CHAIR)


@EITHER
async def test_nobody_lets_the_household_of_herself_off_that_another_committee_knows_her_by(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    fund, loan_id, household_id = await a_poor_households_loan(session)
    person_id = uuid7()
    await a_member(session, fund, person_id=person_id, household_id=household_id)
    await a_committee_member(session, await a_fund(session), subject=CHAIR.subject, person_id=person_id)
    with pytest.raises(refusal):
        await decide(session, loan_id, CHAIR)


@EITHER
async def test_nobody_lets_her_own_group_off_though_she_left_it(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    fund, loan_id = await a_late_loan(session)
    first = next(iter(await loans.shares(session, loan_id)))
    member = await members.one(session, fund.id, first)
    assert member is not None
    await (await driver(session)).execute(
        "UPDATE group_members SET left_on = $2 WHERE member_id = $1", first, TODAY
    )
    await a_committee_member(session, fund, subject=CHAIR.subject, person_id=member["person_id"])
    with pytest.raises(refusal):
        await decide(session, loan_id, CHAIR)


@EITHER
async def test_nobody_lets_a_debt_off_that_she_guarantees(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    person_id = uuid7()
    guarantors = [{"member_id": (await a_member(session, fund, person_id=person_id)).id}]
    terms = {"first_due": FIRST_DUE}
    loan_id = await a_loan(session, fund, amount=600_000, guarantors=guarantors, terms=terms)
    await a_committee_member(session, fund, subject=CHAIR.subject, person_id=person_id)
    with pytest.raises(refusal):
        await decide(session, loan_id, CHAIR)


@EITHER
async def test_an_heir_who_answers_for_the_debt_does_not_let_it_off(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    fund, loan_id, _ = await a_poor_households_loan(session)
    person_id = uuid7()
    heir = await a_member(session, fund, person_id=person_id)
    await (await driver(session)).execute(
        "UPDATE loans SET answerable_as = 'heirs', answerable = 'นายบุญ ใจดี', answerable_member_id = $2, "
        "answerable_since = $3 WHERE id = $1",
        loan_id,
        heir.id,
        TODAY,
    )
    await a_committee_member(session, fund, subject=CHAIR.subject, person_id=person_id)
    with pytest.raises(refusal):
        await decide(session, loan_id, CHAIR)


@EITHER
async def test_somebody_elses_loan_is_decided_by_who_sits_on_the_committee(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    del refusal
    fund, loan_id, _ = await a_poor_households_loan(session)
    await a_committee_member(session, fund, subject=CHAIR.subject, household_id=uuid7(), person_id=uuid7())
    await decide(session, loan_id, CHAIR)


@EITHER
async def test_who_applied_for_a_loan_does_not_decide_on_it(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    loan_id = await applied_for_by_another(session)
    with pytest.raises(refusal):
        await decide(session, loan_id, AUTHOR)


@EITHER
async def test_who_proposes_does_not_decide(
    session: AsyncSession, decide: Decide, refusal: type[Refusal]
) -> None:
    _, loan_id, _ = await a_poor_households_loan(session)
    with pytest.raises(refusal):
        await decide(session, loan_id, PROPOSER)
