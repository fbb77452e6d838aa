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
from funds.ledger.errors import ReversalByRecorder
from funds.ledger.rules import Account
from funds.members import groups
from funds.members.schemas import NewGroupMember
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive
from funds.registry.rules import FundFacts, State
from funds.registry.schemas import StateChange
from shared.db import Database, driver
from shared.errors import Refusal
from shared.ids import uuid7
from tests.factories import (
    APPROVER,
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_committee_member,
    a_fund,
    a_group,
    a_member,
    a_person,
    an_approved_application,
)
from tests.grants.factories import a_grant


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
        await service.confirm(session, grant_id=grant_id, if_match="*", actor=APPROVER, now=NOW)
    await show(session, grant_id, "10000.00")
    for own in (OFFICER, CHAIR):
        with pytest.raises(errors.OwnGrant):
            await service.confirm(session, grant_id=grant_id, if_match="*", actor=own, now=NOW)
    await service.confirm(session, grant_id=grant_id, if_match="*", actor=APPROVER, now=NOW)
    with pytest.raises(errors.WrongGrantState):
        await show(session, grant_id, "-1.00")
    with pytest.raises(errors.WrongGrantState):
        await service.confirm(session, grant_id=grant_id, if_match="*", actor=APPROVER, now=NOW)


async def test_a_payment_booked_wrongly_is_reversed_and_made_again(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000, paid_from=HeldAs.BANK)
    await service.reverse(session, grant_id=grant_id, reason="จ่ายผิดบัญชี", actor=APPROVER, now=NOW)
    assert await books.cash(session, fund.id) == (20_000_000, 1_000_000, 19_000_000)
    assert await books.balance(session, fund.id, Account.GRANTS) == 0
    grant = await queries.one(session, grant_id, areas=("",))
    assert grant is not None
    told = await (await driver(session)).fetchval(
        "SELECT data FROM outbox WHERE subject = $1 AND type = 'funds.grant.reversed.v1'", grant_id
    )
    assert (told["amount_band"], told["reversed_on"]) == ("5000_19999", TODAY.isoformat())
    again = await service.pay(
        session, new=payment(grant["application_id"], document_no="บจ 4/2569"), actor=CHAIR, now=NOW
    )
    assert again != grant_id
    assert await books.cash(session, fund.id) == (19_000_000, 0, 19_000_000)
    with pytest.raises(errors.WrongGrantState):
        await service.reverse(session, grant_id=grant_id, reason="ซ้ำ", actor=APPROVER, now=NOW)


async def test_who_paid_a_grant_does_not_take_it_out_of_the_books_again(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000, paid_by=CHAIR)
    with pytest.raises(ReversalByRecorder):
        await service.reverse(session, grant_id=grant_id, reason="จ่ายผิดบัญชี", actor=CHAIR, now=NOW)


async def test_money_booked_wrongly_as_come_back_goes_out_of_the_books_again_once(
    session: AsyncSession, fund: FundFacts
) -> None:
    grant_id = await a_grant(session, fund, amount=1_000_000)
    use_id = await show(session, grant_id, "4000.00")
    wrong = await bring_back(session, grant_id, "5000.00")
    about: dict[str, Any] = {"grant_id": grant_id, "reason": "เป็นเงินของกลุ่มอื่น", "now": NOW}
    with pytest.raises(ReversalByRecorder):
        async with session.begin_nested():
            await service.reverse_return(session, use_id=wrong, actor=OFFICER, **about)
    with pytest.raises(errors.NotAReturn):
        await service.reverse_return(session, use_id=use_id, actor=APPROVER, **about)
    await service.reverse_return(session, use_id=wrong, actor=APPROVER, **about)
    grant = await queries.one(session, grant_id, areas=("",))
    assert grant is not None
    assert (grant["used"], grant["returned"], grant["left"]) == (400_000, 0, 600_000)
    assert await books.cash(session, fund.id) == (19_000_000, 0, 19_000_000)
    assert await books.balance(session, fund.id, Account.GRANTS) == 1_000_000
    last = (await queries.uses(session, grant_id))[-1]
    assert (last["amount"], last["reverses"], last["recorded_by"]) == (-500_000, wrong, APPROVER.subject)
    for again in (wrong, last["id"]):
        with pytest.raises(errors.NotAReturn):
            await service.reverse_return(session, use_id=again, actor=CHAIR, **about)
    with pytest.raises(errors.GrantUseNotFound):
        await service.reverse_return(session, use_id=uuid7(), actor=CHAIR, **about)


async def test_a_return_reversed_by_many_at_once_is_reversed_once(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        grant_id = await a_grant(session, fund, amount=1_000_000)
        wrong = await bring_back(session, grant_id, "5000.00")

    async def reverse(number: int) -> int:
        try:
            async with database.transaction() as session:
                await service.reverse_return(
                    session,
                    grant_id=grant_id,
                    use_id=wrong,
                    reason="บันทึกซ้ำ",
                    actor=a_person(f"head{number}"),
                    now=NOW,
                )
        except errors.NotAReturn:
            return 0
        return 1

    assert sum(await asyncio.gather(*(reverse(number) for number in range(8)))) == 1
    async with database.transaction() as session:
        assert (await books.cash(session, fund.id)).cash == 19_000_000


@pytest.mark.parametrize("known_by", ["person_id", "household_id"])
async def test_nobody_confirms_what_her_own_group_got(
    session: AsyncSession, fund: FundFacts, known_by: str
) -> None:
    person_id, household_id = uuid7(), uuid7()
    group = await a_group(session, fund, size=4)
    one = await a_member(session, fund, person_id=person_id, household_id=household_id)
    seat = NewGroupMember(member_id=one.id)
    await groups.join(session, fund_id=fund.id, group_id=group.id, new=seat, actor=OFFICER, now=NOW)
    her: dict[str, Any] = {known_by: {"person_id": person_id, "household_id": household_id}[known_by]}
    await a_committee_member(session, fund, subject=APPROVER.subject, **her)
    grant_id = await a_grant(session, fund, amount=1_000_000, borrower=group)
    await show(session, grant_id, "10000.00")
    with pytest.raises(errors.OwnGrant):
        await service.confirm(session, grant_id=grant_id, if_match="*", actor=APPROVER, now=NOW)
    await service.confirm(session, grant_id=grant_id, if_match="*", actor=a_person("another"), now=NOW)


async def test_no_money_comes_back_into_a_fund_that_is_closed(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=1_000_000)
    grant_id = await a_grant(session, fund, amount=1_000_000)
    closing = StateChange(state=State.CLOSED, reason="ยุบกองทุน")
    await registry.set_state(session, fund_id=fund.id, change=closing, actor=OFFICER, now=NOW)
    with pytest.raises(FundNotActive):
        await service.reverse(session, grant_id=grant_id, reason="ผิด", actor=APPROVER, now=NOW)
    with pytest.raises(FundNotActive):
        await bring_back(session, grant_id, "1.00")


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
    await service.confirm(session, grant_id=grant_id, if_match="*", actor=APPROVER, now=NOW)
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
        became = now_is.with_use(part) if use else now_is.with_return(part)
        now_is = became or now_is
        assert min(now_is.used, now_is.returned, now_is.left) >= 0
        assert now_is.used + now_is.returned + now_is.left == amount
