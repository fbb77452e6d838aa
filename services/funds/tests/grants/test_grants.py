"""Grants: paid once out of an approval, their use shown, confirmed by another person, mistakes reversed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as application_queries
from funds.applications.errors import ApplicationNotApproved, WrongCategory
from funds.capital.rules import HeldAs
from funds.grants import errors, queries, service
from funds.grants.rules import Accounted
from funds.grants.schemas import NewGrant, NewReturn, NewUse
from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.registry.errors import DateInFuture
from funds.registry.rules import FundFacts
from shared.db import Database, driver
from shared.errors import Refusal
from tests.factories import (
    APPROVER,
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_fund,
    a_grant,
    an_approved_application,
)


@pytest.fixture
async def fund(session: AsyncSession) -> FundFacts:
    """Register a women's fund with 200,000.00 baht."""
    return await a_fund(session, capital=20_000_000)


def payment(application_id: UUID, **words: Any) -> NewGrant:
    return NewGrant.model_validate(
        {"application_id": application_id, "document_no": "บจ 3/2569", "paid_from": "bank", **words}
    )


async def show(session: AsyncSession, grant_id: UUID, amount: str, **words: Any) -> UUID:
    new = NewUse.model_validate({"used_on": TODAY.isoformat(), "item": "ค่าวิทยากร", "amount": amount, **words})
    return await service.show_use(session, grant_id=grant_id, new=new, actor=OFFICER, now=NOW)


async def bring_back(session: AsyncSession, grant_id: UUID, amount: str, **words: Any) -> UUID:
    new = NewReturn.model_validate(
        {"amount": amount, "received_as": "cash", "document_no": "บร 1/2569", **words}
    )
    return await service.take_back(session, grant_id=grant_id, new=new, actor=OFFICER, now=NOW)


async def test_a_grant_leaves_the_bank_as_an_expense_and_frees_what_was_kept_back(
    session: AsyncSession, fund: FundFacts
) -> None:
    application_id = await an_approved_application(session, fund, product="WOMENS_GRANT", amount=2_969_000)
    grant_id = await service.pay(session, new=payment(application_id), actor=CHAIR, now=NOW)
    assert await books.cash(session, fund.id) == (17_031_000, 0, 17_031_000)
    assert await books.balance(session, fund.id, Account.GRANTS) == 2_969_000
    grant = await queries.one(session, grant_id, areas=("",))
    application = await application_queries.one(session, application_id, areas=("",))
    assert grant is not None
    assert application is not None
    assert (grant["amount"], grant["grant_no"], grant["left"]) == (2_969_000, "1", 2_969_000)
    assert grant["use_by"] == TODAY + timedelta(days=180)
    assert application["state"] == "paid"


async def test_a_payment_is_told_by_its_band_only(session: AsyncSession, fund: FundFacts) -> None:
    grant_id = await a_grant(session, fund, amount=2_969_000)
    (row,) = await (await driver(session)).fetch(
        "SELECT type, data::text AS data FROM outbox WHERE subject = $1", grant_id
    )
    assert row["type"] == "funds.grant.paid.v1"
    assert "20000_99999" in row["data"]
    assert "29690" not in row["data"]


async def test_an_approval_is_paid_once_and_a_loan_is_no_grant(
    session: AsyncSession, fund: FundFacts
) -> None:
    application_id = await an_approved_application(session, fund, product="WOMENS_GRANT", amount=1_000_000)
    await service.pay(session, new=payment(application_id), actor=CHAIR, now=NOW)
    with pytest.raises(ApplicationNotApproved):
        await service.pay(session, new=payment(application_id), actor=CHAIR, now=NOW)
    loan = await an_approved_application(session, fund, amount=1_000_000)
    with pytest.raises(WrongCategory):
        await service.pay(session, new=payment(loan), actor=CHAIR, now=NOW)


@pytest.mark.parametrize(
    ("paid_on", "refusal"), [("2026-01-16", DateInFuture), ("2026-01-14", errors.PaidBeforeApproval)]
)
async def test_a_grant_is_paid_between_its_approval_and_today(
    session: AsyncSession, fund: FundFacts, paid_on: str, refusal: type[Refusal]
) -> None:
    application_id = await an_approved_application(session, fund, product="WOMENS_GRANT")
    with pytest.raises(refusal):
        await service.pay(session, new=payment(application_id, paid_on=paid_on), actor=CHAIR, now=NOW)


