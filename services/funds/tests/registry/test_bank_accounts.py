"""Bank accounts: one fund at a time, numbers in full only for who writes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.bank_accounts.rules import account_digits, masked
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund

BODY = {"bank_code": "034", "account_no": "๐๒๐-1-23456-7", "account_name": "กองทุนพัฒนาบทบาทสตรี"}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write")


@pytest.fixture
async def paths(database: Database) -> list[str]:
    """Make two funds; return the addresses of their accounts."""
    async with database.transaction() as session:
        return [f"/v1/funds/{(await a_fund(session)).id}/bank-accounts" for _ in range(2)]


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_the_number_is_in_full_for_who_writes_and_its_end_for_who_reads(
    keeper: Caller, paths: list[str]
) -> None:
    made = await keeper.post(paths[0], BODY)
    assert (made.status_code, made.json()["account_no"]) == (201, "0201234567")
    assert made.json()["bank"]["en"] == "Bank for Agriculture and Agricultural Cooperatives"
    reader = keeper.only({"funds:read"})
    assert (await reader.get(paths[0])).json()["items"][0]["account_no"] == "xxxxxx4567"
    one = await reader.get(f"{paths[0]}/{made.json()['id']}")
    assert one.json()["account_no"] == "xxxxxx4567"


async def test_an_account_belongs_to_one_fund_until_it_is_closed(keeper: Caller, paths: list[str]) -> None:
    made = (await keeper.post(paths[0], BODY)).json()
    refused(await keeper.post(paths[1], BODY), 409, "bank_account_taken")
    closed = await keeper.patch(f"{paths[0]}/{made['id']}", {"closed_on": "2026-01-31"}, if_match='"1"')
    assert closed.json()["closed_on"] == "2026-01-31"
    assert (await keeper.post(paths[1], BODY)).status_code == 201
    reopened = await keeper.patch(f"{paths[0]}/{made['id']}", {"closed_on": None}, if_match='"2"')
    refused(reopened, 409, "bank_account_taken")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"bank_code": "999"}, "unknown_bank", "/bank_code"),
        ({"account_no": "12"}, "invalid_request", "/account_no"),
        ({"opened_on": "2149-01-01"}, "date_in_future", "/opened_on"),
        ({"account_name": "บุญมี 1-2345-67890-12-1"}, "invalid_request", "/account_name"),
        ({"branch": "สาขา 1234567890121"}, "invalid_request", "/branch"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    keeper: Caller, paths: list[str], changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert refused(await keeper.post(paths[0], {**BODY, **changes}), 422, code) == [pointer]


async def test_an_account_is_not_closed_before_it_was_opened(keeper: Caller, paths: list[str]) -> None:
    made = (await keeper.post(paths[0], {**BODY, "opened_on": "2020-01-01"})).json()
    early = await keeper.patch(f"{paths[0]}/{made['id']}", {"closed_on": "2019-12-31"}, if_match='"1"')
    assert refused(early, 422, "account_closed_before_opened") == ["/closed_on"]
    other = await keeper.get(f"{paths[1]}/{made['id']}")
    refused(other, 404, "bank_account_not_found")


async def test_the_banks_are_listed_with_where_the_list_is_from(keeper: Caller) -> None:
    answer = (await keeper.get("/v1/funds/banks")).json()
    assert answer["source"]
    assert {"code": "030", "name": {"th": "ธนาคารออมสิน", "en": "Government Savings Bank"}} in answer["items"]


@given(st.from_regex("[0-9]{8,15}", fullmatch=True))
def test_a_number_keeps_its_digits_and_shows_its_last_four(digits: str) -> None:
    assert account_digits("-".join(digits)) == digits
    assert masked(digits)[-4:] == digits[-4:]
    assert set(masked(digits)[:-4]) == {"x"}
