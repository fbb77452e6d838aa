"""Nobody decides for herself: not for her group, her household or who lives with her, on whatever day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import errors
from funds.committees.rules import Role
from funds.members import groups
from funds.members.schemas import NewGroupMember
from shared.ids import uuid7
from tests.applications.test_deciding import TAMBON, decide
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_committee_member,
    a_fund,
    a_group,
    a_household,
    a_member,
    a_submitted_application,
)


async def test_a_committee_member_does_not_decide_on_her_own_group(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    me = await a_member(session, fund)
    group = await a_group(session, fund, size=4)
    await groups.join(
        session,
        fund_id=fund.id,
        group_id=group.id,
        new=NewGroupMember(member_id=me.id),
        actor=OFFICER,
        now=NOW,
    )
    await a_committee_member(
        session, fund, role=Role.CHAIR, subject=TAMBON.subject, person_id=me.person_ids[0]
    )
    application_id = await a_submitted_application(session, fund, borrower=group)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", TAMBON)


async def test_a_committee_member_does_not_decide_on_her_own_household(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    household = await a_household(session, fund)
    await a_committee_member(session, fund, subject=CHAIR.subject, household_id=household.id)
    application_id = await a_submitted_application(session, fund, borrower=household)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)


async def test_a_committee_member_does_not_decide_on_a_loan_of_somebody_who_lives_with_her(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    household_id = uuid7()
    borrower = await a_member(session, fund, household_id=household_id)
    await a_committee_member(session, fund, subject=CHAIR.subject, household_id=household_id)
    application_id = await a_submitted_application(session, fund, borrower=borrower)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)


async def test_a_decision_dated_back_to_before_her_term_is_her_own_all_the_same(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund)
    seat: dict[str, Any] = {"subject": TAMBON.subject, "person_id": group.person_ids[0], "term_from": TODAY}
    await a_committee_member(session, fund, **seat)
    paper = TODAY - timedelta(days=5)
    application_id = await a_submitted_application(session, fund, borrower=group, applied_on=paper)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", TAMBON, decided_on=paper.isoformat())
