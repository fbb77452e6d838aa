"""Money that is there: on the day it is taken, for whom it belongs to, and in a fund that is open."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.members import service as members
from funds.members.rules import LeaveReason
from funds.members.schemas import Leaving
from funds.registry import service as registry
from funds.registry.errors import FundNotActive, FundNotEmpty
from funds.registry.rules import State
from funds.registry.schemas import StateChange
from funds.savings import service
from funds.savings.rules import HeldAs, Holding, SavingsRules, explained, lowest, withdrawal_fault
from funds.savings.schemas import NewDeposit, NewDeposits
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW, OFFICER, TODAY, a_committee_member, a_fund, a_member

CLOSE = StateChange(state=State.CLOSED, reason="ยุบกลุ่ม")


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def a_sheet(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    facts = {"month": "2026-01", "paid_on": "2026-01-05", "held_as": "cash", "document_no": "ใบสัจจะ 1/2569"}
    return {**facts, "items": list(items), **changes}


def an_item(member: str, savings: str = "100.00") -> dict[str, Any]:
    return {"id": str(uuid4()), "member_id": member, "savings": savings}


def a_withdrawal(member: str, savings: str, **changes: Any) -> dict[str, Any]:
    facts = {"member_id": member, "paid_on": "2026-01-10", "held_as": "cash", "document_no": "ถ 1"}
    return {**facts, "savings": savings, **changes}


async def leave(database: Database, group: dict[str, Any], member: str, reason: LeaveReason) -> None:
    leaving = Leaving(left_on=date(2026, 1, 8), reason=reason)
    by: dict[str, Any] = {"fund_id": group["fund_id"], "actor": OFFICER, "now": NOW}
    async with database.transaction() as session:
        await members.leave(session, member_id=UUID(member), leaving=leaving, **by)


@pytest.mark.parametrize(
    "changed", [{"held_as": "bank"}, {"paid_on": "2026-01-06"}, {"month": "2025-12"}, {"document_no": "อื่น"}]
)
async def test_an_item_sent_again_on_another_sheet_is_another_item(
    keeper: Caller, group: dict[str, Any], changed: dict[str, str]
) -> None:
    item = an_item(group["people"][0])
    path = f"{group['path']}/deposits"
    assert (await keeper.post(path, a_sheet(item))).json()["recorded"] == 1
    assert (await keeper.post(path, a_sheet(item))).json()["repeated"] == 1
    (result,) = (await keeper.post(path, a_sheet(item, **changed))).json()["results"]
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "savings_movement_exists")


async def test_nothing_is_taken_on_a_day_before_it_was_there(keeper: Caller, group: dict[str, Any]) -> None:
    path, one = group["path"], group["people"][0]
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "300.00"), paid_on="2026-01-12"))
    early = await keeper.post(f"{path}/withdrawals", a_withdrawal(one, "100.00"))
    problem = refused(early, 409, "not_enough_savings")
    assert "มีเงินออม 0.00 บาท" in problem["errors"][0]["detail"]
    paid = await keeper.post(f"{path}/withdrawals", a_withdrawal(one, "100.00", paid_on="2026-01-12"))
    assert paid.status_code == 201


async def test_a_deposit_that_a_later_withdrawal_needed_is_not_reversed_for_the_time_before(
    keeper: Caller, approver: Caller, group: dict[str, Any]
) -> None:
    path, one = group["path"], group["people"][0]
    first = an_item(one, "100.00")
    await keeper.post(f"{path}/deposits", a_sheet(first))
    await keeper.post(f"{path}/withdrawals", a_withdrawal(one, "100.00"))
    await keeper.post(
        f"{path}/deposits", a_sheet(an_item(one, "100.00"), paid_on="2026-01-12", document_no="2")
    )
    reversal = f"{path}/movements/{first['id']}/reversal"
    other = approver.may("savings:write")
    body = {"reason": "บันทึกผิดคน", "reversed_on": "2026-01-10"}
    refused(await other.post(reversal, body), 409, "not_enough_savings")
    assert (await other.post(reversal, {**body, "reversed_on": "2026-01-12"})).status_code == 200


async def test_heirs_take_all_that_a_member_had_who_died(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = group["path"], group["people"][0]
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "300.00")))
    await leave(database, group, one, LeaveReason.DIED)
    withdrawals = f"{path}/withdrawals"
    refused(await keeper.post(withdrawals, a_withdrawal(one, "100.00")), 422, "unknown_fund_member")
    part = a_withdrawal(one, "100.00", closing=True)
    problem = refused(await keeper.post(withdrawals, part), 422, "closing_takes_all")
    assert "300.00" in problem["errors"][0]["detail"]
    assert (await keeper.post(withdrawals, a_withdrawal(one, "300.00", closing=True))).status_code == 201
    account = (await keeper.get(f"{path}/accounts/{one}")).json()
    assert (account["savings"], account["state"]) == ("0.00", "left")


async def test_welfare_is_for_who_was_a_member_on_the_day(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    one = group["people"][0]
    await leave(database, group, one, LeaveReason.DIED)
    path = f"{group['path']}/welfare"
    facts = {"member_id": one, "kind": "death", "amount": "5000.00", "held_as": "cash"}
    made = await keeper.post(path, {**facts, "happened_on": "2026-01-08", "document_no": "สก 1"})
    assert made.status_code == 201, made.text
    for day in ("2026-01-09", "2023-12-31"):
        body = {**facts, "happened_on": day, "document_no": "สก 2"}
        refused(await keeper.post(path, body), 422, "unknown_fund_member")


async def test_nobody_grants_welfare_to_herself(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    one = group["people"][0]
    person = (await rows(database, "SELECT person_id FROM fund_members WHERE id = $1", UUID(one)))[0]
    async with database.transaction() as session:
        fund = await registry.require(session, group["fund_id"], principal=OFFICER)
        whose = {"subject": "user:approver", "person_id": person["person_id"]}
        await a_committee_member(session, fund, **whose)
    facts = {"kind": "illness", "happened_on": "2026-01-03", "amount": "100.00", "held_as": "cash"}
    path = f"{group['path']}/welfare"
    made = [
        (await keeper.post(path, {**facts, "member_id": member, "document_no": f"สก {member}"})).json()
        for member in group["people"][:2]
    ]
    refused(
        await approver.post(f"{path}/{made[0]['id']}/decision", {"decision": "reject"}), 403, "own_welfare"
    )
    other = await approver.post(f"{path}/{made[1]['id']}/decision", {"decision": "reject", "reason": "ซ้ำ"})
    assert other.json()["state"] == "rejected"


async def test_no_day_bears_interest_twice(keeper: Caller, approver: Caller, group: dict[str, Any]) -> None:
    path, one = group["path"], group["people"][0]
    rules = {"valid_from": "2024-01-01", "share_value": "10.00", "interest_rate": "2.00", "resolution": "มติ"}
    await keeper.post(f"{path}/rules", rules)
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "9000.00"), paid_on="2025-01-01"))
    whole = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    made = await keeper.post(f"{path}/distributions", whole)
    assert made.status_code == 201, made.text
    for changes in (
        {"period_from": "2025-12-31", "period_to": "2026-01-10"},
        {"period_from": "2025-03-01", "period_to": "2025-03-31"},
        {"period_from": "2024-12-31", "period_to": "2025-01-01"},
    ):
        refused(await keeper.post(f"{path}/distributions", {**whole, **changes}), 409, "distribution_exists")
    decision = f"{path}/distributions/{made.json()['id']}/decision"
    refused(await approver.post(decision, {"decision": "reject"}), 422, "reason_missing")
    assert (await approver.post(decision, {"decision": "reject", "reason": "ซ้ำ"})).status_code == 200
    part = await keeper.post(f"{path}/distributions", {**whole, "period_to": "2025-06-30"})
    assert part.status_code == 201, part.text


async def test_an_opening_sheet_has_something_on_it_and_is_signed_while_its_members_are_there(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = f"{group['path']}/sheets/opening", group["people"][0]
    nothing = {"on_day": "2024-12-31", "cash": "0.00", "bank": "0.00", "total_savings": "0.00"}
    empty = {**nothing, "total_shares": "0.00", "rows": [{"member_id": one}]}
    refused(await keeper.post(path, empty), 422, "sheet_empty")
    row = {"member_id": one, "savings": "500.00"}
    made = (
        await keeper.post(path, {**empty, "cash": "500.00", "total_savings": "500.00", "rows": [row]})
    ).json()
    await leave(database, group, one, LeaveReason.RESIGNED)
    signature = f"{group['path']}/sheets/{made['id']}/signature"
    refused(await approver.post(signature, {}), 409, "sheet_changed")


async def deposit(session: AsyncSession, fund_id: UUID, member_id: UUID) -> None:
    item = NewDeposit.model_construct(id=uuid7(), member_id=member_id, savings=10_000, shares=0)
    sheet = NewDeposits.model_construct(
        month="2026-01", paid_on=TODAY, held_as=HeldAs.CASH, document_no="1", items=[item]
    )
    (outcome,) = await service.deposit(session, fund_id=fund_id, new=sheet, actor=OFFICER, now=NOW)
    assert outcome.recorded


async def test_a_fund_with_members_savings_is_not_closed_even_without_money(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings")
    member = await a_member(session, fund)
    await deposit(session, fund.id, member.id)
    await lose(session, fund.id)
    with pytest.raises(FundNotEmpty):
        await registry.set_state(session, fund_id=fund.id, change=CLOSE, actor=OFFICER, now=NOW)


async def lose(session: AsyncSession, fund_id: UUID) -> None:
    """Book that the fund's cash is gone."""
    lines = (Line(Account.WELFARE, debit=10_000), Line(Account.CASH, credit=10_000))
    entry = Entry(JournalKind.WELFARE, "test", uuid7(), TODAY, lines)
    await ledger.post(session, fund_id=fund_id, entry=entry, actor=OFFICER, now=NOW)


