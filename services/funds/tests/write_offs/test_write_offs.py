"""Write-offs by two persons: out of the books, owed all the same."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees.errors import FundMeetingNotFound
from funds.demand import service as demand
from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound, WrongLoanState
from funds.registry.errors import ReasonMissing
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from funds.write_offs import queries, service
from funds.write_offs.errors import OwnWriteOff, WriteOffDecided, WriteOffNotFound
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared.errors import StaleVersion
from shared.ids import uuid7
from tests.demand.debts import LATE, TODAY, a_late_loan
from tests.factories import APPROVER, CHAIR, OFFICER, a_person

APPROVE, REJECT = (
    WriteOffDecision(decision="approve"),
    WriteOffDecision(decision="reject", reason="ยังติดตามได้"),
)
NEW = NewWriteOff(reason="ผู้กู้เสียชีวิต ไม่มีทายาท")


async def proposed(session: AsyncSession, loan_id: UUID) -> None:
    await service.propose(session, loan_id=loan_id, new=NEW, actor=CHAIR, now=LATE)


async def test_a_loan_written_off_leaves_the_books_and_is_owed_all_the_same(session: AsyncSession) -> None:
    fund, loan_id = await a_late_loan(session)
    await proposed(session, loan_id)
    await service.decide(session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=APPROVER, now=LATE)
    found = await queries.newest(session, loan_id)
    assert found is not None
    assert (found["state"], found["principal"], found["written_off_on"]) == ("approved", 10_000_000, TODAY)
    assert await books.balance(session, fund.id, Account.LOANS) == 0
    assert await books.balance(session, fund.id, Account.WRITTEN_OFF) == 10_000_000
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert (loan["state"], loan["written_off"]) == ("written_off", 10_000_000)
    late = await demand.arrears(session, loan_id, principal=CHAIR, day=TODAY)
    assert (late["bucket"].value, late["worst_bucket"].value) == ("current", "61-90")


async def test_what_comes_in_on_it_is_a_recovery(session: AsyncSession) -> None:
    fund, loan_id = await a_late_loan(session)
    await proposed(session, loan_id)
    await service.decide(session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=APPROVER, now=LATE)
    paid = NewRepayment.model_validate(
        {"loan_id": loan_id, "receipt_no": "1", "paid_on": TODAY, "amount": "500.00", "channel": "bank"}
    )
    await repayments.record(session, new=paid, actor=CHAIR, now=LATE)
    loan = await loans.loan(session, loan_id, areas=("34",))
    assert loan is not None
    assert loan["recovered"] > 0
    assert await books.balance(session, fund.id, Account.LOANS) == 0


async def test_neither_who_proposed_it_nor_who_contracted_the_loan_decides(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await proposed(session, loan_id)
    for person in (CHAIR, OFFICER):
        with pytest.raises(OwnWriteOff):
            await service.decide(
                session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=person, now=LATE
            )


async def test_a_rejected_write_off_changes_nothing_and_may_be_proposed_again(session: AsyncSession) -> None:
    fund, loan_id = await a_late_loan(session)
    await proposed(session, loan_id)
    silent = WriteOffDecision(decision="reject")
    with pytest.raises(ReasonMissing):
        await service.decide(
            session, if_match="*", loan_id=loan_id, decision=silent, actor=APPROVER, now=LATE
        )
    await service.decide(session, if_match="*", loan_id=loan_id, decision=REJECT, actor=APPROVER, now=LATE)
    with pytest.raises(WriteOffDecided):
        await service.decide(
            session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=APPROVER, now=LATE
        )
    assert await books.balance(session, fund.id, Account.LOANS) == 10_000_000
    await proposed(session, loan_id)
    await service.withdraw(session, loan_id=loan_id, actor=CHAIR, now=LATE)
    await proposed(session, loan_id)


async def test_the_write_off_that_is_decided_is_the_one_that_was_read(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    about: dict[str, Any] = {"loan_id": loan_id, "decision": APPROVE, "actor": APPROVER, "now": LATE}
    await proposed(session, loan_id)
    await service.withdraw(session, loan_id=loan_id, actor=CHAIR, now=LATE)
    await proposed(session, loan_id)
    with pytest.raises(StaleVersion):
        await service.decide(session, if_match='"1"', **about)
    await service.decide(session, if_match='"3"', **about)


async def test_a_loan_that_is_written_off_is_not_proposed_again(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await proposed(session, loan_id)
    await service.decide(session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=APPROVER, now=LATE)
    with pytest.raises(WrongLoanState):
        await proposed(session, loan_id)


async def test_what_is_not_there_is_named(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    with pytest.raises(WriteOffNotFound):
        await service.decide(
            session, if_match="*", loan_id=loan_id, decision=APPROVE, actor=APPROVER, now=LATE
        )
    elsewhere = NewWriteOff(reason="ไม่มีทายาท", meeting_id=uuid7())
    with pytest.raises(FundMeetingNotFound):
        await service.propose(session, loan_id=loan_id, new=elsewhere, actor=CHAIR, now=LATE)
    with pytest.raises(LoanNotFound):
        await service.propose(session, loan_id=loan_id, new=NEW, actor=a_person("x", areas=("10",)), now=LATE)


async def test_a_proposal_made_on_a_phone_before_another_was_rejected_can_be_decided(
    session: AsyncSession,
) -> None:
    _, loan_id = await a_late_loan(session)
    earlier, later = sorted([uuid7(), uuid7()])
    for number, (made, decision) in enumerate([(later, REJECT), (earlier, APPROVE)]):
        new, now = NewWriteOff(id=made, reason="ผู้กู้หายสาบสูญ"), LATE + timedelta(hours=number)
        await service.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=now)
        await service.decide(
            session, if_match="*", loan_id=loan_id, decision=decision, actor=APPROVER, now=now
        )
    found = await queries.newest(session, loan_id)
    assert found is not None
    assert (found["id"], found["state"]) == (earlier, "approved")
