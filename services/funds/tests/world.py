"""One of everything that a path names, in one area, and a body for every write: for test_every_route.py.

Whoever adds a capability adds a maker that puts the ids of its things into the world under the names that
its paths use, and a body for each of its writes under the name of the operation. Where a name means two
things, the world is asked first for the operation, then for the segment before it: `accounts.code`.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments import queries as adjustment_queries
from funds.adjustments import service as adjustments
from funds.adjustments.rules import Decision
from funds.adjustments.schemas import NewAdjustment, NewDecision
from funds.app import ROUTERS
from funds.bank_accounts import service as bank_accounts
from funds.bank_accounts.schemas import NewBankAccount
from funds.handovers import service as handovers
from funds.handovers.schemas import NewHandover
from funds.periods import service as periods
from funds.periods.schemas import NewPeriod
from shared import clock
from shared.routing import Route
from tests import beginnings, health_world, other_states
from tests.applications import world as application_world
from tests.book_imports import world as book_world
from tests.demand import world as demand_world
from tests.factories import (
    APPROVER,
    CHAIR,
    NOW,
    OFFICER,
    a_committee_member,
    a_contribution,
    a_fund,
    a_group,
    a_household,
    a_meeting,
    a_member,
)
from tests.loans import world as loan_world
from tests.savings import world as savings_world

World = dict[str, str]
Maker = Callable[[AsyncSession, World], Awaitable[World]]

AREA, TAMBON, VILLAGE, NEIGHBOUR = "3419", "341902", "34190201", "3415"
"""The world lies in a tambon of Phibun Mangsahan; the neighbour is Warin Chamrap."""
PLACES = {"decide_application": TAMBON}
"""Where somebody works who alone may do an operation, when it is not the district."""

PUBLIC = (
    "/v1/book-imports/template",
    "/v1/fund-holidays",
    "/v1/fund-products",
    "/v1/funds/banks",
    "/v1/instruments",
    "/v1/loan-schedules",
    *demand_world.PUBLIC,
    *health_world.PUBLIC,
)
"""Paths whose content is the same for everybody."""


async def a_registered_fund(session: AsyncSession, world: World) -> World:
    """Make a women's fund with everything that the registry, committees and members keep of it."""
    fund = await a_fund(session, area_code=TAMBON)
    account = NewBankAccount(bank_code="034", account_no="0209876543", account_name="กองทุน")
    counted = [{"account": code, "counted": "0.00"} for code in ("1000", "1010")]
    handover = NewHandover.model_validate(
        {
            "handed_on": "2024-12-31",
            "reason": "term_ended",
            "books": [{"name": "สมุดเงินสด", "count": 1}],
            "balances": counted,
        }
    )
    group = await a_group(session, fund)
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    del world
    made = {
        "fund_id": fund.id,
        "capital_id": await a_contribution(session, fund.id, amount=28_000_000),
        "account_id": await bank_accounts.register(session, new=account, **by),
        "term_id": await a_committee_member(session, fund),
        "meeting_id": await a_meeting(session, fund),
        "handover_id": await handovers.record(session, new=handover, **by),
        "group_id": group.id,
        "member_id": group.member_ids[1],
        "another_member_id": (await a_member(session, fund)).id,
    }
    return {name: str(value) for name, value in made.items()}


async def a_target_household(session: AsyncSession, world: World) -> World:
    """Let funds know of a certified household, in a village with a poverty fund."""
    del world
    fund = await a_fund(session, kind="poverty", area_code=VILLAGE)
    return {"household_id": str((await a_household(session, fund)).id), "poverty_fund_id": str(fund.id)}


async def books_of_the_fund(session: AsyncSession, world: World) -> World:
    """Close a period of the fund's books, and write two entries by hand: one posted, one waiting."""
    fund_id = UUID(world["fund_id"])
    by: dict[str, Any] = {"fund_id": fund_id, "now": NOW}
    await periods.close(session, new=NewPeriod(period_to=date(2024, 12, 31)), actor=OFFICER, **by)
    paper = NewAdjustment.model_validate(PAPER)
    posted = await adjustments.propose(session, new=paper, actor=OFFICER, **by)
    decision = NewDecision(decision=Decision.POST)
    await adjustments.decide(session, adjustment_id=posted, new=decision, actor=APPROVER, **by)
    waiting = await adjustments.propose(session, new=paper, actor=CHAIR, **by)
    found = await adjustment_queries.one(session, fund_id, posted)
    assert found is not None
    return {
        "journal_id": str(found["journal_id"]),
        "adjustment_id": str(waiting),
        "period_to": "2024-12-31",
        "accounts.code": "1010",
    }


PAPER = {
    "kind": "adjustment",
    "business_date": "2026-01-10",
    "memo": "กระดาษที่มีผู้บริจาค",
    "lines": [{"account": "5300", "debit": "200.00"}, {"account": "4900", "credit": "200.00"}],
}

MAKERS: list[Maker] = [
    a_registered_fund,
    a_target_household,
    books_of_the_fund,
    *application_world.MAKERS,
    *loan_world.MAKERS,
    *demand_world.MAKERS,
    *health_world.MAKERS,
    *book_world.MAKERS,
    *savings_world.MAKERS,
    *other_states.MAKERS,
    *beginnings.MAKERS,
]
"""In order: a maker finds in the world what those before it have made."""

