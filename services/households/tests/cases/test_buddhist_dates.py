"""Answers with Buddhist-era texts (พ.ศ.) beside the dates, for requests that ask."""

from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from shared.testing.caller import Caller

from .conftest import Story


def without_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [without_texts(one) for one in value]
    if isinstance(value, dict):
        return {name: without_texts(inner) for name, inner in value.items() if not name.endswith("_be")}
    return value


async def test_a_certified_case_tells_its_day_in_both_eras(story: Story) -> None:
    path = f"/v1/cases/{await story.certified()}"
    plain = (await story.team.get(path)).json()
    both = (await story.team.get(path, calendar="be")).json()
    assert (both["certified_on"], both["certified_on_be"]) == ("2026-01-05", "5 มกราคม 2569")
    assert without_texts(both) == plain
    preferred = await story.team.request("GET", path, headers={"Prefer": "return=minimal, Calendar=BE"})
    assert preferred.json() == both


async def test_a_list_with_texts_is_paged_as_without(story: Story) -> None:
    cases = [await story.found() for _ in range(3)]
    first = await story.team.get("/v1/cases", calendar="be", limit=2)
    follow = first.headers["link"].partition(">")[0].removeprefix("<")
    rest = (await story.team.request("GET", follow)).json()["items"]
    assert "calendar=be" in follow
    assert sorted(one["id"] for one in [*first.json()["items"], *rest]) == sorted(cases)
    assert all(one["created_at_be"].endswith(" น.") for one in rest)
    plain = (await story.team.get("/v1/cases", cursor=first.json()["next"])).json()["items"]
    assert plain == without_texts(rest)


async def test_a_write_answers_in_both_eras_too_also_when_repeated(story: Story) -> None:
    household_id = await story.household()
    body, key = {"household_id": household_id}, {"Idempotency-Key": "one"}
    answers = [(await story.team.post("/v1/cases?calendar=be", body, **key)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["certified_on_be"] is None
    assert "25" in answers[0]["created_at_be"]


async def test_another_calendar_is_refused_and_another_preference_left_aside(story: Story) -> None:
    answer = await story.team.get("/v1/cases", calendar="lunar")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?calendar")
    kept = await story.team.request("GET", "/v1/cases", headers={"Prefer": "calendar=lunar"})
    assert kept.status_code == 200


@pytest.mark.parametrize(
    ("path", "operation"), [("/v1/households/{id}", "read_household"), ("/v1/areas/34110209", "read_area")]
)
async def test_texts_are_as_the_document_describes_them(
    officer: Caller, story: Story, app: FastAPI, path: str, operation: str
) -> None:
    household_id = await story.household()
    body = (await officer.get(path.format(id=household_id), calendar="be")).json()
    document = app.openapi()
    (described,) = [
        one["get"] for one in document["paths"].values() if one.get("get", {}).get("operationId") == operation
    ]
    assert {"$ref": "#/components/parameters/Calendar"} in described["parameters"]
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(body)
    assert body["updated_at_be"]
