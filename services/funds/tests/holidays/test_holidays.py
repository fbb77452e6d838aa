"""Calendars: Thailand's holidays, what an area sets, and what it takes back."""

from datetime import date
from typing import Any

import pytest

from funds.holidays.rules import Calendar, national
from shared.testing.caller import Caller


@pytest.fixture
def clerk(officer: Caller) -> Caller:
    return officer.only({"funds:read", "funds:write"}).where("34")


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_songkran_is_a_holiday_and_a_day_that_an_area_works_on_is_not() -> None:
    songkran = date(2027, 4, 14)
    assert songkran in Calendar()
    assert national(2027)[songkran] == "วันสงกรานต์"
    assert songkran not in Calendar({songkran: False})
    assert date(2027, 4, 20) in Calendar({date(2027, 4, 20): True})
    assert "2027-04-14" not in Calendar()


async def test_a_day_is_set_shown_and_taken_back(clerk: Caller) -> None:
    body = {"on_date": "2027-07-01", "area_code": "3415", "name_th": "วันหยุดพิเศษของอำเภอ"}
    added = await clerk.post("/v1/fund-holidays", body)
    assert added.status_code == 201, added.text
    assert added.headers["etag"] == '"1"'
    listed = (await clerk.get("/v1/fund-holidays", area="34", since="2027-01-01", until="2027-12-31")).json()
    assert [one["on_date"] for one in listed["items"]] == ["2027-07-01"]
    within = (await clerk.get("/v1/fund-holidays/calendar/2027", area="341501")).json()["items"]
    assert {"on_date": "2027-07-01", "name": "วันหยุดพิเศษของอำเภอ", "national": False} in within
    outside = (await clerk.get("/v1/fund-holidays/calendar/2027", area="3401")).json()["items"]
    assert not [one for one in outside if one["on_date"] == "2027-07-01"]
    path = f"/v1/fund-holidays/{added.json()['id']}"
    refused(await clerk.request("DELETE", path), 428, "version_required")
    refused(await clerk.request("DELETE", path, headers={"If-Match": '"2"'}), 412, "stale_version")
    other = clerk.where("33")
    refused(await other.request("DELETE", path, headers={"If-Match": '"1"'}), 403, "holiday_area_not_yours")
    assert (await clerk.request("DELETE", path, headers={"If-Match": '"1"'})).status_code == 204
    refused(await clerk.request("DELETE", path, headers={"If-Match": '"1"'}), 404, "holiday_not_found")


async def test_the_word_of_the_smaller_area_counts(clerk: Caller) -> None:
    for area, closed in (("34", True), ("3415", False)):
        body = {"on_date": "2027-07-02", "area_code": area, "closed": closed, "name_th": "วันหยุดจังหวัด"}
        assert (await clerk.post("/v1/fund-holidays", body)).status_code == 201
    for area, closed in (("3401", True), ("341501", False)):
        items = (await clerk.get("/v1/fund-holidays/calendar/2027", area=area)).json()["items"]
        assert ("2027-07-02" in [one["on_date"] for one in items]) is closed


async def test_a_day_is_set_once_and_only_in_ones_own_area(clerk: Caller) -> None:
    body = {"on_date": "2027-07-05", "area_code": "34", "name_th": "วันหยุดพิเศษ"}
    assert (await clerk.post("/v1/fund-holidays", body)).status_code == 201
    refused(await clerk.post("/v1/fund-holidays", body), 409, "holiday_exists")
    refused(await clerk.post("/v1/fund-holidays", {**body, "area_code": "33"}), 403, "holiday_area_not_yours")
    refused(await clerk.post("/v1/fund-holidays", {**body, "area_code": None}), 403, "holiday_area_not_yours")
    reader = clerk.only({"funds:read"})
    refused(await reader.post("/v1/fund-holidays", body), 403, "scope_missing")


async def test_the_list_goes_on_where_it_ended(clerk: Caller) -> None:
    for day in ("2028-01-04", "2028-01-05", "2028-01-06"):
        body = {"on_date": day, "area_code": "34", "name_th": "วันหยุดพิเศษ"}
        assert (await clerk.post("/v1/fund-holidays", body)).status_code == 201
    first = (await clerk.get("/v1/fund-holidays", limit="2", since="2028-01-01")).json()
    rest = (await clerk.get("/v1/fund-holidays", limit="2", since="2028-01-01", cursor=first["next"])).json()
    days = [one["on_date"] for one in [*first["items"], *rest["items"]]]
    assert days == ["2028-01-04", "2028-01-05", "2028-01-06"]
    assert rest["next"] is None
