"""What a portal's developer copies out of the OpenAPI document is taken: each example, sent as it stands.

Only ids are put in, those of the world's things, and the few facts of `HERE`.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

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