@pytest.mark.parametrize("turn", range(4))
async def test_no_money_comes_into_a_fund_that_is_closed_at_the_same_moment(
    database: Database, turn: int
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", area_code=f"341901{turn + 11}")
        member = await a_member(session, fund)

    async def close() -> bool:
        try:
            async with database.transaction() as session:
                await registry.set_state(session, fund_id=fund.id, change=CLOSE, actor=OFFICER, now=NOW)
        except FundNotEmpty:
            return False
        return True

    async def save() -> bool:
        try:
            async with database.transaction() as session:
                await deposit(session, fund.id, member.id)
        except FundNotActive:
            return False
        return True

    jobs = [close(), save()] if turn % 2 else [save(), close()]
    assert sorted(await asyncio.gather(*jobs)) == [False, True]
    found = await rows(database, "SELECT state, (SELECT count(*) FROM savings_movements) AS n FROM funds")
    assert [tuple(row) for row in found] in ([("closed", 0)], [("active", 1)])


@given(
    st.dictionaries(st.dates(date(2025, 1, 1), date(2025, 1, 20)), st.integers(-50, 50)),
    st.dates(date(2024, 12, 25), date(2025, 1, 25)),
)
def test_the_least_from_a_day_on_is_the_least_of_all_its_ends_of_day(
    moved: dict[date, int], since: date
) -> None:
    by_day = [(day, Holding(moved[day], -moved[day])) for day in sorted(moved)]
    days = [since, *(day for day in moved if day > since)]
    ends = [sum(amount for day, amount in moved.items() if day <= end) for end in days]
    assert lowest(by_day, since) == Holding(min(ends), min(-end for end in ends))


def test_a_refusal_says_the_figures_it_rests_on() -> None:
    rules = SavingsRules(min_balance=10_000, withdrawals_per_month=1)
    held = Holding(190_000, 5_000)
    fault = withdrawal_fault(held, Holding(185_000), rules, before=0, closing=False)
    assert fault is not None
    assert explained(fault, held, rules)[0] == "มีเงินออม 1900.00 บาท ต้องคงเหลือ 100.00 บาท"
