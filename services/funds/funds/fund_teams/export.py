"""Teams as a file: a line each, with the four persons."""

from collections.abc import Mapping
from typing import Any

from funds.fund_teams.rules import TeamRole
from shared.exports import Export

TEAMS = Export(
    name="fund-teams",
    action="fund_team.export",
    columns={
        "id": "รหัสทีม",
        "district": "รหัสอำเภอ",
        "valid_from": "ตั้งแต่วันที่",
        "valid_to": "ถึงวันที่",
        TeamRole.COMMUNITY_DEVELOPER.value: "พัฒนากร",
        TeamRole.SAVINGS_EXPERT.value: "ผู้เชี่ยวชาญกลุ่มออมทรัพย์",
        TeamRole.POVERTY_FUND_EXPERT.value: "ผู้เชี่ยวชาญโครงการ กข.คจ.",
        TeamRole.FUND_CENTRE_COMMITTEE.value: "กรรมการศูนย์จัดการกองทุนชุมชน",
    },
    key=("district", "id"),
)
DESCRIBED = TEAMS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    district="3419",
    valid_from="2025-10-01",
    community_developer="นางสาวอรทัย ใจดี",
    savings_expert="นายสมชาย มั่นคง",
    poverty_fund_expert="นางบุญมี ศรีสุข",
    fund_centre_committee="นายคำดี ทองคำ",
)


def line(team: Mapping[str, Any]) -> dict[str, Any]:
    """Return a team as a line of the file shows it."""
    persons = {one["role"]: one["display_name"] for one in team["members"]}
    return {
        **team,
        "district": team["area_code"],
        **{role.value: persons.get(role.value) for role in TeamRole},
    }
