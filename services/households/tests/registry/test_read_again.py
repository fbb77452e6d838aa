"""Reading again what one has: 304 only while the answer is the same, and recorded all the same."""

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows


@pytest.fixture
async def household(officer: Caller) -> dict[str, str]:
    """Return a household and its only member, by id."""
    head = {"relation": "head", "person": {"first_name": "มานะ", "last_name": "ใจดี"}}
    answer = (await officer.post("/v1/households", {"village_code": "34110209", "members": [head]})).json()
    return {"id": answer["id"], "member": answer["members"][0]["id"]}


async def test_a_household_read_again_is_not_sent_again_and_still_leaves_an_audit_row(
    officer: Caller, household: dict[str, str], database: Database
) -> None:
    path = f"/v1/households/{household['id']}"
    tag = (await officer.get(path)).headers["etag"]
    again = await officer.request("GET", path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert len(await rows(database, "SELECT 1 FROM audit WHERE action = 'household.read'")) == 2


async def test_a_households_answer_changes_with_its_members_though_its_version_stays(
    officer: Caller, household: dict[str, str]
) -> None:
    path = f"/v1/households/{household['id']}"
    seen = await officer.get(path)
    person = f"/v1/persons/{household['member']}"
    changed = await officer.patch(person, {"first_name": "มานี"}, if_match='"1"')
    assert changed.status_code == 200
    again = await officer.request("GET", path, headers={"If-None-Match": seen.headers["etag"]})
    assert (again.status_code, again.json()["version"]) == (200, seen.json()["version"])
    assert again.json()["members"][0]["first_name"] == "มานี"


async def test_a_persons_answer_in_full_is_another_than_the_masked_one(
    officer: Caller, household: dict[str, str]
) -> None:
    reader, path = officer.may("pii:read"), f"/v1/persons/{household['member']}"
    tag = (await reader.get(path)).headers["etag"]
    stated = {"If-None-Match": tag, "Purpose": "home visit"}
    assert (await reader.request("GET", path, headers=stated)).status_code == 304
    assert (await reader.request("GET", f"{path}?full=true", headers=stated)).status_code == 200


async def test_who_may_not_see_a_household_is_not_told_that_it_is_unchanged(
    officer: Caller, household: dict[str, str]
) -> None:
    path = f"/v1/households/{household['id']}"
    tag = (await officer.get(path)).headers["etag"]
    hidden = await officer.where("3419").request("GET", path, headers={"If-None-Match": tag})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "household_not_found")


async def test_the_tag_of_a_read_is_taken_by_a_change(officer: Caller, household: dict[str, str]) -> None:
    path = f"/v1/households/{household['id']}"
    tag = (await officer.get(path)).headers["etag"]
    assert (await officer.patch(path, {"house_no": "9"}, if_match=tag)).status_code == 200
    assert (await officer.patch(path, {"house_no": "10"}, if_match=tag)).status_code == 412
