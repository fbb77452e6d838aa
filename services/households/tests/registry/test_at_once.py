"""Two officers at the same moment: the registry's rules hold whoever is first. Real commits."""

import asyncio
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

VILLAGE = "34110209"
MANY = 8


def person(name: str, **facts: Any) -> dict[str, Any]:
    return {"first_name": name, "last_name": "ใจดี", "birth_date": "1980-01-01", **facts}


async def settle(caller: Caller, *relations: str) -> dict[str, Any]:
    members = [
        {"relation": relation, "person": person("มานะ"), "valid_from": "2026-01-01"} for relation in relations
    ]
    answer = await caller.post("/v1/households", {"village_code": VILLAGE, "members": members})
    body: dict[str, Any] = answer.json()
    return body


async def test_a_person_who_is_asked_into_many_households_joins_one(
    officer: Caller, database: Database
) -> None:
    homes = [await settle(officer, "head") for _ in range(MANY)]
    here = await settle(officer, "head", "child")
    child = here["members"][1]["id"]
    await officer.post(f"/v1/households/{here['id']}/members/{child}/leave", {"left_on": "2026-02-01"})
    answers = await asyncio.gather(
        *(
            officer.post(f"/v1/households/{home['id']}/members", {"relation": "child", "person_id": child})
            for home in homes
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (MANY - 1)]
    present = await rows(
        database, "SELECT 1 FROM memberships WHERE person_id = $1 AND valid_to IS NULL", child
    )
    assert len(present) == 1


async def test_many_heads_at_once_leave_one(officer: Caller, database: Database) -> None:
    here = await settle(officer, "head", *["relative"] * MANY)
    head, *others = [member["id"] for member in here["members"]]
    await officer.post(f"/v1/persons/{head}/death", {"died_on": "2026-02-01"})
    await asyncio.gather(
        *(officer.post(f"/v1/households/{here['id']}/head", {"person_id": other}) for other in others)
    )
    heads = await rows(database, "SELECT 1 FROM memberships WHERE relation = 'head' AND valid_to IS NULL")
    assert len(heads) == 1


async def test_a_citizen_id_is_registered_once_however_many_try(officer: Caller, database: Database) -> None:
    body = {
        "village_code": VILLAGE,
        "members": [{"relation": "head", "person": person("มานะ", citizen_id="1234567890121")}],
    }
    answers = await asyncio.gather(*(officer.post("/v1/households", body) for _ in range(MANY)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (MANY - 1)]
    for table in ("households", "persons", "memberships", "outbox", "audit"):
        assert len(await rows(database, f"SELECT 1 FROM {table}")) == 1, table


async def test_of_two_corrections_of_the_same_version_one_is_stale(officer: Caller) -> None:
    here = await settle(officer, "head")
    answers = await asyncio.gather(
        *(
            officer.patch(f"/v1/households/{here['id']}", {"house_no": str(number)}, if_match='"1"')
            for number in range(MANY)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * (MANY - 1)]


async def test_a_death_and_a_move_at_once_both_hold(officer: Caller, database: Database) -> None:
    here = await settle(officer, "head", "child")
    child = here["members"][1]["id"]
    death, move = await asyncio.gather(
        officer.post(f"/v1/persons/{child}/death", {"died_on": "2026-02-01"}),
        officer.post(
            f"/v1/households/{here['id']}/move", {"village_code": "34110210", "moved_on": "2026-02-01"}
        ),
    )
    assert (death.status_code, move.status_code) == (200, 200)
    events = await rows(database, "SELECT type, subject, sequence FROM outbox ORDER BY position")
    assert {(row["type"].split(".")[2]) for row in events} == {"registered", "died", "moved"}
    assert len({(row["subject"], row["sequence"]) for row in events}) == len(events)


DAYS = st.dates(date(2026, 1, 1), date(2026, 11, 1)).map(date.isoformat)
STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "head", "die"]), st.integers(0, 1), st.integers(0, 3), DAYS),
    max_size=10,
)


@pytest.mark.timeout(300)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("leave", 0, 1, "2026-10-01"), ("die", 0, 1, "2026-03-01")])  # reported late
@example(steps=[("join", 1, 1, "2026-05-01"), ("die", 0, 1, "2026-03-01")])
async def test_no_order_of_steps_breaks_the_rules_of_membership(
    officer: Caller, database: Database, steps: list[tuple[str, int, int, str]]
) -> None:
    homes = [await settle(officer, "head", "child") for _ in range(2)]
    people = [member["id"] for home in homes for member in home["members"]]
    for step, home, one, day in steps:
        path = f"/v1/households/{homes[home]['id']}"
        body: dict[str, Any]
        match step:
            case "join":
                body = {
                    "relation": "child",
                    "person_id": people[one],
                    "valid_from": day,
                    "end_previous": True,
                }
                answer = await officer.post(f"{path}/members", body)
            case "leave":
                answer = await officer.post(f"{path}/members/{people[one]}/leave", {"left_on": day})
            case "head":
                answer = await officer.post(f"{path}/head", {"person_id": people[one]})
            case _:
                answer = await officer.post(f"/v1/persons/{people[one]}/death", {"died_on": day})
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.text
    assert await rows(database, OVERLAPS) == []
    assert await rows(database, SEVERAL_HEADS) == []
    assert await rows(database, DEAD_MEMBERS) == []


OVERLAPS = """
SELECT 1 FROM memberships a JOIN memberships b ON a.person_id = b.person_id AND a.id < b.id
WHERE daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
"""
SEVERAL_HEADS = """
SELECT household_id FROM memberships WHERE relation = 'head' AND valid_to IS NULL
GROUP BY household_id HAVING count(*) > 1
"""
DEAD_MEMBERS = """
SELECT 1 FROM memberships m JOIN persons p ON p.id = m.person_id
WHERE p.died_on IS NOT NULL AND (m.valid_to IS NULL OR m.valid_to > greatest(p.died_on + 1, m.valid_from))
"""
