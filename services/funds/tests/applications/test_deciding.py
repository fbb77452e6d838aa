"""The chain of decisions: who may decide what, on which day, on which minutes, with the money kept back."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import drafting, errors, queries, service
from funds.applications.rules import State
from funds.applications.schemas import ApplicationChange
from funds.known_households import service as known_households
from funds.known_households.rules import CaseFact
from funds.ledger import queries as books
from funds.ledger.errors import OverCapital
from funds.members import groups
from funds.members.schemas import GroupLeaving
from funds.registry import service as registry
from funds.registry.errors import DateInFuture
from funds.registry.rules import FundFacts
from shared.db import driver
from shared.ids import uuid7
from tests.applications.deciders import decide, found
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_fund,
    a_group,
    a_household,
    a_loan,
    a_meeting,
    a_person,
    a_submitted_application,
    an_application,
    an_approved_application,
)

TAMBON, DISTRICT, PROVINCE = a_person("tambon"), a_person("district"), a_person("province")
MINUTES = {"number": "3/2569", "held_on": "2026-01-14"}


async def state_of(session: AsyncSession, application_id: UUID) -> str:
    state: str = (await found(session, application_id))["state"]
    return state


async def recommended_twice(session: AsyncSession, *, fund: FundFacts | None = None, **changes: Any) -> UUID:
    """Let a women's fund's application wait for the province."""
    fund = fund or await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund, **changes)
    await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "recommend", DISTRICT)
    return application_id


async def test_tambon_and_district_recommend_and_the_province_approves(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    assert await state_of(session, application_id) == State.RECOMMENDED
    await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES)
    row = await found(session, application_id)
    assert (row["state"], row["approved_on"], row["reserved"]) == ("approved", TODAY, 10_000_000)
    assert row["valid_until"] == TODAY + timedelta(days=90)
    assert (await books.cash(session, row["fund_id"])).available == 10_000_000
    steps = [one["step"] for one in await queries.decisions(session, application_id)]
    assert steps == ["TAMBON_WORKING_GROUP", "DISTRICT_SUBCOMMITTEE", "PROVINCE_SUBCOMMITTEE"]


async def test_each_decision_is_told_without_the_name_of_a_person(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    told = await (await driver(session)).fetch(
        "SELECT type, sequence, data::text AS data FROM outbox WHERE subject = $1 ORDER BY sequence",
        application_id,
    )
    assert [row["type"] for row in told] == ["funds.application.decided.v1"] * 2
    assert all("user:" not in row["data"] and "กลุ่ม" not in row["data"] for row in told)
    assert '"state": "recommended"' in told[-1]["data"] or '"state":"recommended"' in told[-1]["data"]


async def test_nobody_decides_on_what_she_wrote(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", OFFICER)


async def test_who_corrects_an_application_does_not_decide_on_it(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await decide(session, application_id, "return", TAMBON, reason="แผนไม่ชัด")
    await drafting.change(
        session,
        application_id=application_id,
        patch=ApplicationChange.model_validate({"plan": "แผนใหม่"}),
        if_match="*",
        actor=CHAIR,
        now=NOW,
    )
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    with pytest.raises(errors.OwnApplication):
        await decide(session, application_id, "recommend", CHAIR)


async def test_one_person_does_not_decide_two_steps(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await decide(session, application_id, "recommend", TAMBON)
    with pytest.raises(errors.SamePersonTwice):
        await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "return", DISTRICT, reason="งบประมาณ")
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    with pytest.raises(errors.SamePersonTwice):
        await decide(session, application_id, "recommend", DISTRICT)
    await decide(session, application_id, "recommend", TAMBON)


async def test_the_database_too_refuses_a_second_decision_by_one_person(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_application_decisions_subject"):
        await (await driver(session)).execute(
            "INSERT INTO application_decisions (id, application_id, number, round, step, level, decision, "
            "subject, decided_on, recorded_at) VALUES ($1, $2, 9, 1, 'X', 'province', 'approve', $3, $4, $5)",
            uuid7(),
            application_id,
            TAMBON.subject,
            TODAY,
            NOW,
        )


async def test_decisions_stay_as_they_were_taken(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await (await driver(session)).execute(
            "UPDATE application_decisions SET subject = 'user:other' WHERE application_id = $1",
            application_id,
        )


async def test_who_saw_another_step_is_told_that_somebody_decided_meanwhile(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(errors.WrongStep):
        await decide(session, application_id, "recommend", a_person("d2"), step="DISTRICT_SUBCOMMITTEE")


@pytest.mark.parametrize("decision", ["approve", "return", "reject"])
async def test_a_recommending_step_does_not_approve_and_sending_back_needs_a_reason(
    session: AsyncSession, decision: str
) -> None:
    application_id = await a_submitted_application(session, await a_fund(session, capital=20_000_000))
    with pytest.raises(errors.WrongDecision):
        await decide(session, application_id, decision, TAMBON)


async def test_the_province_does_not_merely_recommend(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(errors.WrongDecision):
        await decide(session, application_id, "recommend", PROVINCE)


async def test_a_rejected_application_is_decided_no_more(session: AsyncSession) -> None:
    application_id = await a_submitted_application(session, await a_fund(session, capital=20_000_000))
    await decide(session, application_id, "reject", TAMBON, reason="ไม่ใช่โครงการอาชีพ")
    for decision in ("recommend", "return"):
        with pytest.raises(errors.WrongApplicationState):
            await decide(session, application_id, decision, DISTRICT, reason="…")
    with pytest.raises(errors.WrongApplicationState):
        await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)


async def test_the_funds_own_step_decides_at_a_meeting_of_that_day_or_before(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    with pytest.raises(errors.MinutesMissing):
        await decide(session, application_id, "recommend", TAMBON, minutes=None)
    later = MINUTES | {"held_on": "2026-01-16"}
    with pytest.raises(errors.MinutesInFuture):
        await decide(session, application_id, "recommend", TAMBON, minutes=later)
    await decide(session, application_id, "recommend", TAMBON, minutes=MINUTES)
    await decide(session, application_id, "recommend", DISTRICT, minutes=None)
    await decide(session, application_id, "approve", PROVINCE, minutes=None)


async def test_no_meeting_is_needed_to_send_back(session: AsyncSession) -> None:
    application_id = await a_submitted_application(session, await a_fund(session, capital=20_000_000))
    await decide(session, application_id, "return", TAMBON, minutes=None, reason="แผนไม่ชัด")


async def test_an_approval_that_no_step_before_it_met_about_needs_minutes_of_its_own(
    session: AsyncSession,
) -> None:
    application_id = await recommended_twice(session)
    await (await driver(session)).execute(
        "UPDATE applications SET round = 2 WHERE id = $1", application_id
    )  # what was decided on is another round's
    with pytest.raises(errors.MinutesMissing):
        await decide(session, application_id, "approve", PROVINCE, minutes=None)


async def test_the_minutes_of_the_villages_own_meeting_carry_the_districts_approval(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    application_id = await a_submitted_application(session, fund)
    meeting_id = await a_meeting(session, fund)
    await decide(session, application_id, "recommend", CHAIR, meeting_id=str(meeting_id))
    await decide(session, application_id, "approve", DISTRICT, minutes=None)
    decisions = await queries.decisions(session, application_id)
    assert (decisions[0]["meeting_id"], decisions[0]["minutes_on"]) == (meeting_id, date(2026, 1, 5))


async def test_a_meeting_is_the_funds_own_and_had_a_quorum(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    row = await found(session, application_id)
    other = await a_meeting(session, await a_fund(session))
    with pytest.raises(errors.MeetingNotOfFund):
        await decide(session, application_id, "approve", PROVINCE, meeting_id=str(other))
    fund = await registry.require(session, row["fund_id"], principal=OFFICER)
    thin = await a_meeting(session, fund, present=4, total=9)
    with pytest.raises(errors.MeetingWithoutQuorum):
        await decide(session, application_id, "approve", PROVINCE, meeting_id=str(thin))


@pytest.mark.parametrize("day", ["2026-01-16", "2026-01-14"])
async def test_days_of_decisions_follow_each_other_and_none_is_tomorrow(
    session: AsyncSession, day: str
) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(errors.DecidedOutOfOrder):
        await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES, decided_on=day)


async def test_a_paper_recorded_late_keeps_the_days_that_stand_on_it(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund, applied_on=date(2025, 3, 3))
    row = await found(session, application_id)
    assert row["submitted_on"] == date(2025, 3, 3)
    with pytest.raises(errors.DecidedOutOfOrder):
        await decide(session, application_id, "recommend", TAMBON, decided_on="2025-03-02")
    await decide(session, application_id, "return", TAMBON, decided_on="2025-03-05", reason="แผนไม่ชัด")
    about: Any = {"application_id": application_id, "actor": OFFICER, "now": NOW}
    with pytest.raises(errors.SubmittedTooEarly):
        await service.submit(session, submitted_on=date(2025, 3, 4), **about)
    with pytest.raises(DateInFuture):
        await service.submit(session, submitted_on=TODAY + timedelta(days=1), **about)
    await service.submit(session, submitted_on=date(2025, 3, 7), **about)
    paper: Any = {"decided_on": "2025-03-07", "minutes": {"number": "1/2568", "held_on": "2025-03-07"}}
    await decide(session, application_id, "recommend", TAMBON, **paper)


async def test_an_approval_lasts_a_year_at_most(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    for day in ("2026-01-14", "2027-01-17"):
        with pytest.raises(errors.ApprovalTooLong):
            await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES, valid_until=day)


async def test_a_group_that_shrank_below_the_least_size_gets_nothing(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    small = await a_group(session, fund, size=2)
    application_id = await an_application(session, fund, borrower=small)
    with pytest.raises(errors.GroupTooSmall):
        await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    group = await a_group(session, fund, size=3)
    application_id = await a_submitted_application(session, fund, borrower=group)
    await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "recommend", DISTRICT)
    await groups.leave(
        session,
        fund_id=fund.id,
        group_id=group.id,
        member_id=group.member_ids[0],
        leaving=GroupLeaving(left_on=TODAY),
        actor=OFFICER,
        now=NOW,
    )
    with pytest.raises(errors.GroupTooSmall):
        await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES)


async def test_who_left_the_group_has_no_share_in_what_it_gets(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=4)
    application_id = await a_submitted_application(session, fund, borrower=group)
    await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "recommend", DISTRICT)
    await groups.leave(
        session,
        fund_id=fund.id,
        group_id=group.id,
        member_id=group.member_ids[0],
        leaving=GroupLeaving(left_on=TODAY),
        actor=OFFICER,
        now=NOW,
    )
    with pytest.raises(errors.ShareNotOfGroup):
        await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES)


async def test_the_poverty_fund_waits_until_households_certifies(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    household = await a_household(session, fund, certified=False)
    application_id = await an_application(session, fund, borrower=household)
    with pytest.raises(errors.BorrowerNotTarget):
        await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    case = CaseFact(uuid7(), 1, household.id, fund.area_code, TODAY)
    await known_households.set_cases(session, [case], now=NOW)
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    assert await state_of(session, application_id) == State.SUBMITTED


async def test_a_household_that_left_the_register_is_not_approved(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    household = await a_household(session, fund, certified=False)
    case = CaseFact(uuid7(), 1, household.id, fund.area_code, TODAY)
    await known_households.set_cases(session, [case], now=NOW)
    application_id = await a_submitted_application(session, fund, borrower=household)
    await decide(session, application_id, "recommend", CHAIR)
    left = CaseFact(case.key, 2, household.id, fund.area_code, None)
    await known_households.set_cases(session, [left], now=NOW)
    with pytest.raises(errors.BorrowerNotTarget):
        await decide(session, application_id, "approve", DISTRICT, minutes=MINUTES)


async def test_more_than_the_fund_has_is_not_approved(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=10_000_000)
    await an_approved_application(session, fund, amount=6_000_000)
    with pytest.raises(OverCapital) as refused:
        await an_approved_application(session, fund, amount=4_000_001)
    assert refused.value.extra["available"] == "40000.00"


async def test_a_borrower_with_an_open_loan_or_application_asks_for_no_second_one(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=40_000_000)
    group = await a_group(session, fund)
    waiting = await a_submitted_application(session, fund, borrower=group)
    with pytest.raises(errors.BorrowerHasOpenLoan):
        await a_submitted_application(session, fund, borrower=group)
    await service.cancel(session, application_id=waiting, reason="ขอถอน", actor=OFFICER, now=NOW)
    await a_loan(session, fund, borrower=group)
    with pytest.raises(errors.BorrowerHasOpenLoan):
        await a_submitted_application(session, fund, borrower=group)


async def test_a_cancelled_approval_frees_its_money_and_is_over(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=10_000_000)
    application_id = await an_approved_application(session, fund)
    await service.cancel(session, application_id=application_id, reason="กลุ่มขอถอน", actor=OFFICER, now=NOW)
    assert await books.cash(session, fund.id) == (10_000_000, 0, 10_000_000)
    with pytest.raises(errors.WrongApplicationState):
        await service.cancel(session, application_id=application_id, reason="ซ้ำ", actor=OFFICER, now=NOW)
