"""A borrower's death: her loan is frozen, a case opens, two persons decide who answers."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import queries, service
from funds.deaths.consumers import HANDLERS
from funds.deaths.errors import (
    AnswerableMissing,
    DeathDecided,
    DeathNotProposed,
    NoDeathToDecide,
    OwnDeathDecision,
)
from funds.deaths.schemas import DeathApproval, NewDeathDecision
from funds.demand import queries as demand
from funds.known_households import service as known_households
from funds.known_households.consumers import PersonDied
from funds.known_households.rules import Death
from funds.loans import queries as loans
from funds.members import service as members
from funds.members.rules import LeaveReason
from funds.members.schemas import Leaving
from funds.registry.errors import ReasonMissing
from funds.registry.rules import Kind
from shared import etags
from shared.db import driver
from shared.errors import StaleVersion
from shared.events import Received
from shared.ids import uuid7
from shared.security import Principal
from tests.demand.debts import LATE, a_late_loan
from tests.factories import APPROVER, CHAIR, NOW, a_fund, a_loan, a_member

APPROVE = DeathApproval(decision="approve")
DIED = date(2026, 5, 1)


async def news(session: AsyncSession, person_id: UUID, household_id: UUID | None = None) -> None:
    """Let the event come in as the worker takes it."""
    handler = HANDLERS["households.person.died.v1"]
    data = PersonDied(person_id=person_id, household_id=household_id, village_code="34150101", died_on=DIED)
    received = Received(
        id=uuid7(), type="households.person.died.v1", subject=person_id, sequence=1, data=data, time=LATE
    )
    await handler.apply(session, [received], now=LATE)


async def a_households_loan(session: AsyncSession) -> tuple[UUID, UUID]:
    """Lend to a household; returns it and the loan."""
    _, loan_id = await a_late_loan(session, kind=Kind.POVERTY, amount=2_000_000, instalments=6)
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    return loan["borrower_id"], loan_id


async def state_of(session: AsyncSession, loan_id: UUID) -> str:
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    return str(loan["state"])


async def proposed(session: AsyncSession, loan_id: UUID, **changes: Any) -> None:
    values = {"decision": "heirs", "answerable": "บุตร", "note": "ทายาทรับชำระต่อ", **changes}
    new = NewDeathDecision.model_validate(values)
    await service.propose(session, if_match="*", loan_id=loan_id, new=new, actor=CHAIR, now=LATE)


async def approved(
    session: AsyncSession,
    loan_id: UUID,
    approval: DeathApproval = APPROVE,
    *,
    actor: Principal = APPROVER,
    read: str | None = None,
) -> None:
    """Approve what was read: the present version, unless another tag is given."""
    tag = read or etags.of(service.version(await queries.of_loan(session, loan_id)))
    await service.approve(session, loan_id=loan_id, approval=approval, if_match=tag, actor=actor, now=LATE)


async def test_a_death_in_a_borrowing_household_freezes_its_loan_and_opens_a_case(
    session: AsyncSession,
) -> None:
    household, loan_id = await a_households_loan(session)
    person = uuid7()
    await news(session, person, household)
    assert await state_of(session, loan_id) == "frozen"
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["state"], case["frozen"], case["died_on"]) == ("open", True, DIED)
    task = await demand.task(session, loan_id, case["task_id"])
    assert task is not None
    assert (task["kind"], task["state"]) == ("death", "open")
    known = await (await driver(session)).fetchval(
        "SELECT count(*) FROM known_deaths WHERE person_id = $1", person
    )
    assert known == 1


async def test_the_same_news_twice_does_nothing_more(session: AsyncSession) -> None:
    household, loan_id = await a_households_loan(session)
    person = uuid7()
    await news(session, person, household)
    await news(session, person, household)
    assert len(await queries.of_loan(session, loan_id)) == 1


async def test_a_members_death_opens_a_case_of_her_groups_loan_which_goes_on(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    member = next(iter(await loans.shares(session, loan_id)))
    person = await (await driver(session)).fetchval(
        "SELECT person_id FROM fund_members WHERE id = $1", member
    )
    await news(session, person)
    assert await state_of(session, loan_id) == "active"
    (case,) = await queries.of_loan(session, loan_id)
    assert not case["frozen"]


async def test_a_death_elsewhere_touches_no_loan(session: AsyncSession) -> None:
    _, loan_id = await a_households_loan(session)
    await news(session, uuid7(), uuid7())
    assert await state_of(session, loan_id) == "active"


async def test_heirs_answer_when_another_person_approves_and_the_loan_is_demanded_again(
    session: AsyncSession,
) -> None:
    household, loan_id = await a_households_loan(session)
    await news(session, uuid7(), household)
    await proposed(session, loan_id)
    with pytest.raises(OwnDeathDecision):
        await approved(session, loan_id, actor=CHAIR)
    await approved(session, loan_id)
    assert await state_of(session, loan_id) == "active"
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["state"], case["decision"], case["answerable"]) == ("decided", "heirs", "บุตร")
    task = await demand.task(session, loan_id, case["task_id"])
    assert task is not None
    assert (task["state"], task["outcome"]) == ("done", "decided")
    opened = await (await driver(session)).fetch(
        "SELECT rule_code FROM demand_tasks WHERE loan_id = $1 AND state = 'open'", loan_id
    )
    assert [row["rule_code"] for row in opened] == ["MEETING_61"]


async def test_what_was_read_may_not_be_another_proposal_by_the_time_it_is_signed(
    session: AsyncSession,
) -> None:
    household, loan_id = await a_households_loan(session)
    await news(session, uuid7(), household)
    await proposed(session, loan_id)
    read = etags.of(service.version(await queries.of_loan(session, loan_id)))
    await proposed(session, loan_id, answerable="บุตรคนเล็ก")
    with pytest.raises(StaleVersion):
        await approved(session, loan_id, read=read)
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["state"], case["answerable"]) == ("proposed", "บุตรคนเล็ก")


async def test_a_second_death_makes_what_was_read_stale(session: AsyncSession) -> None:
    household, loan_id = await a_households_loan(session)
    await news(session, uuid7(), household)
    await proposed(session, loan_id)
    read = etags.of(service.version(await queries.of_loan(session, loan_id)))
    await news(session, uuid7(), household)
    with pytest.raises(StaleVersion):
        await approved(session, loan_id, read=read)


async def test_a_loan_for_which_nobody_answers_stays_frozen(session: AsyncSession) -> None:
    household, loan_id = await a_households_loan(session)
    await news(session, uuid7(), household)
    await proposed(session, loan_id, decision="write_off", answerable=None)
    await approved(session, loan_id)
    assert await state_of(session, loan_id) == "frozen"
    with pytest.raises(DeathDecided):
        await proposed(session, loan_id)


async def test_two_deaths_are_decided_one_by_one_before_the_loan_is_thawed(session: AsyncSession) -> None:
    household, loan_id = await a_households_loan(session)
    for _ in range(2):
        await news(session, uuid7(), household)
    for state in ("frozen", "active"):
        await proposed(session, loan_id)
        await approved(session, loan_id)
        assert await state_of(session, loan_id) == state


async def test_what_cannot_be_decided_is_refused(session: AsyncSession) -> None:
    household, loan_id = await a_households_loan(session)
    with pytest.raises(NoDeathToDecide):
        await proposed(session, loan_id)
    await news(session, uuid7(), household)
    with pytest.raises(AnswerableMissing):
        await proposed(session, loan_id, answerable=None)
    with pytest.raises(DeathNotProposed):
        await approved(session, loan_id)
    await proposed(session, loan_id)
    with pytest.raises(ReasonMissing):
        await approved(session, loan_id, DeathApproval(decision="reject"))
    await approved(session, loan_id, DeathApproval(decision="reject", reason="ทายาทยังไม่ยินยอม"))
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["state"], case["rejection_reason"]) == ("open", "ทายาทยังไม่ยินยอม")
    await proposed(session, loan_id)
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["state"], case["rejected_by"], case["rejection_reason"]) == ("proposed", None, None)


async def test_a_member_linked_to_her_person_after_her_death_is_found_by_the_daily_run(
    session: AsyncSession,
) -> None:
    person = uuid7()
    await known_households.set_deaths(session, [Death(person, 1, None, "34150101", DIED)])
    fund = await a_fund(session, kind=Kind.SAVINGS, capital=50_000_000, now=NOW)
    member = await a_member(session, fund, person_id=person)
    loan_id = await a_loan(session, fund, borrower=member, now=NOW, amount=1_000_000)
    assert await service.look_for_missed(session, now=LATE) == 1
    assert await state_of(session, loan_id) == "frozen"
    assert await service.look_for_missed(session, now=LATE) == 0
    wanted = queries.Wanted(areas=("34",))
    assert await queries.count(session, wanted) == 1
    assert await queries.count(session, queries.Wanted(areas=("10",))) == 0


async def test_a_borrower_of_whose_death_only_her_fund_knows_is_found_by_the_daily_run(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind=Kind.SAVINGS, capital=50_000_000, now=NOW)
    member = await a_member(session, fund, person_id=None)
    loan_id = await a_loan(session, fund, borrower=member, now=NOW, amount=1_000_000)
    leaving = Leaving(left_on=DIED, reason=LeaveReason.DIED)
    await members.leave(
        session, fund_id=fund.id, member_id=member.id, leaving=leaving, actor=APPROVER, now=LATE
    )
    assert await service.look_for_missed(session, now=LATE) == 1
    assert await state_of(session, loan_id) == "frozen"
    (case,) = await queries.of_loan(session, loan_id)
    assert (case["person_id"], case["died_on"]) == (member.id, DIED)
    assert await service.look_for_missed(session, now=LATE) == 0


async def test_an_event_and_a_leaving_about_the_same_death_open_one_case(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    member = next(iter(await loans.shares(session, loan_id)))
    person = await (await driver(session)).fetchval(
        "SELECT person_id FROM fund_members WHERE id = $1", member
    )
    leaving = Leaving(left_on=DIED, reason=LeaveReason.DIED)
    await members.leave(
        session, fund_id=loan["fund_id"], member_id=member, leaving=leaving, actor=APPROVER, now=LATE
    )
    await news(session, person)
    assert await service.look_for_missed(session, now=LATE) == 0
    assert len(await queries.of_loan(session, loan_id)) == 1
