"""What was registered twice is suggested, merged by an officer, and undone where that was a mistake."""

from typing import Any

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

VILLAGE = "34110209"
CITIZEN_ID = "1234567890121"


def person(first: str = "บุญเรือน", **facts: Any) -> dict[str, Any]:
    return {"first_name": first, "last_name": "สายทอง", "birth_date": "1974-02-05", "sex": "F", **facts}


async def household(caller: Caller, *people: dict[str, Any], **facts: Any) -> dict[str, Any]:
    relations = ["head", *["relative"] * (len(people) - 1)]
    members = [
        {"relation": relation, "person": one, "valid_from": "2026-01-01"}
        for relation, one in zip(relations, people, strict=True)
    ]
    answer = await caller.post("/v1/households", {"village_code": VILLAGE, "members": members, **facts})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def merge(caller: Caller, kind: str, kept: str, dropped: str) -> Any:
    return await caller.post("/v1/merges", {"kind": kind, "kept_id": kept, "dropped_id": dropped})


async def state(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return everything that a merge may touch, without versions and times."""
    ignored = {"version", "updated_at", "citizen_id_enc"}
    return {
        table: [
            {name: value for name, value in row.items() if name not in ignored}
            for row in await rows(database, f"SELECT * FROM {table} ORDER BY id")
        ]
        for table in ("households", "persons", "memberships")
    }


async def test_a_person_registered_twice_is_suggested_and_a_namesake_is_not(officer: Caller) -> None:
    first = await household(officer, person(citizen_id=CITIZEN_ID))
    again = await household(officer, person())
    await household(officer, person(birth_date="1950-03-04", sex="M"))
    answer = (await officer.get("/v1/duplicates", area="341102")).json()["items"]
    ids = {first["members"][0]["id"], again["members"][0]["id"]}
    assert [set(pair["ids"]) for pair in answer] == [ids]
    assert answer[0]["score"] >= 0.9
    assert (await officer.where("3419").get("/v1/duplicates", area="341102")).json()["items"] == []


async def test_duplicates_are_looked_for_in_a_district_or_below(officer: Caller) -> None:
    answer = await officer.get("/v1/duplicates", area="34")
    assert [error["code"] for error in answer.json()["errors"]] == ["district_required"]


async def test_a_household_found_again_in_the_field_is_suggested(officer: Caller) -> None:
    surveyed = await household(officer, person(), house_no="308/8", house_id="34110000001")
    found = await household(officer, person(), house_no="308/8")
    await household(officer, person("มานี"), house_no="9", house_id="34110000002")
    answer = (await officer.get("/v1/duplicates", area="341102", kind="household")).json()["items"]
    assert [set(pair["ids"]) for pair in answer] == [{surveyed["id"], found["id"]}]


async def test_merged_persons_are_one_with_the_citizen_id_of_either(officer: Caller) -> None:
    here = await household(officer, person("มานี"), person())
    there = await household(officer, person(citizen_id=CITIZEN_ID))
    kept, dropped = here["members"][1]["id"], there["members"][0]["id"]
    answer = await merge(officer, "person", kept, dropped)
    assert answer.status_code == 201, answer.text
    looked_up = (await officer.post("/v1/persons/lookup", {"citizen_id": CITIZEN_ID})).json()
    assert (looked_up["id"], looked_up["citizen_id"]) == (kept, "x-xxxx-xxxxx-12-1")
    assert (await officer.get(f"/v1/persons/{dropped}")).status_code == 404
    names = (await officer.get("/v1/persons", name="บุญเรือน")).json()["items"]
    assert [one["id"] for one in names] == [kept]
    assert (await officer.get(f"/v1/households/{there['id']}")).json()["members"] == []


async def test_a_duplicate_head_in_the_same_household_leaves_it_with_its_head(officer: Caller) -> None:
    here = await household(officer, person(), person())
    head, again = (member["id"] for member in here["members"])
    await merge(officer, "person", again, head)
    members = (await officer.get(f"/v1/households/{here['id']}")).json()["members"]
    assert [(member["id"], member["relation"]) for member in members] == [(again, "head")]


async def test_two_citizen_ids_are_two_persons(officer: Caller) -> None:
    here = await household(officer, person(citizen_id=CITIZEN_ID))
    there = await household(officer, person(citizen_id="1101700230708"))
    answer = await merge(officer, "person", here["members"][0]["id"], there["members"][0]["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "two_citizen_ids")


async def test_merged_households_keep_all_their_members_and_one_head(officer: Caller) -> None:
    surveyed = await household(officer, person(), house_no="308/8")
    found = await household(officer, person("มานี"), person("มานะ"), house_id="34110000001")
    answer = await merge(officer, "household", surveyed["id"], found["id"])
    assert answer.status_code == 201, answer.text
    kept = (await officer.get(f"/v1/households/{surveyed['id']}")).json()
    assert kept["house_id"] == "34110000001"
    assert sorted(member["relation"] for member in kept["members"]) == ["head", "relative", "relative"]
    gone = (await officer.get(f"/v1/households/{found['id']}")).json()
    assert (gone["status"], gone["merged_into"], gone["members"]) == ("merged", surveyed["id"], [])
    again = await merge(officer, "household", surveyed["id"], found["id"])
    assert again.json()["code"] == "household_not_active"


@pytest.mark.parametrize("kind", ["person", "household"])
async def test_undoing_a_merge_leaves_everything_as_it_was(
    officer: Caller, database: Database, kind: str
) -> None:
    here = await household(officer, person("มานี"), person(), house_no="1")
    there = await household(officer, person(citizen_id=CITIZEN_ID), person("มานะ"), house_id="34110000001")
    kept, dropped = (
        (here["members"][1]["id"], there["members"][0]["id"])
        if kind == "person"
        else (here["id"], there["id"])
    )
    before = await state(database)
    merged = (await merge(officer, kind, kept, dropped)).json()
    assert await state(database) != before
    undo = f"/v1/merges/{merged['id']}/undo"
    assert (await officer.where("3419").post(undo, {})).status_code == 404
    answer = await officer.post(undo, {})
    assert answer.status_code == 200, answer.text
    assert await state(database) == before
    looked_up = (await officer.post("/v1/persons/lookup", {"citizen_id": CITIZEN_ID})).json()
    assert looked_up["id"] == there["members"][0]["id"]
    assert (await officer.post(undo, {})).json()["code"] == "merge_undone"


async def test_a_merge_cannot_be_undone_when_something_was_changed_since(officer: Caller) -> None:
    here, there = await household(officer, person()), await household(officer, person())
    kept, dropped = here["members"][0]["id"], there["members"][0]["id"]
    merged = (await merge(officer, "person", kept, dropped)).json()
    await officer.patch(f"/v1/persons/{kept}", {"prefix": "นาง"}, if_match='"2"')
    answer = await officer.post(f"/v1/merges/{merged['id']}/undo", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_since_merge")


async def test_what_lies_with_the_neighbour_is_not_merged(officer: Caller, database: Database) -> None:
    here, there = await household(officer, person()), await household(officer, person())
    pair = (here["members"][0]["id"], there["members"][0]["id"])
    answer = await merge(officer.where("3419"), "person", *pair)
    assert (answer.status_code, answer.json()["code"]) == (404, "person_not_found")
    same = await merge(officer, "person", pair[0], pair[0])
    assert [error["code"] for error in same.json()["errors"]] == ["same_entry"]
    assert await rows(database, "SELECT 1 FROM merges") == []
