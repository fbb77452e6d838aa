"""Who applied for a loan has no say in giving up any of it."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import lending
from funds.loans.schemas import NewDisbursement, NewLoan
from funds.reliefs import service as reliefs
from funds.reliefs.errors import OwnRelief
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.write_offs import service
from funds.write_offs.errors import OwnWriteOff
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from tests.demand.debts import FIRST_DUE, LATE
from tests.factories import CHAIR, NOW, OFFICER, a_fund, a_person, an_approved_application

AUTHOR = a_person("author")


async def applied_for_by_another(session: AsyncSession) -> UUID:
    """Lend by OFFICER what AUTHOR has applied for."""
    fund = await a_fund(session, capital=50_000_000)
    application_id = await an_approved_application(session, fund, actor=AUTHOR)
    new = NewLoan(application_id=application_id, contract_no="ส 1/2569", instalments=10, first_due=FIRST_DUE)
    loan_id = await lending.contract(session, new=new, actor=OFFICER, now=NOW)
    whole = NewDisbursement.model_validate({"channel": "bank", "document_no": "บจ 1/2569"})
    await lending.disburse(session, loan_id=loan_id, new=whole, actor=OFFICER, now=NOW)
    return loan_id


async def test_who_applied_for_a_loan_does_not_write_it_off(session: AsyncSession) -> None:
    loan_id = await applied_for_by_another(session)
    new = NewWriteOff(reason="ผู้กู้หายสาบสูญ")
    await service.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    decision = WriteOffDecision(decision="approve")
    with pytest.raises(OwnWriteOff):
        await service.decide(session, loan_id=loan_id, decision=decision, actor=AUTHOR, now=LATE)


async def test_who_applied_for_a_loan_does_not_decide_on_its_relief(session: AsyncSession) -> None:
    loan_id = await applied_for_by_another(session)
    new = NewRelief.model_validate({"terms": {"kind": "grace", "months": 3}, "reason": "น้ำท่วม"})
    relief_id = await reliefs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    decision = ReliefDecision(decision="approve")
    with pytest.raises(OwnRelief):
        await reliefs.decide(
            session, loan_id=loan_id, relief_id=relief_id, decision=decision, actor=AUTHOR, now=LATE
        )
