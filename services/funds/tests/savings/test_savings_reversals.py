"""What was shared out or paid wrongly is reversed as a whole by another person, and may be done again."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from funds.ledger import checking
from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from shared.db import Database
from shared.testing.caller import Caller

RULES = {"valid_from": "2024-01-01", "share_value": "10.00", "interest_rate": "2.00", "resolution": "มติ"}
YEAR = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
WRONG = {"reason": "อัตราดอกเบี้ยผิด"}


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


@pytest.fixture
def other(approver: Caller) -> Caller:
    """Call as a third person, who reverses."""
    return approver.may("savings:write").named("user:other")


async def saved(keeper: Caller, group: dict[str, Any]) -> None:
    """Let two members save 3,650.00 and 7,300.00 for the whole of 2025."""
    assert (await keeper.post(f"{group['path']}/rules", RULES)).status_code == 201
    amounts = zip(group["people"], ("3650.00", "7300.00"), strict=False)
    items = [{"id": str(uuid4()), "member_id": one, "savings": amount} for one, amount in amounts]
    facts = {"month": "2025-01", "paid_on": "2025-01-01", "held_as": "cash", "document_no": "1"}
    assert (await keeper.post(f"{group['path']}/deposits", {**facts, "items": items})).json()["recorded"] == 2


async def posted(keeper: Caller, approver: Caller, group: dict[str, Any], **changes: str) -> dict[str, Any]:
    made = await keeper.post(f"{group['path']}/distributions", {**YEAR, **changes})
    assert made.status_code == 201, made.text
    address = f"{group['path']}/distributions/{made.json()['id']}"
    done = await approver.post(f"{address}/decision", {"decision": "post"})
    assert done.json()["state"] == "posted", done.text
    found: dict[str, Any] = done.json()
    return found


async def savings_of(keeper: Caller, group: dict[str, Any]) -> list[str]:
    listed = (await keeper.get(f"{group['path']}/accounts")).json()["items"]
    return [row["savings"] for row in listed]


async def agrees(database: Database, group: dict[str, Any]) -> bool:
    """Tell whether balances, movements and books are the same."""
    async with database.read() as session:
        return await checking.differences(session, fund_id=group["fund_id"]) == []


async def test_interest_shared_out_wrongly_leaves_members_savings_and_is_shared_out_again(
    keeper: Caller, approver: Caller, other: Caller, group: dict[str, Any], database: Database
) -> None:
    await saved(keeper, group)
    done = await posted(keeper, approver, group)
    assert await savings_of(keeper, group) == ["3723.00", "7446.00"]
    reversal = f"{group['path']}/distributions/{done['id']}/reversal"
    refused(await approver.post(reversal, WRONG), 403, "reversal_by_recorder")
    refused(await other.where("10").post(reversal, WRONG), 404, "fund_not_found")
    back = (await other.post(reversal, WRONG)).json()
    assert (back["state"], back["reversed_by"], back["reversal_reason"]) == (
        "posted",
        "user:other",
        WRONG["reason"],
    )
    assert await savings_of(keeper, group) == ["3650.00", "7300.00"]
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.INTEREST_ON_SAVINGS) == 0
    assert await agrees(database, group)
    refused(await other.post(reversal, WRONG), 409, "distribution_not_posted")
    statement = await keeper.get(f"{group['path']}/accounts/{group['people'][0]}/statement")
    assert [line["kind"] for line in statement.json()["lines"]] == ["deposit"]
    again = await posted(keeper, approver, group)
    assert again["amount"] == done["amount"]
    assert await agrees(database, group)


async def test_interest_that_a_member_has_taken_out_is_not_reversed(
    keeper: Caller, approver: Caller, other: Caller, group: dict[str, Any], database: Database
) -> None:
    await saved(keeper, group)
    done = await posted(keeper, approver, group)
    taken = {
        "member_id": group["people"][0],
        "paid_on": done["posted_on"],
        "held_as": "cash",
        "document_no": "ถ 1",
    }
    taken |= {"savings": "3723.00", "closing": True}
    assert (await keeper.post(f"{group['path']}/withdrawals", taken)).status_code == 201
    problem = refused(
        await other.post(f"{group['path']}/distributions/{done['id']}/reversal", WRONG),
        409,
        "not_enough_savings",
    )
    assert "0.00" in problem["detail"]
    assert await savings_of(keeper, group) == ["7446.00"]
    assert await agrees(database, group)


async def test_a_distribution_paid_in_money_comes_back_as_money(
    keeper: Caller, approver: Caller, other: Caller, group: dict[str, Any], database: Database
) -> None:
    await saved(keeper, group)
    done = await posted(keeper, approver, group, paid_as="cash")
    reversal = f"{group['path']}/distributions/{done['id']}/reversal"
    assert (await other.post(reversal, WRONG)).status_code == 200
    async with database.read() as session:
        assert (await ledger.cash(session, group["fund_id"])).cash == 1_095_000
    assert await savings_of(keeper, group) == ["3650.00", "7300.00"]


async def test_what_is_only_proposed_is_not_reversed(
    keeper: Caller, other: Caller, group: dict[str, Any]
) -> None:
    await saved(keeper, group)
    made = (await keeper.post(f"{group['path']}/distributions", YEAR)).json()
    reversal = f"{group['path']}/distributions/{made['id']}/reversal"
    refused(await other.post(reversal, WRONG), 409, "distribution_not_posted")
    unknown = f"{group['path']}/distributions/{uuid4()}/reversal"
    refused(await other.post(unknown, WRONG), 404, "distribution_not_found")


async def test_many_who_reverse_the_same_at_once_do_it_once(
    keeper: Caller, approver: Caller, other: Caller, group: dict[str, Any], database: Database
) -> None:
    await saved(keeper, group)
    done = await posted(keeper, approver, group)
    reversal = f"{group['path']}/distributions/{done['id']}/reversal"
    answers = await asyncio.gather(*(other.post(reversal, WRONG) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    assert await agrees(database, group)


async def test_welfare_paid_wrongly_comes_back_by_a_third_person(
    keeper: Caller, approver: Caller, other: Caller, group: dict[str, Any], database: Database
) -> None:
    await saved(keeper, group)
    asked = {"member_id": group["people"][0], "kind": "illness", "happened_on": "2026-01-03"}
    asked |= {"amount": "200.00", "held_as": "cash", "document_no": "สก 1"}
    made = (await keeper.post(f"{group['path']}/welfare", asked)).json()
    address = f"{group['path']}/welfare/{made['id']}"
    refused(await other.post(f"{address}/reversal", WRONG), 409, "welfare_not_paid")
    await approver.post(f"{address}/decision", {"decision": "pay"})
    refused(await approver.post(f"{address}/reversal", WRONG), 403, "reversal_by_recorder")
    refused(await other.where("10").post(f"{address}/reversal", WRONG), 404, "fund_not_found")
    future = {**WRONG, "reversed_on": "2149-01-01"}
    refused(await other.post(f"{address}/reversal", future), 422, "date_in_future")
    back = (await other.post(f"{address}/reversal", WRONG)).json()
    assert (back["reversed_by"], back["reversal_reason"]) == ("user:other", WRONG["reason"])
    assert (await keeper.get(address)).json() == back
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.WELFARE) == 0
        assert (await ledger.cash(session, group["fund_id"])).cash == 1_095_000
    refused(await other.post(f"{address}/reversal", WRONG), 409, "welfare_not_paid")
