"""What test_every_route.py needs of savings groups."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from funds.savings import service as savings
from funds.savings.rules import HeldAs
from funds.savings.schemas import NewDeposit, NewDeposits, NewSavingsRules
from funds.savings_distributions import service as distributions
from funds.savings_distributions.rules import Kind
from funds.savings_distributions.schemas import NewDistribution, NewDistributionDecision
from funds.savings_sheets import service as sheets
from funds.savings_sheets.schemas import NewAnnualSheet
from funds.savings_welfare import service as welfare
from funds.savings_welfare.schemas import NewWelfare, NewWelfareDecision
from shared.ids import uuid7
from tests.factories import APPROVER, NOW, OFFICER, a_contribution, a_fund, a_member

World = dict[str, str]
_VILLAGE = "34190204"
_RULES = {"share_value": "10.00", "interest_rate": "2.00", "resolution": "มติที่ประชุมใหญ่"}
_PERIOD = {"period_from": date(2025, 7, 1), "period_to": date(2025, 12, 31), "resolution": "มติที่ประชุมใหญ่"}


async def a_savings_group(session: AsyncSession, world: World) -> World:
    """Make a group with rules, a member who saved, interest proposed, welfare asked for, a year's end."""
    del world
    fund = await a_fund(session, kind="savings", area_code=_VILLAGE)
    member = await a_member(session, fund)
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    rules = NewSavingsRules.model_validate({"valid_from": date(2025, 1, 1), **_RULES})
    await savings.resolve(session, new=rules, **by)
    item = NewDeposit.model_construct(id=uuid7(), member_id=member.id, savings=100_000, shares=1_000)
    sheet = NewDeposits.model_construct(
        month="2025-01", paid_on=date(2025, 1, 5), held_as=HeldAs.CASH, document_no="1", items=[item]
    )
    await savings.deposit(session, new=sheet, **by)
    interest = NewDistribution(kind=Kind.INTEREST, **_PERIOD)
    asked = NewWelfare.model_validate({**WELFARE, "member_id": member.id, "document_no": "สก 0"})
    january = {**_PERIOD, "period_from": date(2025, 1, 5), "period_to": date(2025, 1, 31)}
    shared = await distributions.propose(session, new=NewDistribution(kind=Kind.INTEREST, **january), **by)
    decision = NewDistributionDecision(decision="post")
    other = {**by, "actor": APPROVER}
    await distributions.decide(session, distribution_id=shared, new=decision, **other)
    await a_contribution(session, fund.id, amount=1_000_000)
    facts = {**WELFARE, "held_as": "bank", "member_id": member.id, "document_no": "สก 00"}
    more = NewWelfare.model_validate(facts)
    paid = await welfare.request(session, new=more, **by)
    await welfare.decide(session, welfare_id=paid, new=NewWelfareDecision(decision="pay"), **other)
    years_end = NewAnnualSheet(on_day=date(2025, 9, 30))
    return {
        "savings.fund_id": str(fund.id),
        "saver_id": str(member.id),
        "accounts.member_id": str(member.id),
        "movement_id": str(item.id),
        "reverse_savings_distribution.distribution_id": str(shared),
        "reverse_savings_welfare.welfare_id": str(paid),
        "distribution_id": str(await distributions.propose(session, new=interest, **by)),
        "welfare_id": str(await welfare.request(session, new=asked, **by)),
        "sheet_id": str(await sheets.record_annual(session, new=years_end, **by)),
    }


WELFARE = {"kind": "illness", "happened_on": "2026-01-03", "amount": "100.00", "held_as": "cash"}
MAKERS = [a_savings_group]
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "add_savings_rules": lambda _: {"valid_from": "2026-01-01", **_RULES},
    "add_savings_pledge": lambda world: {
        "member_id": world["saver_id"],
        "month_from": "2026-01",
        "amount": "100.00",
    },
    "record_savings_deposits": lambda world: {
        "month": "2026-01",
        "paid_on": "2026-01-05",
        "held_as": "cash",
        "document_no": "2",
        "items": [{"id": str(uuid4()), "member_id": world["saver_id"], "savings": "10.00"}],
    },
    "record_savings_withdrawal": lambda world: {
        "member_id": world["saver_id"],
        "paid_on": "2026-01-05",
        "savings": "10.00",
        "held_as": "cash",
        "document_no": "3",
    },
    "reverse_savings_movement": lambda _: {"reason": "บันทึกผิดคน"},
    "propose_savings_distribution": lambda _: {
        "kind": "interest",
        "period_from": "2025-02-01",
        "period_to": "2025-06-30",
        "resolution": "มติ",
    },
    "decide_savings_distribution": lambda _: {"decision": "reject", "reason": "รอที่ประชุมใหญ่"},
    "reverse_savings_distribution": lambda _: {"reason": "อัตราดอกเบี้ยผิด"},
    "reverse_savings_welfare": lambda _: {"reason": "จ่ายผิดคน"},
    "request_savings_welfare": lambda world: {
        **WELFARE,
        "member_id": world["saver_id"],
        "document_no": "สก 1",
    },
    "decide_savings_welfare": lambda _: {"decision": "reject", "reason": "รอที่ประชุมใหญ่"},
    "record_annual_sheet": lambda _: {"on_day": "2025-12-31"},
    "withdraw_savings_sheet": lambda _: {},
    "sign_savings_sheet": lambda _: {},
    "reverse_savings_sheet": lambda _: {"reason": "คัดลอกยอดผิดหน้า"},
}
QUERIES = {
    "read_monthly_sheet": {"month": "2025-01"},
    "download_collection_sheet": {"month": "2025-01"},
}
