"""An approval is taken up once, by a loan or a grant, and its money stays kept back."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import errors, service
from funds.applications.errors import ApplicationNotApproved, ApplicationNotFound, WrongCategory
from funds.known_households import service as known_households
from funds.known_households.rules import CaseFact
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.errors import OverCapital
from funds.loans import lending
from funds.loans.schemas import NewLoan
from funds.members import service as members
from funds.members.rules import LeaveReason
from funds.members.schemas import Leaving
from funds.registry.rules import FundFacts
from shared.db import Database
from shared.errors import Conflict
from shared.ids import uuid7
from tests.factories import (
    APPROVER,
    NOW,
    OFFICER,
    TODAY,
    a_fund,
    a_group,
    a_household,
    a_member,
    a_person,
    a_submitted_application,
    an_approved_application,
)


async def leave(session: AsyncSession, fund: FundFacts, member_id: UUID) -> None:
    leaving = Leaving(left_on=TODAY, reason=LeaveReason.MOVED_AWAY)
    await members.leave(
        session, fund_id=fund.id, member_id=member_id, leaving=leaving, actor=OFFICER, now=NOW
    )


async def test_a_loan_takes_over_what_was_approved_and_what_is_kept_back(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=3)
    application_id = await an_approved_application(session, fund, borrower=group, months=24)
    taken = await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
    assert (taken.fund_id, taken.borrower_id, taken.amount, taken.months) == (
        fund.id,
        group.id,
        10_000_000,
        24,
    )
    assert taken.reserved == 10_000_000
    assert sorted(share.amount for share in taken.shares) == [3_333_333, 3_333_333, 3_333_334]
    assert await books.cash(session, fund.id) == (20_000_000, 10_000_000, 10_000_000)


async def test_nothing_is_taken_up_twice_nor_before_it_is_approved(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    approved = await an_approved_application(session, fund)
    await service.take_up(session, application_id=approved, actor=APPROVER, now=NOW)
    waiting = await a_submitted_application(session, fund)
    for application_id in (approved, waiting):
        with pytest.raises(ApplicationNotApproved):
            await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
    with pytest.raises(ApplicationNotFound):
        await service.take_up(session, application_id=uuid7(), actor=APPROVER, now=NOW)


async def test_an_approval_is_taken_up_until_its_last_day(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_approved_application(session, fund)
    with pytest.raises(ApplicationNotApproved):
        await service.take_up(
            session, application_id=application_id, actor=APPROVER, now=NOW + timedelta(days=91)
        )
    last_day = NOW + timedelta(days=90)
    taken = await service.take_up(session, application_id=application_id, actor=APPROVER, now=last_day)
    assert taken.application_id == application_id


async def test_a_neighbour_takes_nothing_up(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_approved_application(session, fund)
    stranger = a_person("stranger", areas=("35",))
    with pytest.raises(ApplicationNotFound):
        await service.take_up(session, application_id=application_id, actor=stranger, now=NOW)


async def test_a_grant_is_no_loan_and_a_loan_no_grant(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    grant = await an_approved_application(session, fund, product="WOMENS_GRANT", amount=5_000_000)
    loan = await an_approved_application(session, fund, amount=5_000_000)
    with pytest.raises(WrongCategory):
        await service.take_up(session, application_id=grant, actor=APPROVER, now=NOW)
    with pytest.raises(WrongCategory):
        await service.take_up(session, application_id=loan, actor=APPROVER, now=NOW, grant=True)
    taken = await service.take_up(session, application_id=grant, actor=APPROVER, now=NOW, grant=True)
    assert taken.category == "grant"


async def test_nothing_is_lent_to_who_left_after_the_approval(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    borrower = await a_member(session, fund)
    application_id = await an_approved_application(session, fund, borrower=borrower)
    await leave(session, fund, borrower.id)
    with pytest.raises(errors.BorrowerLeft):
        await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)


async def test_a_guarantor_who_left_guarantees_nothing(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=20_000_000)
    friend = await a_member(session, fund)
    named = [{"member_id": friend.id}, {"name": "นายบุญ"}]
    application_id = await an_approved_application(session, fund, guarantors=named)
    await leave(session, fund, friend.id)
    with pytest.raises(errors.BorrowerLeft):
        await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)


async def test_a_group_that_changed_after_the_approval_takes_nothing_up(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=40_000_000)
    for size, refusal in ((4, errors.BorrowerLeft), (3, errors.BorrowerLeft)):
        group = await a_group(session, fund, size=size)
        application_id = await an_approved_application(session, fund, borrower=group)
        await leave(session, fund, group.member_ids[0])
        with pytest.raises(refusal):
            await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)


async def test_a_group_below_the_least_size_takes_nothing_up_though_all_who_share_are_there(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=3)
    shared = [{"member_id": one, "parts": 1} for one in group.member_ids[1:]]
    application_id = await an_approved_application(session, fund, borrower=group, shares=shared)
    await leave(session, fund, group.member_ids[0])
    with pytest.raises(errors.GroupTooSmall):
        await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)


async def test_a_household_that_left_the_register_after_the_approval_takes_nothing_up(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="poverty", capital=28_000_000)
    household = await a_household(session, fund, certified=False)
    case = CaseFact(uuid7(), 1, household.id, fund.area_code, TODAY)
    await known_households.set_cases(session, [case], now=NOW)
    application_id = await an_approved_application(session, fund, borrower=household)
    left = CaseFact(case.key, 2, household.id, fund.area_code, None)
    await known_households.set_cases(session, [left], now=NOW)
    with pytest.raises(errors.BorrowerNotTarget):
        await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
    await service.cancel(session, application_id=application_id, reason="พ้นทะเบียน", actor=OFFICER, now=NOW)
    assert (await books.cash(session, fund.id)).reserved == 0


async def test_of_a_contract_and_a_leaving_at_once_one_comes_about(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", capital=20_000_000)
        people = [await a_member(session, fund) for _ in range(6)]
        ids = [await an_approved_application(session, fund, borrower=one, amount=1_000_000) for one in people]

    async def contract(number: int) -> bool:
        new = NewLoan(application_id=ids[number], contract_no=f"ส {number}/2569", instalments=10)
        try:
            async with database.transaction() as session:
                await lending.contract(session, new=new, actor=OFFICER, now=NOW)
        except errors.BorrowerLeft:
            return False
        return True

    async def go(number: int) -> bool:
        try:
            async with database.transaction() as session:
                await leave(session, fund, people[number].id)
        except Conflict:  # she owes money by then
            return False
        return True

    for number in range(len(people)):
        pair = (contract(number), go(number)) if number % 2 else (go(number), contract(number))
        assert sorted(await asyncio.gather(*pair)) == [False, True]


async def test_money_of_an_approved_unpaid_loan_is_not_approved_again(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=15_000_000)
    first = await an_approved_application(session, fund, amount=10_000_000)
    await service.take_up(session, application_id=first, actor=APPROVER, now=NOW)
    with pytest.raises(OverCapital):
        await an_approved_application(session, fund, amount=10_000_000)


async def test_what_was_taken_up_wrongly_stands_as_approved_again(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_approved_application(session, fund, amount=10_000_000)
    taken = await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
    await ledger.release(session, fund_id=fund.id, amount=taken.reserved)
    await service.give_back(session, application_id=application_id, actor=APPROVER, now=NOW)
    assert (await books.cash(session, fund.id)).reserved == 10_000_000
    again = await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
    assert again.reserved == 10_000_000
