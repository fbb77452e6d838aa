"""What a portal's developer copies out of the OpenAPI document is right: requests are taken, answers fit.

Each example of a request is sent as it stands. Only ids are put in, those of the world's things, and the few
facts of `HERE`.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI

from funds.examples import ANSWERS
from shared import clock
from shared.testing.caller import Caller
from tests.world import BODIES, ELSEWHERE, EVERY_OPERATION, PLACES, World, addressed

Json = Any
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SOON = (clock.business_date(clock.now()) + timedelta(days=14)).isoformat()
HERE: dict[str, dict[str, str]] = {
    "close_demand_task": {"promised_on": _SOON},
    "draft_application": {"member_id": "another_member_id"},
    "form_fund_team": {"district": "3421"},
    "invite_household": {"fund_id": "fund_id"},
    "open_demand_task": {"due_on": _SOON},
}
"""What an example has otherwise here: a day to come, a district without a team, a name of the world."""
REFUSED = {
    ("decide_application", 1): "wrong_decision",  # a tambon's, the example is a province's
    ("plan_problem_case", 0): "wrong_case_step",  # its first survey is not done
    ("propose_savings_distribution", 0): "distribution_exists",
    ("propose_savings_distribution", 1): "dividend_over_surplus",  # of a group that earned nothing
    ("reverse_savings_sheet", 0): "sheet_not_reversible",  # nobody has signed it
}
"""Examples which the rules refuse in this world: operation and number of the example."""


def examples(document: Json, operation: Json) -> list[Json]:
    """Return the examples of an operation's JSON body."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        if "json" in media:
            (one, *_) = content["schema"].get("anyOf", [content["schema"]])
            found: list[Json] = document["components"]["schemas"][one["$ref"].rpartition("/")[2]]["examples"]
            return found
    return []


def sent(example: Json, own: Json, name: str, world: World, field: str = "") -> Json:
    """Return an example about the world's things: those of its own request, else of the name."""
    if isinstance(example, dict):
        mine: dict[str, Json] = own if isinstance(own, dict) else {}
        return {key: sent(one, mine.get(key), name, world, key) for key, one in example.items()}
    if isinstance(example, list):
        first = own[0] if isinstance(own, list) and own else None
        return [sent(one, first, name, world, field) for one in example]
    here = HERE.get(name, {}).get(field)
    if here is not None:
        return world.get(here, here)
    if isinstance(example, str) and _ID.fullmatch(example) and field != "id":
        return own if isinstance(own, str) else world[field]
    return example


@pytest.fixture
async def world(everybody: Caller, filled: tuple[str, World]) -> World:
    """Return the names of what the database holds, and of a product."""
    products = (await everybody.get("/v1/fund-products")).json()["items"]
    return {**ELSEWHERE, **filled[1], "product_id": products[0]["id"]}


WRITES = [one for one in EVERY_OPERATION if one[1] in {"POST", "PUT", "PATCH"}]


@pytest.mark.parametrize(("path", "method", "name"), WRITES, ids=[name for *_, name in WRITES])
async def test_an_example_of_a_request_is_taken_as_it_stands(
    unchanged_app: FastAPI, everybody: Caller, world: World, path: str, method: str, name: str
) -> None:
    document = unchanged_app.openapi()
    caller = everybody.where(PLACES.get(name, ""))
    own = BODIES[name](world) if name in BODIES else None
    for number, example in enumerate(examples(document, document["paths"][path][method.lower()])):
        address, body = addressed(path, name, world), sent(example, own, name, world)
        answer = await caller.request(method, address, json=body, headers={"If-Match": "*"})
        code = answer.json().get("code") if answer.status_code >= 400 else None
        assert code == REFUSED.get((name, number)), f"{body} -> {answer.text}"


def answers(document: Json) -> Iterator[tuple[str, str]]:
    """Yield the name of each operation with that of the schema of its answer, or of a row of it."""
    for item in document["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if status.startswith("2") and content is not None:
                    schema = content["schema"].get("items", content["schema"])
                    yield operation["operationId"], schema["$ref"].rpartition("/")[2]


def test_every_answer_has_an_example_that_fits_it(app: FastAPI) -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]
    without = {name: schema for name, schema in answers(document) if not schemas[schema].get("examples")}
    assert without == {}, f"put an answer of each into {ANSWERS.name}"
    wrong = {}
    for name in {schema for _, schema in answers(document)}:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for error in jsonschema.Draft202012Validator(schema).iter_errors(schemas[name]["examples"][0]):
            wrong[name] = error.message[:200]
    assert wrong == {}


def test_every_kept_answer_is_of_a_schema_that_there_is(app: FastAPI) -> None:
    kept = set(json.loads(ANSWERS.read_text(encoding="utf-8")))
    assert kept <= set(app.openapi()["components"]["schemas"])
