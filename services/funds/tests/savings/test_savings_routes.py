"""Members save by monthly sheets, take out under the group's rules, and every baht is in the books."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from funds.ledger import queries as ledger
from funds.ledger import service as ledger_service
from funds.ledger.rules import Account
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_fund

RULES = {
    "valid_from": "2025-01-01",
    "share_value": "10.00",
    "min_pledge": "50.00",
    "max_pledge": "500.00",
    "min_balance": "100.00",
    "withdrawals_per_month": 1,
    "interest_rate": "2.00",
    "resolution": "มติที่ประชุมใหญ่สามัญ 1/2568",
}


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def a_sheet(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    facts = {"month": "2026-01", "paid_on": "2026-01-05", "held_as": "cash", "document_no": "ใบสัจจะ ๑/๒๕๖๙"}
    return {**facts, "items": list(items), **changes}


def an_item(member: str, savings: str = "100.00", **changes: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "member_id": member, "savings": savings, **changes}


def a_withdrawal(member: str, savings: str) -> dict[str, Any]:
    facts = {"member_id": member, "paid_on": "2026-01-10", "held_as": "cash", "document_no": "ถ 1"}
    return {**facts, "savings": savings}


async def in_books(database: Database, fund_id: UUID) -> tuple[int, int, int]:
    async with database.read() as session:
        return (
            (await ledger.cash(session, fund_id)).cash,
            await ledger.balance(session, fund_id, Account.SAVINGS),
            await ledger.balance(session, fund_id, Account.SHARES),
        )


async def test_a_sheet_books_each_member_and_the_month_shows_who_is_missing(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, (one, two, three) = group["path"], group["people"]
    assert (await keeper.post(f"{path}/rules", RULES)).status_code == 201
    for member in (one, two):
        pledge = {"member_id": member, "month_from": "2025-10", "amount": "100.00"}
        assert (await keeper.post(f"{path}/pledges", pledge)).status_code == 201
    sheet = a_sheet(an_item(one, shares="20.00"), an_item(three, "30.00"))
    answer = (await keeper.post(f"{path}/deposits", sheet)).json()
    assert (answer["recorded"], answer["savings"], answer["shares"]) == (2, "130.00", "20.00")
    assert await in_books(database, group["fund_id"]) == (15_000, 13_000, 2_000)
    month = (await keeper.get(f"{path}/monthly-sheet", month="2026-01")).json()
    assert (month["members"], month["paid"], month["pledge"], month["missing"]) == (3, 2, "200.00", "100.00")
    assert [line["missing"] for line in month["lines"]] == ["0.00", "100.00", "0.00"]
    account = (await keeper.get(f"{path}/accounts/{one}")).json()
    assert (account["savings"], account["shares"], account["pledge"]) == ("100.00", "20.00", "100.00")
    listed = (await keeper.get(f"{path}/accounts", count="true")).json()
    assert ([row["member_id"] for row in listed["items"]], listed["total"]) == ([one, three], 2)
    (entry,) = await rows(
        database, "SELECT kind, document_no, line_count FROM journals ORDER BY number LIMIT 1"
    )
    assert tuple(entry) == ("savings", "ใบสัจจะ 1/2569", 3)


async def test_a_sheet_sent_again_doubles_nothing_and_a_wrong_item_loses_no_other(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, (one, two, _) = group["path"], group["people"]
    sheet = a_sheet(
        an_item(one),
        an_item(two, shares="15.00"),
        an_item(str(uuid4())),
        an_item(one, "5.00"),
        an_item(two, "0.00"),
    )
    first = (await keeper.post(f"{path}/deposits", sheet)).json()
    assert [(one["outcome"], (one["problem"] or {}).get("code")) for one in first["results"]] == [
        ("recorded", None),
        ("refused", "not_whole_shares"),
        ("refused", "unknown_fund_member"),
        ("refused", "savings_document_used"),
        ("refused", "nothing_moves"),
    ]
    sheet["items"][1]["shares"] = "10.00"
    again = (await keeper.post(f"{path}/deposits", sheet)).json()
    assert [one["outcome"] for one in again["results"][:2]] == ["repeated", "recorded"]
    assert await in_books(database, group["fund_id"]) == (21_000, 20_000, 1_000)
    changed = a_sheet({**sheet["items"][0], "savings": "999.00"}, document_no="อื่น")
    other = (await keeper.post(f"{path}/deposits", changed)).json()
    assert other["results"][0]["problem"]["code"] == "savings_movement_exists"


async def test_savings_are_paid_out_under_the_groups_rules(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, (one, two, _) = group["path"], group["people"]
    await keeper.post(f"{path}/rules", RULES)
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "500.00", shares="50.00")))
    body = {"member_id": one, "paid_on": "2026-01-10", "held_as": "cash", "document_no": "ถ 1"}
    withdrawals = f"{path}/withdrawals"
    refused(await keeper.post(withdrawals, {**body, "savings": "500.00"}), 409, "under_minimum_balance")
    refused(await keeper.post(withdrawals, {**body, "savings": "501.00"}), 409, "not_enough_savings")
    refused(await keeper.post(withdrawals, {**body, "shares": "5.00"}), 422, "not_whole_shares")
    refused(
        await keeper.post(withdrawals, {**body, "paid_on": "2149-01-01", "savings": "1.00"}),
        422,
        "date_in_future",
    )
    made = await keeper.post(withdrawals, {**body, "savings": "100.00"})
    assert (made.status_code, made.json()["savings"]) == (201, "-100.00")
    more = {**body, "document_no": "ถ 2", "savings": "100.00"}
    refused(await keeper.post(withdrawals, more), 409, "too_many_withdrawals")
    refused(await keeper.post(withdrawals, {**more, "member_id": two}), 409, "not_enough_savings")
    closing = {**body, "document_no": "ถ 3", "savings": "400.00", "closing": True}
    refused(await keeper.post(withdrawals, closing), 422, "closing_takes_all")
    assert (await keeper.post(withdrawals, {**closing, "shares": "50.00"})).status_code == 201
    assert await in_books(database, group["fund_id"]) == (0, 0, 0)
    statement = (await keeper.get(f"{path}/accounts/{one}/statement", moved_from="2026-01-10")).json()
    assert (statement["opening_savings"], statement["closing_savings"]) == ("500.00", "0.00")
    assert [(line["savings"], line["savings_after"]) for line in statement["lines"]] == [
        ("-100.00", "400.00"),
        ("-400.00", "0.00"),
    ]


async def test_a_document_pays_a_member_once(keeper: Caller, group: dict[str, Any]) -> None:
    path, one = group["path"], group["people"][0]
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "500.00")))
    body = {
        "member_id": one,
        "paid_on": "2026-01-10",
        "held_as": "cash",
        "document_no": "ถ 1",
        "savings": "1.00",
    }
    assert (await keeper.post(f"{path}/withdrawals", body)).status_code == 201
    refused(await keeper.post(f"{path}/withdrawals", body), 409, "savings_document_used")


async def test_money_that_is_lent_cannot_be_paid_out(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = group["path"], group["people"][0]
    await keeper.post(f"{path}/deposits", a_sheet(an_item(one, "500.00")))
    async with database.transaction() as session:  # an approval keeps money back
        await ledger_service.reserve(session, fund_id=group["fund_id"], amount=49_000)
    body = {
        "member_id": one,
        "paid_on": "2026-01-10",
        "held_as": "cash",
        "document_no": "ถ 1",
        "savings": "20.00",
    }
    refused(await keeper.post(f"{path}/withdrawals", body), 409, "over_capital")
    assert (await keeper.get(f"{path}/accounts/{one}")).json()["savings"] == "500.00"


async def test_a_wrong_deposit_is_reversed_once_and_its_document_is_free_again(
    keeper: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = group["path"], group["people"][0]
    item = an_item(one, "500.00")
    await keeper.post(f"{path}/deposits", a_sheet(item))
    reversal = f"{path}/movements/{item['id']}/reversal"
    refused(await keeper.post(reversal, {"reason": "บันทึกผิดคน"}), 403, "reversal_by_recorder")
    chair = keeper.named("user:chair")
    back = await chair.post(reversal, {"reason": "บันทึกผิดคน"})
    assert (back.status_code, back.json()["reversal_reason"]) == (200, "บันทึกผิดคน")
    assert await in_books(database, group["fund_id"]) == (0, 0, 0)
    refused(await keeper.post(reversal, {"reason": "อีก"}), 409, "savings_movement_reversed")
    refused(
        await keeper.post(f"{path}/movements/{uuid4()}/reversal", {"reason": "x"}),
        404,
        "savings_movement_not_found",
    )
    assert (await keeper.post(f"{path}/deposits", a_sheet(an_item(one)))).json()["recorded"] == 1
    listed = (await keeper.get(f"{path}/movements", member_id=one, kind="deposit", count="true")).json()
    assert (listed["total"], {row["reversed_on"] is None for row in listed["items"]}) == (2, {True, False})


async def test_a_deposit_that_is_withdrawn_already_is_not_reversed(
    keeper: Caller, group: dict[str, Any]
) -> None:
    path, one = group["path"], group["people"][0]
    item = an_item(one, "500.00")
    await keeper.post(f"{path}/deposits", a_sheet(item))
    body = {
        "member_id": one,
        "paid_on": "2026-01-10",
        "held_as": "cash",
        "document_no": "ถ 1",
        "savings": "20.00",
    }
    await keeper.post(f"{path}/withdrawals", body)
    refused(
        await keeper.post(f"{path}/movements/{item['id']}/reversal", {"reason": "ผิด"}),
        409,
        "not_enough_savings",
    )


async def test_rules_hold_from_their_day_and_a_pledge_lies_within_them(
    keeper: Caller, group: dict[str, Any]
) -> None:
    path, one = group["path"], group["people"][0]
    assert (await keeper.get(f"{path}/rules")).json() == []
    await keeper.post(f"{path}/rules", RULES)
    refused(await keeper.post(f"{path}/rules", RULES), 409, "savings_rule_exists")
    later = {**RULES, "valid_from": "2026-01-01", "interest_rate": "1.50"}
    assert (await keeper.post(f"{path}/rules", later)).json()["interest_rate"] == "1.50"
    assert [one["valid_from"] for one in (await keeper.get(f"{path}/rules")).json()] == [
        "2026-01-01",
        "2025-01-01",
    ]
    pledge = {"member_id": one, "month_from": "2026-01"}
    for amount in ("49.00", "501.00"):
        refused(
            await keeper.post(f"{path}/pledges", {**pledge, "amount": amount}), 422, "pledge_outside_rules"
        )
    assert (await keeper.post(f"{path}/pledges", {**pledge, "amount": "0.00"})).status_code == 201
    refused(await keeper.post(f"{path}/pledges", {**pledge, "amount": "50.00"}), 409, "pledge_exists")
    stranger = {**pledge, "member_id": str(uuid4()), "amount": "50.00"}
    refused(await keeper.post(f"{path}/pledges", stranger), 422, "unknown_fund_member")
    assert len((await keeper.get(f"{path}/pledges")).json()["items"]) == 1


async def test_a_womens_fund_keeps_no_savings(keeper: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
    refused(await keeper.get(f"/v1/savings/{fund.id}/accounts"), 409, "not_a_savings_fund")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"month": "2026-13"}, "/month"),
        ({"month": "0000-01"}, "/month"),
        ({"month": "9999-12"}, "/month"),
        ({"items": []}, "/items"),
        ({"held_as": "pocket"}, "/held_as"),
        ({"items": [{"id": "1", "member_id": "2"}]}, "/items/0/id"),
    ],
)
async def test_a_sheet_that_cannot_be_is_refused_whole(
    keeper: Caller, group: dict[str, Any], changes: dict[str, Any], pointer: str
) -> None:
    body = a_sheet(an_item(group["people"][0]), **changes)
    problem = refused(await keeper.post(f"{group['path']}/deposits", body), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == pointer
