"""From found to certified: the whole way over HTTP, and everything that stops it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.db import Database, driver
from shared.testing.look import rows

Story = Any  # the fixture of conftest.py
NEIGHBOUR_VILLAGE = "34150101"


def refused(answer: Any, status: int, code: str) -> list[str]:
    """Return the pointers of a refusal after checking what it is."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_a_meeting_certifies_many_households_with_one_resolution(story: Story) -> None:
    cases = [await story.proposed() for _ in range(3)]
    committee = await story.committee()
    meeting = await story.meeting(committee)
    answer = await story.resolve(meeting, *cases)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["certified"], body["rejected"], body["returned"]) == (3, 0, 0)
    assert {one["voters"] for one in body["decisions"]} == {3}
    case = (await story.team.get(f"/v1/cases/{cases[0]}")).json()
    assert (case["state"], case["certified_on"], case["committee_id"]) == (
        "certified",
        "2026-01-05",
        committee["id"],
    )
    assert case["resolution_id"] == body["id"]


async def test_a_certification_and_its_event_are_one_fact(story: Story, database: Database) -> None:
    case_id = await story.certified()
    (event,) = await rows(
        database, "SELECT subject, sequence, data FROM outbox WHERE type = 'households.case.certified.v1'"
    )
    case = (await story.team.get(f"/v1/cases/{case_id}")).json()
    assert (str(event["subject"]), event["sequence"]) == (case_id, case["version"])
    assert event["data"]["household_id"] == case["household_id"]
    assert event["data"]["certified_on"] == "2026-01-05"


async def test_every_step_is_in_the_history_with_its_actor(story: Story) -> None:
    case_id = await story.certified()
    history = (await story.team.get(f"/v1/cases/{case_id}/transitions")).json()["items"]
    assert [(one["step"], one["to_state"], one["actor"]) for one in history] == [
        ("open", "found", "user:team"),
        ("verify", "verified", "user:team"),
        ("propose", "proposed", "user:team"),
        ("certify", "certified", "user:secretary"),
    ]
    assert [one["version"] for one in history] == [1, 2, 3, 4]


async def test_without_a_quorum_nothing_is_certified(story: Story) -> None:
    case_id = await story.proposed()
    committee = await story.committee("user:chair", "user:secretary", "user:c", "user:d")
    meeting = await story.meeting(committee, "user:chair", "user:secretary")
    pointers = refused(await story.resolve(meeting, case_id), 409, "quorum_missing")
    assert pointers == ["/decisions/0/case_id"]
    assert await story.state(case_id) == "proposed"


async def test_the_quorum_is_the_rule_of_the_meetings_day(story: Story, database: Database) -> None:
    first, second = await story.proposed(), await story.proposed()
    committee = await story.committee()
    async with database.transaction() as session:
        await (await driver(session)).execute(
            "INSERT INTO quorum_rules (valid_from, numerator, denominator, strict, source) "
            "VALUES ('2026-01-05', 1, 1, false, 'everybody'), ('2026-01-06', 1, 3, false, 'a third')"
        )
    meeting = await story.meeting(committee, "user:chair", "user:secretary")
    refused(await story.resolve(meeting, first), 409, "quorum_missing")
    everybody = await story.meeting(committee)
    assert (await story.resolve(everybody, first, second)).status_code == 201


async def test_the_proposer_does_not_certify(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    proposer = story.secretary.named("user:team")
    refused(await story.resolve(meeting, case_id, by=proposer), 403, "proposer_cannot_certify")
    assert await story.state(case_id) == "proposed"


async def test_a_proposer_on_the_committee_does_not_count_for_her_case(story: Story) -> None:
    case_id = await story.proposed()
    committee = await story.committee("user:team", "user:secretary", "user:c")
    both = await story.meeting(committee, "user:team", "user:secretary")
    refused(await story.resolve(both, case_id), 409, "quorum_missing")
    all_three = await story.meeting(committee)
    answer = await story.resolve(all_three, case_id)
    assert answer.status_code == 201, answer.text
    assert answer.json()["decisions"][0]["voters"] == 2


async def test_a_member_who_declared_a_conflict_does_not_count(story: Story) -> None:
    case_id, other = await story.proposed(), await story.proposed()
    committee = await story.committee("user:chair", "user:secretary", "user:c")
    conflict = {"member_id": committee["ids"]["user:c"], "case_id": case_id, "reason": "ญาติ"}
    meeting = await story.meeting(committee, "user:chair", "user:c", conflicts=(conflict,))
    assert refused(await story.resolve(meeting, other, case_id), 409, "quorum_missing") == [
        "/decisions/1/case_id"
    ]
    assert (await story.resolve(meeting, other)).status_code == 201


async def test_a_conflict_declared_during_the_meeting_counts_at_once(story: Story) -> None:
    case_id = await story.proposed()
    committee = await story.committee()
    meeting = await story.meeting(committee, "user:chair", "user:third")
    declared = {"member_id": committee["ids"]["user:third"], "case_id": case_id, "reason": "ญาติ"}
    path = f"/v1/meetings/{meeting}/conflicts"
    answer = await story.secretary.post(path, {"conflicts": [declared]})
    assert answer.json()["conflicts"] == [declared]
    refused(await story.resolve(meeting, case_id), 409, "quorum_missing")


async def test_nobody_decides_on_her_own_household(story: Story) -> None:
    case_id = await story.proposed()
    household_id = (await story.team.get(f"/v1/cases/{case_id}")).json()["household_id"]
    committee = await story.committee("user:secretary", "user:b", "user:c")
    path = f"/v1/committees/{committee['id']}/members/{committee['ids']['user:secretary']}"
    answer = await story.secretary.patch(path, {"household_id": household_id}, if_match='"1"')
    assert answer.status_code == 200, answer.text
    meeting = await story.meeting(committee)
    refused(await story.resolve(meeting, case_id), 403, "own_household")
    other = story.secretary.named("user:b")
    assert (await story.resolve(meeting, case_id, by=other)).json()["decisions"][0]["voters"] == 2


@pytest.mark.parametrize(
    ("area", "level", "code"),
    [
        ("34", "province", "wrong_committee_level"),
        ("341102", "tambon", "wrong_committee_level"),
        ("3415", "district", "wrong_committee_area"),
    ],
)
async def test_only_the_households_own_district_certifies(
    story: Story, area: str, level: str, code: str
) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee(area=area, level=level))
    refused(await story.resolve(meeting, case_id), 409, code)


