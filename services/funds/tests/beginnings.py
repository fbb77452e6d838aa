"""What the operations that begin something send, for test_every_route.py and test_hostile_requests.py.

Their addresses name nothing: the area is that of the fund or loan in the body.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.registry import service as registry
from shared import clock
from tests.factories import OFFICER, a_contribution, a_fund, a_group, an_approved_application

World = dict[str, str]


async def what_is_not_begun(session: AsyncSession, world: World) -> World:
    """Approve an application for a loan and one for a grant, and register a fund without books."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    await a_contribution(session, fund.id, amount=10_000_000)
    today = clock.now()  # what is approved lapses
    lent = await an_approved_application(session, fund, amount=1_000_000, now=today)
    given = await an_approved_application(session, fund, amount=500_000, product="WOMENS_GRANT", now=today)
    empty = await a_fund(session, kind="poverty", area_code="34190209")
    borrower = await a_group(session, fund)
    return {
        "contract_loan.application_id": str(lent),
        "pay_grant.application_id": str(given),
        "empty.fund_id": str(empty.id),
        "draft_application.borrower_id": str(borrower.id),
    }


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [what_is_not_begun]

_ROLES = ("community_developer", "savings_expert", "poverty_fund_expert", "fund_centre_committee")
_RECEIPT = {"receipt_no": "ร 990/2569", "amount": "50.00", "channel": "cash", "paid_on": "2026-01-18"}

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "register_fund": lambda _: {
        "kind": "womens",
        "name_th": "กองทุนพัฒนาบทบาทสตรี ตำบลโพธิ์ไทร",
        "area_code": "341904",
        "founded_on": "2012-10-01",
    },
    "draft_application": lambda world: {
        "fund_id": world["fund_id"],
        "product_code": "WOMENS_REVOLVING",
        "borrower_kind": "group",
        "borrower_id": world["draft_application.borrower_id"],
        "title": "โครงการทอผ้าไหม",
        "purpose": "weaving",
        "amount": "10000.00",
        "budget": [{"item": "เส้นไหม", "amount": "10000.00"}],
    },
    "contract_loan": lambda world: {
        "application_id": world["contract_loan.application_id"],
        "contract_no": "ส 990/2569",
        "instalments": 12,
    },
    "pay_grant": lambda world: {
        "application_id": world["pay_grant.application_id"],
        "document_no": "บจ 990/2569",
        "paid_from": "bank",
    },
    "record_repayment": lambda world: {"loan_id": world["loan_id"], **_RECEIPT},
    "begin_book_import": lambda world: {"fund_id": world["empty.fund_id"], "cut_off_on": "2022-09-30"},
    "open_problem_case": lambda world: {"fund_id": world["empty.fund_id"], "cause": "ลูกหนี้ค้างชำระหลายราย"},
    "record_health_check": lambda world: {
        "fund_id": world["empty.fund_id"],
        "checked_on": "2026-01-10",
        "reported": {"form": "แบบ กข.คจ. 18 ตัวชี้วัด", "level": 2, "passed": 15},
    },
    "record_finding": lambda world: {
        "fund_id": world["empty.fund_id"],
        "code": "B.3",
        "note": "ทะเบียนลูกหนี้ค้างบันทึกสามเดือน",
        "seen_on": "2026-01-10",
    },
    "answer_access_village": lambda _: {
        "area_code": "34190210",
        "answers": {"1": True, "2": True, "5": True},
        "evidence": "เวทีประชาคม 12 ม.ค. 2569",
    },
    "plan_clinic": lambda world: {
        "district": "3419",
        "held_on": "2026-02-10",
        "title": "คลินิกแก้หนี้ กข.คจ. ครั้งที่ 2",
        "team_id": world["team_id"],
        "agenda": ["ชี้แจงผลสำรวจลูกหนี้"],
        "stops": [{"place": "ศาลาประชาคม", "cases": [world["cases.case_id"]]}],
    },
    "refresh_findings": lambda _: {"area": "3419"},
}
"""What lies in the world's district, by the operation's name."""

EVERYWHERE: dict[str, Callable[[World], dict[str, Any]]] = {
    "form_fund_team": lambda _: {
        "district": "3421",
        "valid_from": "2025-10-01",
        "members": [{"role": role, "display_name": "นางสาวอรทัย ใจดี" + role} for role in _ROLES],
    },
    "record_repayment_batch": lambda world: {
        "items": [{"id": str(UUID(int=99)), "loan_id": world["loan_id"], **_RECEIPT}]
    },
    "add_fund_holiday": lambda _: {"on_date": "2026-07-01", "area_code": "34", "name_th": "วันหยุดพิเศษ"},
}
"""What lies elsewhere, nowhere or in many areas: only hostile requests are made of it."""
