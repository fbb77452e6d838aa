"""Meetings over HTTP: drafted, opened, closed; who was present, who declared what."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared import clock

Story = Any  # the fixture of conftest.py


def refused(answer: Any, status: int, code: str) -> list[str]:
    """Return the pointers of a refusal after checking what it is."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


def drafted(committee: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "committee_id": committee["id"],
        "held_on": "2026-01-05",
        "place": "ที่ว่าการอำเภอ",
        "minutes_number": "1/2569",
        "present": list(committee["ids"].values()),
        **changes,
    }


async def test_a_meeting_is_drafted_changed_opened_and_closed(story: Story) -> None:
    committee = await story.committee()
    answer = await story.secretary.post("/v1/meetings", drafted(committee, present=[]))
    meeting = answer.json()
    path = f"/v1/meetings/{meeting['id']}"
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, path, '"1"')
    assert (meeting["state"], meeting["in_office"], meeting["quorum"]) == ("draft", 3, False)
    two = sorted(committee["ids"].values())[:2]
    answer = await story.secretary.patch(path, {"present": two, "place": "ศาลากลาง"}, if_match='"1"')
    changed = answer.json()
    assert (changed["present"], changed["place"], changed["quorum"]) == (two, "ศาลากลาง", True)
    assert (await story.secretary.post(f"{path}/opening", {})).json()["state"] == "held"
    refused(await story.secretary.patch(path, {"place": "x"}, if_match='"3"'), 409, "meeting_not_draft")
    refused(await story.secretary.post(f"{path}/opening", {}), 409, "meeting_not_draft")
    assert (await story.secretary.post(f"{path}/closing", {})).json()["state"] == "closed"
    refused(await story.secretary.post(f"{path}/closing", {}), 409, "meeting_not_held")


async def test_a_changed_draft_needs_the_version_that_was_seen(story: Story) -> None:
    committee = await story.committee()
    path = f"/v1/meetings/{(await story.secretary.post('/v1/meetings', drafted(committee))).json()['id']}"
    refused(await story.secretary.request("PATCH", path, json={"place": "x"}), 428, "version_required")
    refused(await story.secretary.patch(path, {"place": "x"}, if_match='"9"'), 412, "stale_version")


async def test_a_minutes_number_is_used_once_by_a_committee(story: Story) -> None:
    committee = await story.committee()
    assert (await story.secretary.post("/v1/meetings", drafted(committee))).status_code == 201
    refused(await story.secretary.post("/v1/meetings", drafted(committee)), 409, "minutes_number_taken")
    other = await story.committee(area="3415")
    neighbour = story.secretary.where("34")
    assert (await neighbour.post("/v1/meetings", drafted(other))).status_code == 201


async def test_no_meeting_is_held_tomorrow(story: Story) -> None:
    committee = await story.committee()
    tomorrow = (clock.business_date(clock.now()) + timedelta(days=1)).isoformat()
    answer = await story.secretary.post("/v1/meetings", drafted(committee, held_on=tomorrow))
    assert refused(answer, 422, "meeting_in_future") == ["/held_on"]
    path = f"/v1/meetings/{(await story.secretary.post('/v1/meetings', drafted(committee))).json()['id']}"
    answer = await story.secretary.patch(path, {"held_on": tomorrow}, if_match='"1"')
    refused(answer, 422, "meeting_in_future")


async def test_only_members_in_office_are_present(story: Story) -> None:
    committee = await story.committee()
    stranger = str(uuid4())
    answer = await story.secretary.post("/v1/meetings", drafted(committee, present=[stranger]))
    assert refused(answer, 422, "member_not_in_office") == ["/present/0"]
    answer = await story.secretary.post("/v1/meetings", drafted(committee, held_on="2024-12-31"))
    assert len(refused(answer, 422, "member_not_in_office")) == 3


async def test_a_meeting_moved_to_a_day_before_the_term_loses_its_members(story: Story) -> None:
    committee = await story.committee()
    path = f"/v1/meetings/{(await story.secretary.post('/v1/meetings', drafted(committee))).json()['id']}"
    answer = await story.secretary.patch(path, {"held_on": "2024-06-01"}, if_match='"1"')
    refused(answer, 422, "member_not_in_office")
    assert (await story.secretary.get(path)).json()["held_on"] == "2026-01-05"


