"""Mobile clinics: a complete team of the day, planned cases of the district, advice that treats them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.clinics.rules import twice
from shared.db import Database
from shared.testing.caller import Caller
from tests.problem_cases.cure import Cure, a_sick_fund

ADVICE = {"attended": 14, "advice": "ทำหนังสือรับสภาพหนี้ 9 ราย"}


@pytest.fixture
def chief(officer: Caller) -> Caller:
    """Call as the district's chief."""
    return officer.may("funds:write", "loans:read", "debtors:write").where("3419")


@pytest.fixture
def cure(chief: Caller) -> Cure:
    """Take the steps of a case."""
    return Cure(chief)


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


def number_of(case: str) -> str:
    return case.rpartition("/")[2]


@given(st.lists(st.lists(st.integers(0, 5))))
def test_a_fund_stands_at_one_stop_when_nothing_stands_twice(stops: list[list[int]]) -> None:
    everything = [case for stop in stops for case in stop]
    assert len(twice(stops)) == len(everything) - len(set(everything))


async def test_a_stop_groups_the_funds_of_several_villages_and_each_gets_its_advice(
    cure: Cure, chief: Caller, database: Database
) -> None:
    cases = [
        await cure.planned((await a_sick_fund(database, number=1, area_code=area)).fund)
        for area in ("34190201", "34190202")
    ]
    clinic = await cure.clinic(*cases, team_id=await cure.team("3419"), district="3419")
    seen = (await chief.get(f"/v1/{clinic}")).json()
    assert [one["area_code"] for one in seen["stops"][0]["cases"]] == ["34190201", "34190202"]
    held = await cure.post(f"{clinic}/cases/{number_of(cases[0])}/advice", ADVICE)
    assert (held["state"], held["version"]) == ("held", 2)
    assert (await chief.get(f"/v1/{cases[0]}")).json()["state"] == "treated"
    assert (await chief.get(f"/v1/{cases[1]}")).json()["state"] == "planned"
    again = await cure.post(f"{clinic}/cases/{number_of(cases[0])}/advice", {**ADVICE, "attended": 15})
    assert again["stops"][0]["cases"][0]["attended"] == 15
    came = (await chief.get("/v1/clinics", case_id=number_of(cases[1]), count="true")).json()
    assert (came["total"], came["items"][0]["id"]) == (1, number_of(clinic))
    refused(await chief.post(f"/v1/{clinic}/cancellation", {"reason": "x"}), 409, "clinic_not_planned")
    refused(await chief.patch(f"/v1/{clinic}", {"title": "อื่น"}, if_match="*"), 409, "clinic_not_planned")


async def test_who_works_in_a_village_sees_the_clinic_and_her_own_funds_only(
    cure: Cure, chief: Caller, database: Database
) -> None:
    cases = [
        await cure.planned((await a_sick_fund(database, number=1, area_code=area)).fund)
        for area in ("34190201", "34190202")
    ]
    clinic = await cure.clinic(*cases, team_id=await cure.team("3419"), district="3419")
    village = chief.where("34190202")
    seen = (await village.get(f"/v1/{clinic}")).json()
    assert [one["case_id"] for one in seen["stops"][0]["cases"]] == [number_of(cases[1])]
    refused(await village.patch(f"/v1/{clinic}", {"title": "x"}, if_match="*"), 403, "district_not_yours")
    refused(await village.post(f"/v1/{clinic}/cancellation", {"reason": "x"}), 403, "district_not_yours")
    theirs = await village.post(f"/v1/{clinic}/cases/{number_of(cases[0])}/advice", ADVICE)
    refused(theirs, 404, "problem_case_not_found")
    for stranger in (chief.where("3415"), chief.where()):
        refused(await stranger.get(f"/v1/{clinic}"), 404, "clinic_not_found")
        refused(await stranger.patch(f"/v1/{clinic}", {"title": "x"}, if_match="*"), 404, "clinic_not_found")
        refused(await stranger.post(f"/v1/{clinic}/cancellation", {"reason": "x"}), 404, "clinic_not_found")
        assert (await stranger.get("/v1/clinics")).json()["items"] == []


