"""A savings group's year through the gateway: saved, withdrawn, shared out, signed, closed; to the satang."""

from typing import Any
from uuid import uuid4

import pytest

from tools.demo.api import Caller, House, Refused

Row = dict[str, Any]
YEAR = ("2025-01-01", "2025-12-31")
PLEDGES = ("100.00", "50.00", "200.00")


@pytest.fixture(scope="module")
def savers(house: House) -> tuple[str, list[str]]:
    """Return a savings group of its own with three members, who pledged 100, 50 and 200 baht a month."""
    chair = house.person("fund34190401-1")
    body = {"kind": "savings", "name_th": f"กลุ่มออมทรัพย์ {uuid4().hex[:6]}", "area_code": "34190401"}
    fund = str(chair.post("/v1/funds", body)["id"])
    rules = {
        "valid_from": "2025-01-01",
        "share_value": "10.00",
        "min_pledge": "50.00",
        "min_balance": "100.00",
        "interest_rate": "2.00",
        "withdrawals_per_month": 1,
        "resolution": "มติที่ประชุมใหญ่ 1/2568",
    }
    chair.post(f"/v1/savings/{fund}/rules", rules)
    members = []
    for pledge in PLEDGES:
        joined = {"name": f"นางออม {uuid4().hex[:6]}", "joined_on": "2025-01-02"}
        members.append(str(chair.post(f"/v1/funds/{fund}/members", joined)["id"]))
        said = {"member_id": members[-1], "month_from": "2025-01", "amount": pledge}
        chair.post(f"/v1/savings/{fund}/pledges", said)
    return fund, members


def save_a_year(chair: Caller, fund: str, members: list[str]) -> None:
    """Bring what was pledged and two shares each, every month on the fifth; every sheet sent twice."""
    for month in range(1, 13):
        items = [
            {"id": str(uuid4()), "member_id": one, "savings": pledge, "shares": "20.00"}
            for one, pledge in zip(members, PLEDGES, strict=True)
        ]
        sheet = {
            "month": f"2025-{month:02}",
            "paid_on": f"2025-{month:02}-05",
            "held_as": "cash",
            "document_no": f"ใบสัจจะ {month}/2568",
            "items": items,
        }
        assert chair.post(f"/v1/savings/{fund}/deposits", sheet)["recorded"] == 3
        assert chair.post(f"/v1/savings/{fund}/deposits", sheet)["repeated"] == 3


def test_a_savings_group_keeps_its_year_and_closes_it(house: House, savers: tuple[str, list[str]]) -> None:
    """805,900 baht-days at 2 % are 44.16, and the parts of it sum; nobody signs what she wrote."""
    chair, treasurer = house.person("fund34190401-1"), house.person("fund34190401-2")
    fund, members = savers
    home = f"/v1/savings/{fund}"
    save_a_year(chair, fund, members)
    out = {"member_id": members[2], "paid_on": "2025-12-10", "held_as": "cash"}
    with pytest.raises(Refused, match=" under_minimum_balance:"):
        chair.post(f"{home}/withdrawals", {**out, "savings": "2301.00", "document_no": "ถอน 1"})
    chair.post(f"{home}/withdrawals", {**out, "savings": "500.00", "document_no": "ถอน 1"})
    with pytest.raises(Refused, match=" too_many_withdrawals:"):
        chair.post(f"{home}/withdrawals", {**out, "savings": "1.00", "document_no": "ถอน 2"})
    asked = {"kind": "interest", "period_from": YEAR[0], "period_to": YEAR[1], "resolution": "มติ 1/2569"}
    proposed = chair.post(f"{home}/distributions", asked)
    assert proposed["amount"] == "44.16"
    shares = chair.every(f"{home}/distributions/{proposed['id']}/parts")
    assert [one["amount"] for one in shares] == ["12.79", "6.39", "24.98"]
    decision = {"json": {"decision": "post", "posted_on": YEAR[1]}, "headers": {"If-Match": '"1"'}}
    posting = f"{home}/distributions/{proposed['id']}/decision"
    with pytest.raises(Refused, match=" own_distribution:"):
        chair.call("POST", posting, **decision)
    treasurer.call("POST", posting, **decision)
    sheet = chair.post(f"{home}/sheets/annual", {"on_day": YEAR[1]})
    assert (sheet["savings"], sheet["shares"]) == ("3744.16", "720.00")
    signing = f"{home}/sheets/{sheet['id']}/signature"
    with pytest.raises(Refused, match=" own_sheet:"):
        chair.call("POST", signing, headers={"If-Match": '"1"'})
    treasurer.call("POST", signing, headers={"If-Match": '"1"'})
    closed = treasurer.post(f"/v1/ledgers/{fund}/periods", {"period_to": YEAR[1], "kind": "year"})
    assert closed["debit"] == closed["credit"]
    late = {"month": "2025-12", "paid_on": "2025-12-30", "held_as": "cash", "document_no": "ใบสัจจะ 13"}
    with pytest.raises(Refused, match=" period_closed:"):
        chair.post(
            f"{home}/deposits",
            {**late, "items": [{"id": str(uuid4()), "member_id": members[0], "savings": "100.00"}]},
        )
    balances = {one["account"]: one["balance"] for one in trial_balance(house, fund)}
    assert balances["2200"] == "3744.16"
    assert balances["3100"] == "720.00"
    assert balances["1000"] == "4420.00"


def trial_balance(house: House, fund: str) -> list[Row]:
    """Return a fund's trial balance at the year's end, as the auditor reads it."""
    found: list[Row] = house.person("auditor").get(f"/v1/ledgers/{fund}/trial-balance", on=YEAR[1])["rows"]
    return found
