"""What answers hold: lists are shaped as documented, and nothing of an answer can be set by a caller."""

from typing import Any

import pytest

from households.cases.schemas import CaseDetail, CaseOut, NewCase
from households.committees.schemas import CommitteeChange, CommitteeDetail, CommitteeOut, NewCommittee
from households.meetings.schemas import MeetingChange, MeetingDetail, MeetingOut, NewMeeting
from households.resolutions.schemas import NewResolution, ResolutionDetail, ResolutionOut
from shared.schemas import Schema

Story = Any  # the fixture of conftest.py
LISTS: list[tuple[str, type[Schema]]] = [
    ("/v1/cases", CaseOut),
    ("/v1/committees", CommitteeOut),
    ("/v1/meetings", MeetingOut),
]
WRITES: list[tuple[str, str, type[Schema], type[Schema]]] = [
    ("POST", "/v1/cases", NewCase, CaseDetail),
    ("POST", "/v1/committees", NewCommittee, CommitteeDetail),
    ("PATCH", "/v1/committees/{committee}", CommitteeChange, CommitteeDetail),
    ("POST", "/v1/meetings", NewMeeting, MeetingDetail),
    ("PATCH", "/v1/meetings/{meeting}", MeetingChange, MeetingDetail),
    ("POST", "/v1/meetings/{meeting}/resolutions", NewResolution, ResolutionDetail),
]


async def test_rows_of_lists_are_what_the_document_promises(story: Story) -> None:
    await story.certified()
    for path, shape in LISTS:
        items = (await story.secretary.get(path)).json()["items"]
        assert items, path
        for item in items:
            assert shape.model_validate(item).model_dump(mode="json").keys() == item.keys(), path
    (meeting,) = (await story.secretary.get("/v1/meetings")).json()["items"]
    resolutions = (await story.secretary.get(f"/v1/meetings/{meeting['id']}/resolutions")).json()["items"]
    assert [ResolutionOut.model_validate(one).certified for one in resolutions] == [1]


@pytest.mark.parametrize(("method", "path", "taken", "given"), WRITES, ids=[f"{w[0]} {w[1]}" for w in WRITES])
async def test_what_the_service_decides_cannot_be_sent(
    story: Story, method: str, path: str, taken: type[Schema], given: type[Schema]
) -> None:
    committee = await story.committee()
    place = path.format(committee=committee["id"], meeting=await story.meeting(committee))
    everything = story.secretary.may("cases:write", "committees:write", "meetings:write", "cases:approve")
    for name in given.model_fields.keys() - taken.model_fields.keys():
        answer = await everything.request(method, place, json={name: None}, headers={"If-Match": "*"})
        assert answer.status_code == 422, (name, answer.text)
        refused = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
        assert refused[f"/{name}"] == "unknown_field", name
