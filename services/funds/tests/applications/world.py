"""An application and a grant for test_every_route.py, and what each write about them sends."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import preventing
from funds.applications.decision_schemas import CheckedItem
from funds.registry import service as registry
from tests.factories import NOW, OFFICER, a_group, an_application

World = dict[str, str]


async def a_draft(session: AsyncSession, world: World) -> World:
    """Draft an application with one item of its checklist recorded."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    application_id = await an_application(session, fund, borrower=await a_group(session, fund))
    item = CheckedItem(item="P.1", done_on=date(2026, 1, 12), done_by="นางบุญมี ใจดี")
    await preventing.check(session, application_id=application_id, given=[item], actor=OFFICER, now=NOW)
    return {"application_id": str(application_id), "checklist.item": "P.1"}


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [a_draft]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_application": lambda _: {"title": "โครงการใหม่"},
    "submit_application": lambda _: {},
    "cancel_application": lambda _: {"reason": "ขอถอนเรื่อง"},
    "check_application": lambda _: {
        "items": [{"item": "P.2", "done_on": "2026-01-12", "done_by": "นางบุญมี ใจดี"}]
    },
    "assess_application": lambda _: {"answers": {f"R.{number}": 0 for number in range(1, 7)}},
}
FILES: dict[str, tuple[str, bytes, str]] = {
    "attach_check_evidence": ("photo.png", b"\x89PNG\r\n\x1a\n photo", "image/png"),
}
STATES: dict[str, str] = {
    "decide_application": "the world's application is a draft: tests/applications",
    "read_check_evidence": "nobody has attached a file in the world: tests/applications",
}