_DAY = (clock.business_date(clock.now()) + timedelta(days=1)).isoformat()

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_fund": lambda _: {"name_en": "Kut Chomphu women's fund"},
    "set_fund_state": lambda _: {"state": "suspended", "reason": "ตรวจสอบบัญชี"},
    "register_fund_bank_account": lambda _: {
        "bank_code": "030",
        "account_no": "0209999999",
        "account_name": "กองทุน",
    },
    "change_fund_bank_account": lambda _: {"branch": "พิบูลมังสาหาร"},
    "add_fund_setting": lambda _: {
        "product_code": "WOMENS_REVOLVING",
        "valid_from": _DAY,
        "annual_rate": "2.00",
        "source": "มติที่ประชุม",
    },
    "book_fund_capital": lambda _: {
        "contributed_on": "2025-10-15",
        "amount": "280000.00",
        "origin": "state",
        "held_as": "bank",
        "document_no": "พช 1/2569",
    },
    "reverse_fund_capital": lambda _: {"reason": "บันทึกซ้ำ"},
    "appoint_fund_committee_member": lambda _: {"display_name": "นางใหม่", "term_from": "2025-10-01"},
    "change_fund_committee_member": lambda _: {"term_to": "2026-01-10", "end_reason": "resigned"},
    "record_fund_meeting": lambda _: {
        "held_on": "2026-01-05",
        "kind": "general",
        "minutes_no": "99/2569",
        "present": 20,
        "total": 31,
    },
    "change_fund_meeting": lambda _: {"present": 8},
    "record_fund_handover": lambda _: {
        "handed_on": date(2026, 1, 5).isoformat(),
        "reason": "resigned",
        "books": [{"name": "สมุดเงินสด", "count": 1}],
        "balances": [{"account": code, "counted": "0.00"} for code in ("1000", "1010")],
        "explanation": "นับไม่ทัน",
    },
    "change_fund_handover": lambda _: {"explanation": "นับใหม่แล้ว"},
    "sign_fund_handover": lambda _: {"side": "outgoing", "display_name": "นางบุญมี ใจดี"},
    "enrol_fund_member": lambda _: {"name": "นางสาวใหม่ ใจดี", "joined_on": "2026-01-05"},
    "change_fund_member": lambda _: {"phone": "0812345678"},
    "remove_fund_member": lambda _: {"left_on": "2026-01-05", "reason": "moved_away"},
    "form_borrower_group": lambda world: {
        "name": "กลุ่มใหม่",
        "formed_on": "2026-01-05",
        "members": [{"member_id": world["another_member_id"]}],
    },
    "change_borrower_group": lambda _: {"name": "กลุ่มชื่อใหม่"},
    "join_borrower_group": lambda world: {"member_id": world["another_member_id"]},
    "propose_adjustment": lambda _: PAPER,
    "propose_reversal": lambda _: {"business_date": "2026-01-12", "memo": "ลงซ้ำ"},
    "decide_adjustment": lambda _: {"decision": "post"},
    "close_period": lambda _: {"period_to": "2025-09-30", "kind": "year"},
    "leave_borrower_group": lambda _: {"left_on": "2026-01-05"},
    **application_world.BODIES,
    **loan_world.BODIES,
    **demand_world.BODIES,
    **health_world.BODIES,
    **book_world.BODIES,
    **savings_world.BODIES,
    **other_states.BODIES,
    **beginnings.BODIES,
    **beginnings.EVERYWHERE,
}
"""What each write sends, by the operation's name."""

FILES: dict[str, tuple[str, bytes, str]] = {
    **application_world.FILES,
    **demand_world.FILES,
    "attach_fund_minutes": ("minutes.pdf", b"%PDF-1.7 minutes", "application/pdf"),
    **book_world.FILES,
    **other_states.FILES,
}
"""The uploads, by the operation's name."""

QUERIES: dict[str, dict[str, str]] = {**savings_world.QUERIES, **other_states.QUERIES}
"""Query parameters that a read needs, by the operation's name."""

_NONE = str(UUID(int=1))
ELSEWHERE = {"code": "X", "year": "2569", "job_id": _NONE, "holiday_id": _NONE, "product_id": _NONE}
"""Names of paths to what lies in no area."""

FIRST, FORMS = other_states.FIRST, other_states.FORMS

ROUTES = {route.name: route for router in ROUTERS for route in router.routes if isinstance(route, Route)}
"""Every route of the service, by its name."""
EVERY_OPERATION = sorted(
    (route.path, method, name) for name, route in ROUTES.items() for method in route.methods or ()
)
"""Path, method and name of every operation."""
OPERATIONS = [one for one in EVERY_OPERATION if not one[0].startswith(PUBLIC)]
"""Those whose answer depends on who asks."""
PAGED = [(path, name) for path, _, name in OPERATIONS if ROUTES[name].wants.page is not None]
"""Path and name of every list."""


def addressed(path: str, name: str, world: World) -> str:
    """Return the path of an operation with its parameters."""

    def example(found: re.Match[str]) -> str:
        names = (f"{name}.{found[2]}", f"{found[1]}.{found[2]}", found[2])
        return f"{found[1]}/{next(world[one] for one in names if one in world)}"

    return re.sub(r"([^/]+)/{(\w+)}", example, path)
