"""A group's debt that is divided after one of its members died: who was named answers for her part."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import queries, service
from funds.loans import queries as loans
from funds.reliefs import service as reliefs
from funds.reliefs.errors import NobodyAnswersYet
from funds.reliefs.schemas import NewRelief, ReliefDecision
from shared.db import driver
from shared.money import baht
from tests.deaths.test_who_answers import HEIR, decided, dies, proposed
from tests.demand.debts import LATE, a_late_loan
from tests.factories import APPROVER, CHAIR

APPROVE = ReliefDecision(decision="approve")


async def a_group_of_which_one_died(session: AsyncSession) -> tuple[UUID, UUID, list[UUID]]:
    """Lend to a group and let a member die; returns the loan, her and the others."""
    _, loan_id = await a_late_loan(session)
    dead, *others = await loans.shares(session, loan_id)
    person = "SELECT person_id FROM fund_members WHERE id = $1"
    await dies(session, await (await driver(session)).fetchval(person, dead))
    return loan_id, dead, others


async def divide(session: AsyncSession, loan_id: UUID, members: list[UUID]) -> None:
    """Divide the debt evenly among members, by two persons."""
    parts = [{"member_id": one, "amount": baht(10_000_000 // len(members))} for one in members]
    terms = {"kind": "split", "parts": parts}
    new = NewRelief.model_validate({"terms": terms, "reason": "กลุ่มแยกกัน"})
    relief_id = await reliefs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    by: dict[str, Any] = {"decision": APPROVE, "actor": APPROVER, "now": LATE}
    await reliefs.decide(session, loan_id=loan_id, relief_id=relief_id, **by)


async def own_loan(session: AsyncSession, member: UUID) -> Any:
    """Return a member's own loan."""
    found = await (await driver(session)).fetchval("SELECT id FROM loans WHERE borrower_id = $1", member)
    return await loans.loan(session, found, areas=("34",))


@pytest.mark.parametrize("decision", ["heirs", "estate"])
async def test_who_answers_for_the_dead_answers_for_her_part_of_the_groups_debt(
    session: AsyncSession, decision: str
) -> None:
    loan_id, dead, others = await a_group_of_which_one_died(session)
    await decided(session, loan_id, {**HEIR, "decision": decision, "answerable_phone": "0812345678"})
    await divide(session, loan_id, [dead, *others])
    hers, another = await own_loan(session, dead), await own_loan(session, others[0])
    told = (hers["answerable_as"], hers["answerable"], hers["answerable_phone"], hers["state"])
    assert told == (decision, HEIR["answerable"], "0812345678", "active")
    assert another["answerable"] is None
    assert await service.look_for_missed(session, now=LATE) == 0  # it is decided: nothing is opened again
    (case,) = await queries.of_loan(session, hers["id"])
    assert (case["state"], case["proposed_by"], case["decided_by"]) == (
        "decided",
        CHAIR.subject,
        APPROVER.subject,
    )


@pytest.mark.parametrize("decision", ["open", "proposed", "group"])
async def test_a_part_of_the_dead_waits_until_somebody_answers_for_it_or_goes_to_the_others(
    session: AsyncSession, decision: str
) -> None:
    loan_id, dead, others = await a_group_of_which_one_died(session)
    if decision == "proposed":
        await proposed(session, loan_id, HEIR)
    if decision == "group":
        await decided(session, loan_id, {"decision": "group", "note": "กลุ่มรับผิดชอบต่อ"})
    with pytest.raises(NobodyAnswersYet) as refused:
        await divide(session, loan_id, [*others, dead])
    assert [one.pointer for one in refused.value.errors] == [f"/terms/parts/{len(others)}/member_id"]
    if decision == "group":  # an heir takes her part on after all
        (case,) = await queries.of_loan(session, loan_id)
        await decided(session, loan_id, {**HEIR, "person_id": case["person_id"]})
        await divide(session, loan_id, [*others, dead])
        assert (await own_loan(session, dead))["answerable"] == HEIR["answerable"]
        return
    await divide(session, loan_id, others[:4])
    assert (await own_loan(session, others[0]))["outstanding"] == 10_000_000 // len(others[:4])
