"""Committees of funds: one person one term at a time, one chair, secretary and treasurer."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.committees.rules import Role, Term, quorum, same_person_twice, seat_taken
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund

DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write", "funds:approve")


@pytest.fixture
async def path(database: Database) -> str:
    """Make a fund; return the address of its committee."""
    async with database.transaction() as session:
        return f"/v1/funds/{(await a_fund(session)).id}/committee"


def member(name: str, **changes: Any) -> dict[str, Any]:
    return {"display_name": name, "subject": f"user:{name}", "term_from": "2025-10-01", **changes}


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def appointed(keeper: Caller, path: str, name: str, **changes: Any) -> dict[str, Any]:
    answer = await keeper.post(path, member(name, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_committee_is_listed_by_first_day_and_by_who_is_in_office(keeper: Caller, path: str) -> None:
    first = await appointed(keeper, path, "a", role="chair", term_to="2025-12-31")
    second = await appointed(keeper, path, "b", role="chair", term_from="2026-01-01")
    everybody = (await keeper.get(path, count="true")).json()
    assert ([one["id"] for one in everybody["items"]], everybody["total"]) == ([first["id"], second["id"]], 2)
    for day, holder in {"2025-12-31": first, "2026-01-01": second}.items():
        found = (await keeper.get(path, on=day, count="true")).json()
        assert ([one["id"] for one in found["items"]], found["total"]) == ([holder["id"]], 1)
    page = (await keeper.get(path, limit=1)).json()
    assert (await keeper.get(path, limit=1, cursor=page["next"])).json()["items"] == [second]


@pytest.mark.parametrize("role", ["chair", "secretary", "treasurer"])
async def test_of_many_appointed_to_one_seat_at_once_one_gets_it(
    keeper: Caller, path: str, role: str
) -> None:
    answers = await asyncio.gather(*(keeper.post(path, member(name, role=role)) for name in "abcd"))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert refused(next(one for one in answers if one.status_code == 409), 409, "fund_seat_taken") == [
        "/role"
    ]


async def test_there_may_be_two_vice_chairs(keeper: Caller, path: str) -> None:
    for name in "ab":
        await appointed(keeper, path, name, role="vice_chair")


async def test_one_person_has_one_term_at_a_time_by_user_or_by_surrogate_id(
    keeper: Caller, path: str
) -> None:
    person = "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"
    await appointed(keeper, path, "a", person_id=person, term_to="2026-01-31")
    refused(await keeper.post(path, member("a", term_from="2026-01-31")), 409, "fund_term_overlaps")
    other = member("other", person_id=person)
    assert refused(await keeper.post(path, other), 409, "fund_term_overlaps") == ["/term_from"]
    await appointed(keeper, path, "a", person_id=person, term_from="2026-02-01")


async def test_people_without_a_user_id_are_told_apart_by_nothing(keeper: Caller, path: str) -> None:
    for _ in range(2):
        await appointed(keeper, path, "x", subject=None)


async def test_a_term_ends_with_a_reason(keeper: Caller, path: str) -> None:
    one = f"{path}/{(await appointed(keeper, path, 'a'))['id']}"
    missing = await keeper.patch(one, {"term_to": "2026-01-31"}, if_match='"1"')
    assert refused(missing, 422, "end_reason_missing") == ["/end_reason"]
    missing = await keeper.patch(one, {"end_reason": "resigned"}, if_match='"1"')
    assert refused(missing, 422, "end_reason_missing") == ["/term_to"]
    early = {"term_to": "2025-09-30", "end_reason": "resigned"}
    refused(await keeper.patch(one, early, if_match='"1"'), 422, "fund_term_ends_before_start")
    ended = await keeper.patch(one, {"term_to": "2026-01-31", "end_reason": "resigned"}, if_match='"1"')
    assert (ended.json()["end_reason"], ended.headers["etag"]) == ("resigned", '"2"')
    refused(await keeper.patch(one, {"display_name": "b"}, if_match='"1"'), 412, "stale_version")
    again = await keeper.patch(one, {"term_to": None, "end_reason": None}, if_match='"2"')
    assert again.json()["term_to"] is None


async def test_an_ended_term_is_not_prolonged_over_the_next_holders(keeper: Caller, path: str) -> None:
    first = await appointed(keeper, path, "a", role="chair", term_to="2025-12-31")
    await appointed(keeper, path, "b", role="chair", term_from="2026-01-01")
    longer = {"term_to": None, "end_reason": None}
    refused(await keeper.patch(f"{path}/{first['id']}", longer, if_match='"1"'), 409, "fund_seat_taken")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"role": "king"}, "/role"),
        ({"subject": "has blank"}, "/subject"),
        ({"display_name": ""}, "/display_name"),
        ({"display_name": "บุญมี 1-2345-67890-12-1"}, "/display_name"),
        ({"version": 3}, "/version"),
        ({"term_from": "2568-10-01x"}, "/term_from"),
    ],
)
async def test_a_member_who_cannot_be_is_refused(
    keeper: Caller, path: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = await keeper.post(path, member("a", **changes))
    assert refused(answer, 422, "invalid_request") == [pointer]


async def test_nobody_makes_herself_a_member_or_changes_who_she_is(keeper: Caller, path: str) -> None:
    her = keeper.named("user:a")
    refused(await her.post(path, member("a")), 403, "own_fund_term")
    assert (await keeper.get(path)).json()["items"] == []
    household = "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"
    one = f"{path}/{(await appointed(keeper, path, 'a', household_id=household))['id']}"
    longer = {"term_to": "2149-01-01", "end_reason": "term_ended"}
    for patch in ({"household_id": None}, {"subject": None}, {"subject": "user:x"}, longer):
        refused(await her.patch(one, patch, if_match='"1"'), 403, "own_fund_term")
    other = f"{path}/{(await appointed(keeper, path, 'b'))['id']}"
    refused(await her.patch(other, {"subject": "user:a"}, if_match='"1"'), 403, "own_fund_term")
    ended = {"term_to": "2026-01-31", "end_reason": "resigned"}
    assert (await keeper.patch(one, ended, if_match='"1"')).status_code == 200


async def test_another_seat_is_another_term(keeper: Caller, path: str) -> None:
    one = f"{path}/{(await appointed(keeper, path, 'a'))['id']}"
    assert refused(await keeper.patch(one, {"role": "chair"}, if_match='"1"'), 422, "invalid_request") == [
        "/role"
    ]


async def test_nobody_is_appointed_to_a_suspended_fund(keeper: Caller, path: str) -> None:
    fund = path.removesuffix("/committee")
    await keeper.post(f"{fund}/state", {"state": "suspended", "reason": "ตรวจสอบ"})
    refused(await keeper.post(path, member("a")), 409, "fund_not_active")


async def test_a_term_of_another_fund_is_not_there(keeper: Caller, path: str, database: Database) -> None:
    async with database.transaction() as session:
        other = await a_fund(session)
    term = await appointed(keeper, path, "a")
    answer = await keeper.patch(
        f"/v1/funds/{other.id}/committee/{term['id']}", {"display_name": "b"}, if_match="*"
    )
    refused(answer, 404, "fund_committee_member_not_found")


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
def test_two_terms_overlap_exactly_when_they_share_a_day(
    start: date, days: int, other_start: date, other_days: int
) -> None:
    end, other_end = start + timedelta(days), other_start + timedelta(other_days)
    one = Term(Role.CHAIR, start, end, "user:a")
    other = Term(Role.CHAIR, other_start, other_end, "user:a")
    shared = max(start, other_start) <= min(end, other_end)
    assert one.overlaps(other) == other.overlaps(one) == shared
    assert seat_taken(one, [other]) == same_person_twice(one, [other]) == shared
    endless = Term(Role.CHAIR, other_start, None, "user:a")
    assert one.overlaps(endless) == endless.overlaps(one) == (end >= other_start)


@pytest.mark.parametrize(("present", "total", "reached"), [(5, 9, True), (4, 9, False), (5, 10, False)])
def test_more_than_half_make_a_quorum(present: int, total: int, *, reached: bool) -> None:
    assert quorum(present, total) is reached
