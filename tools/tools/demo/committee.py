"""How a household becomes a target household: the tambon proposes, the district's committee certifies."""

from datetime import date
from typing import Any

from tools.demo.api import House, Person, finish

SEATS = (
    ("chair{}", "chair", "นายอำเภอ"),
    ("secretary{}", "secretary", "พัฒนาการอำเภอ"),
    ("member{}-1", "member", "ปลัดอำเภอ"),
    ("member{}-2", "member", "ผู้นำ อช."),
    ("member{}-3", "member", "ผู้แทนภาคประชาชน"),
)
"""Those of them sit on a district's committee who are users of the demo."""
OFFICER = "tambon341501"
CHAIR = "chair3415"


def certify(
    house: House, *, edition_id: str, district: str, tambon: str, count: int, held_on: date
) -> list[str]:
    """Take so many found households of a tambon to their certification; return the cases' ids."""
    cases = propose(house, edition_id=edition_id, tambon=tambon, count=count)
    committee = set_up(house, district=district, since=date(held_on.year, 1, 1))
    meeting = hold_meeting(house, committee, held_on=held_on)
    resolve(house, meeting, cases)
    return cases


def propose(house: House, *, edition_id: str, tambon: str, count: int) -> list[str]:
    """Let the tambon's officer verify and propose its first cases; return their ids."""
    opening = {"edition_id": edition_id, "area": tambon[:4]}
    finish(house.client, house.client.call("POST", "/v1/cases/open-from-edition", json=opening))
    officer = house.person(OFFICER)
    found = officer.get("/v1/cases", area=tambon, state="found", limit=count)["items"]
    ids = [case["id"] for case in found]
    findings = [
        {"case_id": one, "developable": True, "notes": "อยู่อาศัยจริง ทำงานได้", "facts": {"lives_here": True}}
        for one in ids
    ]
    officer.post("/v1/cases/verifications", {"verifications": findings})
    officer.post("/v1/cases/proposals", {"case_ids": ids})
    return ids


def set_up(house: House, *, district: str, since: date) -> dict[str, Any]:
    """Appoint the district's committee (ศจพ.อ.), or return the one that stands."""
    standing = house.client.get("/v1/committees", area=district, level="district")["items"]
    if standing:
        detail: dict[str, Any] = house.client.get(f"/v1/committees/{standing[0]['id']}")
        return detail
    seats = [(name.format(district), role, title) for name, role, title in SEATS]
    members = [
        {"subject": house.subject(name), "role": role, "display_name": title, "term_from": since.isoformat()}
        for name, role, title in seats
        if name in house.credentials["users"]
    ]
    name = house.client.get(f"/v1/areas/{district}")["name"]
    body = {
        "level": "district",
        "area_code": district,
        "name_th": f"ศจพ.อ. {name['th']}",
        "name_en": f"District poverty committee of {name['en']}",
        "appointment_order": "อบ 0017/1234",
        "appointed_on": since.isoformat(),
        "members": members,
    }
    made: dict[str, Any] = house.client.post("/v1/committees", body)
    return made


def hold_meeting(house: House, committee: dict[str, Any], *, held_on: date) -> dict[str, Any]:
    """Record and open a meeting with all members but one present."""
    chair = _chair(house, committee)
    number = len(chair.every("/v1/meetings", committee_id=committee["id"])) + 1
    body = {
        "committee_id": committee["id"],
        "held_on": held_on.isoformat(),
        "place": "ห้องประชุมที่ว่าการอำเภอ",
        "minutes_number": f"{number}/{held_on.year + 543}",
        "present": [member["id"] for member in committee["members"]][:-1],
    }
    meeting: dict[str, Any] = chair.post("/v1/meetings", body)
    opened: dict[str, Any] = chair.post(f"/v1/meetings/{meeting['id']}/opening")
    return opened


def resolve(house: House, meeting: dict[str, Any], cases: list[str]) -> dict[str, Any]:
    """Record one resolution that certifies all cases, and close the meeting."""
    chair = _chair(house, meeting)
    decisions = [{"case_id": case, "decision": "certified"} for case in cases]
    address = f"/v1/meetings/{meeting['id']}"
    body = {"resolution_no": "1", "decisions": decisions}
    made: dict[str, Any] = chair.post(f"{address}/resolutions", body)
    chair.post(f"{address}/closing")
    return made


def _chair(house: House, of: dict[str, Any]) -> Person:
    """Return who chairs the district of a committee or meeting."""
    return house.person(f"chair{of['area_code']}")
