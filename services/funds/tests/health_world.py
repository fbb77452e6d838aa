"""What test_every_route.py needs of health checks, findings, cure and access; `world.py` takes it over."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings import service as findings
from funds.findings.schemas import NewFinding
from funds.health_checks import service as health_checks
from funds.health_checks.schemas import NewHealthCheck, Reported
from tests.factories import NOW, OFFICER

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


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [a_checked_fund]

PUBLIC = ("/v1/health-checks/instruments",)

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_health_check": lambda _: {"remarks": "ตรวจซ้ำแล้ว"},
    "confirm_health_check": lambda _: {},
    "close_finding": lambda _: {"reason": "บันทึกครบแล้ว"},
}

STATES: dict[str, str] = {}
