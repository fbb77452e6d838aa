"""An approval is taken up once, by a loan or a grant, and its money stays kept back."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import service
from funds.applications.errors import ApplicationNotApproved, ApplicationNotFound, WrongCategory
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.errors import OverCapital
from shared.ids import uuid7
from tests.factories import (
    APPROVER,
    NOW,
    a_fund,
    a_group,
    a_person,
    a_submitted_application,
    an_approved_application,
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