async def test_a_resolution_is_taken_whole_or_not_at_all(story: Story, database: Database) -> None:
    good, unproposed = await story.proposed(), await story.verified()
    meeting = await story.meeting(await story.committee())
    answer = await story.resolve(meeting, good, unproposed, str(uuid4()), good)
    assert refused(answer, 409, "decisions_refused") == [
        "/decisions/2/case_id",
        "/decisions/3/case_id",
        "/decisions/1/case_id",
    ]
    codes = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert codes["/decisions/1/case_id"] == "wrong_state"
    assert codes["/decisions/2/case_id"] == "case_not_found"
    assert codes["/decisions/3/case_id"] == "case_twice"
    assert await story.state(good) == "proposed"
    assert not await rows(database, "SELECT 1 FROM resolutions")


async def test_rejecting_takes_a_reason(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    pointers = refused(await story.resolve(meeting, case_id, decision="rejected"), 422, "reason_required")
    assert pointers == ["/decisions/0/reason"]
    answer = await story.resolve(meeting, case_id, decision="rejected", reason="รายได้เกินเกณฑ์")
    assert answer.json()["rejected"] == 1
    assert await story.state(case_id) == "rejected"


async def test_a_returned_case_is_verified_and_proposed_again(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    await story.resolve(meeting, case_id, decision="returned", reason="ข้อมูลไม่ครบ")
    assert await story.state(case_id) == "verified"
    assert (await story.team.post("/v1/cases/proposals", {"case_ids": [case_id]})).status_code == 200


async def test_the_province_hears_the_appeal_and_the_district_does_not(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    await story.resolve(meeting, case_id, decision="rejected", reason="รายได้เกินเกณฑ์")
    answer = await story.team.named("user:kin").post(f"/v1/cases/{case_id}/appeal", {"reason": "ตกงาน"})
    assert answer.json()["appealed"], answer.text
    refused(await story.resolve(meeting, case_id), 409, "wrong_committee_level")
    province = await story.meeting(await story.committee(area="34", level="province"))
    kin = story.secretary.named("user:kin")
    refused(await story.resolve(province, case_id, by=kin), 403, "proposer_cannot_certify")
    assert (await story.resolve(province, case_id)).status_code == 201
    assert await story.state(case_id) == "certified"


async def test_there_is_no_second_appeal(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    await story.resolve(meeting, case_id, decision="rejected", reason="x")
    path = f"/v1/cases/{case_id}/appeal"
    assert (await story.team.post(path, {"reason": "ตกงาน"})).status_code == 200
    province = await story.meeting(await story.committee(area="34", level="province"))
    await story.resolve(province, case_id, decision="rejected", reason="x")
    refused(await story.team.post(path, {"reason": "ตกงาน"}), 409, "not_appealable")


async def test_a_draft_and_a_closed_meeting_decide_nothing(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    assert (await story.secretary.post(f"/v1/meetings/{meeting}/closing", {})).status_code == 200
    refused(await story.resolve(meeting, case_id), 409, "meeting_not_held")


async def test_a_resolution_number_is_used_once_in_a_meeting(story: Story) -> None:
    one, other = await story.proposed(), await story.proposed()
    meeting = await story.meeting(await story.committee())
    path = f"/v1/meetings/{meeting}/resolutions"
    body = {"resolution_no": "1", "decisions": [{"case_id": one, "decision": "certified"}]}
    assert (await story.secretary.post(path, body)).status_code == 201
    body["decisions"] = [{"case_id": other, "decision": "certified"}]
    refused(await story.secretary.post(path, body), 409, "resolution_number_taken")
    assert await story.state(other) == "proposed"


async def test_of_two_meetings_that_certify_the_same_case_one_wins(story: Story, database: Database) -> None:
    cases = [await story.proposed() for _ in range(4)]
    committee = await story.committee()
    meetings = [await story.meeting(committee) for _ in range(4)]
    answers = await asyncio.gather(
        *(
            story.resolve(meeting, *(cases if at % 2 else reversed(cases)))
            for at, meeting in enumerate(meetings)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"wrong_state"}
    (events,) = await rows(
        database, "SELECT count(*) AS n FROM outbox WHERE type = 'households.case.certified.v1'"
    )
    assert events["n"] == 4


async def test_a_resolution_outside_the_callers_areas_does_not_exist(story: Story) -> None:
    case_id = await story.proposed()
    meeting = await story.meeting(await story.committee())
    body = {"resolution_no": "9", "decisions": [{"case_id": case_id, "decision": "certified"}]}
    answer = await story.secretary.where("3415").post(f"/v1/meetings/{meeting}/resolutions", body)
    refused(answer, 404, "meeting_not_found")
    resolved = (await story.resolve(meeting, case_id)).json()
    path = f"/v1/meetings/{meeting}/resolutions"
    assert (await story.secretary.get(path)).json()["items"][0]["id"] == resolved["id"]
    refused(await story.secretary.where("3415").get(path), 404, "meeting_not_found")
    refused(await story.secretary.get(f"{path}/{uuid4()}"), 404, "resolution_not_found")
