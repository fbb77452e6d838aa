"""A group's year: opening by a signed sheet, interest and dividends by days, welfare, the year's end."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from funds.ledger import queries as ledger
from funds.ledger import service as books
from funds.ledger.rules import Account, Entry, JournalKind, Line
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW

RULES = {
    "valid_from": "2024-01-01",
    "share_value": "10.00",
    "interest_rate": "2.00",
    "resolution": "มติที่ประชุมใหญ่สามัญ 1/2567",
}


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def an_opening(people: list[str], **changes: Any) -> dict[str, Any]:
    amounts = (("3650.00", "100.00"), ("7300.00", "200.00"), ("0.00", "0.00"))
    lines = [
        {"member_id": member, "savings": savings, "shares": shares}
        for member, (savings, shares) in zip(people, amounts, strict=True)
    ]
    facts = {"on_day": "2024-12-31", "cash": "250.00", "bank": "12000.00", "capital": "500.00"}
    return {**facts, "total_savings": "10950.00", "total_shares": "300.00", "rows": lines, **changes}


def on_the_last_day(member: str) -> dict[str, Any]:
    late = {"id": str(uuid4()), "member_id": member, "savings": "365.00"}
    facts = {"month": "2025-12", "paid_on": "2025-12-31", "held_as": "cash", "document_no": "1"}
    return {**facts, "items": [late]}


async def opened(keeper: Caller, approver: Caller, group: dict[str, Any]) -> dict[str, Any]:
    made = await keeper.post(f"{group['path']}/sheets/opening", an_opening(group["people"]))
    assert made.status_code == 201, made.text
    signed = await approver.post(f"{group['path']}/sheets/{made.json()['id']}/signature", {})
    assert signed.status_code == 200, signed.text
    sheet: dict[str, Any] = signed.json()
    return sheet


async def test_an_opening_is_booked_when_another_person_signs_its_total(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path = group["path"]
    made = (await keeper.post(f"{path}/sheets/opening", an_opening(group["people"]))).json()
    assert (made["state"], made["savings"], made["shares"], made["members"]) == (
        "draft",
        "10950.00",
        "300.00",
        3,
    )
    refused(
        await keeper.may("funds:approve").post(f"{path}/sheets/{made['id']}/signature", {}), 403, "own_sheet"
    )
    assert (await rows(database, "SELECT count(*) FROM journals"))[0]["count"] == 0
    signed = (await approver.post(f"{path}/sheets/{made['id']}/signature", {})).json()
    assert (signed["state"], signed["journal_number"], signed["signed_by"]) == ("signed", 1, "user:approver")
    async with database.read() as session:
        balances = {
            account: await ledger.balance(session, group["fund_id"], account)
            for account in (Account.BANK, Account.SAVINGS, Account.SHARES, Account.CAPITAL, Account.SURPLUS)
        }
    assert list(balances.values()) == [1_200_000, 1_095_000, 30_000, 50_000, 50_000]
    account = (await keeper.get(f"{path}/accounts/{group['people'][0]}")).json()
    assert (account["savings"], account["shares"]) == ("3650.00", "100.00")
    listed = (await keeper.get(f"{path}/sheets/{made['id']}/rows", count="true")).json()
    assert (listed["total"], listed["items"][0]["savings"]) == (3, "3650.00")
    refused(await approver.post(f"{path}/sheets/{made['id']}/signature", {}), 409, "savings_sheet_ended")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"total_savings": "10951.00"}, 422, "sheet_total_differs"),
        ({"total_shares": "299.99"}, 422, "sheet_total_differs"),
        ({"on_day": "2149-01-01"}, 422, "date_in_future"),
        ({"rows": []}, 422, "invalid_request"),
    ],
)
async def test_an_opening_that_cannot_be_is_refused(
    keeper: Caller, group: dict[str, Any], changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await keeper.post(f"{group['path']}/sheets/opening", an_opening(group["people"], **changes))
    refused(answer, status, code)


async def test_an_opening_names_members_once_and_comes_first(
    keeper: Caller, approver: Caller, group: dict[str, Any]
) -> None:
    path, (one, two, three) = f"{group['path']}/sheets/opening", group["people"]
    refused(await keeper.post(path, an_opening([one, one, three])), 422, "member_twice")
    refused(await keeper.post(path, an_opening([one, two, str(uuid4())])), 422, "unknown_fund_member")
    made = (await keeper.post(path, an_opening(group["people"]))).json()
    refused(await keeper.post(path, an_opening(group["people"])), 409, "savings_sheet_exists")
    assert (await keeper.post(f"{group['path']}/sheets/{made['id']}/withdrawal", {})).json()[
        "state"
    ] == "withdrawn"
    await opened(keeper, approver, group)
    refused(await keeper.post(path, an_opening(group["people"])), 409, "books_not_empty")


async def test_interest_follows_the_days_that_money_was_there_and_its_parts_sum(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path, (_, two, three) = group["path"], group["people"]
    await opened(keeper, approver, group)
    body = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    refused(await keeper.post(f"{path}/distributions", body), 409, "interest_rate_missing")
    await keeper.post(f"{path}/rules", RULES)
    late = {"id": str(uuid4()), "member_id": three, "savings": "365.00"}
    sheet = {
        "month": "2025-12",
        "paid_on": "2025-12-31",
        "held_as": "cash",
        "document_no": "1",
        "items": [late],
    }
    assert (await keeper.post(f"{path}/deposits", sheet)).json()["recorded"] == 1
    made = await keeper.post(f"{path}/distributions", body)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["amount"], found["annual_rate"], found["day_count"], found["members"]) == (
        "219.02", "2.00", "ACT/365", 3
    )  # fmt: skip
    parts = (await keeper.get(f"{path}/distributions/{found['id']}/parts", count="true")).json()
    assert [(row["baht_days"], row["amount"]) for row in parts["items"]] == [
        ("1332250.00", "73.00"), ("2664500.00", "146.00"), ("365.00", "0.02")
    ]  # fmt: skip
    decision = f"{path}/distributions/{found['id']}/decision"
    refused(await keeper.may("funds:approve").post(decision, {"decision": "post"}), 403, "own_distribution")
    early = {"decision": "post", "posted_on": "2025-12-30"}
    refused(await approver.post(decision, early), 422, "period_not_over")
    done = await approver.post(decision, {"decision": "post", "posted_on": "2026-01-10"})
    assert (done.json()["state"], done.json()["posted_on"]) == ("posted", "2026-01-10")
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.INTEREST_ON_SAVINGS) == 21_902
        assert await ledger.balance(session, group["fund_id"], Account.SAVINGS) == 1_095_000 + 36_500 + 21_902
    assert (await keeper.get(f"{path}/accounts/{two}")).json()["savings"] == "7446.00"
    refused(await approver.post(decision, {"decision": "reject"}), 409, "distribution_decided")
    refused(await keeper.post(f"{path}/distributions", body), 409, "distribution_exists")


async def test_a_dividend_is_split_by_share_days_and_is_earned_first(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path = group["path"]
    await opened(keeper, approver, group)
    body = {"kind": "dividend", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    refused(await keeper.post(f"{path}/distributions", body), 422, "distribution_amount")
    body["amount"] = "500.01"
    refused(await keeper.post(f"{path}/distributions", body), 409, "dividend_over_surplus")
    await a_profit(database, group["fund_id"], 10_000)
    made = (await keeper.post(f"{path}/distributions", {**body, "paid_as": "cash"})).json()
    parts = (await keeper.get(f"{path}/distributions/{made['id']}/parts")).json()["items"]
    assert [row["amount"] for row in parts] == ["166.67", "333.34"]
    decision = f"{path}/distributions/{made['id']}/decision"
    rejected = await approver.post(decision, {"decision": "reject", "reason": "รอที่ประชุมใหญ่"})
    assert (rejected.json()["state"], rejected.json()["journal_id"]) == ("rejected", None)
    again = await keeper.post(f"{path}/distributions", {**body, "paid_as": "bank"})
    done = await approver.post(f"{path}/distributions/{again.json()['id']}/decision", {"decision": "post"})
    assert done.json()["state"] == "posted"
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.DIVIDENDS) == 50_001


async def a_profit(database: Database, fund_id: Any, amount: int) -> None:
    lines = (Line(Account.BANK, debit=amount), Line(Account.OTHER_INCOME, credit=amount))
    entry = Entry(JournalKind.ADJUSTMENT, "test", uuid7(), date(2025, 6, 1), lines)
    async with database.transaction() as session:
        await books.post(session, fund_id=fund_id, entry=entry, actor="user:t", now=NOW)


async def test_what_is_booked_into_a_period_after_the_proposal_makes_it_stale(
    keeper: Caller, approver: Caller, group: dict[str, Any]
) -> None:
    path = group["path"]
    await opened(keeper, approver, group)
    await keeper.post(f"{path}/rules", RULES)
    body = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    made = (await keeper.post(f"{path}/distributions", body)).json()
    late = {"id": str(uuid4()), "member_id": group["people"][2], "savings": "365.00"}
    sheet = {
        "month": "2025-12",
        "paid_on": "2025-12-31",
        "held_as": "cash",
        "document_no": "1",
        "items": [late],
    }
    await keeper.post(f"{path}/deposits", sheet)
    decision = f"{path}/distributions/{made['id']}/decision"
    refused(await approver.post(decision, {"decision": "post"}), 409, "distribution_stale")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period_to": "2149-12-31"}, "period_not_over"),
        ({"period_from": "2026-01-01"}, "period_not_over"),
        ({"amount": "10.00"}, "distribution_amount"),
    ],
)
async def test_a_distribution_that_cannot_be_is_refused(
    keeper: Caller, group: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    body = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    refused(await keeper.post(f"{group['path']}/distributions", {**body, **changes}), 422, code)


async def test_nothing_is_shared_out_where_nothing_was_held(keeper: Caller, group: dict[str, Any]) -> None:
    await keeper.post(f"{group['path']}/rules", RULES)
    body = {"kind": "interest", "period_from": "2025-01-01", "period_to": "2025-12-31", "resolution": "มติ"}
    refused(await keeper.post(f"{group['path']}/distributions", body), 409, "nothing_to_share")


async def test_welfare_is_paid_by_another_person_than_who_recorded_it(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path, one = group["path"], group["people"][0]
    await opened(keeper, approver, group)
    body = {
        "member_id": one, "kind": "illness", "happened_on": "2026-01-03", "amount": "200.00",
        "held_as": "cash", "document_no": "สก 1/2569",
    }  # fmt: skip
    made = await keeper.post(f"{path}/welfare", body)
    assert (made.status_code, made.json()["state"]) == (201, "requested")
    refused(await keeper.post(f"{path}/welfare", body), 409, "welfare_exists")
    refused(
        await keeper.post(f"{path}/welfare", {**body, "member_id": str(uuid4())}), 422, "unknown_fund_member"
    )
    refused(
        await keeper.post(f"{path}/welfare", {**body, "happened_on": "2149-01-01"}), 422, "date_in_future"
    )
    decision = f"{path}/welfare/{made.json()['id']}/decision"
    refused(await keeper.may("funds:approve").post(decision, {"decision": "pay"}), 403, "own_welfare")
    paid = (await approver.post(decision, {"decision": "pay"})).json()
    assert (paid["state"], paid["journal_number"]) == ("paid", 2)
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.WELFARE) == 20_000
    refused(await approver.post(decision, {"decision": "reject"}), 409, "welfare_decided")
    listed = (await keeper.get(f"{path}/welfare", state="paid", count="true")).json()
    assert (listed["total"], listed["items"][0]["amount"]) == (1, "200.00")
    more = (
        await keeper.post(f"{path}/welfare", {**body, "document_no": "สก 2", "amount": "99999.00"})
    ).json()
    refused(
        await approver.post(f"{path}/welfare/{more['id']}/decision", {"decision": "pay"}), 409, "over_capital"
    )


async def test_a_years_end_freezes_balances_that_the_books_agree_with(
    keeper: Caller, approver: Caller, group: dict[str, Any]
) -> None:
    path = group["path"]
    await opened(keeper, approver, group)
    made = (await keeper.post(f"{path}/sheets/annual", {"on_day": "2025-12-31"})).json()
    assert (made["savings"], made["members"], made["journal_number"]) == ("10950.00", 2, 1)
    late = {"id": str(uuid4()), "member_id": group["people"][2], "savings": "365.00"}
    sheet = {
        "month": "2025-12",
        "paid_on": "2025-12-31",
        "held_as": "cash",
        "document_no": "1",
        "items": [late],
    }
    await keeper.post(f"{path}/deposits", sheet)
    refused(await approver.post(f"{path}/sheets/{made['id']}/signature", {}), 409, "sheet_changed")
    await keeper.post(f"{path}/sheets/{made['id']}/withdrawal", {})
    again = (await keeper.post(f"{path}/sheets/annual", {"on_day": "2025-12-31"})).json()
    signed = (await approver.post(f"{path}/sheets/{again['id']}/signature", {})).json()
    assert (signed["state"], signed["savings"]) == ("signed", "11315.00")
    refused(await keeper.post(f"{path}/sheets/annual", {"on_day": "2025-12-31"}), 409, "savings_sheet_exists")
    assert len((await keeper.get(f"{path}/sheets")).json()["items"]) == 3
