"""Households found in the field (Re X-ray): registered with their members, whole or not at all."""

from typing import Any
from uuid import uuid4

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

VILLAGE = "34110209"
HEAD = {
    "citizen_id": "1-2345-67890-12-1",
    "prefix": "นาง",
    "first_name": "บุญเรือน",
    "last_name": "สายทอง",
    "sex": "F",
    "birth_date": "1974-02-05",
}


def household(*others: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "village_code": VILLAGE,
        "house_no": "๓๐๘/๘",
        "members": [{"relation": "head", "person": HEAD}, *others],
        **changes,
    }


def child(**changes: Any) -> dict[str, Any]:
    person = {"first_name": "มานะ", "last_name": "สายทอง", "birth_date": "2001-05-01"}
    return {"relation": "child", "person": {**person, **changes}}


async def test_a_household_is_registered_with_its_members_and_told_to_others(
    officer: Caller, database: Database
) -> None:
    answer = await officer.post("/v1/households", household(child()))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"] == f"/v1/households/{body['id']}"
    assert answer.headers["etag"] == '"1"'
    assert body["origin"] == "field"
    assert body["house_no"] == "308/8"
    assert body["needs_head"] is False
    assert [member["relation"] for member in body["members"]] == ["head", "child"]
    events = await rows(database, "SELECT type, subject, data FROM outbox")
    assert [(row["type"], str(row["subject"])) for row in events] == [
        ("households.household.registered.v1", body["id"])
    ]
    assert "1234567890121" not in str(events)


async def test_members_are_masked_also_for_whoever_registered_them(officer: Caller) -> None:
    head = (await officer.post("/v1/households", household())).json()["members"][0]
    assert head["citizen_id"] == "x-xxxx-xxxxx-12-1"
    assert head["birth_year"] == 1974
    assert "birth_date" not in head


async def test_a_citizen_id_is_stored_only_encrypted_and_indexed(officer: Caller, database: Database) -> None:
    await officer.post("/v1/households", household())
    (person,) = await rows(database, "SELECT * FROM persons")
    assert "1234567890121" not in str(dict(person))
    assert len(person["citizen_id_index"]) == 32


async def test_the_client_may_make_the_ids_while_offline(officer: Caller) -> None:
    household_id, person_id = str(uuid4()), str(uuid4())
    body = household(id=household_id)
    body["members"][0] = {"relation": "head", "person": {**HEAD, "id": person_id}}
    answer = await officer.post("/v1/households", body)
    assert answer.json()["id"] == household_id
    assert answer.json()["members"][0]["id"] == person_id
    again = await officer.post("/v1/households", body)
    assert (again.status_code, again.json()["code"]) == (409, "household_exists")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (household(village_code="34190101"), 403, "area_not_yours", "/village_code"),
        (household(village_code="34119901"), 422, "unknown_area", "/village_code"),
        (household({**child(), "relation": "head"}), 409, "double_head", "/members/1/relation"),
        ({**household(), "members": [child()]}, 422, "no_head", "/members"),
        (household(child(birth_date="2149-01-01")), 422, "birth_in_future", "/members/1/person/birth_date"),
        (household({**child(), "valid_from": "2149-01-01"}), 422, "date_in_future", "/members/1/valid_from"),
        (
            household({**child(), "valid_from": "1999-01-01"}),
            422,
            "date_before_start",
            "/members/1/valid_from",
        ),
        (household({"relation": "child", "person_id": str(uuid4())}), 404, "person_not_found", None),
        (
            household(child(citizen_id="1234567890122")),
            422,
            "invalid_citizen_id",
            "/members/1/person/citizen_id",
        ),
        (household(child(citizen_id=HEAD["citizen_id"])), 409, "citizen_id_taken", None),
        (household({"relation": "child"}), 422, "person_or_id", "/members/1"),
        (household(lat=15.3), 422, "half_a_place", ""),
        (household(origin="feed"), 422, "unknown_field", "/origin"),
        (household(version=7), 422, "unknown_field", "/version"),
    ],
)
async def test_what_is_wrong_leaves_nothing_behind(
    officer: Caller, database: Database, body: Any, status: int, code: str, pointer: str | None
) -> None:
    answer = await officer.post("/v1/households", body)
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is None:
        assert problem["code"] == code
    else:
        assert (code, pointer) in [(error["code"], error["pointer"]) for error in problem["errors"]]
    for table in ("households", "persons", "memberships", "outbox", "registry_changes", "audit"):
        assert await rows(database, f"SELECT 1 FROM {table}") == [], table
    assert "1234567890" not in answer.text


async def test_the_same_house_id_is_not_registered_twice(officer: Caller) -> None:
    await officer.post("/v1/households", household(house_id="34110000001"))
    second = household(house_id="34110000001")
    second["members"][0] = {"relation": "head", "person": {**HEAD, "citizen_id": None}}
    answer = await officer.post("/v1/households", second)
    assert (answer.status_code, answer.json()["code"]) == (409, "house_id_taken")


async def test_a_village_first_seen_is_added_to_its_tambon(officer: Caller) -> None:
    assert (await officer.get(f"/v1/areas/{VILLAGE}")).status_code == 404
    await officer.post("/v1/households", household())
    assert (await officer.get(f"/v1/areas/{VILLAGE}")).json()["name"]["th"] == "หมู่ที่ 9"


async def test_registering_leaves_one_audit_row_naming_household_and_persons(
    officer: Caller, database: Database
) -> None:
    body = (await officer.post("/v1/households", household(child()))).json()
    (row,) = await rows(database, "SELECT action, actor, subjects FROM audit")
    assert row["action"] == "household.register"
    assert {str(subject) for subject in row["subjects"]} == {body["id"], *(m["id"] for m in body["members"])}
