"""Areas: shipped, listed, searched in Thai with typing mistakes, shown as a tree and on a map."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas import service
from shared import clock
from shared.testing.caller import Caller


async def names(caller: Caller, **filters: Any) -> list[str]:
    answer = await caller.get("/v1/areas", **filters)
    assert answer.status_code == 200, answer.text
    return [area["name"]["th"] for area in answer.json()["items"]]


async def test_the_country_has_77_provinces_928_districts_and_about_7440_tambons(officer: Caller) -> None:
    totals = [
        (await officer.get("/v1/areas", level=level, count="true", limit=1)).json()["total"]
        for level in ("province", "district", "tambon")
    ]
    assert totals[:2] == [77, 928]
    assert 7_400 <= totals[2] <= 7_450


async def test_areas_are_public_also_outside_the_callers_own(officer: Caller) -> None:
    assert await names(officer.where(), area="50", level="province") == ["เชียงใหม่"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("อุบลราชธานี", "34"),
        ("อุบลราชธาณี", "34"),  # another n
        ("จังหวัดอุบลราชธานี", "34"),
        ("ตะการพืดผน", "3411"),  # as it is heard
        ("อ.ตระการพืชผล", "3411"),
        ("เเม่ฮ่องสอน", "58"),  # two sara e instead of sara ae
        ("ubon ratchatani", "34"),
        ("เชียงไหม่", "50"),
    ],
)
async def test_a_name_is_found_in_spite_of_how_it_is_typed(officer: Caller, question: str, code: str) -> None:
    answer = (await officer.get("/v1/areas", q=question)).json()
    assert answer["items"][0]["code"] == code
    assert answer["next"] is None


@pytest.mark.parametrize("question", ["ฏฏฏฏฏฏ", "!!!", "๑๒๓"])
async def test_what_resembles_no_name_finds_nothing(officer: Caller, question: str) -> None:
    assert await names(officer, q=question) == []


async def test_a_search_can_be_narrowed_to_a_level_and_a_province(officer: Caller) -> None:
    answer = (await officer.get("/v1/areas", q="โนน", level="tambon", area="34")).json()["items"]
    assert answer
    assert {(area["level"], area["code"][:2]) for area in answer} == {("tambon", "34")}


async def test_the_pages_of_a_province_are_its_districts_once_each_in_order(officer: Caller) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await officer.get("/v1/areas", parent="34", limit=10, **cursor)).json()
        seen += [area["code"] for area in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == sorted(set(seen))
    assert len(seen) == 25
    assert await names(officer, parent="34", limit=25) == await names(
        officer, area="34", level="district", limit=25
    )


async def test_a_cursor_belongs_to_its_list_and_filters(officer: Caller) -> None:
    cursor = (await officer.get("/v1/areas", parent="34", limit=1)).json()["next"]
    moved = await officer.get("/v1/areas", parent="35", limit=1, cursor=cursor)
    assert (moved.status_code, moved.json()["code"]) == (400, "invalid_cursor")


async def test_a_closed_code_keeps_its_name_dates_and_successors(officer: Caller) -> None:
    area = (await officer.get("/v1/areas/100205")).json()
    assert (area["name"]["th"], area["valid_to"], area["successors"]) == ("บางซื่อ", "2006-01-01", ["102901"])
    listed = (await officer.get("/v1/areas", parent="1002", limit=200)).json()["items"]
    assert "100205" not in [one["code"] for one in listed]
    all_codes = (await officer.get("/v1/areas", parent="1002", closed="true", limit=200)).json()["items"]
    assert "100205" in [one["code"] for one in all_codes]


async def test_a_tree_shows_what_is_above_and_below(officer: Caller) -> None:
    tree = (await officer.get("/v1/areas/3411/tree")).json()
    assert [area["code"] for area in tree["ancestors"]] == ["34"]
    assert tree["area"]["code"] == "3411"
    assert {child["code"][:4] for child in tree["area"]["children"]} == {"3411"}
    deep = (await officer.get("/v1/areas/34/tree", to="tambon")).json()["area"]
    assert {child["level"] for child in deep["children"]} == {"district"}
    assert all(child["children"] for child in deep["children"])


async def test_geojson_has_points_where_they_are_known(officer: Caller) -> None:
    await officer.post(
        "/v1/areas/villages",
        {"villages": [{"code": "34110209", "name_th": "โนนงาม", "lat": 15.3, "lon": 105.1}]},
    )
    accept = {"Accept": "application/geo+json"}
    answer = await officer.request("GET", "/v1/areas?parent=341102", headers=accept)
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert (feature["id"], feature["geometry"]) == (
        "34110209",
        {"type": "Point", "coordinates": [105.1, 15.3]},
    )
    unknown = await officer.request("GET", "/v1/areas/34", headers=accept)
    assert unknown.json()["geometry"] is None


async def test_villages_are_named_by_whoever_is_responsible_for_them(officer: Caller) -> None:
    body = {"villages": [{"code": "34110209", "name_th": "โนนงาม"}]}
    assert (await officer.post("/v1/areas/villages", body)).json() == {
        "added": 1,
        "changed": 0,
        "unchanged": 0,
    }
    assert (await officer.post("/v1/areas/villages", body)).json() == {
        "added": 0,
        "changed": 0,
        "unchanged": 1,
    }
    assert await names(officer, q="บ้านโนนงาม", level="village") == ["โนนงาม"]
    neighbour = await officer.where("3419").post("/v1/areas/villages", body)
    assert neighbour.status_code == 403
    assert [error["code"] for error in neighbour.json()["errors"]] == ["area_not_yours"]
    nowhere = await officer.post("/v1/areas/villages", {"villages": [{"code": "34119901", "name_th": "ไม่มี"}]})
    assert [error["code"] for error in nowhere.json()["errors"]] == ["unknown_area"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/areas/99", 404, "area_not_found"),
        ("/v1/areas/341", 422, "invalid_request"),
        ("/v1/areas/๓๔", 422, "invalid_request"),
        ("/v1/areas?level=moon", 422, "invalid_request"),
        ("/v1/areas?colour=red", 422, "unknown_parameter"),
        ("/v1/areas?limit=201", 422, "invalid_request"),
        ("/v1/areas/34/tree?to=moon", 422, "invalid_request"),
    ],
)
async def test_what_is_not_an_area_is_refused(officer: Caller, path: str, status: int, code: str) -> None:
    answer = await officer.request("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_loading_the_catalogue_again_writes_nothing(session: AsyncSession) -> None:
    assert await service.load_catalogue(session, now=clock.now()) == 0


async def test_loading_the_catalogue_brings_back_what_differs_and_leaves_villages(
    session: AsyncSession,
) -> None:
    await service.register_villages(session, codes=["34110209"], now=clock.now())
    await session.execute(text("UPDATE areas SET name_th = 'ผิด' WHERE code IN ('34', '3411')"))
    await service.load_catalogue(session, now=clock.now())
    shown = await session.execute(
        text("SELECT name_th FROM areas WHERE code IN ('34', '3411', '34110209') ORDER BY 1")
    )
    assert sorted(shown.scalars()) == sorted(["ตระการพืชผล", "หมู่ที่ 9", "อุบลราชธานี"])


async def test_only_villages_of_known_tambons_are_registered(session: AsyncSession) -> None:
    codes = {"34110209", "34110210", "34119901"}
    assert await service.without_tambon(session, codes=codes) == {"34119901"}
    assert await service.register_villages(session, codes=codes - {"34119901"}, now=clock.now()) == 2
    assert await service.register_villages(session, codes=["34110209"], now=clock.now()) == 0
