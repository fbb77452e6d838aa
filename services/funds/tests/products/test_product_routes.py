"""Products and their dated terms over HTTP: read by everybody, added by the department."""

from typing import Any

import pytest

from funds.products.schemas import EXAMPLE_TERMS
from shared.testing.caller import Caller

VERSION: dict[str, Any] = {
    "valid_from": "2090-10-01",
    "terms": EXAMPLE_TERMS,
    "source": "ประกาศคณะกรรมการบริหารกองทุน",
    "confidence": "high",
}
PRODUCT: dict[str, Any] = {
    **VERSION,
    "code": "WOMENS_EMERGENCY",
    "fund_kind": "womens",
    "category": "loan",
    "borrower": "group",
    "name": {"th": "เงินทุนหมุนเวียนฉุกเฉิน", "en": "Emergency revolving loan"},
}


@pytest.fixture
def reader(officer: Caller) -> Caller:
    return officer.only({"funds:read"})


@pytest.fixture
def department(officer: Caller) -> Caller:
    return officer.only({"funds:read", "funds:approve"}).where("").named("user:department")


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_products_are_listed_with_what_they_cost_and_give(reader: Caller) -> None:
    listed = (await reader.get("/v1/fund-products", count="true")).json()
    assert listed["total"] == len(listed["items"]) == 7
    by_code = {one["code"]: one for one in listed["items"]}
    assert by_code["WOMENS_REVOLVING"]["annual_rate"] == "3.00"
    assert by_code["WOMENS_REVOLVING"]["max_amount"] == "200000.00"
    assert by_code["POVERTY_LOAN"]["annual_rate"] == "0.00"
    assert by_code["SAVINGS_LOAN"]["max_amount"] is None


async def test_the_list_is_of_a_day_a_kind_and_a_category(reader: Caller) -> None:
    listed = (
        await reader.get("/v1/fund-products", fund_kind="womens", category="loan", on="2020-06-08")
    ).json()
    assert [(one["code"], one["annual_rate"]) for one in listed["items"]] == [("WOMENS_REVOLVING", "0.10")]


async def test_the_list_goes_on_where_it_ended(reader: Caller) -> None:
    codes, query = [], {"limit": "3"}
    while True:
        page = (await reader.get("/v1/fund-products", **query)).json()
        codes += [one["code"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert codes == sorted(codes)
    assert len(codes) == 7


async def test_one_product_shows_its_terms_and_all_its_versions(reader: Caller) -> None:
    listed = (await reader.get("/v1/fund-products", fund_kind="poverty")).json()["items"]
    product = (await reader.get(f"/v1/fund-products/{listed[0]['id']}")).json()
    assert product["terms"]["max_instalments"] == 6
    assert "house_repair" in product["terms"]["refused_purposes"]
    assert [one["shipped"] for one in product["versions"]] == [True]
    assert product["versions"][0]["source"]
    missing = await reader.get(f"/v1/fund-products/{listed[0]['id']}", on="1990-01-01")
    refused(missing, 404, "product_not_found")


async def test_the_caps_on_rates_are_named_with_the_law(reader: Caller) -> None:
    caps = (await reader.get("/v1/fund-products/rate-caps")).json()["items"]
    assert caps[0]["annual_rate"] == "15.00"
    assert "654" in caps[0]["source"]


async def test_the_department_adds_a_product_and_later_terms(department: Caller, reader: Caller) -> None:
    answer = await department.post("/v1/fund-products", PRODUCT)
    assert answer.status_code == 201, answer.text
    added = answer.json()
    assert answer.headers["location"] == f"/v1/fund-products/{added['id']}"
    assert added["terms"]["penalty_rate"] == "0.00"
    later = {**VERSION, "valid_from": "2091-01-01", "terms": {**EXAMPLE_TERMS, "annual_rate": "2.00"}}
    answer = await department.post(f"/v1/fund-products/{added['id']}/versions", later)
    assert answer.status_code == 201, answer.text
    assert [one["valid_from"] for one in answer.json()["versions"]] == ["2091-01-01", "2090-10-01"]
    for day, rate in (("2090-12-31", "3.00"), ("2091-01-01", "2.00")):
        shown = (await reader.get(f"/v1/fund-products/{added['id']}", on=day)).json()
        assert shown["annual_rate"] == shown["terms"]["annual_rate"] == rate
    again = await department.post(f"/v1/fund-products/{added['id']}/versions", later)
    refused(again, 409, "product_version_exists")
    refused(await department.post("/v1/fund-products", PRODUCT), 409, "product_exists")


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"terms": {**EXAMPLE_TERMS, "annual_rate": "15.01"}}, "rate_above_cap", "/terms/annual_rate"),
    ({"terms": {**EXAMPLE_TERMS, "penalty_rate": "15.01"}}, "rate_above_cap", "/terms/penalty_rate"),
    (
        {"terms": {**EXAMPLE_TERMS, "max_annual_rate": "15.01"}},
        "rate_above_cap",
        "/terms/max_annual_rate",
    ),
    ({"valid_from": "2020-01-01"}, "version_in_the_past", "/valid_from"),
    ({"category": "grant"}, "wrong_method", "/terms/method"),
    ({"terms": {**EXAMPLE_TERMS, "max_annual_rate": "1.00"}}, "invalid_request", "/terms"),
    (
        {"terms": {**EXAMPLE_TERMS, "allocation_order": ["interest", "interest", "principal"]}},
        "invalid_request",
        "/terms",
    ),
    ({"terms": {**EXAMPLE_TERMS, "method": "interest_free"}}, "invalid_request", "/terms"),
    ({"code": "lower"}, "invalid_request", "/code"),
]


async def test_terms_that_cannot_be_are_refused(department: Caller) -> None:
    for changes, code, pointer in REFUSED:
        answer = await department.post("/v1/fund-products", {**PRODUCT, **changes})
        assert refused(answer, 422, code) == [pointer]


async def test_only_the_department_adds_products(officer: Caller, reader: Caller) -> None:
    province = officer.only({"funds:read", "funds:approve"}).where("34")
    refused(await province.post("/v1/fund-products", PRODUCT), 403, "department_only")
    refused(await reader.post("/v1/fund-products", PRODUCT), 403, "scope_missing")


async def test_terms_of_no_product_are_refused(department: Caller) -> None:
    answer = await department.post("/v1/fund-products/01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30/versions", VERSION)
    refused(answer, 404, "product_not_found")