async def test_a_grant_paid_in_parallel_leaves_the_bank_once(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        application_id = await an_approved_application(
            session, fund, product="WOMENS_GRANT", amount=1_000_000
        )

    async def pay() -> int:
        try:
            async with database.transaction() as session:
                await service.pay(session, new=payment(application_id), actor=CHAIR, now=NOW)
        except ApplicationNotApproved:
            return 0
        return 1

    assert sum(await asyncio.gather(*(pay() for _ in range(8)))) == 1
    async with database.transaction() as session:
        assert await books.cash(session, fund.id) == (19_000_000, 0, 19_000_000)


async def test_uses_and_returns_account_for_the_whole_and_never_for_more(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000)
    await show(session, grant_id, "6000.00")
    await show(session, grant_id, "-1000.00", item="ลงรายการเกิน")
    with pytest.raises(errors.MoreThanGranted):
        await show(session, grant_id, "5000.01")
    with pytest.raises(errors.MoreThanGranted):
        await show(session, grant_id, "-5000.01")
    await bring_back(session, grant_id, "5000.00")
    with pytest.raises(errors.MoreThanGranted):
        await bring_back(session, grant_id, "0.01")
    grant = await queries.one(session, grant_id, areas=("",))
    assert grant is not None
    assert (grant["used"], grant["returned"], grant["left"]) == (500_000, 500_000, 0)
    assert await books.cash(session, fund.id) == (19_500_000, 0, 19_500_000)
    assert await books.balance(session, fund.id, Account.GRANTS) == 500_000
    assert await books.balance(session, fund.id, Account.CASH) == 500_000


@pytest.mark.parametrize(
    ("day", "refusal"), [("2026-01-14", errors.UsedBeforePaid), ("2026-01-16", DateInFuture)]
)
async def test_money_is_used_after_it_was_paid_and_not_tomorrow(
    session: AsyncSession, fund: FundFacts, day: str, refusal: type[Refusal]
) -> None:
    grant_id = await a_grant(session, fund)
    with pytest.raises(refusal):
        await show(session, grant_id, "1.00", used_on=day)
    with pytest.raises(refusal):
        await bring_back(session, grant_id, "1.00", returned_on=day)


async def test_another_person_confirms_when_all_is_accounted_for(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000, paid_by=CHAIR)
    with pytest.raises(errors.UseNotShown):
        await service.confirm(session, grant_id=grant_id, actor=APPROVER, now=NOW)
    await show(session, grant_id, "10000.00")
    for own in (OFFICER, CHAIR):
        with pytest.raises(errors.OwnGrant):
            await service.confirm(session, grant_id=grant_id, actor=own, now=NOW)
    await service.confirm(session, grant_id=grant_id, actor=APPROVER, now=NOW)
    with pytest.raises(errors.WrongGrantState):
        await show(session, grant_id, "-1.00")
    with pytest.raises(errors.WrongGrantState):
        await service.confirm(session, grant_id=grant_id, actor=APPROVER, now=NOW)


async def test_a_payment_booked_wrongly_is_reversed_and_made_again(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000, paid_from=HeldAs.BANK)
    await service.reverse(session, grant_id=grant_id, reason="จ่ายผิดบัญชี", actor=APPROVER, now=NOW)
    assert await books.cash(session, fund.id) == (20_000_000, 1_000_000, 19_000_000)
    assert await books.balance(session, fund.id, Account.GRANTS) == 0
    grant = await queries.one(session, grant_id, areas=("",))
    assert grant is not None
    again = await service.pay(
        session, new=payment(grant["application_id"], document_no="บจ 4/2569"), actor=CHAIR, now=NOW
    )
    assert again != grant_id
    assert await books.cash(session, fund.id) == (19_000_000, 0, 19_000_000)
    with pytest.raises(errors.WrongGrantState):
        await service.reverse(session, grant_id=grant_id, reason="ซ้ำ", actor=APPROVER, now=NOW)


async def test_what_was_used_already_is_not_reversed(session: AsyncSession, fund: FundFacts) -> None:
    grant_id = await a_grant(session, fund)
    await show(session, grant_id, "1.00")
    with pytest.raises(errors.GrantAccountedFor):
        await service.reverse(session, grant_id=grant_id, reason="ผิด", actor=APPROVER, now=NOW)


async def test_a_grant_is_late_when_its_use_was_to_be_shown_and_was_not(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000)

    async def late(days: int) -> int:
        day = TODAY + timedelta(days=days)
        return await queries.count(session, filters=queries.Filters(("34",), fund_id=fund.id, late_on=day))

    assert [await late(180), await late(181)] == [0, 1]
    await show(session, grant_id, "10000.00")
    await service.confirm(session, grant_id=grant_id, actor=APPROVER, now=NOW)
    assert await late(181) == 0


@given(
    st.integers(1, 10**9),
    st.lists(st.tuples(st.booleans(), st.integers(-(10**9), 10**9).filter(bool)), max_size=30),
)
def test_whatever_is_shown_or_returned_no_part_is_below_zero_and_the_parts_sum(
    amount: int, steps: list[tuple[bool, int]]
) -> None:
    now_is = Accounted(amount)
    for use, part in steps:
        became = now_is.with_use(part) if use else now_is.with_return(abs(part))
        now_is = became or now_is
        assert min(now_is.used, now_is.returned, now_is.left) >= 0
        assert now_is.used + now_is.returned + now_is.left == amount
