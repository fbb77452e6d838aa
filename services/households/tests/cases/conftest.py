"""The people of the story: a tambon team that finds and proposes, a district committee that certifies."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from httpx import AsyncClient, Response

from shared.testing.caller import Caller
from shared.testing.identity import TestIssuer

VILLAGE = "34110209"
HELD_ON = "2026-01-05"


@dataclass
class Story:
    """Ways to get to where a test begins; each asserts that it got there."""

    team: Caller
    """The tambon team of 341102: finds, verifies, proposes."""
    secretary: Caller
    """The secretary of the district committee of 3411: keeps minutes, records resolutions."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def household(self, village: str = VILLAGE) -> str:
        """Register a household."""
        person = {"first_name": "สมชาย", "last_name": "ใจดี", "birth_date": "1970-01-01"}
        head = {"relation": "head", "valid_from": "2025-01-01", "person": person}
        body = {"village_code": village, "members": [head]}
        return str(made(await self.team.where("34").post("/v1/households", body))["id"])

    async def found(self, village: str = VILLAGE) -> str:
        """Open a field case."""
        body = {"household_id": await self.household(village), "found_reason": "บ้านพัง"}
        return str(made(await self.team.where("34").post("/v1/cases", body))["id"])

    async def verified(self, village: str = VILLAGE) -> str:
        """Verify a case."""
        case_id = await self.found(village)
        made(await self.team.where("34").post(f"/v1/cases/{case_id}/verification", {"developable": True}))
        return case_id

    async def proposed(self, village: str = VILLAGE) -> str:
        """Propose a case as the team."""
        case_id = await self.verified(village)
        made(await self.team.where("34").post("/v1/cases/proposals", {"case_ids": [case_id]}))
        return case_id

    async def committee(self, *subjects: str, area: str = "3411", level: str = "district") -> dict[str, Any]:
        """Set up a committee; its members' ids by subject are under `ids`."""
        subjects = subjects or ("user:chair", "user:secretary", "user:third")
        members = [{"subject": one, "display_name": one, "term_from": "2025-01-01"} for one in subjects]
        body = {"level": level, "area_code": area, "name_th": "ศจพ.อ.", "members": members}
        committee = made(await self.secretary.where("34").post("/v1/committees", body))
        return {**committee, "ids": {one["subject"]: one["id"] for one in committee["members"]}}

    async def meeting(
        self, committee: dict[str, Any], *present: str, conflicts: tuple[dict[str, str], ...] = ()
    ) -> str:
        """Open a meeting at which these subjects are present, all members when none is named."""
        body = {
            "committee_id": committee["id"],
            "held_on": HELD_ON,
            "place": "ที่ว่าการอำเภอ",
            "minutes_number": f"{next(self.numbers)}/2569",
            "present": [committee["ids"][one] for one in present or committee["ids"]],
            "conflicts": list(conflicts),
        }
        meeting_id = made(await self.secretary.where("34").post("/v1/meetings", body))["id"]
        made(await self.secretary.where("34").post(f"/v1/meetings/{meeting_id}/opening", {}))
        return str(meeting_id)

    async def resolve(
        self, meeting_id: str, *case_ids: str, by: Caller | None = None, **decision: Any
    ) -> Response:
        """Send a resolution over the cases: certified unless told otherwise."""
        decisions = [{"case_id": one, "decision": "certified", **decision} for one in case_ids]
        body = {"resolution_no": str(next(self.numbers)), "decisions": decisions}
        caller = by or self.secretary
        return await caller.where("34").post(f"/v1/meetings/{meeting_id}/resolutions", body)

    async def certified(self) -> str:
        """Certify a case."""
        case_id = await self.proposed()
        made(await self.resolve(await self.meeting(await self.committee()), case_id))
        return case_id

    async def state(self, case_id: str) -> str:
        """Return where a case stands."""
        return str(made(await self.team.where("34").get(f"/v1/cases/{case_id}"))["state"])


def made(response: Response) -> dict[str, Any]:
    """Return the body of an answer that must be a success."""
    assert response.status_code < 300, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def story(client: AsyncClient, issuer: TestIssuer) -> Story:
    """Return the story's beginning: nobody but its people."""
    find = {"households:read", "households:write", "cases:read", "cases:write"}
    decide = {"committees:read", "committees:write", "meetings:write", "cases:read", "cases:approve"}
    anyone = Caller(client, issuer, "households")
    return Story(
        team=anyone.only(find).where("341102").named("user:team"),
        secretary=anyone.only(decide).where("3411").named("user:secretary"),
    )