async def test_a_clinic_needs_the_districts_team_of_the_day_and_planned_cases(
    cure: Cure, chief: Caller, database: Database
) -> None:
    planned = await cure.planned((await a_sick_fund(database, number=1, area_code="34190201")).fund)
    opened = await cure.opened((await a_sick_fund(database, number=1, area_code="34190202")).fund)
    team_id = await cure.team("3419", valid_from=date(2026, 5, 1))
    body: dict[str, Any] = {
        "district": "3419",
        "held_on": "2026-05-12",
        "title": "คลินิก",
        "team_id": team_id,
        "agenda": ["ชี้แจง"],
        "stops": [{"place": "ศาลา", "cases": [number_of(planned)]}],
    }

    async def refusal(**changes: Any) -> tuple[str, list[str]]:
        answer = await chief.post("/v1/clinics", {**body, **changes})
        assert answer.status_code == 422, answer.text
        return answer.json()["code"], [error["pointer"] for error in answer.json()["errors"]]

    assert await refusal(held_on="2026-04-30") == ("team_not_of_the_day", ["/team_id"])
    assert await refusal(team_id=number_of(planned)) == ("team_not_of_the_day", ["/team_id"])
    stop = {"place": "ศาลา", "cases": [number_of(planned), number_of(opened)]}
    assert await refusal(stops=[stop]) == ("case_not_for_clinic", ["/stops/0/cases/1"])
    stops = [body["stops"][0], body["stops"][0]]
    assert await refusal(stops=stops) == ("case_at_two_stops", ["/stops/1/cases/0"])
    assert await refusal(stops=[]) == ("invalid_request", ["/stops"])
    assert await refusal(agenda=[]) == ("invalid_request", ["/agenda"])
    refused(await chief.where("341902").post("/v1/clinics", body), 403, "district_not_yours")
    made = await chief.post("/v1/clinics", body)
    assert made.status_code == 201
    refused(await chief.post("/v1/clinics", {**body, "id": made.json()["id"]}), 409, "clinic_exists")


async def test_a_planned_clinic_is_moved_regrouped_and_cancelled(
    cure: Cure, chief: Caller, database: Database
) -> None:
    cases = [
        await cure.planned((await a_sick_fund(database, number=1, area_code=area)).fund)
        for area in ("34190201", "34190202")
    ]
    clinic = await cure.clinic(cases[0], team_id=await cure.team("3419"), district="3419")
    stops = [{"place": place, "cases": [number_of(case)]} for place, case in zip("กข", cases, strict=True)]
    moved = await chief.patch(f"/v1/{clinic}", {"held_on": "2026-05-19", "stops": stops}, if_match='"1"')
    assert moved.status_code == 200, moved.text
    assert (moved.json()["held_on"], [stop["number"] for stop in moved.json()["stops"]]) == (
        "2026-05-19",
        [1, 2],
    )
    refused(await chief.patch(f"/v1/{clinic}", {"title": "x"}, if_match='"1"'), 412, "stale_version")
    early = await chief.patch(f"/v1/{clinic}", {"held_on": "2020-05-19"}, if_match="*")
    assert refused(early, 422, "team_not_of_the_day") == ["/team_id"]
    cancelled = await chief.post(f"/v1/{clinic}/cancellation", {"reason": "น้ำท่วม"})
    assert (cancelled.json()["state"], cancelled.json()["state_reason"]) == ("cancelled", "น้ำท่วม")
    advice = await chief.post(f"/v1/{clinic}/cases/{number_of(cases[0])}/advice", ADVICE)
    refused(advice, 409, "clinic_cancelled")


async def test_nobody_is_advised_before_the_day_nor_at_a_clinic_she_does_not_come_to(
    cure: Cure, chief: Caller, database: Database
) -> None:
    cases = [
        await cure.planned((await a_sick_fund(database, number=1, area_code=area)).fund)
        for area in ("34190201", "34190202")
    ]
    clinic = await cure.clinic(
        cases[0], team_id=await cure.team("3419"), district="3419", held_on="2149-05-12"
    )
    advice = f"/v1/{clinic}/cases/{number_of(cases[0])}/advice"
    refused(await chief.post(advice, ADVICE), 409, "clinic_not_yet")
    refused(
        await chief.post(f"/v1/{clinic}/cases/{number_of(cases[1])}/advice", ADVICE), 404, "not_at_clinic"
    )
    assert refused(await chief.post(advice, {**ADVICE, "advice": ""}), 422, "invalid_request") == ["/advice"]


async def test_clinics_are_taken_away_with_what_came_of_the_callers_funds(
    cure: Cure, chief: Caller, database: Database
) -> None:
    cases = [
        await cure.planned((await a_sick_fund(database, number=1, area_code=area)).fund)
        for area in ("34190201", "34190202")
    ]
    clinic = await cure.clinic(*cases, team_id=await cure.team("3419"), district="3419")
    for number, case in enumerate(cases, 1):
        await cure.post(f"{clinic}/cases/{number_of(case)}/advice", {**ADVICE, "attended": 10 * number})
    csv = {"headers": {"Accept": "text/csv", "Accept-Language": "en"}}
    refused(await chief.request("GET", "/v1/clinics", **csv), 403, "scope_missing")
    for caller, counts in (
        (chief, ["1", "2", "2", "30"]),
        (chief.where("34190202"), ["1", "1", "1", "20"]),
        (chief.where("34190303"), ["1", "0", "0", "0"]),
    ):
        file = await caller.may("export").request("GET", "/v1/clinics", **csv)
        heading, *lines = [line.split(",") for line in file.text.splitlines()]
        assert heading[6:10] == ["stops", "funds", "advised", "attended"]
        assert [(line[0], line[1], line[6:10]) for line in lines] == [(number_of(clinic), "3419", counts)]
    other = await chief.where("3415").may("export").request("GET", "/v1/clinics", **csv)
    assert len(other.text.splitlines()) == 1
