"""A late loan's tasks, reliefs, write-off and deaths, followers and reminders for test_every_route.py."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import service as deaths
from funds.deaths.schemas import NewDeathDecision
from funds.demand import service as demand
from funds.demand.schemas import NewTask
from funds.follow import service as follow
from funds.follow.schemas import NewAssignment, NewForum, NewVisit
from funds.known_households.rules import Death
from funds.loans import queries as loans
from funds.members import queries as members
from funds.reliefs import service as reliefs
from funds.reliefs.schemas import NewRelief
from funds.reminders import queries as reminders
from funds.reminders import service as reminding
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff
from shared import clock
from tests.factories import CHAIR, NOW, OFFICER

World = dict[str, str]


async def a_loan_in_demand(session: AsyncSession, world: World) -> World:
    """Open a task, propose a relief and a write-off, and let a member of the borrowing group die."""
    loan_id = UUID(world["loan_id"])
    by: dict[str, Any] = {"loan_id": loan_id, "actor": CHAIR, "now": NOW}
    task = NewTask.model_validate({"kind": "visit", "due_on": "2026-02-01"})
    relief = NewRelief.model_validate({"terms": {"kind": "grace", "months": 2}, "reason": "น้ำท่วม"})
    relief_id = await reliefs.propose(session, new=relief, **by)
    await write_offs.propose(session, new=NewWriteOff(reason="ไม่มีทายาท"), **by)
    loan = await loans.loan(session, loan_id, areas=("",))
    assert loan is not None
    who = await members.borrower(session, loan["borrower_kind"], loan["borrower_id"], fund_id=loan["fund_id"])
    assert who is not None
    death = Death(who.person_ids[0], 1, None, "", date(2026, 1, 10))
    await deaths.take_notice(session, [death], now=NOW)
    decision = {"decision": "group", "note": "กลุ่มรับผิดชอบต่อ"}
    await deaths.propose(session, if_match="*", new=NewDeathDecision.model_validate(decision), **by)
    return {"task_id": str(await demand.open_task(session, new=task, **by)), "relief_id": str(relief_id)}


async def a_followed_borrower(session: AsyncSession, world: World) -> World:
    """Let a committee member answer for a group, visit it and hold a forum."""
    by: dict[str, Any] = {"fund_id": UUID(world["fund_id"]), "actor": OFFICER, "now": NOW}
    group = {"borrower_kind": "group", "borrower_id": world["group_id"]}
    visit = {**group, "visited_on": "2026-01-12", "project_state": "as_planned", "findings": "ทอผ้าได้ 12 ผืน"}
    forum = {
        "held_on": "2026-01-12",
        "place": "ศาลา",
        "borrowers": 5,
        "participants": 9,
        "topics": "การตลาด",
    }
    new = NewAssignment.model_validate({**group, "term_id": world["term_id"]})
    await follow.record_forum(session, new=NewForum.model_validate(forum), **by)
    return {
        "assignment_id": str(await follow.assign(session, new=new, **by)),
        "visit_id": str(await follow.record_visit(session, new=NewVisit.model_validate(visit), **by)),
    }


async def a_sent_reminder(session: AsyncSession, world: World) -> World:
    """Let the first reminder of the loan's first instalment go out."""
    now = NOW + timedelta(days=2)
    await reminding.plan(session, now=now)
    await reminding.send_due(session, now=now)
    wanted = reminders.Wanted(areas=("",), loan_id=UUID(world["loan_id"]))
    found = await reminders.page(session, wanted, after=None, limit=50)
    return {"reminder_id": str(next(row["id"] for row in found if row["state"] == "sent"))}


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [
    a_loan_in_demand,
    a_followed_borrower,
    a_sent_reminder,
]

_SOON = (clock.business_date(clock.now()) + timedelta(days=30)).isoformat()

PUBLIC = ("/v1/loans/daily-runs",)

HEADERS = {"approve_death_decision": {"If-Match": "*"}}

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "open_demand_task": lambda _: {"kind": "meeting", "due_on": _SOON},
    "close_demand_task": lambda _: {"outcome": "delivered", "note": "ส่งแล้ว", "document_no": "อบ 1/2569"},
    "decide_loan_relief": lambda _: {"decision": "approve"},
    "withdraw_loan_relief": lambda _: {},
    "decide_loan_write_off": lambda _: {"decision": "approve"},
    "withdraw_loan_write_off": lambda _: {},
    "propose_death_decision": lambda _: {"decision": "group", "note": "กลุ่มรับผิดชอบ"},
    "approve_death_decision": lambda _: {"decision": "approve"},
    "assign_follower": lambda world: {
        "borrower_kind": "group",
        "borrower_id": world["group_id"],
        "term_id": world["term_id"],
    },
    "end_follow_assignment": lambda _: {},
    "record_follow_visit": lambda world: {
        "borrower_kind": "group",
        "borrower_id": world["group_id"],
        "visited_on": "2026-01-13",
        "project_state": "delayed",
        "findings": "รอเส้นไหม",
    },
    "record_follow_forum": lambda _: {
        "held_on": "2026-01-13",
        "place": "ศาลา",
        "borrowers": 1,
        "participants": 2,
        "topics": "การตลาด",
    },
    "replay_reminder": lambda _: {},
}

_PHOTO = ("visit.pdf", b"%PDF-1.7 visit", "application/pdf")
FILES: dict[str, tuple[str, bytes, str]] = {
    "attach_task_evidence": _PHOTO,
    "attach_visit_evidence": _PHOTO,
}
