"""A fund whose debtors do not pay, and the people who cure it, over HTTP."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.registry.rules import FundFacts
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from shared import clock
from shared.clock import business_date
from shared.db import Database
from shared.ids import uuid7
from shared.money import baht
from shared.testing.caller import Caller
from tests.factories import OFFICER, a_fund, a_loan

ROLES = ("community_developer", "savings_expert", "poverty_fund_expert", "fund_centre_committee")
TEAM = [{"role": role, "display_name": f"นาย{at} ใจดี"} for at, role in enumerate(ROLES)]
ANY = {"If-Match": "*"}
PLAN = {"actions": [{"action": "ประชุมลูกหนี้", "responsible": "ประธาน", "due_on": "2026-06-30"}]}


@dataclass(frozen=True)
class Sick:
    """A poverty fund with loans of 12,000.00 baht each that fell due and were not paid."""

    fund: FundFacts
    loans: list[UUID]


async def a_sick_fund(database: Database, *, number: int = 2, area_code: str | None = None) -> Sick:
    """Make a poverty fund with 280,000.00 baht of capital and so many loans, all overdue by now."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", capital=28_000_000, area_code=area_code)
        lent = [await a_loan(session, fund, amount=1_200_000, instalments=6) for _ in range(number)]
    return Sick(fund, lent)


async def pay_all(session: AsyncSession, loan_id: UUID, *, now: datetime | None = None) -> None:
    """Let a borrower pay all she owes today."""
    now = now or clock.now()
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    rows = await loans.rows_of(session, loan_id, loan.schedule_no)
    new = NewRepayment.model_validate(
        {
            "loan_id": loan_id,
            "receipt_no": f"ร {uuid7()}",
            "paid_on": business_date(now),
            "amount": baht(sum(row.owed for row in rows)),
            "channel": "cash",
        }
    )
    await repayments.record(session, new=new, actor=OFFICER, now=now)


@dataclass(frozen=True)
class Cure:
    """The steps of a case, as the tambon's officer takes them."""

    officer: Caller

    async def post(self, path: str, body: Any, code: int = 200) -> dict[str, Any]:
        """Send a body; the answer must have the status."""
        answer = await self.officer.post(f"/v1/{path}", body, **ANY)
        assert answer.status_code == code, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def opened(self, fund: FundFacts, **changes: Any) -> str:
        """Open a case; return its address without the version."""
        body = {"fund_id": str(fund.id), "failings": ["B.2"], "cause": "ไม่ส่งมอบเอกสาร", **changes}
        return f"problem-cases/{(await self.post('problem-cases', body, 201))['id']}"

    async def surveyed(self, case: str, number: int = 1) -> dict[str, Any]:
        """Ask everybody who is still to be asked, and complete the round."""
        path = f"{case}/surveys/{number}"
        listed = await self.officer.get(f"/v1/{path}/debtors", limit=200)
        asked = [
            {
                "loan_id": one["loan_id"],
                "surveyed_on": "2026-03-10",
                "answer": "acknowledged",
                "acknowledged": one["booked"],
            }
            for one in listed.json()["items"]
        ]
        if asked:
            await self.post(f"{path}/debtors", {"debtors": asked})
        return await self.post(f"{path}/completion", {})

    async def planned(self, fund: FundFacts) -> str:
        """Open a case, survey it and write its plan."""
        case = await self.opened(fund)
        await self.surveyed(case)
        await self.post(f"{case}/plan", PLAN)
        return case

    async def team(self, district: str, *, valid_from: date = date(2025, 10, 1)) -> str:
        """Form a district's team; return its id."""
        body = {"district": district, "valid_from": valid_from.isoformat(), "members": TEAM}
        found: str = (await self.post("fund-teams", body, 201))["id"]
        return found

    async def clinic(self, *cases: str, team_id: str, district: str, held_on: str = "2026-05-12") -> str:
        """Plan a clinic with one stop; return its address without the version."""
        ids = [case.rpartition("/")[2] for case in cases]
        body = {
            "district": district,
            "held_on": held_on,
            "title": "คลินิกแก้หนี้",
            "team_id": team_id,
            "agenda": ["ชี้แจงผลสำรวจ"],
            "stops": [{"place": "ศาลาประชาคม", "starts_at": "09:00:00", "cases": ids}],
        }
        return f"clinics/{(await self.post('clinics', body, 201))['id']}"

    async def treated(self, fund: FundFacts) -> str:
        """Lead a case up to a clinic's advice."""
        case = await self.planned(fund)
        district = fund.area_code[:4]
        standing = (await self.officer.get("/v1/fund-teams", area=district)).json()["items"]
        team_id = standing[0]["id"] if standing else await self.team(district)
        clinic = await self.clinic(case, team_id=team_id, district=district)
        advice = {"attended": 14, "advice": "ทำหนังสือรับสภาพหนี้"}
        await self.post(f"{clinic}/cases/{case.rpartition('/')[2]}/advice", advice)
        return case
