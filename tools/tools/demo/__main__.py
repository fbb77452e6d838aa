"""The story of one household, told by a running installation: `make demo`.

Reads demo-credentials.json in the data folder; each step is a request that anybody can repeat.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from shared import clock
from tools.demo import committee
from tools.demo.api import House, Refused, wait_for
from tools.demo.load import DISTRICT, TAMBON

console = Console(highlight=False)


def main() -> int:
    """Tell the story; return the exit status."""
    folder = Path(os.environ.get("CHUMCHON_DATA") or "data")
    credentials = folder / "demo-credentials.json"
    if not credentials.exists():
        sys.exit(f"{credentials} is not there: start the house first (make run)")
    try:
        return tell(House(credentials))
    except httpx.TransportError:
        sys.exit("nobody answers: is the house running (make run)?")
    except Refused as refused:
        if refused.code == "no_imported_edition":
            sys.exit("the survey is not loaded yet: make run shows a table of it once it is")
        sys.exit(f"the story ends here: {refused}")


def tell(house: House) -> int:
    """Go the way from a survey's figure to a household that may borrow."""
    officer, chair = house.person(committee.OFFICER), house.person(committee.CHAIR)
    summary = house.client.get("/v1/poverty/summary", area=DISTRICT)
    total = summary["total"]
    step("GET /v1/poverty/summary?area=3415", "What the survey found in the district of Warin Chamrap:")
    console.print(f"    {total['households']:,} households, {total['target_poor']:,} persons target poor")

    found = officer.get("/v1/cases", area=TAMBON, state="found", limit=1)["items"]
    if not found:
        console.print("every case of the tambon is decided; load a fresh house to hear the story again")
        return 0
    case = found[0]
    step(
        f"GET /v1/households/{case['household_id']}",
        "The tambon's officer visits one of them:",
    )
    visited = officer.get(f"/v1/households/{case['household_id']}")
    show(visited, "house_no", "village_code", "lat", "lon")
    show(visited["members"][0], "first_name", "last_name", "birth_year", "citizen_id", "relation")

    step("POST /v1/cases/verifications, /v1/cases/proposals", "She verifies what she sees and proposes it.")
    seen = {"developable": True, "notes": "มีแรงงาน อยากเลี้ยงไก่", "facts": {"lives_here": True}}
    finding = {"case_id": case["id"], **seen}
    officer.post("/v1/cases/verifications", {"verifications": [finding]})
    officer.post("/v1/cases/proposals", {"case_ids": [case["id"]]})

    today = clock.business_date(clock.now())
    standing = committee.set_up(house, district=DISTRICT, since=today.replace(month=1, day=1))
    meeting = committee.hold_meeting(house, standing, held_on=today)
    step(f"POST /v1/meetings/{meeting['id']}/resolutions", "Certifying it herself is not for her:")
    body = {"resolution_no": "1", "decisions": [{"case_id": case["id"], "decision": "certified"}]}
    try:
        officer.post(f"/v1/meetings/{meeting['id']}/resolutions", body)
    except Refused as refused:
        console.print(f"    {refused.status} {refused.code}")

    step("the same", "The district's committee, with a quorum, certifies:")
    committee.resolve(house, meeting, [case["id"]])
    show(chair.get(f"/v1/cases/{case['id']}"), "state", "certified_on")

    step("GET /v1/funds/eligible-households", "Funds learned of it by an event; it may borrow now:")
    eligible = wait_for(lambda: known(house, case["household_id"]), what="funds to learn of it")
    show(eligible, "household_id", "certified_on", "dimensions")
    return 0


def known(house: House, household: str) -> dict[str, Any] | None:
    """Return what funds says of a household, once it may borrow."""
    listed = house.client.every("/v1/funds/eligible-households", area=TAMBON)
    return next((one for one in listed if one["household_id"] == household), None)


def step(request: str, text: str) -> None:
    """Print a step of the story with its request."""
    console.print(f"\n[bold]{text}[/bold]\n    [dim]{request}[/dim]")


def show(answer: dict[str, Any], *names: str) -> None:
    """Print some fields of an answer."""
    chosen = {name: answer[name] for name in names if name in answer}
    console.print("    " + json.dumps(chosen, ensure_ascii=False), markup=False)


if __name__ == "__main__":
    sys.exit(main())
