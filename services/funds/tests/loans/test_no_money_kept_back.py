"""What was kept back for a loan is free again as soon as nothing more will be paid out on it."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.loans import lending
from funds.loans import queries as loans
from funds.loans import service as changes
from funds.loans.rules import State
from funds.loans.schemas import NewDisbursement
from funds.registry.rules import FundFacts
from funds.reliefs import service as reliefs
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared.money import baht
from tests.demand.debts import FIRST_DUE, LATE, TODAY
from tests.factories import APPROVER, CHAIR, NOW, OFFICER, a_contract, a_fund
from tests.repayments.helpers import pay


async def half_paid_out(session: AsyncSession) -> tuple[FundFacts, UUID]:
    """Contract 100,000.00 baht and pay out half of it; nothing is repaid."""
    fund = await a_fund(session, capital=50_000_000)
    loan_id = await a_contract(session, fund, terms={"first_due": FIRST_DUE})
    half = NewDisbursement.model_validate({"amount": "50000.00", "channel": "bank", "document_no": "บจ 1"})
    await lending.disburse(session, loan_id=loan_id, new=half, actor=OFFICER, now=NOW)
    assert (await books.cash(session, fund.id)).reserved == 5_000_000
    return fund, loan_id


async def split_evenly(session: AsyncSession, loan_id: UUID, owed: int) -> None:
    """Make a group's debt its members' own, in equal parts."""
    members = list(await loans.shares(session, loan_id))
    parts = [{"member_id": member, "amount": baht(owed // len(members))} for member in members]
    about: dict[str, Any] = {"loan_id": loan_id, "now": LATE}
    new = NewRelief.model_validate({"terms": {"kind": "split", "parts": parts}, "reason": "กลุ่มเลิก"})
    relief_id = await reliefs.propose(session, new=new, actor=CHAIR, **about)
    decision = ReliefDecision(decision="approve")
    await reliefs.decide(session, relief_id=relief_id, decision=decision, actor=APPROVER, **about)


async def test_a_write_off_frees_what_was_kept_back_for_the_rest(session: AsyncSession) -> None:
    fund, loan_id = await half_paid_out(session)
    new = NewWriteOff(reason="ผู้กู้หายสาบสูญ")
    await write_offs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    decision = WriteOffDecision(decision="approve")
    await write_offs.decide(
        session, if_match="*", loan_id=loan_id, decision=decision, actor=APPROVER, now=LATE
    )
    assert (await books.cash(session, fund.id)).reserved == 0


async def test_a_written_off_loan_that_was_paid_out_in_part_closes_when_all_is_recovered(
    session: AsyncSession,
) -> None:
    _, loan_id = await half_paid_out(session)
    about: dict[str, Any] = {"loan_id": loan_id, "on": TODAY, "reason": "ผู้กู้หายสาบสูญ", "now": LATE}
    await changes.write_off(session, actor=APPROVER, **about)
    await pay(session, loan_id, TODAY, 6_000_000)
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    assert (loan.state, loan.recovered, loan.written_off) == (State.CLOSED, 5_000_000, 5_000_000)


async def test_a_groups_debt_split_up_frees_what_was_kept_back_for_the_rest(session: AsyncSession) -> None:
    fund, loan_id = await half_paid_out(session)
    await split_evenly(session, loan_id, 5_000_000)
    assert (await books.cash(session, fund.id)).reserved == 0


async def test_a_repaid_loan_whose_rest_is_not_paid_out_is_closed_and_keeps_nothing_back(
    session: AsyncSession,
) -> None:
    fund, loan_id = await half_paid_out(session)
    await pay(session, loan_id, TODAY, 6_000_000)
    await lending.cancel(session, loan_id=loan_id, reason="ไม่เบิกส่วนที่เหลือ", actor=APPROVER, now=LATE)
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    assert loan.state is State.CLOSED
    assert (await books.cash(session, fund.id)).reserved == 0
