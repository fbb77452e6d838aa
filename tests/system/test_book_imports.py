"""An old book comes in through the gateway: sent by who may send it, posted by who may post it."""

from typing import Any
from uuid import uuid4

import pytest

from tools.demo.api import House, Refused

VILLAGE, TAMBON = "34190405", "341522"
ROOT = "/v1/book-imports"
SENDERS = ("tambon341904", "district3419")
OTHERS = ("province34", "auditor", "department", "chair3419")


@pytest.fixture(scope="module")
def fund(house: House) -> str:
    """Register a village's fund, whose books are empty."""
    listed = house.client.get("/v1/funds", area=VILLAGE, kind="poverty")["items"]
    body = {"kind": "poverty", "name_th": "กข.คจ. บ้านทดสอบ", "area_code": VILLAGE}
    return str((listed or [house.client.post("/v1/funds", body)])[0]["id"])


def begin(house: House, who: str, fund: str) -> Any:
    return house.person(who).post(ROOT, {"fund_id": fund, "cut_off_on": "2025-09-30"})


def test_district_and_tambon_officers_import_books_and_nobody_else(house: House, fund: str) -> None:
    for who in OTHERS:
        with pytest.raises(Refused) as refused:
            begin(house, who, fund)
        assert (refused.value.status, refused.value.code) == (403, "scope_missing")
    for who in SENDERS:
        made = begin(house, who, fund)
        assert made["created_by"] == house.subject(who)
        house.person(who).post(f"{ROOT}/{made['id']}/cancel", {})


def test_who_keeps_a_womens_funds_books_proposes_entries_and_somebody_else_posts_them(house: House) -> None:
    listed = house.client.get("/v1/funds", area=TAMBON, kind="womens")["items"]
    body = {"kind": "womens", "name_th": "กองทุนสตรีตำบลทดสอบ", "area_code": TAMBON}
    fund = str((listed or [house.client.post("/v1/funds", body)])[0]["id"])
    money = {"contributed_on": "2025-09-01", "amount": "100.00", "origin": "state", "held_as": "bank"}
    house.client.post(f"/v1/funds/{fund}/capital", {**money, "document_no": f"พช {uuid4().hex[:8]}"})
    writer, second = house.person("fund341522-1"), house.person("fund341522-2")
    lines = [{"account": "1000", "debit": "5.00"}, {"account": "1010", "credit": "5.00"}]
    entry = {"kind": "transfer", "business_date": "2025-09-02", "memo": "ถอนเงิน", "lines": lines}
    path = f"/v1/ledgers/{fund}/adjustments"
    made = writer.post(path, entry)
    decision = {"decision": "post"}
    with pytest.raises(Refused) as refused:
        writer.post(f"{path}/{made['id']}/decision", decision)
    assert refused.value.status == 403
    assert second.post(f"{path}/{made['id']}/decision", decision)["state"] == "posted"
    with pytest.raises(Refused) as refused:  # the district reads books and writes none
        house.person("district3415").post(path, entry)
    assert refused.value.code == "scope_missing"


def test_a_tambon_officer_imports_in_her_own_tambon_and_posts_nothing(house: House, fund: str) -> None:
    made = begin(house, "tambon341904", fund)
    address = f"{ROOT}/{made['id']}"
    with pytest.raises(Refused) as refused:
        house.person("tambon341904").post(f"{address}/post", {})
    assert refused.value.code == "scope_missing"
    with pytest.raises(Refused) as refused:  # the district may; there is nothing to post yet
        house.person("district3419").change("POST", f"{address}/post", of=address)
    assert refused.value.code == "book_not_ready"
    with pytest.raises(Refused) as refused:
        house.person("district3415").get(address)
    assert refused.value.code == "book_import_not_found"
    house.person("tambon341904").post(f"{ROOT}/{made['id']}/cancel", {})
