"""Cases for an edition's target-poor households: set-based, repeatable, within the caller's areas."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from households.cases import opening
from shared import jobs
from shared.clock import now
from shared.db import Database, driver
from shared.testing.look import rows

Story = Any  # the fixture of conftest.py

_EDITION = (
    "INSERT INTO feed_editions (id, source, edition_year, instrument, state, created_by, created_at, "
    "updated_at) VALUES ($1, 'test', $2, 'JPT_2560_2564', $3, 'user:test', $4, $4)"
)
_SURVEYED = (
    "INSERT INTO edition_households (edition_id, household_id, village_code, members, income_main, "
    "income_extra, income_other, income_in_kind, expense_production, expense_needs, expense_wants, "
    "expense_debt, income_band, indicators, failed, own_dimensions, dimensions, persons, survey_poor, "
    "target_poor, row_hash) "
    "VALUES ($1, $2, $3, 1, 0, 0, 0, 0, 0, 0, 0, 0, $6, 'PPPPPPPPPPPPP', 0, 0, $5, 1, $4, $4, 0)"
)


async def edition(database: Database, *, year: int = 2565, state: str = "imported") -> UUID:
    """Make an edition."""
    edition_id = uuid4()
    async with database.transaction() as session:
        await (await driver(session)).execute(_EDITION, edition_id, year, state, now())
    return edition_id


async def survey(
    database: Database, edition_id: UUID, *households: str, poor: int = 1, dimensions: int = 8, band: int = 0
) -> None:
    """Say in an edition what it found at households."""
    async with database.transaction() as session:
        connection = await driver(session)
        for one in households:
            village = await connection.fetchval(
                "SELECT village_code FROM households WHERE id = $1", UUID(one)
            )
            await connection.execute(_SURVEYED, edition_id, UUID(one), village, poor, dimensions, band)


async def open_all(story: Story, database: Database, edition_id: UUID, area: str = "3411") -> dict[str, Any]:
    """Start the opening, let the worker do it, and return the job."""
    body = {"edition_id": str(edition_id), "area": area, "criteria": "target_poor"}
    caller = story.team.where("3411").may("jobs:read")
    answer = await caller.post("/v1/cases/open-from-edition", body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["location"]
    assert await jobs.run_pending(database, {opening.KIND: opening.run}) == 1
    job: dict[str, Any] = (await caller.get(answer.json()["location"])).json()
    return job


async def test_every_target_poor_household_gets_a_case_and_others_none(
    story: Story, database: Database
) -> None:
    edition_id = await edition(database)
    poor = [await story.household() for _ in range(3)]
    other = await story.household()
    await survey(database, edition_id, *poor)
    await survey(database, edition_id, other, poor=0)
    job = await open_all(story, database, edition_id)
    assert (job["state"], job["result"]["opened"]) == ("succeeded", 3)
    cases = (await story.team.get("/v1/cases", edition_id=str(edition_id))).json()["items"]
    assert sorted(case["household_id"] for case in cases) == sorted(poor)
    assert {(case["origin"], case["state"]) for case in cases} == {("feed", "found")}
    assert len(await rows(database, "SELECT 1 FROM case_transitions WHERE step = 'open'")) == 3


async def test_opening_again_opens_nothing_not_even_what_was_rejected(
    story: Story, database: Database
) -> None:
    edition_id = await edition(database)
    await survey(database, edition_id, *[await story.household() for _ in range(3)])
    await open_all(story, database, edition_id)
    cases = (await story.team.get("/v1/cases")).json()["items"]
    await story.team.post(f"/v1/cases/{cases[0]['id']}/rejection", {"reason": "ไม่ยากจน"})
    assert (await open_all(story, database, edition_id))["result"]["opened"] == 0
    newer = await edition(database, year=2566)
    await survey(database, newer, *(case["household_id"] for case in cases))
    assert (await open_all(story, database, newer))["result"]["opened"] == 1


async def test_only_the_named_area_is_opened(story: Story, database: Database) -> None:
    edition_id = await edition(database)
    here, there = await story.household("34110209"), await story.household("34110101")
    await survey(database, edition_id, here, there)
    assert (await open_all(story, database, edition_id, "341101"))["result"]["opened"] == 1
    (case,) = await rows(database, "SELECT village_code FROM cases")
    assert case["village_code"] == "34110101"


async def test_a_household_found_in_the_field_before_keeps_its_case(story: Story, database: Database) -> None:
    edition_id = await edition(database)
    case_id = await story.found()
    household_id = (await story.team.get(f"/v1/cases/{case_id}")).json()["household_id"]
    await survey(database, edition_id, household_id)
    assert (await open_all(story, database, edition_id))["result"]["opened"] == 0


@pytest.mark.parametrize(
    ("area", "state", "status", "code"),
    [
        ("3415", "imported", 403, "area_not_yours"),
        ("34", "imported", 403, "area_not_yours"),
        ("9998", "imported", 422, "unknown_area"),
        ("3411", "open", 409, "edition_not_imported"),
    ],
)
async def test_an_opening_that_cannot_be_is_refused_at_once(
    story: Story, database: Database, area: str, state: str, status: int, code: str
) -> None:
    body = {"edition_id": str(await edition(database, state=state)), "area": area}
    answer = await story.team.where("3411").post("/v1/cases/open-from-edition", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not await rows(database, "SELECT 1 FROM jobs WHERE kind = $1", opening.KIND)


async def test_a_single_case_of_the_feed_needs_a_target_poor_household(
    story: Story, database: Database
) -> None:
    edition_id = await edition(database)
    poor, other = await story.household(), await story.household()
    await survey(database, edition_id, poor)
    await survey(database, edition_id, other, poor=0)
    body = {"origin": "feed", "edition_id": str(edition_id)}
    assert (await story.team.post("/v1/cases", {**body, "household_id": poor})).status_code == 201
    answer = await story.team.post("/v1/cases", {**body, "household_id": other})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_target_poor")


async def test_a_household_graduates_when_a_newer_survey_finds_it_out_of_poverty(
    story: Story, database: Database
) -> None:
    case_id = await story.certified()
    household_id = (await story.team.get(f"/v1/cases/{case_id}")).json()["household_id"]
    for to in ("planned", "assisted", "followed"):
        await story.team.post(f"/v1/cases/{case_id}/progress", {"to": to})
    await survey(database, await edition(database, year=2566), household_id, poor=1, dimensions=8, band=1)
    path = f"/v1/cases/{case_id}/graduation"
    assert (await story.team.post(path, {})).json()["code"] == "still_poor"
    await survey(database, await edition(database, year=2567), household_id, poor=0, dimensions=0, band=1)
    assert (await story.team.post(path, {})).json()["state"] == "graduated"
    events = await rows(database, "SELECT data FROM outbox WHERE type = 'households.case.graduated.v1'")
    assert [event["data"]["household_id"] for event in events] == [household_id]
