"""What funds knows of households: right whatever the order, the batch and the number of deliveries."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.known_households import service
from funds.known_households.consumers import HANDLERS
from funds.known_households.rules import CaseFact, Location, newest
from funds.known_households.schemas import EligibleHousehold
from shared.db import Database
from shared.events import Received
from shared.testing.caller import Caller
from shared.testing.look import rows

NOW = datetime(2026, 1, 5, tzinfo=UTC)
HOUSEHOLD, CASE = UUID(int=1), UUID(int=2)
HERE, THERE = "34110209", "34110101"

Told = tuple[str, int, dict[str, Any]]


def registered(sequence: int = 1, village: str = HERE, household: UUID = HOUSEHOLD) -> Told:
    about = {"household_id": household, "village_code": village, "origin": "feed"}
    return "households.household.registered.v1", sequence, about


def moved(sequence: int, village: str, household: UUID = HOUSEHOLD) -> Told:
    about = {"household_id": household, "village_code": village}
    return "households.household.moved.v1", sequence, about


def surveyed(sequence: int, *dimensions: str, household: UUID = HOUSEHOLD, village: str = HERE) -> Told:
    about = {
        "household_id": household,
        "village_code": village,
        "edition_id": UUID(int=9),
        "edition_year": 2565,
        "dimensions": list(dimensions),
        "survey_poor": len(dimensions),
        "target_poor": len(dimensions),
        "income_band": "under_38000",
    }
    return "households.household.status_changed.v1", sequence, about


def certified(sequence: int, case: UUID = CASE, household: UUID = HOUSEHOLD, on: str = "2026-01-05") -> Told:
    about = {"case_id": case, "household_id": household, "village_code": HERE, "certified_on": on}
    return "households.case.certified.v1", sequence, about


def left(sequence: int, case: UUID = CASE, household: UUID = HOUSEHOLD) -> Told:
    about = {"case_id": case, "household_id": household, "village_code": HERE, "reason": "moved"}
    return "households.case.withdrawn.v1", sequence, about


async def tell(database: Database, *events: Told) -> None:
    """Let the consumer apply events of one type in one transaction."""
    (kind,) = {event[0] for event in events}
    handler = HANDLERS[kind]
    received = [
        Received(uuid4(), kind, uuid4(), sequence, handler.model.model_validate(data), NOW)
        for _, sequence, data in events
    ]
    async with database.transaction() as session:
        await handler.apply(session, received, now=NOW)


async def known(database: Database, household: UUID = HOUSEHOLD) -> dict[str, Any]:
    (row,) = await rows(database, "SELECT * FROM known_households WHERE household_id = $1", household)
    return dict(row)


STORY = (
    registered(1),
    surveyed(2, "income", "living"),
    certified(4),
    moved(3, THERE),
    left(6),
)


@pytest.mark.parametrize("order", list(itertools.permutations(STORY))[::7])
async def test_events_in_any_order_lead_to_the_same_knowledge(
    database: Database, order: Sequence[Told]
) -> None:
    for event in order:
        await tell(database, event)
    household = await known(database)
    assert household["village_code"] == THERE
    assert household["dimensions"] == ["income", "living"]
    assert (household["certified"], household["certified_on"], household["case_id"]) == (False, None, None)


async def test_a_late_certification_does_not_undo_a_withdrawal(database: Database) -> None:
    await tell(database, left(6))
    await tell(database, certified(4))
    assert not (await known(database))["certified"]


async def test_a_household_certified_again_in_a_new_case_is_certified(database: Database) -> None:
    second = UUID(int=3)
    await tell(database, certified(4, second, on="2026-02-01"))
    await tell(database, certified(4))
    await tell(database, left(6))
    household = await known(database)
    assert (household["certified"], household["case_id"], household["certified_on"]) == (
        True,
        second,
        date(2026, 2, 1),
    )


async def test_of_one_batch_the_newest_fact_of_each_household_counts(database: Database) -> None:
    other = UUID(int=7)
    await tell(database, moved(5, THERE), moved(2, HERE), moved(3, HERE, other), moved(2, THERE, other))
    assert (await known(database))["village_code"] == THERE
    assert (await known(database, other))["village_code"] == HERE


async def test_the_same_event_again_changes_nothing(database: Database) -> None:
    for _ in range(3):
        await tell(database, certified(4))
    assert (await known(database))["certified"]
    assert len(await rows(database, "SELECT 1 FROM known_cases")) == 1


async def test_a_household_that_left_poverty_has_no_dimensions(database: Database) -> None:
    await tell(database, surveyed(2, "income"))
    await tell(database, surveyed(3))
    assert (await known(database))["dimensions"] == []


async def test_two_consumers_at_once_leave_what_both_told(database: Database) -> None:
    households = [uuid4() for _ in range(40)]
    cases = {household: (uuid4(), uuid4()) for household in households}

    async def first() -> None:
        await tell(database, *(certified(4, cases[one][0], one) for one in households))
        await tell(database, *(left(5, cases[one][0], one) for one in households))

    async def second() -> None:
        await tell(database, *(certified(4, cases[one][1], one) for one in reversed(households)))

    async def third() -> None:
        await tell(database, *(moved(9, THERE, one) for one in households[::2]))

    await asyncio.gather(first(), second(), third())
    found = await rows(database, "SELECT household_id, certified, case_id FROM known_households")
    assert {row["household_id"]: row["case_id"] for row in found} == {
        one: cases[one][1] for one in households
    }
    assert all(row["certified"] for row in found)


async def test_a_death_is_known_by_its_surrogate_id(database: Database) -> None:
    about = {"person_id": uuid4(), "household_id": None, "village_code": HERE, "died_on": "2026-01-01"}
    await tell(database, ("households.person.died.v1", 3, about))
    (row,) = await rows(database, "SELECT person_id, died_on FROM known_deaths")
    assert tuple(row) == (about["person_id"], date(2026, 1, 1))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=20))
def test_the_newest_fact_of_each_thing_is_kept_in_one_order(told: list[tuple[int, int]]) -> None:
    kept = newest(Location(UUID(int=key), sequence, HERE) for key, sequence in told)
    assert [fact.key for fact in kept] == sorted({UUID(int=key) for key, _ in told})
    for fact in kept:
        assert fact.sequence == max(sequence for key, sequence in told if UUID(int=key) == fact.key)


async def test_nothing_told_is_nothing_done(database: Database) -> None:
    async with database.transaction() as session:
        await service.set_cases(session, [], now=NOW)
        await service.locate(session, [], now=NOW)
    assert not await rows(database, "SELECT 1 FROM known_households")


async def test_eligible_are_the_certified_households_of_the_callers_areas(
    officer: Caller, database: Database
) -> None:
    neighbour = UUID(int=8)
    await tell(database, registered(), registered(household=UUID(int=5)))
    await tell(database, surveyed(2, "income"))
    await tell(database, certified(4), certified(4, uuid4(), neighbour))
    await tell(database, moved(2, "10010101", neighbour))
    answer = (await officer.get("/v1/funds/eligible-households", count="true")).json()
    assert answer["total"] == 1
    (household,) = answer["items"]
    assert household == {
        "household_id": str(HOUSEHOLD),
        "village_code": HERE,
        "certified": True,
        "certified_on": "2026-01-05",
        "case_id": str(CASE),
        "edition_year": 2565,
        "dimensions": ["income"],
        "survey_poor": 1,
        "target_poor": 1,
        "income_band": "under_38000",
        "updated_at": household["updated_at"],
    }
    others = (await officer.get("/v1/funds/eligible-households", certified="false", area="3411")).json()
    assert [one["household_id"] for one in others["items"]] == [str(UUID(int=5))]
    nobody = (await officer.where().get("/v1/funds/eligible-households", count="true")).json()
    assert (nobody["items"], nobody["total"]) == ([], 0)
    country = (await officer.where("").get("/v1/funds/eligible-households", count="true")).json()
    assert country["total"] == 2


async def test_eligible_households_are_paged_without_gap_or_repeat(
    officer: Caller, database: Database
) -> None:
    households = [UUID(int=100 + at) for at in range(23)]
    async with database.transaction() as session:
        facts = [
            CaseFact(uuid4(), 4, one, HERE if one.int % 3 else THERE, date(2026, 1, 5)) for one in households
        ]
        await service.set_cases(session, facts, now=NOW)
    seen, cursor = [], None
    while True:
        given = {"limit": 5, **({"cursor": cursor} if cursor else {})}
        page = (await officer.get("/v1/funds/eligible-households", **given)).json()
        seen += [(one["village_code"], UUID(one["household_id"])) for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(seen)
    assert {household for _, household in seen} == set(households)
    assert len(seen) == 23


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"area": "341"}, 422, "invalid_request"),
        ({"area": "๓๔"}, 422, "invalid_request"),
        ({"certified": "perhaps"}, 422, "invalid_request"),
        ({"village": "34110209"}, 422, "unknown_parameter"),
        ({"limit": "201"}, 422, "invalid_request"),
        ({"cursor": "AAAA"}, 400, "invalid_cursor"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(
    officer: Caller, query: dict[str, str], status: int, code: str
) -> None:
    answer = await officer.get("/v1/funds/eligible-households", **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_reading_eligible_households_needs_the_funds_scope(officer: Caller) -> None:
    answer = await officer.only({"areas:read"}).get("/v1/funds/eligible-households")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_rows_of_the_list_are_what_the_document_promises(officer: Caller, database: Database) -> None:
    await tell(database, certified(4))
    (item,) = (await officer.get("/v1/funds/eligible-households")).json()["items"]
    assert EligibleHousehold.model_validate(item).model_dump(mode="json").keys() == item.keys()
