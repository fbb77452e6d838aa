"""An application and a grant for test_every_route.py, and what each write about them sends."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import preventing
from funds.applications.decision_schemas import CheckedItem
from funds.grants import service as grants
from funds.grants.schemas import NewUse
from funds.registry import service as registry
from shared.money import baht
from tests.factories import NOW, OFFICER, TODAY, a_contribution, a_group, an_application
from tests.grants.factories import a_grant
from tests.photos import a_photo

World = dict[str, str]


async def a_draft(session: AsyncSession, world: World) -> World:
    """Draft an application with one item of its checklist recorded."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    application_id = await an_application(session, fund, borrower=await a_group(session, fund))
    item = CheckedItem(item="P.1", done_on=date(2026, 1, 12), done_by="นางบุญมี ใจดี")
    await preventing.check(session, application_id=application_id, given=[item], actor=OFFICER, now=NOW)
    return {"application_id": str(application_id), "checklist.item": "P.1"}


async def a_paid_grant(session: AsyncSession, world: World) -> World:
    """Pay out a grant with one use shown, of money that the fund was given for it and for its loans."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    await a_contribution(session, fund.id, amount=20_000_000)
    grant_id = await a_grant(session, fund, borrower=await a_group(session, fund))
    new = NewUse(used_on=TODAY, item="ค่าวิทยากร", amount=baht(100_000))
    use_id = await grants.show_use(session, grant_id=grant_id, new=new, actor=OFFICER, now=NOW)
    return {"grant_id": str(grant_id), "use_id": str(use_id)}


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [a_draft, a_paid_grant]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "change_application": lambda _: {"title": "โครงการใหม่"},
    "submit_application": lambda _: {},
    "cancel_application": lambda _: {"reason": "ขอถอนเรื่อง"},
    "check_application": lambda _: {
        "items": [{"item": "P.2", "done_on": "2026-01-12", "done_by": "นางบุญมี ใจดี"}]
    },
    "assess_application": lambda _: {"answers": {f"R.{number}": 0 for number in range(1, 7)}},
    "show_grant_use": lambda _: {"used_on": "2026-01-15", "item": "ค่าอาหาร", "amount": "10.00"},
    "return_grant": lambda _: {"amount": "10.00", "received_as": "bank", "document_no": "บร 1/2569"},
}
FILES: dict[str, tuple[str, bytes, str]] = {
    "attach_check_evidence": ("photo.png", a_photo("PNG"), "image/png"),
    "attach_grant_use": ("receipt.pdf", b"%PDF-1.7 receipt", "application/pdf"),
}
