"""Move for Fund teams: four roles, four persons, one standing team a district."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.fund_teams.rules import TeamRole, districts, missing, repeated
from shared.testing.caller import Caller
from tests.problem_cases.cure import TEAM

PATH = "/v1/fund-teams"
BODY = {"district": "3419", "valid_from": "2025-10-01", "members": TEAM}


@pytest.fixture
def chief(officer: Caller) -> Caller:
    """Call as the district's chief."""
    return officer.may("funds:write").where("3419")


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


@given(st.lists(st.sampled_from(TeamRole)))
def test_a_role_is_missing_exactly_when_nobody_has_it(roles: list[TeamRole]) -> None:
    assert set(missing(roles)) == set(TeamRole) - set(roles)


def test_nobody_is_no_person_who_could_stand_twice() -> None:
    assert repeated([None, "a", None, "a", "b", "a"]) == [3, 5]


def test_who_works_in_a_village_works_in_its_district() -> None:
    assert districts(["34190201", "341903", "34", ""]) == ("", "34", "3419")


async def test_a_team_has_four_roles_and_stands_until_its_last_day(chief: Caller) -> None:
    made = await chief.post(PATH, BODY)
    assert (made.status_code, len(made.json()["members"]), made.json()["district"]) == (201, 4, "3419")
    one = f"{PATH}/{made.json()['id']}"
    assert (await chief.get(one)).json() == made.json()
    refused(await chief.post(PATH, BODY), 409, "fund_team_stands")
    ended = await chief.patch(one, {"valid_to": "2026-09-30"}, if_match='"1"')
    assert (ended.status_code, ended.headers["etag"]) == (200, '"2"')
    later = await chief.post(PATH, {**BODY, "valid_from": "2026-10-01"})
    assert later.status_code == 201
    on = (await chief.get(PATH, on="2026-09-30", count="true")).json()
    assert ([team["id"] for team in on["items"]], on["total"]) == ([made.json()["id"]], 1)
    refused(await chief.patch(one, {"valid_to": None}, if_match='"2"'), 409, "fund_team_stands")
    refused(
        await chief.post(PATH, {**BODY, "id": made.json()["id"], "district": "3419"}), 409, "fund_team_exists"
    )


@pytest.mark.parametrize(
    ("changes", "code", "pointers"),
    [
        ({"members": TEAM[:3]}, "fund_team_incomplete", ["/members"]),
        ({"members": [*TEAM[:3], TEAM[0]]}, "fund_team_incomplete", ["/members"]),
        ({"members": [*TEAM, TEAM[0]]}, "fund_team_incomplete", ["/members"]),
        (
            {"members": [*TEAM[:3], {**TEAM[3], "display_name": TEAM[0]["display_name"]}]},
            "team_person_twice",
            ["/members/3/display_name"],
        ),
        (
            {"members": [{**one, "subject": "user:same"} for one in TEAM]},
            "team_person_twice",
            [f"/members/{at}/subject" for at in (1, 2, 3)],
        ),
        ({"members": [*TEAM[:3], {**TEAM[3], "role": "boss"}]}, "invalid_request", ["/members/3/role"]),
        ({"district": "9999"}, "unknown_district", ["/district"]),
        ({"district": "341902"}, "invalid_request", ["/district"]),
    ],
)
async def test_a_team_that_is_none_is_refused(
    chief: Caller, changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    assert refused(await chief.post(PATH, {**BODY, **changes}), 422, code) == pointers
    assert (await chief.get(PATH)).json()["items"] == []


async def test_members_change_all_four_at_once(chief: Caller) -> None:
    one = f"{PATH}/{(await chief.post(PATH, BODY)).json()['id']}"
    newcomer = [{**TEAM[0], "display_name": "นางใหม่ ขยัน"}, *TEAM[1:]]
    changed = await chief.patch(one, {"members": newcomer}, if_match='"1"')
    assert "นางใหม่ ขยัน" in {member["display_name"] for member in changed.json()["members"]}
    refused(await chief.patch(one, {"members": TEAM[:2]}, if_match='"2"'), 422, "fund_team_incomplete")
    refused(
        await chief.patch(one, {"valid_to": "2025-01-01"}, if_match='"2"'), 422, "fund_team_ends_before_start"
    )
    refused(await chief.patch(one, {"valid_to": "2026-01-01"}, if_match='"1"'), 412, "stale_version")


async def test_who_works_in_a_tambon_sees_the_districts_team_and_does_not_change_it(chief: Caller) -> None:
    one = f"{PATH}/{(await chief.post(PATH, BODY)).json()['id']}"
    tambon = chief.where("341902")
    assert (await tambon.get(one)).status_code == 200
    assert len((await tambon.get(PATH)).json()["items"]) == 1
    refused(await tambon.patch(one, {"valid_to": "2026-09-30"}, if_match="*"), 403, "district_not_yours")
    refused(await tambon.post(PATH, BODY), 403, "district_not_yours")
    for stranger in (chief.where("3415"), chief.where()):
        refused(await stranger.get(one), 404, "fund_team_not_found")
        refused(
            await stranger.patch(one, {"valid_to": "2026-09-30"}, if_match="*"), 404, "fund_team_not_found"
        )
        assert (await stranger.get(PATH)).json()["items"] == []


async def test_teams_are_taken_away_with_the_person_of_each_role(chief: Caller) -> None:
    made = (await chief.post(PATH, BODY)).json()
    csv = {"headers": {"Accept": "text/csv", "Accept-Language": "en"}}
    refused(await chief.request("GET", PATH, **csv), 403, "scope_missing")
    file = await chief.may("export").request("GET", PATH, **csv)
    heading, line = (one.split(",") for one in file.text.splitlines())
    told = dict(zip(heading, line, strict=True))
    assert (told["id"], told["district"]) == (made["id"], made["district"])
    for member in TEAM:
        assert told[member["role"]] == member["display_name"]
    other = await chief.where("3415").may("export").request("GET", PATH, **csv)
    assert len(other.text.splitlines()) == 1
