"""Who lives with whom, from when to when: joining, leaving, moving, splitting, dying."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

TODAY = clock.business_date(clock.now())  # it may be yesterday by the time a test asks
VILLAGE, NEXT_VILLAGE = "34110209", "34110210"


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def person(name: str, **facts: Any) -> dict[str, Any]:
    return {"first_name": name, "last_name": "ใจดี", "birth_date": "1980-01-01", **facts}


async def settle(caller: Caller, *relations: str, village: str = VILLAGE) -> dict[str, Any]:
    """Register a household whose members have been there for 100 days."""
    members = [
        {"relation": relation, "person": person(f"มานะ{'ก' * at}"), "valid_from": day(100)}
        for at, relation in enumerate(relations)
    ]
    answer = await caller.post("/v1/households", {"village_code": village, "members": members})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_person_belongs_to_one_household_at_a_time(officer: Caller) -> None:
    here, there = await settle(officer, "head", "child"), await settle(officer, "head")
    child = here["members"][1]["id"]
    path = f"/v1/households/{there['id']}/members"
    refused = await officer.post(path, {"relation": "child", "person_id": child})
    assert (refused.status_code, refused.json()["code"]) == (409, "overlapping_membership")
    joined = await officer.post(path, {"relation": "child", "person_id": child, "end_previous": True})
    assert joined.status_code == 201
    assert child in [member["id"] for member in joined.json()["members"]]
    left = (await officer.get(f"/v1/households/{here['id']}")).json()
    assert [member["relation"] for member in left["members"]] == ["head"]
    history = (await officer.get(f"/v1/persons/{child}")).json()["memberships"]
    assert [(one["household_id"], one["end_reason"]) for one in history] == [
        (there["id"], None),
        (here["id"], "moved"),
    ]


async def test_a_past_membership_cannot_be_laid_over_another(officer: Caller) -> None:
    here, there = await settle(officer, "head", "child"), await settle(officer, "head")
    child = here["members"][1]["id"]
    await officer.post(f"/v1/households/{here['id']}/members/{child}/leave", {"left_on": day(10)})
    path = f"/v1/households/{there['id']}/members"
    too_early = await officer.post(path, {"relation": "child", "person_id": child, "valid_from": day(11)})
    assert too_early.json()["code"] == "overlapping_membership"
    just_right = await officer.post(path, {"relation": "child", "person_id": child, "valid_from": day(10)})
    assert just_right.status_code == 201


async def test_a_second_head_is_refused(officer: Caller) -> None:
    here = await settle(officer, "head")
    answer = await officer.post(
        f"/v1/households/{here['id']}/members", {"relation": "head", "person": person("สมชาย")}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "double_head")


async def test_another_member_becomes_head_and_the_former_one_stays(officer: Caller) -> None:
    here = await settle(officer, "head", "child")
    head, child = (member["id"] for member in here["members"])
    answer = await officer.post(
        f"/v1/households/{here['id']}/head", {"person_id": child, "former_head_is": "parent"}
    )
    assert {member["id"]: member["relation"] for member in answer.json()["members"]} == {
        child: "head",
        head: "parent",
    }
    stranger = await officer.post(f"/v1/households/{here['id']}/head", {"person_id": str(uuid4())})
    assert stranger.json()["code"] == "membership_not_found"


async def test_the_last_member_leaving_closes_the_household(officer: Caller) -> None:
    here = await settle(officer, "head")
    path = f"/v1/households/{here['id']}/members/{here['members'][0]['id']}/leave"
    assert (await officer.post(path, {"left_on": day(0)})).json()["status"] == "closed"
    listed = (await officer.get("/v1/households")).json()["items"]
    assert listed == []
    mirrored = (await officer.get("/v1/households", updated_since="2020-01-01T00:00:00Z")).json()["items"]
    assert [one["status"] for one in mirrored] == ["closed"]
    again = await officer.post(path, {"left_on": day(0)})
    assert again.json()["code"] == "household_not_active"


@pytest.mark.parametrize(("left_on", "code"), [(day(-2), "date_in_future"), (day(101), "date_before_start")])
async def test_a_member_leaves_between_joining_and_today(officer: Caller, left_on: str, code: str) -> None:
    here = await settle(officer, "head", "child")
    path = f"/v1/households/{here['id']}/members/{here['members'][1]['id']}/leave"
    answer = await officer.post(path, {"left_on": left_on})
    assert answer.status_code == 422
    assert [(error["code"], error["pointer"]) for error in answer.json()["errors"]] == [(code, "/left_on")]


async def test_a_move_takes_the_members_along_and_is_told_to_others(
    officer: Caller, database: Database
) -> None:
    here = await settle(officer, "head", "child")
    path = f"/v1/households/{here['id']}/move"
    answer = await officer.post(path, {"village_code": NEXT_VILLAGE, "moved_on": day(1)})
    moved = answer.json()
    assert (moved["village_code"], moved["version"]) == (NEXT_VILLAGE, 2)
    assert {member["village_code"] for member in moved["members"]} == {NEXT_VILLAGE}
    (event,) = await rows(database, "SELECT * FROM outbox WHERE type = 'households.household.moved.v1'")
    assert event["sequence"] == 2
    assert (event["data"]["from_village_code"], event["data"]["village_code"]) == (VILLAGE, NEXT_VILLAGE)
    same = await officer.post(path, {"village_code": NEXT_VILLAGE, "moved_on": day(1)})
    assert (same.status_code, same.json()["code"]) == (409, "same_village")


@pytest.mark.parametrize(
    ("village", "moved_on", "code"),
    [
        ("34190101", day(1), "area_not_yours"),
        ("34119901", day(1), "unknown_area"),
        (NEXT_VILLAGE, day(-2), "date_in_future"),
    ],
)
async def test_a_household_moves_only_within_the_callers_areas_and_not_tomorrow(
    officer: Caller, village: str, moved_on: str, code: str
) -> None:
    here = await settle(officer, "head")
    answer = await officer.post(
        f"/v1/households/{here['id']}/move", {"village_code": village, "moved_on": moved_on}
    )
    assert code in {answer.json()["code"], *(error["code"] for error in answer.json()["errors"])}
    assert (await officer.get(f"/v1/households/{here['id']}")).json()["village_code"] == VILLAGE


async def test_a_split_leaves_both_households_with_their_people(officer: Caller, database: Database) -> None:
    here = await settle(officer, "head", "child", "grandchild")
    _, child, grandchild = (member["id"] for member in here["members"])
    answer = await officer.post(
        f"/v1/households/{here['id']}/split",
        {
            "split_on": day(3),
            "house_no": "9",
            "members": [
                {"person_id": child, "relation": "head"},
                {"person_id": grandchild, "relation": "child"},
            ],
        },
    )
    assert answer.status_code == 201, answer.text
    assert [member["id"] for member in answer.json()["members"]] == [child, grandchild]
    left = (await officer.get(f"/v1/households/{here['id']}")).json()
    assert [member["relation"] for member in left["members"]] == ["head"]
    registered = await rows(
        database, "SELECT subject FROM outbox WHERE type = 'households.household.registered.v1'"
    )
    assert [str(row["subject"]) for row in registered] == [here["id"], answer.json()["id"]]


async def test_nobody_left_behind_is_a_move_and_not_a_split(officer: Caller) -> None:
    here = await settle(officer, "head")
    answer = await officer.post(
        f"/v1/households/{here['id']}/split",
        {"split_on": day(0), "members": [{"person_id": here["members"][0]["id"], "relation": "head"}]},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_left")


async def test_a_death_ends_the_membership_and_a_dead_head_leaves_a_household_that_needs_one(
    officer: Caller, database: Database
) -> None:
    here = await settle(officer, "head", "child")
    head = here["members"][0]["id"]
    answer = await officer.post(f"/v1/persons/{head}/death", {"died_on": day(2)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["household_needs_head"] is True
    after = (await officer.get(f"/v1/households/{here['id']}")).json()
    assert after["needs_head"] is True
    assert [member["relation"] for member in after["members"]] == ["child"]
    listed = (await officer.get("/v1/households", needs_head="true")).json()["items"]
    assert [one["id"] for one in listed] == [here["id"]]
    (event,) = await rows(database, "SELECT * FROM outbox WHERE type = 'households.person.died.v1'")
    assert str(event["subject"]) == head
    assert event["data"]["household_id"] == here["id"]
    again = await officer.post(f"/v1/persons/{head}/death", {"died_on": day(2)})
    assert (again.status_code, again.json()["code"]) == (409, "already_dead")


@pytest.mark.parametrize(
    ("died_on", "code"), [(day(-2), "date_in_future"), ("1979-12-31", "death_before_birth")]
)
async def test_nobody_dies_tomorrow_or_before_being_born(officer: Caller, died_on: str, code: str) -> None:
    here = await settle(officer, "head")
    answer = await officer.post(f"/v1/persons/{here['members'][0]['id']}/death", {"died_on": died_on})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]


async def test_the_dead_join_no_household(officer: Caller) -> None:
    here, there = await settle(officer, "head", "child"), await settle(officer, "head")
    child = here["members"][1]["id"]
    await officer.post(f"/v1/persons/{child}/death", {"died_on": day(2)})
    answer = await officer.post(
        f"/v1/households/{there['id']}/members", {"relation": "child", "person_id": child}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "person_dead")


async def test_a_late_reported_death_undoes_a_membership_that_began_after_it(
    officer: Caller, database: Database
) -> None:
    here = await settle(officer, "head", "child")
    child = here["members"][1]["id"]
    await officer.post(f"/v1/persons/{child}/death", {"died_on": day(400)})
    (membership,) = await rows(database, "SELECT * FROM memberships WHERE end_reason = 'died'")
    assert membership["valid_to"] == membership["valid_from"]
    assert (await officer.get(f"/v1/persons/{child}")).json()["memberships"] == []


async def test_a_correction_needs_the_version_seen_and_is_kept_in_the_history(officer: Caller) -> None:
    here = await settle(officer, "head")
    path = f"/v1/households/{here['id']}"
    no_version = await officer.request("PATCH", path, json={"house_no": "12"})
    assert no_version.status_code == 428
    changed = await officer.patch(path, {"house_no": "๑๒/๓"}, if_match='"1"')
    assert (changed.json()["house_no"], changed.headers["etag"]) == ("12/3", '"2"')
    stale = await officer.patch(path, {"house_no": "13"}, if_match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    history = (await officer.get(f"{path}/history")).json()["items"]
    assert [(one["kind"], one["version"]) for one in history] == [
        ("household.changed", 2),
        ("household.registered", 1),
    ]
    assert history[0]["detail"] == {"house_no": [None, "12/3"]}
