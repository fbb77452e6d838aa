"""Less than was asked for: who may give it, what is kept back, how a group shares it, what becomes of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import deciding, errors, lapsing, queries, service
from funds.applications.decision_schemas import NewDecision
from funds.grants import queries as grants
from funds.grants import service as granting
from funds.grants.schemas import NewGrant
from funds.ledger import queries as books
from funds.ledger.errors import OverCapital
from funds.loans import lending
from funds.loans import queries as loans
from funds.loans.errors import OverContract
from funds.loans.schemas import NewDisbursement, NewLoan
from funds.members import groups
from funds.members.schemas import GroupLeaving
from funds.parts import apportioned
from shared.db import Database, driver
from shared.testing.look import rows
from tests.applications.deciders import decide, found
from tests.applications.test_deciding import DISTRICT, MINUTES, PROVINCE, TAMBON, recommended_twice
from tests.factories import (
    APPROVER,
    CHAIR,
    NOW,
    OFFICER,
    SECRETARY,
    TODAY,
    a_decider,
    a_follower,
    a_fund,
    a_group,
    a_member,
    a_person,
    a_submitted_application,
)

LESS: dict[str, Any] = {"amount": "60000.00", "reason": "ใช้กี่ทอผ้าที่มีอยู่แล้ว", "minutes": MINUTES}

RECOMMEND = NewDecision.model_validate({"decision": "recommend", "minutes": MINUTES})


async def approved(session: AsyncSession, application_id: UUID, **words: Any) -> None:
    await decide(session, application_id, "approve", PROVINCE, **{**LESS, **words})


async def shares(session: AsyncSession, application_id: UUID) -> dict[UUID, int]:
    return {one["member_id"]: one["resolved_amount"] for one in await queries.shares(session, application_id)}


async def test_only_what_is_given_is_kept_back_and_the_rest_is_free_for_others(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    await approved(session, application_id)
    row = await found(session, application_id)
    assert (row["amount"], row["resolved_amount"], row["reserved"]) == (10_000_000, 6_000_000, 6_000_000)
    assert await books.cash(session, row["fund_id"]) == (20_000_000, 6_000_000, 14_000_000)
    last = (await queries.decisions(session, application_id))[-1]
    assert (last["amount"], last["reason"]) == (6_000_000, LESS["reason"])


async def test_a_later_step_gives_less_again_but_never_more(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await decide(session, application_id, "recommend", TAMBON, amount="80000.00", reason="ซื้อไหมน้อยลง")
    await decide(session, application_id, "recommend", DISTRICT)
    with pytest.raises(errors.AmountRaised) as refused:
        await approved(session, application_id, amount="80000.01")
    assert refused.value.extra["most"] == "80000.00"
    await approved(session, application_id, amount="80000.00", reason=None)
    decisions = await queries.decisions(session, application_id)
    assert [one["amount"] for one in decisions] == [8_000_000, None, None]
    assert (await found(session, application_id))["reserved"] == 8_000_000


async def test_each_step_may_give_less_than_the_one_before(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    for by, amount in ((TAMBON, "80000.00"), (DISTRICT, "70000.00")):
        await decide(session, application_id, "recommend", by, amount=amount, reason="ลดวงเงิน")
    await approved(session, application_id)
    assert [one["amount"] for one in await queries.decisions(session, application_id)] == [
        8_000_000,
        7_000_000,
        6_000_000,
    ]


@pytest.mark.parametrize(
    ("decision", "words", "pointer"),
    [
        ("approve", {"amount": "60000.00"}, "/reason"),
        (
            "approve",
            {"shares": [{"member_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10", "parts": 1}]},
            "/shares",
        ),
        ("return", {"amount": "60000.00", "reason": "แผนไม่ชัด"}, "/amount"),
        ("reject", {"amount": "60000.00", "reason": "แผนไม่ชัด"}, "/amount"),
    ],
)
async def test_less_needs_a_reason_and_only_who_gives_names_an_amount(
    session: AsyncSession, decision: str, words: dict[str, Any], pointer: str
) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(errors.WrongDecision) as refused:
        await decide(session, application_id, decision, PROVINCE, minutes=MINUTES, **words)
    assert refused.value.errors[0].pointer == pointer


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "60000.001", 60000])
def test_nothing_less_than_a_satang_is_given(amount: object) -> None:
    with pytest.raises(ValidationError):
        NewDecision.model_validate({"decision": "approve", "amount": amount})


async def test_more_than_was_asked_for_is_not_given(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    with pytest.raises(errors.AmountRaised):
        await approved(session, application_id, amount="100000.01")


async def test_what_is_sent_back_asks_for_all_of_it_again(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await decide(session, application_id, "recommend", TAMBON, **LESS)
    await decide(session, application_id, "return", DISTRICT, reason="ขอแผนใหม่")
    assert (await found(session, application_id))["resolved_amount"] is None
    assert set((await shares(session, application_id)).values()) == {None}
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "recommend", a_person("district2"))
    await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES)
    assert (await found(session, application_id))["reserved"] == 10_000_000


async def test_a_groups_shares_become_smaller_in_proportion_and_sum(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=3)
    a, b, c = group.member_ids
    asked = [
        {"member_id": a, "amount": "50000.00"},
        {"member_id": b, "amount": "30000.00"},
        {"member_id": c, "amount": "20000.00"},
    ]
    application_id = await recommended_twice(session, fund=fund, borrower=group, shares=asked)
    await approved(session, application_id, amount="33333.33")
    assert await shares(session, application_id) == {a: 1_666_666, b: 1_000_000, c: 666_667}
    taken = await service.take_up(session, application_id=application_id, actor=OFFICER, now=NOW)
    assert (taken.amount, taken.reserved) == (3_333_333, 3_333_333)
    assert sum(share.amount for share in taken.shares) == 3_333_333


async def test_who_decides_may_name_the_shares_of_those_who_asked(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=3)
    a, b, c = group.member_ids
    application_id = await recommended_twice(session, fund=fund, borrower=group)
    stranger = await a_member(session, fund)
    named = [{"member_id": a, "amount": "40000.00"}, {"member_id": b, "amount": "20000.00"}]
    wrong: list[tuple[list[dict[str, Any]], type[Exception]]] = [
        ([*named, {"member_id": stranger.id, "amount": "0.00"}], errors.ShareNotOfGroup),
        ([named[0], named[0]], errors.ShareNotOfGroup),
        ([named[0]], errors.SharesDoNotSum),
        ([named[0], {"member_id": b, "parts": 1}], errors.SharesDoNotSum),
    ]
    for given_shares, refusal in wrong:
        with pytest.raises(refusal):
            await approved(session, application_id, shares=given_shares)
    await approved(session, application_id, shares=named)
    assert await shares(session, application_id) == {a: 4_000_000, b: 2_000_000, c: 0}


async def test_less_without_the_share_of_who_left_the_group_is_given_to_the_others(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=20_000_000)
    group = await a_group(session, fund, size=4)
    application_id = await recommended_twice(session, fund=fund, borrower=group)
    left, *others = group.member_ids
    leaving = GroupLeaving(left_on=TODAY)
    about: dict[str, Any] = {"fund_id": fund.id, "group_id": group.id, "actor": OFFICER, "now": NOW}
    await groups.leave(session, member_id=left, leaving=leaving, **about)
    with pytest.raises(errors.ShareNotOfGroup):
        await approved(session, application_id)
    equal = [{"member_id": one, "parts": 1} for one in others]
    await approved(session, application_id, shares=equal)
    assert await shares(session, application_id) == {left: 0, **dict.fromkeys(others, 2_000_000)}


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any), st.data())
def test_no_share_grows_when_the_amount_becomes_smaller(before: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(1, sum(before)))
    after = apportioned(amount, before)
    assert sum(after) == amount
    assert all(0 <= now <= then for now, then in zip(after, before, strict=True))


async def test_the_contract_is_of_what_was_given_and_no_more_is_paid_out(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await recommended_twice(session, fund=fund)
    await approved(session, application_id)
    new = NewLoan(application_id=application_id, contract_no="ส 1/2569", instalments=10)
    loan_id = await lending.contract(session, new=new, actor=SECRETARY, now=NOW)
    loan = await loans.loan(session, loan_id, areas=("",))
    assert loan is not None
    assert loan["principal"] == 6_000_000
    assert sum((await loans.shares(session, loan_id)).values()) == 6_000_000
    await a_follower(session, fund, loan["borrower_id"])
    pay: dict[str, Any] = {"channel": "bank", "document_no": "บจ 1/2569"}
    too_much = NewDisbursement.model_validate({**pay, "amount": "60000.01"})
    with pytest.raises(OverContract):
        await lending.disburse(session, loan_id=loan_id, new=too_much, actor=CHAIR, now=NOW)
    whole = NewDisbursement.model_validate(pay)
    await lending.disburse(session, loan_id=loan_id, new=whole, actor=CHAIR, now=NOW)
    assert await books.cash(session, fund.id) == (14_000_000, 0, 14_000_000)


async def test_a_grant_pays_what_was_given_and_its_reversal_keeps_that_back_again(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await recommended_twice(session, fund=fund, product="WOMENS_GRANT")
    await approved(session, application_id)
    new = NewGrant.model_validate(
        {"application_id": application_id, "document_no": "บจ 1/2569", "paid_from": "bank"}
    )
    grant_id = await granting.pay(session, new=new, actor=OFFICER, now=NOW)
    grant = await grants.one(session, grant_id, areas=("",))
    assert grant is not None
    assert grant["amount"] == 6_000_000
    await granting.reverse(session, grant_id=grant_id, reason="จ่ายผิดบัญชี", actor=APPROVER, now=NOW)
    assert await books.cash(session, fund.id) == (20_000_000, 6_000_000, 14_000_000)
    assert (await found(session, application_id))["reserved"] == 6_000_000


async def test_withdrawn_or_lapsed_it_frees_what_was_kept_back_and_no_more(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    withdrawn, lapsed = [await recommended_twice(session, fund=fund) for _ in range(2)]
    for application_id in (withdrawn, lapsed):
        await approved(session, application_id)
    await service.cancel(session, application_id=withdrawn, reason="ขอถอน", actor=OFFICER, now=NOW)
    assert await books.cash(session, fund.id) == (20_000_000, 6_000_000, 14_000_000)
    assert await lapsing.lapse_due(session, now=NOW + timedelta(days=91)) == 1
    assert await books.cash(session, fund.id) == (20_000_000, 0, 20_000_000)


async def test_the_database_keeps_back_what_is_given_and_nothing_else(session: AsyncSession) -> None:
    application_id = await recommended_twice(session)
    await approved(session, application_id)
    connection = await driver(session)
    for change in ("reserved = amount", "resolved_amount = amount + 1", "resolved_amount = 0"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await connection.execute(
                    f"UPDATE applications SET {change} WHERE id = $1",
                    application_id,
                )


async def test_more_than_there_is_can_be_approved_in_part(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=6_000_000)
    application_id = await recommended_twice(session, fund=fund)
    with pytest.raises(OverCapital):
        async with session.begin_nested():
            await decide(session, application_id, "approve", PROVINCE, minutes=MINUTES)
    await approved(session, application_id)
    assert (await books.cash(session, fund.id)).available == 0


async def test_fifty_smaller_approvals_at_once_promise_no_more_than_there_is(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        ids = []
        for _ in range(50):
            borrower = await a_group(session, fund, size=3)
            ids.append(await a_submitted_application(session, fund, borrower=borrower, amount=1_000_000))
            for level in ("tambon", "district"):
                await deciding.decide(
                    session,
                    if_match="*",
                    application_id=ids[-1],
                    new=RECOMMEND,
                    actor=a_decider(level, fund, level),
                    now=NOW,
                )
    less = NewDecision.model_validate({"decision": "approve", **LESS, "amount": "6000.00"})

    async def approve(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await deciding.decide(
                    session, if_match="*", application_id=application_id, new=less, actor=APPROVER, now=NOW
                )
        except OverCapital:
            return 0
        return 1

    assert sum(await asyncio.gather(*(approve(one) for one in ids))) == 33
    async with database.transaction() as session:
        assert await books.cash(session, fund.id) == (20_000_000, 19_800_000, 200_000)
    kept = await rows(
        database,
        "SELECT count(*) AS n, sum(reserved) AS kept, sum((SELECT sum(resolved_amount) "
        "FROM application_shares WHERE application_id = applications.id)) AS shared "
        "FROM applications WHERE state = 'approved'",
    )
    assert [tuple(row.values()) for row in kept] == [(33, 19_800_000, 19_800_000)]
