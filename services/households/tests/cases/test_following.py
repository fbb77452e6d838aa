"""What happens to a household happens to its case: moves and deaths, by the service's own events."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from households import worker
from shared.db import Database
from shared.testing.look import rows

Story = Any  # the fixture of conftest.py
Settle = Callable[[], Awaitable[int]]


@pytest.fixture
def settle(database: Database, drain: Callable[..., Awaitable[int]]) -> Settle:
    """Let every event of the service take its effect on itself."""

    async def settled() -> int:
        return await drain((database, worker.CONSUMERS))

    return settled


async def merge(story: Story, kept: str, dropped: str) -> Any:
    body = {"kind": "household", "kept_id": kept, "dropped_id": dropped}
    return await story.team.post("/v1/merges", body)


async def household_of(story: Story, case_id: str) -> str:
    case = (await story.team.where("34").get(f"/v1/cases/{case_id}")).json()
    return str(case["household_id"])


async def move(story: Story, household_id: str, village: str) -> None:
    body = {"village_code": village, "moved_on": "2026-01-10"}
    path = f"/v1/households/{household_id}/move"
    answer = await story.team.where("34").post(path, body)
    assert answer.status_code < 300, answer.text


async def test_a_case_goes_along_within_the_district(story: Story, settle: Settle) -> None:
    case_id = await story.certified()
    await move(story, await household_of(story, case_id), "34110101")
    await settle()
    case = (await story.team.where("34").get(f"/v1/cases/{case_id}")).json()
    assert (case["state"], case["village_code"]) == ("certified", "34110101")


async def test_a_case_ends_when_the_household_leaves_the_district(
    story: Story, settle: Settle, database: Database
) -> None:
    case_id = await story.certified()
    household_id = await household_of(story, case_id)
    await move(story, household_id, "34150101")
    await settle()
    case = (await story.team.where("34").get(f"/v1/cases/{case_id}")).json()
    assert (case["state"], case["reason"], case["village_code"]) == ("withdrawn", "moved", "34150101")
    (event,) = await rows(database, "SELECT data FROM outbox WHERE type = 'households.case.withdrawn.v1'")
    assert event["data"]["household_id"] == household_id
    steps = (await story.team.where("34").get(f"/v1/cases/{case_id}/transitions")).json()["items"]
    assert (steps[-1]["step"], steps[-1]["actor"]) == ("withdraw", "service:households")


async def test_an_event_that_comes_again_or_late_changes_nothing(
    story: Story, settle: Settle, database: Database
) -> None:
    case_id = await story.certified()
    household_id = await household_of(story, case_id)
    await move(story, household_id, "34110101")
    await move(story, household_id, "34110209")
    await settle()
    case = (await story.team.get(f"/v1/cases/{case_id}")).json()
    assert (case["state"], case["village_code"], case["version"]) == ("certified", "34110209", 4)
    assert not await rows(database, "SELECT 1 FROM case_transitions WHERE step = 'move'")


async def test_a_case_ends_when_the_last_member_dies_not_before(story: Story, settle: Settle) -> None:
    case_id = await story.certified()
    household_id = await household_of(story, case_id)
    child = {"relation": "child", "person": {"first_name": "มานี", "last_name": "ใจดี"}}
    body = (await story.team.post(f"/v1/households/{household_id}/members", child)).json()
    head, child_id = (member["id"] for member in body["members"])
    for person_id, state in ((head, "certified"), (child_id, "withdrawn")):
        answer = await story.team.post(f"/v1/persons/{person_id}/death", {"died_on": "2026-01-10"})
        assert answer.status_code < 300, answer.text
        await settle()
        assert await story.state(case_id) == state


async def test_the_case_of_a_duplicate_ends_when_it_is_merged(story: Story, database: Database) -> None:
    kept, dropped = await story.certified(), await story.found()
    answer = await merge(story, await household_of(story, kept), await household_of(story, dropped))
    assert answer.status_code == 201, answer.text
    assert (await story.state(kept), await story.state(dropped)) == ("certified", "withdrawn")
    (event,) = await rows(database, "SELECT data FROM outbox WHERE type = 'households.case.withdrawn.v1'")
    assert (event["data"]["case_id"], event["data"]["reason"]) == (dropped, "duplicate")


async def test_a_household_with_the_only_case_is_not_dropped(story: Story) -> None:
    case_id, other = await story.certified(), await story.household()
    with_case = await household_of(story, case_id)
    answer = await merge(story, other, with_case)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_on_dropped")
    assert (await story.team.get(f"/v1/households/{with_case}")).json()["status"] == "active"
    assert (await merge(story, with_case, other)).status_code == 201
    assert await story.state(case_id) == "certified"


async def test_a_household_that_everybody_left_is_neither_proposed_nor_certified(story: Story) -> None:
    proposed, verified = await story.proposed(), await story.verified()
    meeting = await story.meeting(await story.committee())
    for case_id in (proposed, verified):
        household_id = await household_of(story, case_id)
        (head,) = (await story.team.get(f"/v1/households/{household_id}")).json()["members"]
        path = f"/v1/households/{household_id}/members/{head['id']}/leave"
        assert (await story.team.post(path, {"left_on": "2026-01-10"})).status_code < 300
    answer = await story.resolve(meeting, proposed)
    assert (answer.status_code, answer.json()["code"]) == (409, "household_not_active")
    answer = await story.team.post("/v1/cases/proposals", {"case_ids": [verified]})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
