"""Each step is its own body's; nobody decides for herself, her group, her household or who lives with her."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import deciding, errors
from funds.applications import service as applications
from funds.applications.decision_schemas import NewDecision
from funds.committees.rules import Role
from funds.members import groups
from funds.members.schemas import GroupLeaving, NewGroupMember
from shared.errors import StaleVersion
from shared.ids import uuid7
from tests.applications.deciders import decide, decide_as, found
from tests.applications.test_deciding import DISTRICT, MINUTES, TAMBON
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
    a_person,
    a_submitted_application,
)

WIDTHS = {"tambon": 6, "district": 4, "province": 2}


@pytest.mark.parametrize("level", WIDTHS)
async def test_a_step_is_decided_neither_from_above_nor_from_below(session: AsyncSession, level: str) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    for before in list(WIDTHS)[: list(WIDTHS).index(level)]:
        await decide(session, application_id, "recommend", a_person(before))
    village, neighbour = fund.area_code + "01", f"{int(fund.area_code[: WIDTHS[level]]) + 1}"
    for area in ("", fund.area_code[:2], fund.area_code[:4], fund.area_code, village):
        if len(area) != WIDTHS[level]:
            somebody = a_person("somebody", areas=(area, fund.area_code + "02", neighbour))
            with pytest.raises((errors.LevelNotYours, errors.ApplicationNotFound)):
                await decide_as(session, application_id, "return", somebody, reason="แผนไม่ชัด")
    hers = a_person("hers", areas=("35", fund.area_code[: WIDTHS[level]]))
    await decide_as(session, application_id, "return", hers, reason="แผนไม่ชัด")


async def test_the_committee_of_a_tambons_savings_group_takes_the_villages_steps(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", area_code="341903", capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    with pytest.raises(errors.LevelNotYours):
        await decide_as(session, application_id, "recommend", a_person("x", areas=("3419",)))
    await decide_as(session, application_id, "recommend", a_person("x", areas=("341903",)), minutes=MINUTES)


async def test_who_sits_on_the_funds_committee_decides_at_its_level_whatever_area_she_was_given(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    await a_committee_member(session, fund, subject=CHAIR.subject)
    await a_committee_member(session, await a_fund(session, kind="poverty"), subject=TAMBON.subject)
    application_id = await a_submitted_application(session, fund, applied_on=TODAY - timedelta(days=5))
    with pytest.raises(errors.LevelNotYours):  # of another fund's committee
        await decide_as(session, application_id, "recommend", TAMBON)
    await decide_as(session, application_id, "recommend", CHAIR, minutes=MINUTES)
    await a_committee_member(session, fund, subject=DISTRICT.subject)
    with pytest.raises(errors.LevelNotYours):
        await decide_as(session, application_id, "reject", DISTRICT, reason="…")


@pytest.mark.parametrize(
    "term",
    [
        {"term_from": TODAY},
        {"term_from": TODAY - timedelta(days=90), "term_to": TODAY - timedelta(days=1)},
    ],
)
async def test_a_seat_counts_on_the_day_of_the_decision_and_today(
    session: AsyncSession, term: dict[str, Any]
) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    await a_committee_member(session, fund, subject=CHAIR.subject, **term)
    paper = TODAY - timedelta(days=5)
    application_id = await a_submitted_application(session, fund, applied_on=paper)
    with pytest.raises(errors.LevelNotYours):
        await decide_as(session, application_id, "recommend", CHAIR, decided_on=paper.isoformat())


async def test_what_another_funds_committee_knows_of_her_holds_here_too(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    household_id = uuid7()
    borrower = await a_member(session, fund, household_id=household_id)
    elsewhere = await a_fund(session, kind="poverty")
    over: dict[str, Any] = {"term_from": TODAY - timedelta(days=900), "term_to": TODAY - timedelta(days=500)}
    await a_committee_member(session, elsewhere, subject=CHAIR.subject, household_id=household_id, **over)
    application_id = await a_submitted_application(session, fund, borrower=borrower)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)


async def test_who_left_the_group_before_it_applied_decides_on_it(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=4)
    seat: dict[str, Any] = {"subject": TAMBON.subject, "person_id": group.person_ids[0]}
    await a_committee_member(session, fund, **seat)
    member_id = next(iter(group.member_ids))
    leaving = GroupLeaving(left_on=TODAY)
    about: dict[str, Any] = {"fund_id": fund.id, "group_id": group.id, "actor": OFFICER, "now": NOW}
    await groups.leave(session, member_id=member_id, leaving=leaving, **about)
    application_id = await a_submitted_application(session, fund, borrower=group)
    await decide(session, application_id, "recommend", TAMBON)


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


@pytest.mark.parametrize("by_name", ["นาย บุญ  ใจดี", None])
async def test_a_guarantor_does_not_decide_on_what_she_guarantees(
    session: AsyncSession, by_name: str | None
) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    person_id = uuid7()
    friend = await a_member(session, fund, person_id=person_id)
    named = {"name": by_name} if by_name else {"member_id": friend.id}
    application_id = await a_submitted_application(session, fund, guarantors=[named])
    seat = {"display_name": "นายบุญ ใจดี"} if by_name else {"person_id": person_id}
    await a_committee_member(session, await a_fund(session), subject=CHAIR.subject, **seat)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)


async def test_who_lives_with_a_guarantor_does_not_decide_and_her_namesake_who_is_a_member_does(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    household_id = uuid7()
    friend = await a_member(session, fund, household_id=household_id, name="นายบุญ ใจดี")
    await a_committee_member(session, fund, subject=CHAIR.subject, household_id=household_id)
    await a_committee_member(session, fund, subject=DISTRICT.subject, display_name="นายบุญ ใจดี")
    application_id = await a_submitted_application(session, fund, guarantors=[{"member_id": friend.id}])
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)
    await decide(session, application_id, "recommend", DISTRICT)


async def test_what_is_decided_is_the_application_as_it_was_read(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    seen = (await found(session, application_id))["version"]
    await decide(session, application_id, "return", TAMBON, reason="ลดวงเงิน")
    await applications.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    stale = NewDecision.model_validate({"decision": "recommend", "minutes": MINUTES})
    about: dict[str, Any] = {"application_id": application_id, "new": stale, "actor": TAMBON, "now": NOW}
    with pytest.raises(StaleVersion):
        await deciding.decide(session, if_match=f'"{seen}"', **about)


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
