"""A fund's own settings: inside the product's limits, from today on, and what a loan is then made on."""

from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from funds.products import service as products
from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund, a_meeting

FROM = clock.business_date(clock.now()) + timedelta(days=1)  # not past, though the tests go over midnight
BODY = {
    "product_code": "WOMENS_REVOLVING",
    "valid_from": FROM.isoformat(),
    "annual_rate": "2.00",
    "source": "มติที่ประชุมใหญ่ ครั้งที่ 1/2569",
}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write")


@pytest.fixture
async def fund_id(database: Database) -> str:
    """Make a women's fund."""
    async with database.transaction() as session:
        return str((await a_fund(session)).id)


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_a_lower_rate_holds_for_the_fund_from_its_day(
    keeper: Caller, fund_id: str, database: Database
) -> None:
    made = await keeper.post(f"/v1/funds/{fund_id}/settings", BODY)
    assert (made.status_code, made.json()["annual_rate"]) == (201, "2.00")
    async with database.read() as session:
        shipped = await products.terms_of_code(session, "WOMENS_REVOLVING", on=FROM)
        own = await products.terms(session, shipped.product_id, fund_id=UUID(fund_id), on=FROM)
    assert own.annual_rate == Fraction(2, 100) != shipped.annual_rate
    listed = await keeper.get(f"/v1/funds/{fund_id}/settings", count="true", product_code="WOMENS_REVOLVING")
    assert (listed.json()["items"], listed.json()["total"]) == ([made.json()], 1)


@pytest.mark.parametrize(
    ("changes", "code", "pointers"),
    [
        ({"annual_rate": "15.01"}, "rate_above_cap", ["/annual_rate"]),
        ({"annual_rate": "14.99"}, "setting_outside_product", ["/annual_rate"]),
        ({"annual_rate": 2}, "invalid_request", ["/annual_rate"]),
        ({"annual_rate": "2.1234567"}, "invalid_request", ["/annual_rate"]),
        ({"max_amount": "9999999.00"}, "setting_outside_product", ["/max_amount"]),
        ({"max_amount": "1.999"}, "invalid_request", ["/max_amount"]),
        ({"annual_rate": None}, "nothing_set", []),
        ({"product_code": "NO_SUCH_PRODUCT"}, "unknown_product", ["/product_code"]),
        ({"product_code": "POVERTY_LOAN"}, "unknown_product", ["/product_code"]),
        ({"valid_from": (FROM - timedelta(days=2)).isoformat()}, "setting_in_the_past", ["/valid_from"]),
        ({"meeting_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"}, "unknown_meeting", ["/meeting_id"]),
    ],
)
async def test_a_setting_outside_what_the_product_leaves_is_refused(
    keeper: Caller, fund_id: str, changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    answer = await keeper.post(f"/v1/funds/{fund_id}/settings", {**BODY, **changes})
    assert refused(answer, 422, code) == pointers
    assert (await keeper.get(f"/v1/funds/{fund_id}/settings")).json()["items"] == []


async def test_one_setting_a_product_and_day(keeper: Caller, fund_id: str) -> None:
    assert (await keeper.post(f"/v1/funds/{fund_id}/settings", BODY)).status_code == 201
    refused(await keeper.post(f"/v1/funds/{fund_id}/settings", BODY), 409, "setting_exists")


async def test_a_setting_names_the_funds_own_meeting(keeper: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund, other = await a_fund(session), await a_fund(session)
        meeting_id = await a_meeting(session, fund)
    body = {**BODY, "meeting_id": str(meeting_id)}
    refused(await keeper.post(f"/v1/funds/{other.id}/settings", body), 422, "unknown_meeting")
    assert (await keeper.post(f"/v1/funds/{fund.id}/settings", body)).status_code == 201
