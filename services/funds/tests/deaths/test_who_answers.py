"""After a borrower's death whoever was named answers: she is written to; lists, tasks and papers name her."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import queries, service
from funds.deaths.errors import (
    AnswerableDied,
    DeathDecided,
    DecisionNotForBorrower,
    NotItsGuarantor,
    OwnDeathDecision,
)
from funds.deaths.schemas import DeathApproval, DeathOut, NewDeathDecision
from funds.debtors import queries as debtors
from funds.demand import queries as demand
from funds.documents.letter import demand_letter
from funds.known_households.rules import Death
from funds.known_households.service import set_deaths
from funds.loan_papers import service as papers
from funds.loan_papers.errors import LoanFrozen
from funds.loan_papers.schemas import LetterAsked
from funds.loans import queries as loans
from funds.members.errors import UnknownFundMember
from funds.members.rules import Borrower
from funds.notifications import queries as notifications
from funds.registry.rules import FundFacts
from funds.reminders import service as reminders
from shared import etags
from shared.db import driver
from tests.demand.debts import FIRST_DUE, LATE, TODAY, a_late_loan
from tests.documents.papers import squeezed, text_of
from tests.factories import APPROVER, CHAIR, OFFICER, a_committee_member, a_fund, a_loan, a_member

HEIR = {"decision": "heirs", "answerable": "นายดำ รักเรียน (บุตร)", "note": "ทายาทรับชำระต่อ"}
ASKED = LetterAsked(letter_no="กพส 7/2569", pay_by=TODAY + timedelta(days=30))


async def a_borrower(session: AsyncSession, **changes: Any) -> tuple[FundFacts, Borrower, UUID]:
    """Lend a member of a savings group what she does not repay."""
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower = await a_member(session, fund, name="นางแดง รักเรียน")
    loan_id = await a_loan(session, fund, borrower=borrower, terms={"first_due": FIRST_DUE}, **changes)
    return fund, borrower, loan_id


async def dies(session: AsyncSession, person_id: UUID) -> None:
    death = Death(person_id, 1, None, "34150101", TODAY)
    await set_deaths(session, [death])
    await service.take_notice(session, [death], now=LATE)


async def proposed(session: AsyncSession, loan_id: UUID, words: dict[str, Any]) -> None:
    new = NewDeathDecision.model_validate(words)
    await service.propose(session, if_match="*", loan_id=loan_id, new=new, actor=CHAIR, now=LATE)


async def decided(session: AsyncSession, loan_id: UUID, words: dict[str, Any]) -> None:
    await proposed(session, loan_id, words)
    tag = etags.of(service.version(await queries.of_loan(session, loan_id)))
    approval = DeathApproval(decision="approve")
    await service.approve(session, loan_id=loan_id, approval=approval, if_match=tag, actor=APPROVER, now=LATE)


async def test_a_letter_goes_to_the_heir_and_says_as_what_she_answers(session: AsyncSession) -> None:
    _, borrower, loan_id = await a_borrower(session)
    await dies(session, borrower.person_ids[0])
    by: dict[str, Any] = {"loan_id": loan_id, "asked": ASKED, "principal": OFFICER, "now": LATE}
    with pytest.raises(LoanFrozen):
        await papers.demand_letter(session, **by)
    await decided(session, loan_id, HEIR)
    facts = await papers.demand_letter(session, **by)
    assert (facts.to.name, facts.borrower) == (HEIR["answerable"], "นางแดง รักเรียน")
    says = text_of(demand_letter(facts))
    for words in ("เรียน นายดำ รักเรียน (บุตร)", "นางแดง รักเรียน ได้กู้ยืมเงิน", "ไม่เกินทรัพย์มรดก"):
        assert squeezed(words) in says
    assert squeezed("ท่านได้กู้ยืมเงิน") not in says


async def test_register_lists_and_tasks_name_who_answers_and_since_when(session: AsyncSession) -> None:
    fund, borrower, loan_id = await a_borrower(session)
    heir = await a_member(session, fund, name="นายดำ รักเรียน")
    await dies(session, borrower.person_ids[0])
    await decided(session, loan_id, {**HEIR, "answerable_member_id": heir.id})
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["state"], loan["answerable_as"], loan["answerable"]) == (
        "active",
        "heirs",
        HEIR["answerable"],
    )
    assert (loan["answerable_member_id"], loan["answerable_since"]) == (heir.id, TODAY)
    register = debtors.Filters(fund.id, TODAY, TODAY)
    (debtor,) = await debtors.page(session, filters=register, after=None, limit=9)
    assert (debtor["name"], debtor["answerable"]) == ("นางแดง รักเรียน", HEIR["answerable"])
    late = demand.Overdue(areas=("34",), day=TODAY, fund_id=fund.id)
    (overdue,) = await demand.overdue(session, late, after=None, limit=9)
    assert (overdue["answerable_as"], overdue["answerable_member_id"]) == ("heirs", heir.id)
    tasks = await demand.tasks(session, demand.Tasks(("34",), loan_id=loan_id), after=None, limit=9)
    assert {task["answerable_member_id"] for task in tasks} == {heir.id}
    assert "open" in {task["state"] for task in tasks}  # she is asked for what is late


async def test_the_next_reminder_goes_to_the_heir_and_none_while_nobody_is_named(
    session: AsyncSession,
) -> None:
    _, borrower, loan_id = await a_borrower(session)
    await dies(session, borrower.person_ids[0])
    assert await reminders.plan(session, now=LATE) > 0
    half = datetime(2026, 5, 17, 3, 0, tzinfo=UTC)  # 15 days before 1 June
    done = await reminders.send_due(session, now=LATE)
    assert done is not None
    assert done.sent == 0  # the one of 30 days: frozen
    await decided(session, loan_id, {**HEIR, "answerable_phone": "0812345678"})
    done = await reminders.send_due(session, now=half)
    assert done is not None
    assert done.sent == 1
    statement = "SELECT id FROM notifications WHERE borrower_id = $1"
    (message,) = await (await driver(session)).fetch(statement, borrower.id)
    ((told,),) = (await notifications.recipients(session, [message["id"]])).values()
    assert tuple(told)[1:] == (None, HEIR["answerable"], "0812345678")


async def test_whoever_answers_may_die_too(session: AsyncSession) -> None:
    fund, borrower, loan_id = await a_borrower(session)
    heir = await a_member(session, fund, name="นายดำ รักเรียน")
    await dies(session, borrower.person_ids[0])
    await decided(session, loan_id, {**HEIR, "answerable_member_id": heir.id})
    await dies(session, heir.person_ids[0])
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert loan["state"] == "frozen"
    await decided(session, loan_id, {**HEIR, "decision": "estate", "answerable": "นางสาวขาว รักเรียน"})
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["state"], loan["answerable_as"], loan["answerable"], loan["answerable_member_id"]) == (
        "active",
        "estate",
        "นางสาวขาว รักเรียน",
        None,
    )


@pytest.mark.parametrize("before", ["heirs", "write_off", "mistake"])
async def test_an_heir_who_does_not_take_it_on_is_followed_by_another_by_two_persons_again(
    session: AsyncSession, before: str
) -> None:
    _, borrower, loan_id = await a_borrower(session)
    person_id = borrower.person_ids[0]
    await dies(session, person_id)
    await decided(session, loan_id, {**HEIR, "decision": before})
    another = {**HEIR, "decision": "estate", "answerable": "นางสาวขาว รักเรียน"}
    for refused in (another, {**another, "person_id": person_id, "decision": "mistake"}):
        with pytest.raises(DeathDecided):  # whose death is named, and who answers
            await proposed(session, loan_id, refused)
    await decided(session, loan_id, {**another, "person_id": person_id})
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["state"], loan["answerable_as"], loan["answerable"]) == (
        "active",
        "estate",
        another["answerable"],
    )


async def test_a_group_answers_for_its_own_loan_when_a_member_dies(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    member = next(iter(await loans.shares(session, loan_id)))
    statement = "SELECT person_id FROM fund_members WHERE id = $1"
    await dies(session, await (await driver(session)).fetchval(statement, member))
    with pytest.raises(DecisionNotForBorrower):
        await proposed(session, loan_id, {"decision": "write_off", "note": "ไม่มีทายาท"})
    await decided(session, loan_id, {"decision": "group", "note": "กลุ่มรับผิดชอบต่อ"})
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["state"], loan["answerable_as"]) == ("active", None)


async def test_nobody_else_has_a_group_to_answer(session: AsyncSession) -> None:
    _, borrower, loan_id = await a_borrower(session)
    await dies(session, borrower.person_ids[0])
    with pytest.raises(DecisionNotForBorrower):
        await proposed(session, loan_id, {"decision": "group", "note": "กลุ่มรับผิดชอบต่อ"})


async def test_only_who_guarantees_the_loan_answers_as_its_guarantor(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower, surety, other = [
        await a_member(session, fund, name=name) for name in ("นางแดง", "นายเขียว", "นายฟ้า")
    ]
    guarantors = [{"member_id": surety.id}, {"name": "นายม่วง สุขใจ"}]
    loan_id = await a_loan(session, fund, borrower=borrower, guarantors=guarantors)
    await dies(session, borrower.person_ids[0])
    words = {"decision": "guarantors", "answerable": "นายฟ้า", "note": "ผู้ค้ำประกันรับชำระ"}
    for wrong in (words, {**words, "answerable_member_id": other.id}):
        with pytest.raises(NotItsGuarantor):
            await proposed(session, loan_id, wrong)
    await proposed(session, loan_id, {**words, "answerable": "นายม่วง  สุขใจ"})
    await decided(session, loan_id, {**words, "answerable": "นายเขียว", "answerable_member_id": surety.id})
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["answerable_as"], loan["answerable_member_id"]) == ("guarantors", surety.id)


@pytest.mark.parametrize("whose", ["borrower", "heir"])
async def test_who_owes_or_is_to_answer_does_not_approve_it(session: AsyncSession, whose: str) -> None:
    fund, borrower, loan_id = await a_borrower(session)
    heir = await a_member(session, fund, name="นายดำ รักเรียน")
    await dies(session, borrower.person_ids[0])
    person = {"borrower": borrower, "heir": heir}[whose].person_ids[0]
    await a_committee_member(session, fund, subject=APPROVER.subject, person_id=person)
    with pytest.raises(OwnDeathDecision):
        await decided(session, loan_id, {**HEIR, "answerable_member_id": heir.id})


async def test_neither_a_stranger_nor_the_dead_answer(session: AsyncSession) -> None:
    fund, borrower, loan_id = await a_borrower(session)
    stranger = await a_member(session, await a_fund(session, kind="savings"))
    await dies(session, borrower.person_ids[0])
    with pytest.raises(UnknownFundMember):
        await proposed(session, loan_id, {**HEIR, "answerable_member_id": stranger.id})
    with pytest.raises(AnswerableDied):
        await proposed(session, loan_id, {**HEIR, "answerable_member_id": borrower.id})
    gone = await a_member(session, fund)
    await set_deaths(session, [Death(gone.person_ids[0], 1, None, "34150101", date(2026, 1, 5))])
    with pytest.raises(AnswerableDied):
        await proposed(session, loan_id, {**HEIR, "answerable_member_id": gone.id})


async def test_where_she_can_be_reached_is_shown_masked(session: AsyncSession) -> None:
    _, borrower, loan_id = await a_borrower(session)
    await dies(session, borrower.person_ids[0])
    await decided(session, loan_id, {**HEIR, "answerable_phone": "081-234-5678"})
    (case,) = await queries.of_loan(session, loan_id)
    assert case["answerable_phone"] == "0812345678"
    assert DeathOut.model_validate(dict(case)).answerable_phone == "xxxxxx5678"
