"""The cure of a fund: surveyed, planned, treated, surveyed again, solved by another person."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from funds.findings import service as findings
from funds.loans import queries as loans
from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import OFFICER, a_contribution, a_fund
from tests.problem_cases.cure import ANY, PLAN, Cure, a_sick_fund, pay_all


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_a_fund_is_cured_step_by_step_and_its_figures_are_those_of_the_moment(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database)
    case = await cure.opened(sick.fund)
    address = f"/v1/{case}"
    (before,) = (await chief.get(address)).json()["figures"]
    assert (before["overdue_principal"], before["overdue_loans"], before["open_loans"]) == ("24000.00", 2, 2)
    assert (before["capital"], before["cash"], before["outstanding"]) == (
        "280000.00",
        "256000.00",
        "24000.00",
    )
    assert before["journal_number"] == 3  # the capital and two disbursements

    after_round = await cure.surveyed(case)
    assert (after_round["state"], after_round["surveys"][0]["acknowledged"]) == ("surveyed", "24000.00")
    assert (await cure.post(f"{case}/plan", PLAN))["state"] == "planned"
    district = sick.fund.area_code[:4]
    clinic = await cure.clinic(case, team_id=await cure.team(district), district=district)
    advised = await cure.post(
        f"{clinic}/cases/{case.rpartition('/')[2]}/advice", {"attended": 9, "advice": "ผ่อนชำระ 12 งวด"}
    )
    assert (advised["state"], advised["stops"][0]["cases"][0]["advice"]) == ("held", "ผ่อนชำระ 12 งวด")

    async with database.transaction() as session:
        for loan_id in sick.loans:
            await pay_all(session, loan_id)
    last = await cure.surveyed(case, 2)
    assert (last["state"], last["overdue_before"], last["overdue_after"]) == (
        "resurveyed",
        "24000.00",
        "0.00",
    )
    assert [(one["round"], one["journal_number"]) for one in last["figures"]] == [(0, 3), (1, 3), (2, 5)]
    refused(await cure.officer.post(f"{address}/solution", {}, **ANY), 403, "own_problem_case")
    itself = chief.where(sick.fund.area_code)
    refused(await itself.post(f"{address}/solution", {}, **ANY), 403, "not_from_above")
    solved = await chief.post(f"{address}/solution", {}, **ANY)
    assert (solved.json()["state"], solved.json()["ended_by"]) == ("solved", "user:chief")
    (told,) = await rows(database, "SELECT data FROM outbox WHERE type = 'funds.problem.solved.v1'")
    assert (told["data"]["overdue_before"], told["data"]["area_code"]) == ("24000.00", sick.fund.area_code)
    refused(await chief.post(f"{address}/closure", {"reason": "x"}, **ANY), 409, "wrong_case_step")


async def test_who_asked_a_debtor_in_any_round_does_not_say_that_the_case_is_solved(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    case = await cure.opened(sick.fund)
    asker = chief.named("user:asker")
    asked = {
        "loan_id": str(sick.loans[0]),
        "surveyed_on": "2026-03-10",
        "answer": "acknowledged",
        "acknowledged": "12000.00",
    }
    assert (await asker.post(f"/v1/{case}/surveys/1/debtors", {"debtors": [asked]})).status_code == 200
    await cure.post(f"{case}/surveys/1/completion", {})
    await cure.post(f"{case}/plan", PLAN)
    district = sick.fund.area_code[:4]
    clinic = await cure.clinic(case, team_id=await cure.team(district), district=district)
    await cure.post(f"{clinic}/cases/{case.rpartition('/')[2]}/advice", {"attended": 9, "advice": "ผ่อน"})
    async with database.transaction() as session:
        await pay_all(session, sick.loans[0])
    await cure.surveyed(case, 2)
    refused(await asker.post(f"/v1/{case}/solution", {}, **ANY), 403, "own_problem_case")
    assert (await chief.post(f"/v1/{case}/solution", {}, **ANY)).json()["state"] == "solved"


async def test_figures_stay_what_they_were_whatever_is_booked_afterwards(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database)
    case = await cure.opened(sick.fund)
    async with database.transaction() as session:
        await a_contribution(session, sick.fund.id, amount=100_000)
        await pay_all(session, sick.loans[0])
    (figures,) = (await chief.get(f"/v1/{case}")).json()["figures"]
    assert (figures["overdue_principal"], figures["capital"]) == ("24000.00", "280000.00")
    (counted,) = await rows(
        database,
        "SELECT sum(debit - credit) AS booked FROM journal_lines "
        "WHERE fund_id = $1 AND account = '1100' AND number <= $2",
        sick.fund.id,
        figures["journal_number"],
    )
    assert counted["booked"] == 2_400_000  # the journals up to the number give the figure again


async def test_the_services_own_role_cannot_change_frozen_figures(cure: Cure, database: Database) -> None:
    sick = await a_sick_fund(database, number=1)
    await cure.opened(sick.fund)
    for statement in ("UPDATE problem_figures SET overdue_principal = 0", "DELETE FROM problem_figures"):
        with pytest.raises(Exception, match="permission denied"):
            await rows(database, statement)


async def test_a_case_with_anything_overdue_is_not_solved_and_goes_to_another_clinic(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database)
    case = await cure.treated(sick.fund)
    async with database.transaction() as session:
        await pay_all(session, sick.loans[0])
    assert (await cure.surveyed(case, 2))["overdue_after"] == "12000.00"
    answer = await chief.post(f"/v1/{case}/solution", {}, **ANY)
    refused(answer, 409, "still_overdue")
    assert answer.json()["overdue"] == "12000.00"
    assert (await cure.post(f"{case}/plan", PLAN))["state"] == "planned"
    refused(await chief.post(f"/v1/{case}/solution", {}, **ANY), 409, "wrong_case_step")


async def test_a_round_is_complete_only_when_every_overdue_debtor_was_asked(
    cure: Cure, developer: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database)
    path = f"/v1/{await cure.opened(sick.fund)}/surveys/1"
    missing = await developer.post(f"{path}/completion", {})
    refused(missing, 409, "debtors_missing")
    assert (missing.json()["missing"], set(missing.json()["loans"])) == (2, {str(one) for one in sick.loans})
    asked = {"loan_id": str(sick.loans[0]), "surveyed_on": "2026-03-10", "answer": "not_found"}
    assert (await developer.post(f"{path}/debtors", {"debtors": [asked]})).status_code == 200
    left = (await developer.get(f"{path}/debtors", surveyed="false", count="true")).json()
    assert ([one["loan_id"] for one in left["items"]], left["total"]) == ([str(sick.loans[1])], 1)
    newer = {**asked, "answer": "disputed", "acknowledged": "5000.00", "cause": "paid_not_booked"}
    await developer.post(f"{path}/debtors", {"debtors": [newer]})
    (one,) = (await developer.get(f"{path}/debtors", surveyed="true")).json()["items"]
    assert (one["booked"], one["acknowledged"], one["cause"]) == ("12000.00", "5000.00", "paid_not_booked")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"loan_id": str(uuid4())}, "unknown_debtor", "/debtors/0/loan_id"),
        ({"acknowledged": None}, "amount_not_fitting", "/debtors/0/acknowledged"),
        ({"answer": "dead"}, "amount_not_fitting", "/debtors/0/acknowledged"),
        ({"promised": "10.00"}, "promise_incomplete", "/debtors/0/promised"),
        ({"promised_on": "2026-12-01"}, "promise_incomplete", "/debtors/0/promised"),
        ({"promised": "0.00"}, "invalid_request", "/debtors/0/promised"),
        ({"acknowledged": "1.001"}, "invalid_request", "/debtors/0/acknowledged"),
        ({"surveyed_on": "2149-01-01"}, "date_in_future", "/debtors/0/surveyed_on"),
        ({"booked": "1.00"}, "invalid_request", "/debtors/0/booked"),
    ],
)
async def test_an_answer_that_cannot_be_is_refused(
    cure: Cure, developer: Caller, database: Database, changes: dict[str, Any], code: str, pointer: str
) -> None:
    sick = await a_sick_fund(database, number=1)
    path = f"/v1/{await cure.opened(sick.fund)}/surveys/1/debtors"
    asked = {
        "loan_id": str(sick.loans[0]),
        "surveyed_on": "2026-03-10",
        "answer": "acknowledged",
        "acknowledged": "12000.00",
    }
    assert refused(await developer.post(path, {"debtors": [{**asked, **changes}]}), 422, code) == [pointer]
    twice = await developer.post(path, {"debtors": [asked, asked]})
    assert refused(twice, 422, "debtor_twice") == ["/debtors/1/loan_id"]
    (left,) = (await developer.get(path)).json()["items"]
    assert left["answer"] is None


async def test_only_the_round_that_runs_is_surveyed(
    cure: Cure, developer: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    case = await cure.opened(sick.fund)
    early = await developer.post(f"/v1/{case}/surveys/2/completion", {})
    refused(early, 409, "wrong_round")
    assert early.json()["round"] == 1
    await cure.surveyed(case)
    late = await developer.post(f"/v1/{case}/surveys/1/completion", {})
    refused(late, 409, "wrong_round")
    assert late.json()["round"] is None
    assert (await developer.get(f"/v1/{case}/surveys/1/debtors")).json()["items"] != []


async def test_no_plan_before_the_first_survey(cure: Cure, developer: Caller, database: Database) -> None:
    sick = await a_sick_fund(database, number=1)
    case = await cure.opened(sick.fund)
    refused(await developer.post(f"/v1/{case}/plan", PLAN, **ANY), 409, "wrong_case_step")
    assert refused(
        await developer.post(f"/v1/{case}/plan", {"actions": []}, **ANY), 422, "invalid_request"
    ) == ["/actions"]


async def test_a_fund_has_one_open_case_however_many_open_it_at_once(
    cure: Cure, developer: Caller, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    body = {"fund_id": str(sick.fund.id), "cause": "ค้างชำระ"}
    answers = await asyncio.gather(*(developer.post("/v1/problem-cases", body) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]
    (opened,) = [one.json() for one in answers if one.status_code == 201]
    refused(
        await developer.post(f"/v1/problem-cases/{opened['id']}/closure", {"reason": "x"}, **ANY),
        403,
        "own_problem_case",
    )
    closed = await chief.post(f"/v1/problem-cases/{opened['id']}/closure", {"reason": "รวมกองทุน"}, **ANY)
    assert (closed.json()["state"], closed.json()["end_reason"]) == ("closed", "รวมกองทุน")
    await cure.opened(sick.fund)
    refused(
        await developer.post("/v1/problem-cases", {**body, "id": opened["id"]}), 409, "problem_case_exists"
    )


async def test_a_cases_failings_are_those_named_and_those_found(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    async with database.transaction() as session:
        await findings.look(session, now=clock.now(), fund_id=sick.fund.id)
    case = (await chief.get(f"/v1/{await cure.opened(sick.fund, failings=['B.1'])}")).json()
    assert {"B.1", "A.1", "A.3", "B.4"} <= set(case["failings"])
    other = await a_sick_fund(database, number=1)
    body = {"fund_id": str(other.fund.id), "cause": "x", "failings": ["B.1", "C.9"]}
    assert refused(await cure.officer.post("/v1/problem-cases", body), 422, "unknown_failing") == [
        "/failings/1"
    ]


async def test_the_board_counts_problem_funds_and_what_the_cure_has_left(
    cure: Cure, chief: Caller, database: Database
) -> None:
    areas = ["34190201", "34190202", "34190203", "34190301"]
    sick = [await a_sick_fund(database, number=1, area_code=area) for area in areas]
    async with database.transaction() as session:
        await a_fund(session, kind="poverty", area_code="34190204", capital=100)
        await a_fund(session, kind="poverty", area_code="34150101")
        await a_fund(session, kind="savings", area_code="34190205")
    solved = await cure.treated(sick[0].fund)
    async with database.transaction() as session:
        await pay_all(session, sick[0].loans[0])
    await cure.surveyed(solved, 2)
    await chief.post(f"/v1/{solved}/solution", {}, **ANY)
    await cure.opened(sick[1].fund)
    await cure.treated(sick[3].fund)
    (line,) = (await chief.get("/v1/problem-cases/board", area="3419")).json()["items"]
    del line["links"]
    assert line == {
        "area_code": "3419",
        "funds": 5,
        "capital": "1120001.00",
        "borrowing_households": 3,
        "problem_funds": 3,
        "problem_share": "60.00",
        "overdue_before": "36000.00",
        "solved": 1,
        "overdue_after": "24000.00",
    }
    tambons = (await chief.get("/v1/problem-cases/board", level="tambon", limit=1, count="true")).json()
    assert (tambons["items"][0]["area_code"], tambons["total"]) == ("341501", 3)
    rest = (
        await chief.get("/v1/problem-cases/board", level="tambon", limit=1, cursor=tambons["next"])
    ).json()["items"]
    assert (rest[0]["area_code"], rest[0]["problem_funds"]) == ("341902", 2)
    (old,) = (await chief.get("/v1/problem-cases/board", area="3419", fiscal_year=2560)).json()["items"]
    assert (old["problem_funds"], old["problem_share"], old["overdue_before"]) == (0, "0.00", "0.00")
    assert (await chief.where("10").get("/v1/problem-cases/board")).json()["items"] == []
    file = await chief.may("export").request(
        "GET", "/v1/problem-cases/board?area=3419", headers={"Accept": "text/csv"}
    )
    assert file.text.splitlines()[1] == "3419,5,1120001.00,3,3,60.00,36000.00,1,24000.00"


async def test_cases_are_listed_by_area_and_taken_away_with_export(
    cure: Cure, chief: Caller, database: Database
) -> None:
    made = [await cure.opened((await a_sick_fund(database, number=1)).fund) for _ in range(3)]
    first = (await chief.get("/v1/problem-cases", limit=2, count="true")).json()
    rest = (await chief.get("/v1/problem-cases", limit=2, cursor=first["next"])).json()
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert sorted(found) == sorted(case.rpartition("/")[2] for case in made)
    assert (first["total"], rest["next"], first["items"][0]["overdue_before"]) == (3, None, "12000.00")
    assert (await chief.get("/v1/problem-cases", state="solved")).json()["items"] == []
    assert len((await chief.get("/v1/problem-cases", open="true")).json()["items"]) == 3
    file = await chief.may("export").request("GET", "/v1/problem-cases", headers={"Accept": "text/csv"})
    assert len(file.text.splitlines()) == 4
    assert "12000.00" in file.text


async def test_debts_are_shown_only_to_who_may_see_loans(
    cure: Cure, officer: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    path = f"/v1/{await cure.opened(sick.fund)}/surveys/1/debtors"
    refused(await officer.get(path), 403, "scope_missing")


async def test_figures_and_the_journal_number_belong_together_while_others_repay(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=8)

    async def repay(loan_id: Any) -> None:
        async with database.transaction() as session:
            await pay_all(session, loan_id)

    body = {"fund_id": str(sick.fund.id), "cause": "ค้างชำระ"}
    opening = asyncio.create_task(cure.officer.post("/v1/problem-cases", body))
    await asyncio.gather(*(repay(one) for one in sick.loans))
    opened = await opening
    (figures,) = opened.json()["figures"]
    (counted,) = await rows(
        database,
        "SELECT sum(debit - credit)::bigint AS booked FROM journal_lines "
        "WHERE fund_id = $1 AND account = '1100' AND number <= $2",
        sick.fund.id,
        figures["journal_number"],
    )
    assert figures["outstanding"] == f"{counted['booked'] // 100}.00"
    async with database.read() as session:
        assert await loans.loan(session, sick.loans[0], areas=OFFICER.areas) is not None
    assert (await chief.get(f"/v1/problem-cases/{opened.json()['id']}")).json()["figures"] == [figures]


async def test_a_neighbour_neither_plans_nor_surveys_nor_solves_a_case(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=1)
    address = f"/v1/{await cure.opened(sick.fund)}"
    asked = {"loan_id": str(sick.loans[0]), "surveyed_on": "2026-03-10", "answer": "not_found"}
    for stranger in (chief.where("10"), chief.where()):
        refused(await stranger.post(f"{address}/plan", PLAN, **ANY), 404, "problem_case_not_found")
        refused(await stranger.post(f"{address}/solution", {}, **ANY), 404, "problem_case_not_found")
        path = f"{address}/surveys/1/debtors"
        refused(await stranger.post(path, {"debtors": [asked]}), 404, "problem_case_not_found")
