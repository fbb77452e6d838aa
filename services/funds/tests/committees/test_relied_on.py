"""Minutes that a decision rests on stay as they were when it was taken."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.attachments import Attachment
from funds.committees import queries, service
from funds.committees.errors import FundMeetingReliedOn
from funds.committees.schemas import FundMeetingChange
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff
from tests.demand.debts import LATE, a_late_loan
from tests.factories import CHAIR, NOW, OFFICER, a_meeting

FILE = Attachment("fund-minutes/1", "application/pdf", 16, "0" * 64)


async def test_who_was_present_is_not_changed_after_a_decision_rests_on_the_meeting(
    session: AsyncSession,
) -> None:
    fund, loan_id = await a_late_loan(session)
    meeting_id = await a_meeting(session, fund)
    about: dict[str, Any] = {"fund_id": fund.id, "meeting_id": meeting_id, "actor": OFFICER, "now": NOW}
    fewer, more, elsewhere = (
        FundMeetingChange.model_validate(one) for one in ({"present": 1}, {"present": 7}, {"place": "ศาลาวัด"})
    )
    await service.change_meeting(session, patch=fewer, if_match="*", **about)
    await service.attach_minutes(session, file=FILE, **about)
    new = NewWriteOff(reason="ผู้กู้หายสาบสูญ", meeting_id=meeting_id)
    await write_offs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    with pytest.raises(FundMeetingReliedOn):
        await service.change_meeting(session, patch=more, if_match="*", **about)
    with pytest.raises(FundMeetingReliedOn):
        await service.attach_minutes(session, file=FILE, **about)
    await service.change_meeting(session, patch=elsewhere, if_match="*", **about)
    found = await queries.one_meeting(session, fund.id, meeting_id)
    assert found is not None
    assert (found["present"], found["place"]) == (1, "ศาลาวัด")


async def test_the_signed_file_of_minutes_that_are_relied_on_may_still_come(session: AsyncSession) -> None:
    fund, loan_id = await a_late_loan(session)
    meeting_id = await a_meeting(session, fund)
    new = NewWriteOff(reason="ผู้กู้หายสาบสูญ", meeting_id=meeting_id)
    await write_offs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
    about: dict[str, Any] = {"fund_id": fund.id, "meeting_id": meeting_id, "actor": OFFICER, "now": NOW}
    await service.attach_minutes(session, file=FILE, **about)
