"""Capital is booked with its document, shown with its journal and reversed where it was wrong."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund

BODY = {
    "contributed_on": "2025-10-15",
    "amount": "280000.00",
    "origin": "state",
    "held_as": "bank",
    "document_no": "พช ๐๔๐๙/๑๒๓๔",
}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write", "funds:approve", "ledgers:read")


@pytest.fixture
async def fund_id(database: Database) -> str:
    """Make a poverty fund of a village of Phibun."""
    async with database.transaction() as session:
        return str((await a_fund(session, kind="poverty", area_code="34190101")).id)


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_new_fund_with_capital_has_it_in_the_bank(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=28_000_000)
    assert (await ledger.cash(session, fund.id)).available == 28_000_000


async def test_capital_comes_in_with_its_document_and_its_journal(keeper: Caller, fund_id: str) -> None:
    made = await keeper.post(f"/v1/funds/{fund_id}/capital", BODY)
    assert made.status_code == 201, made.text
    assert (made.json()["amount"], made.json()["document_no"], made.json()["journal_number"]) == (
        "280000.00",
        "พช 0409/1234",
        1,
    )
    listed = await keeper.get(f"/v1/funds/{fund_id}/capital", count="true")
    assert (listed.json()["items"], listed.json()["total"]) == ([made.json()], 1)


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"contributed_on": "2149-01-01"}, 422, "date_in_future", "/contributed_on"),
        ({"amount": "0.00"}, 422, "invalid_request", "/amount"),
        ({"amount": "10.005"}, 422, "invalid_request", "/amount"),
        ({"amount": 10}, 422, "invalid_request", "/amount"),
        ({"origin": "lottery"}, 422, "invalid_request", "/origin"),
        ({"journal_number": 7}, 422, "invalid_request", "/journal_number"),
    ],
)
async def test_capital_that_cannot_be_is_refused_and_nothing_is_booked(
    keeper: Caller, fund_id: str, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await keeper.post(f"/v1/funds/{fund_id}/capital", {**BODY, **changes})
    refused(answer, status, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await keeper.get(f"/v1/funds/{fund_id}/capital")).json()["items"] == []


async def test_a_document_brings_money_once_until_it_is_reversed(
    keeper: Caller, fund_id: str, database: Database
) -> None:
    path = f"/v1/funds/{fund_id}/capital"
    first = (await keeper.post(path, BODY)).json()
    refused(await keeper.post(path, {**BODY, "amount": "1.00"}), 409, "capital_document_used")
    address, why = f"{path}/{first['id']}/reversal", {"reason": "บันทึกซ้ำ"}
    refused(await keeper.post(address, why), 403, "reversal_by_recorder")
    back = await keeper.named("user:chair").post(address, why)
    assert (back.status_code, back.json()["reversed_by"]) == (200, "user:chair")
    async with database.read() as session:
        assert (await ledger.cash(session, first["fund_id"])).cash == 0
    refused(await keeper.post(f"{path}/{first['id']}/reversal", {"reason": "อีกครั้ง"}), 409, "capital_reversed")
    assert (await keeper.post(path, BODY)).status_code == 201


async def test_a_reversal_is_neither_of_tomorrow_nor_before_its_entry_nor_of_something_unknown(
    keeper: Caller, fund_id: str
) -> None:
    path = f"/v1/funds/{fund_id}/capital"
    made = (await keeper.post(path, BODY)).json()
    tomorrow = {"reason": "ผิด", "reversed_on": "2149-01-01"}
    refused(await keeper.post(f"{path}/{made['id']}/reversal", tomorrow), 422, "date_in_future")
    before = {"reason": "ผิด", "reversed_on": "2025-10-14"}
    refused(await keeper.post(f"{path}/{made['id']}/reversal", before), 422, "reversal_before_entry")
    refused(await keeper.post(f"{path}/{fund_id}/reversal", {"reason": "ผิด"}), 404, "capital_not_found")


async def test_the_same_contribution_sent_twice_is_booked_once(keeper: Caller, fund_id: str) -> None:
    path, key = f"/v1/funds/{fund_id}/capital", {"Idempotency-Key": "phone-7-1"}
    first, again = [await keeper.post(path, BODY, **key) for _ in range(2)]
    assert first.json() == again.json()
    assert len((await keeper.get(path)).json()["items"]) == 1


async def test_a_suspended_fund_takes_no_capital(keeper: Caller, fund_id: str) -> None:
    suspended = {"state": "suspended", "reason": "ตรวจสอบบัญชี"}
    assert (await keeper.post(f"/v1/funds/{fund_id}/state", suspended)).status_code == 200
    refused(await keeper.post(f"/v1/funds/{fund_id}/capital", BODY), 409, "fund_not_active")


async def test_a_fund_that_is_closed_while_capital_comes_in_has_no_money_or_is_not_closed(
    keeper: Caller, fund_id: str, database: Database
) -> None:
    path, closing = f"/v1/funds/{fund_id}", {"state": "closed", "reason": "ยุบ"}
    given = [{**BODY, "document_no": f"{number}/2569"} for number in range(3)]
    answers = await asyncio.gather(
        *(keeper.post(f"{path}/capital", one) for one in given[:2]),
        keeper.post(f"{path}/state", closing),
        keeper.post(f"{path}/capital", given[2]),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    state = (await keeper.get(path)).json()["state"]
    async with database.read() as session:
        money = (await ledger.cash(session, UUID(fund_id))).cash
    assert (state == "closed") == (money == 0)


async def test_the_day_of_a_contribution_is_the_entrys(
    keeper: Caller, fund_id: str, database: Database
) -> None:
    made = (await keeper.post(f"/v1/funds/{fund_id}/capital", BODY)).json()
    async with database.read() as session:
        before = await ledger.balance(session, made["fund_id"], Account.BANK, on=date(2025, 10, 14))
        after = await ledger.balance(session, made["fund_id"], Account.BANK, on=date(2025, 10, 15))
    assert (before, after) == (0, 28_000_000)