async def test_a_conflict_is_declared_by_who_is_present_about_a_case_that_exists(story: Story) -> None:
    committee, case_id = await story.committee(), await story.found()
    member, other, _ = committee["ids"].values()
    conflict = {"member_id": member, "case_id": case_id, "reason": "ญาติ"}
    body = drafted(committee, present=[other], conflicts=[conflict])
    answer = await story.secretary.post("/v1/meetings", body)
    assert refused(answer, 422, "member_not_present") == ["/conflicts/0/member_id"]
    body = drafted(committee, conflicts=[{**conflict, "case_id": str(uuid4())}])
    refused(await story.secretary.post("/v1/meetings", body), 422, "unknown_case")
    answer = await story.secretary.post("/v1/meetings", drafted(committee, conflicts=[conflict]))
    assert answer.json()["conflicts"] == [conflict]


async def test_nobody_opens_a_meeting_of_a_committee_without_members(story: Story) -> None:
    body = {"level": "district", "area_code": "3411", "name_th": "ศจพ.อ."}
    committee = (await story.secretary.post("/v1/committees", body)).json()
    meeting = (await story.secretary.post("/v1/meetings", drafted({**committee, "ids": {}}))).json()
    answer = await story.secretary.post(f"/v1/meetings/{meeting['id']}/opening", {})
    refused(answer, 409, "committee_not_in_office")


async def test_an_unknown_and_a_dissolved_committee_do_not_meet(story: Story) -> None:
    committee = await story.committee()
    nobody = {"id": str(uuid4()), "ids": {}}
    assert refused(await story.secretary.post("/v1/meetings", drafted(nobody)), 422, "unknown_committee")
    neighbour = story.secretary.where("3415")
    refused(await neighbour.post("/v1/meetings", drafted(committee)), 422, "unknown_committee")
    path = f"/v1/committees/{committee['id']}"
    await story.secretary.patch(path, {"dissolved_on": "2026-01-01"}, if_match='"1"')
    refused(await story.secretary.post("/v1/meetings", drafted(committee)), 409, "committee_dissolved")


@pytest.mark.parametrize("act", ["opening", "closing", "conflicts"])
async def test_a_neighbours_meeting_does_not_exist(story: Story, act: str) -> None:
    meeting = (await story.secretary.post("/v1/meetings", drafted(await story.committee()))).json()
    body: dict[str, Any] = {"conflicts": []} if act == "conflicts" else {}
    answer = await story.secretary.where("3415").post(f"/v1/meetings/{meeting['id']}/{act}", body)
    refused(answer, 404, "meeting_not_found")


async def test_meetings_are_listed_by_committee_and_state(story: Story) -> None:
    committee = await story.committee()
    held = await story.meeting(committee)
    draft = (await story.secretary.post("/v1/meetings", drafted(committee, minutes_number="99"))).json()["id"]
    listed = (await story.secretary.get("/v1/meetings", committee_id=committee["id"], count="true")).json()
    assert ([one["id"] for one in listed["items"]], listed["total"]) == ([held, draft], 2)
    narrowed = (await story.secretary.get("/v1/meetings", state="held")).json()["items"]
    assert [one["id"] for one in narrowed] == [held]
    first = (await story.secretary.get("/v1/meetings", limit=1)).json()
    second = (await story.secretary.get("/v1/meetings", limit=1, cursor=first["next"])).json()
    assert [second["items"][0]["id"], second["next"]] == [draft, None]


async def test_an_id_made_by_the_client_is_taken_once(story: Story) -> None:
    committee, meeting_id = await story.committee(), str(uuid4())
    first = drafted(committee, id=meeting_id)
    assert (await story.secretary.post("/v1/meetings", first)).json()["id"] == meeting_id
    again = drafted(committee, id=meeting_id, minutes_number="2/2569")
    refused(await story.secretary.post("/v1/meetings", again), 409, "meeting_exists")
