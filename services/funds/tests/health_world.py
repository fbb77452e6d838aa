"""What test_every_route.py needs of health checks, findings, cure and access; `world.py` takes it over."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.access import service as access
from funds.access.schemas import NewAccessVillage, NewInvitation
from funds.clinics import service as clinics
from funds.clinics.schemas import NewClinic
from funds.findings import service as findings
from funds.findings.schemas import NewFinding
from funds.fund_teams import service as fund_teams
from funds.fund_teams.rules import TeamRole
from funds.fund_teams.schemas import NewFundTeam, TeamMember
from funds.health_checks import service as health_checks
from funds.health_checks.schemas import NewHealthCheck, Reported
from funds.problem_cases import service as problem_cases
from funds.problem_cases import surveys
from funds.problem_cases.schemas import NewProblemCase, Plan
from funds.registry import service as registry
from tests.factories import NOW, OFFICER, a_fund, a_household

World = dict[str, str]
_REPORTED = Reported(passed=15, level=2, form="แบบ กข.คจ. 18 ตัวชี้วัด")


async def a_checked_fund(session: AsyncSession, world: World) -> World:
    """Record a check and a finding of the poverty fund."""
    by: dict[str, Any] = {"actor": OFFICER, "now": NOW}
    fund_id = UUID(world["poverty_fund_id"])
    check = NewHealthCheck(fund_id=fund_id, checked_on=date(2025, 11, 10), answers={}, reported=_REPORTED)
    finding = NewFinding(fund_id=fund_id, code="B.3", seen_on=date(2026, 1, 10), note="ค้างบันทึก")
    return {
        "check_id": str(await health_checks.record(session, new=check, **by)),
        "finding_id": str(await findings.record(session, new=finding, **by)),
    }


async def a_cure(session: AsyncSession, world: World) -> World:
    """Open a case of the poverty fund; bring another fund's case to a clinic of the district's team."""
    by: dict[str, Any] = {"actor": OFFICER, "now": NOW}
    fund_id = UUID(world["poverty_fund_id"])
    opened = await problem_cases.open_case(session, new=NewProblemCase(fund_id=fund_id, cause="ค้าง"), **by)
    fund = await a_fund(session, kind="poverty", area_code="34190202")
    planned = await problem_cases.open_case(session, new=NewProblemCase(fund_id=fund.id, cause="ค้าง"), **by)
    await surveys.complete(session, case_id=planned, number=1, **by)
    plan = {"actions": [{"action": "ประชุม", "responsible": "ประธาน", "due_on": "2026-06-30"}]}
    await problem_cases.plan(session, case_id=planned, new=Plan.model_validate(plan), if_match="*", **by)
    members = [TeamMember(role=role, display_name=role.value) for role in TeamRole]
    team = NewFundTeam(district="3419", valid_from=date(2025, 10, 1), members=members)
    team_id = await fund_teams.form(session, new=team, **by)
    clinic = {
        "district": "3419",
        "held_on": "2026-01-10",
        "title": "คลินิก",
        "team_id": team_id,
        "agenda": ["ชี้แจง"],
        "stops": [{"place": "ศาลา", "cases": [planned]}],
    }
    clinic_id = await clinics.plan(session, new=NewClinic.model_validate(clinic), **by)
    return {
        "case_id": str(opened),
        "cases.case_id": str(planned),
        "round": "1",
        "team_id": str(team_id),
        "clinic_id": str(clinic_id),
    }


async def an_invited_household(session: AsyncSession, world: World) -> World:
    """Answer the conditions of the poverty fund's village and invite a household of it."""
    by: dict[str, Any] = {"actor": OFFICER, "now": NOW}
    fund = await registry.require(session, UUID(world["poverty_fund_id"]), principal=OFFICER)
    village = NewAccessVillage(area_code=fund.area_code, answers={"5": True})
    village_id = await access.answer(session, new=village, **by)
    household = await a_household(session, fund)
    new = {"household_id": household.id, "invited_on": "2026-01-14", "channel": "visit"}
    invited = await access.invite(session, village_id=village_id, new=NewInvitation.model_validate(new), **by)
    return {"village_id": str(village_id), "invitation_id": str(invited)}


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [
    a_checked_fund,
    a_cure,
    an_invited_household,
]

PUBLIC = ("/v1/health-checks/instruments",)

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_health_check": lambda _: {"remarks": "ตรวจซ้ำแล้ว"},
    "confirm_health_check": lambda _: {},
    "close_finding": lambda _: {"reason": "บันทึกครบแล้ว"},
    "close_problem_case": lambda _: {"reason": "รวมกองทุน"},
    "complete_problem_survey": lambda _: {},
    "change_access_village": lambda _: {"evidence": "เวทีประชาคม"},
    "invite_household": lambda world: {
        "household_id": world["household_id"],
        "invited_on": "2026-01-14",
        "channel": "visit",
    },
    "change_invitation": lambda _: {"result": "declined", "result_on": "2026-01-15"},
    "advise_at_clinic": lambda _: {"attended": 14, "advice": "ผ่อนชำระ"},
}
