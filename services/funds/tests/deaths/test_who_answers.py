"""Who answers for a debt after a death is somebody of the fund, where a membership is named."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import service
from funds.deaths.schemas import NewDeathDecision
from funds.known_households.rules import Death
from funds.members.errors import UnknownFundMember
from tests.demand.debts import LATE, TODAY
from tests.factories import CHAIR, a_fund, a_loan, a_member


async def test_a_member_of_another_fund_does_not_answer(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower = await a_member(session, fund)
    loan_id = await a_loan(session, fund, borrower=borrower)
    stranger = await a_member(session, await a_fund(session, kind="savings"))
    died = Death(borrower.person_ids[0], 1, None, "", TODAY)
    await service.take_notice(session, [died], now=LATE)
    words = {"decision": "heirs", "answerable": "นางสาวมาลี สายทอง", "note": "ทายาทรับชำระต่อ"}
    new = NewDeathDecision.model_validate({**words, "answerable_member_id": stranger.id})
    with pytest.raises(UnknownFundMember):
        await service.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
