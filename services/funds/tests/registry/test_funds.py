"""Funds over HTTP: registered once an area, found, corrected, suspended and closed."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW, OFFICER, TODAY, a_fund, a_loan
from tests.repayments.helpers import pay

BODY = {"kind": "womens", "name_th": "กองทุนพัฒนาบทบาทสตรี ตำบลกุดชมภู", "area_code": "341902"}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write", "funds:approve")


def refused(answer: Any, status: int, code: str) -> list[str]:
    """Return the pointers of a refusal after checking what it is."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def made(keeper: Caller, **changes: Any) -> dict[str, Any]:
    answer = await keeper.post("/v1/funds", {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    fund: dict[str, Any] = answer.json()
    return fund


async def test_a_registered_fund_is_active_has_books_and_is_told(keeper: Caller, database: Database) -> None:
    fund = await made(keeper, founded_on="2013-02-01")
    assert (fund["state"], fund["state_since"], fund["version"]) == ("active", "2013-02-01", 1)
    async with database.read() as session:
        assert (await books.cash(session, fund["id"])).available == 0
    (event,) = await rows(database, "SELECT type, subject::text, sequence, data::text FROM outbox")
    assert (event["type"], event["subject"], event["sequence"]) == (
        "funds.fund.registered.v1",
        fund["id"],
        1,
    )
    assert "341902" in event["data"]
    (audit,) = await rows(database, "SELECT action FROM audit")
    assert audit["action"] == "fund.register"


@pytest.mark.parametrize(("kind", "area"), [("womens", "341902"), ("poverty", "34190201")])
async def test_an_area_has_one_standing_fund_however_many_ask_at_once(
    keeper: Caller, kind: str, area: str
) -> None:
    body = {**BODY, "kind": kind, "area_code": area}
    answers = await asyncio.gather(*(keeper.post("/v1/funds", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(next(one for one in answers if one.status_code == 409), 409, "fund_exists")


async def test_a_village_may_have_several_savings_groups(keeper: Caller) -> None:
    first, second = [await made(keeper, kind="savings", area_code="34190201") for _ in range(2)]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"area_code": "34190201"}, 422, "wrong_area_level", "/area_code"),
        ({"kind": "poverty"}, 422, "wrong_area_level", "/area_code"),
        ({"kind": "village", "area_code": "341902"}, 422, "wrong_area_level", "/area_code"),
        ({"kind": "savings", "area_code": "3419"}, 422, "wrong_area_level", "/area_code"),
        ({"area_code": "500101"}, 403, "fund_area_not_yours", "/area_code"),
        ({"area_code": "341999"}, 422, "unknown_tambon", "/area_code"),
        ({"founded_on": "2149-01-01"}, 422, "date_in_future", "/founded_on"),
        ({"kind": "bank"}, 422, "invalid_request", "/kind"),
        ({"name_th": "  "}, 422, "invalid_request", "/name_th"),
        ({"name_th": "กองทุนของ 1-2345-67890-12-1"}, 422, "invalid_request", "/name_th"),
        ({"name_en": "\u200b"}, 422, "invalid_request", "/name_en"),
        ({"state": "closed"}, 422, "invalid_request", "/state"),
    ],
)
async def test_a_fund_that_cannot_be_is_refused_whole(
    keeper: Caller, database: Database, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refused(await keeper.post("/v1/funds", {**BODY, **changes}), status, code) == [pointer]
    assert not await rows(database, "SELECT 1 FROM funds")


async def test_an_id_made_by_the_client_is_taken_once(keeper: Caller) -> None:
    fund = await made(keeper, id=str(uuid4()))
    again = {**BODY, "id": fund["id"], "area_code": "341904"}
    refused(await keeper.post("/v1/funds", again), 409, "fund_exists")


async def test_name_and_founding_are_corrected_kind_and_area_never(keeper: Caller) -> None:
    path = f"/v1/funds/{(await made(keeper))['id']}"
    answer = await keeper.patch(path, {"name_en": "Kut Chomphu women's fund"}, if_match='"1"')
    assert (answer.json()["name"]["en"], answer.headers["etag"]) == ("Kut Chomphu women's fund", '"2"')
    refused(await keeper.patch(path, {"name_en": None}, if_match='"1"'), 412, "stale_version")
    for field, value in {"area_code": "341904", "kind": "savings", "version": 9, "state": "closed"}.items():
        assert refused(await keeper.patch(path, {field: value}, if_match='"2"'), 422, "invalid_request") == [
            f"/{field}"
        ]
    refused(await keeper.patch(path, {"founded_on": "2149-01-01"}, if_match='"2"'), 422, "date_in_future")


async def test_a_fund_is_suspended_resumed_and_closed_for_good(keeper: Caller) -> None:
    path = f"/v1/funds/{(await made(keeper))['id']}"
    for state in ("suspended", "active", "closed"):
        answer = await keeper.post(f"{path}/state", {"state": state, "reason": "มติที่ประชุม"})
        assert answer.json()["state"] == state
    reopened = {"state": "active", "reason": "เปิดใหม่"}
    refused(await keeper.post(f"{path}/state", reopened), 409, "wrong_fund_state_step")
    assert (await keeper.get(path)).json()["state"] == "closed"
    assert (await made(keeper))["state"] == "active"  # the next one of the area


async def test_a_fund_with_money_is_not_closed(keeper: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341902", capital=100)
    answer = await keeper.post(f"/v1/funds/{fund.id}/state", {"state": "closed", "reason": "ยุบรวม"})
    refused(answer, 409, "fund_not_empty")


async def test_a_fund_that_owes_borrowers_what_they_paid_ahead_is_not_closed(
    keeper: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", area_code="34190201", capital=100_000)
        loan_id = await a_loan(session, fund, amount=100_000, instalments=1)
        await pay(session, loan_id, TODAY, 100_500, now=NOW)
        spent = Line(Account.EXPENSES, debit=100_500), Line(Account.CASH, credit=100_500)
        entry = Entry(JournalKind.EXPENSE, "adjustment", uuid7(), TODAY, spent)
        await ledger.post(session, fund_id=fund.id, entry=entry, actor=OFFICER, now=NOW)
    answer = await keeper.post(f"/v1/funds/{fund.id}/state", {"state": "closed", "reason": "ยุบรวม"})
    refused(answer, 409, "fund_not_empty")


async def test_who_may_write_funds_may_not_close_them(keeper: Caller) -> None:
    fund = await made(keeper)
    writer = keeper.only({"funds:read", "funds:write"})
    closing = {"state": "closed", "reason": "ยุบ"}
    refused(await writer.post(f"/v1/funds/{fund['id']}/state", closing), 403, "scope_missing")


async def test_funds_are_found_by_area_kind_state_and_name(keeper: Caller) -> None:
    womens = await made(keeper)
    poverty = await made(keeper, kind="poverty", area_code="34190201", name_th="กข.คจ. บ้านโนนสวน หมู่ที่ ๑")
    await keeper.post(f"/v1/funds/{womens['id']}/state", {"state": "closed", "reason": "ยุบ"})

    async def listed(**filters: Any) -> list[str]:
        return [one["id"] for one in (await keeper.get("/v1/funds", **filters)).json()["items"]]

    assert await listed() == [poverty["id"]]
    assert await listed(state="closed") == [womens["id"]]
    assert await listed(updated_since="2020-01-01T00:00:00Z") == [womens["id"], poverty["id"]]
    assert await listed(kind="womens") == []
    assert await listed(q="โนนสวน") == [poverty["id"]]
    assert await listed(q="หมู่ที่ 1") == [poverty["id"]]
    assert await listed(area="341904") == []
    assert await listed(area="34190201") == [poverty["id"]]
    refused(await keeper.get("/v1/funds", village="34190201"), 422, "unknown_parameter")


async def test_pages_follow_each_other_without_a_gap(keeper: Caller) -> None:
    ids = [(await made(keeper, kind="savings", area_code="34190201"))["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = (await keeper.get("/v1/funds", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(ids)
    assert (await keeper.get("/v1/funds", count="true", limit=1)).json()["total"] == 5
