"""Groups that members borrow in: of present members only, each once, by dates."""

import asyncio
from typing import Any

import pytest

from funds.members import queries
from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund, a_group, a_member

FORMED = {"name": "กลุ่มทอผ้า", "formed_on": "2025-01-05"}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write")


@pytest.fixture
async def world(database: Database) -> dict[str, str]:
    """Make a fund with three members, and one member of another fund."""
    async with database.transaction() as session:
        fund, other = await a_fund(session), await a_fund(session)
        ids = {f"m{at}": str((await a_member(session, fund)).id) for at in range(3)}
        stranger = await a_member(session, other)
    path = f"/v1/funds/{fund.id}/borrower-groups"
    return {**ids, "stranger": str(stranger.id), "path": path, "other": str(other.id)}


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def formed(keeper: Caller, world: dict[str, str], *members: str, **changes: Any) -> dict[str, Any]:
    seats = [{"member_id": world[name]} for name in members]
    answer = await keeper.post(world["path"], {**FORMED, "members": seats, **changes})
    assert answer.status_code == 201, answer.text
    group: dict[str, Any] = answer.json()
    return group


async def test_a_group_is_its_present_members(keeper: Caller, world: dict[str, str]) -> None:
    group = await formed(keeper, world, "m0", "m1")
    assert (group["size"], [one["joined_on"] for one in group["members"]]) == (2, ["2025-01-05"] * 2)
    one = f"{world['path']}/{group['id']}"
    joined = await keeper.post(f"{one}/members", {"member_id": world["m2"], "role": "chair"})
    assert (joined.status_code, joined.json()["size"], joined.headers["etag"]) == (201, 3, '"2"')
    left = await keeper.post(f"{one}/members/{world['m0']}/leave", {"left_on": "2026-01-05"})
    assert (left.json()["size"], left.json()["members"][0]["left_on"]) == (2, "2026-01-05")
    refused(
        await keeper.post(f"{one}/members/{world['m0']}/leave", {"left_on": "2026-01-05"}),
        404,
        "not_in_group",
    )
    back = await keeper.post(f"{one}/members", {"member_id": world["m0"]})
    assert [who["member_id"] for who in back.json()["members"]].count(world["m0"]) == 2
    assert (await keeper.get(world["path"], count="true")).json()["items"][0]["size"] == 3


async def test_only_present_members_of_the_fund_form_it_each_once(
    keeper: Caller, world: dict[str, str]
) -> None:
    seats = [{"member_id": world[name]} for name in ("m0", "stranger")]
    answer = await keeper.post(world["path"], {**FORMED, "members": seats})
    assert refused(answer, 422, "unknown_fund_member") == ["/members/1/member_id"]
    twice = [{"member_id": world["m0"]}] * 2
    answer = await keeper.post(world["path"], {**FORMED, "members": twice})
    assert refused(answer, 409, "in_group_already") == ["/members/1/member_id"]
    assert (await keeper.get(world["path"])).json()["items"] == []
    one = f"{world['path']}/{(await formed(keeper, world, 'm0'))['id']}/members"
    refused(await keeper.post(one, {"member_id": world["stranger"]}), 422, "unknown_fund_member")
    refused(await keeper.post(one, {"member_id": world["m0"]}), 409, "in_group_already")
    answers = await asyncio.gather(*(keeper.post(one, {"member_id": world["m1"]}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_name_is_one_standing_group_and_a_dissolved_one_changes_no_more(
    keeper: Caller, world: dict[str, str]
) -> None:
    first = await formed(keeper, world, "m0")
    one = f"{world['path']}/{first['id']}"
    refused(await keeper.post(world["path"], FORMED), 409, "borrower_group_exists")
    early = await keeper.patch(one, {"dissolved_on": "2025-01-04"}, if_match='"1"')
    assert refused(early, 422, "left_before_joined") == ["/dissolved_on"]
    ended = await keeper.patch(one, {"dissolved_on": "2026-01-05"}, if_match='"1"')
    assert (ended.json()["size"], ended.json()["members"][0]["left_on"]) == (0, "2026-01-05")
    refused(await keeper.patch(one, {"name": "อื่น"}, if_match='"2"'), 409, "borrower_group_dissolved")
    refused(await keeper.post(f"{one}/members", {"member_id": world["m1"]}), 409, "borrower_group_dissolved")
    second = await formed(keeper, world)
    listed = (await keeper.get(world["path"])).json()["items"]
    assert [group["id"] for group in listed] == [second["id"]]
    assert (await keeper.get(world["path"], dissolved="true", count="true")).json()["total"] == 2


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"formed_on": "2149-01-01"}, "date_in_future", "/formed_on"),
        ({"name": ""}, "invalid_request", "/name"),
        ({"size": 5}, "invalid_request", "/size"),
    ],
)
async def test_a_group_that_cannot_be_is_refused(
    keeper: Caller, world: dict[str, str], changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert refused(await keeper.post(world["path"], {**FORMED, **changes}), 422, code) == [pointer]


async def test_nobody_is_in_a_group_before_it_was_formed(keeper: Caller, world: dict[str, str]) -> None:
    group = await formed(keeper, world)
    answer = await keeper.post(
        f"{world['path']}/{group['id']}/members", {"member_id": world["m0"], "joined_on": "2025-01-04"}
    )
    assert refused(answer, 422, "left_before_joined") == ["/joined_on"]


async def test_who_leaves_the_fund_leaves_its_groups_and_is_no_borrower_any_more(
    keeper: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
        group = await a_group(session, fund, size=3)
    who = group.member_ids[0]
    path, groups = f"/v1/funds/{fund.id}/members/{who}/leave", f"/v1/funds/{fund.id}/borrower-groups"
    before = clock.now().isoformat()
    assert (await keeper.get(groups, updated_since=before)).json()["items"] == []
    assert (await keeper.post(path, {"left_on": "2026-01-05", "reason": "died"})).status_code == 200
    (changed,) = (await keeper.get(groups, updated_since=before)).json()["items"]
    assert (changed["size"], changed["version"]) == (2, 2)
    async with database.read() as session:
        left = await queries.borrower(session, "group", group.id, fund_id=fund.id)
        assert await queries.borrower(session, "member", who, fund_id=fund.id) is None
    assert left is not None
    assert (left.size, who in left.member_ids) == (2, False)


async def test_a_group_of_another_fund_is_not_there(keeper: Caller, world: dict[str, str]) -> None:
    group = await formed(keeper, world)
    elsewhere = f"/v1/funds/{world['other']}/borrower-groups/{group['id']}"
    refused(await keeper.get(elsewhere), 404, "borrower_group_not_found")
    refused(
        await keeper.post(f"{elsewhere}/members", {"member_id": world["stranger"]}),
        404,
        "borrower_group_not_found",
    )
