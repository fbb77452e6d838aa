"""What the cure of a fund has done is said by who oversees it, of the case as she read it."""

from typing import Any

from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_loan
from tests.problem_cases.cure import ANY, PLAN, Cure, a_sick_fund, pay_all


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_the_figures_of_what_the_cure_has_done_are_not_frozen_by_the_fund(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    fund_itself = Cure(chief.where(sick.fund.area_code))
    case = await fund_itself.opened(sick.fund)
    assert (await fund_itself.surveyed(case))["state"] == "surveyed"
    await fund_itself.post(f"{case}/plan", PLAN)
    district = sick.fund.area_code[:4]
    clinic = await cure.clinic(case, team_id=await cure.team(district), district=district)
    await cure.post(f"{clinic}/cases/{case.rpartition('/')[2]}/advice", {"attended": 9, "advice": "ผ่อน"})
    async with database.transaction() as session:
        await pay_all(session, sick.loans[0])
    completion = f"/v1/{case}/surveys/2/completion"
    refused(await fund_itself.officer.post(completion, {}), 403, "not_from_above")
    assert (await cure.surveyed(case, 2))["overdue_after"] == "0.00"
    closing = (f"/v1/{case}/closure", {"reason": "x"})
    refused(await fund_itself.officer.named("user:x").post(*closing, **ANY), 403, "not_from_above")


async def test_a_plan_is_written_over_the_one_that_was_read(
    cure: Cure, developer: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    address = f"/v1/{await cure.planned(sick.fund)}"
    seen = (await developer.get(address)).headers["etag"]
    refused(await developer.post(f"{address}/plan", PLAN), 428, "version_required")
    mine = {"actions": [{**PLAN["actions"][0], "done_on": "2026-03-10"}]}
    assert (await developer.post(f"{address}/plan", mine, **{"If-Match": seen})).status_code == 200
    refused(await developer.post(f"{address}/plan", PLAN, **{"If-Match": seen}), 412, "stale_version")
    early = {"actions": [{**PLAN["actions"][0], "done_on": "2149-01-01"}]}
    assert refused(await developer.post(f"{address}/plan", early, **ANY), 422, "date_in_future") == [
        "/actions/0/done_on"
    ]
    assert (await developer.get(address)).json()["plan"][0]["done_on"] == "2026-03-10"


async def test_a_case_is_not_solved_while_another_loan_has_fallen_behind_since(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    case = await cure.treated(sick.fund)
    async with database.transaction() as session:
        await pay_all(session, sick.loans[0])
    assert (await cure.surveyed(case, 2))["overdue_after"] == "0.00"
    async with database.transaction() as session:
        await a_loan(session, sick.fund, amount=600_000, instalments=6)
    late = await chief.post(f"/v1/{case}/solution", {}, **ANY)
    refused(late, 409, "still_overdue")
    assert late.json()["overdue"] == "6000.00"
