"""The figures of a case and of the board lead to what they are the sums of."""

from typing import Any

import pytest

from shared import clock
from shared.clock import business_date
from shared.dates import fiscal_year
from shared.db import Database
from shared.money import baht, satang
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_contribution
from tests.problem_cases.cure import ANY, Cure, a_sick_fund, pay_all


@pytest.fixture
def chief(officer: Caller) -> Caller:
    """Call as the district's chief."""
    return officer.may("funds:write", "funds:approve", "loans:read", "debtors:write").named("user:chief")


@pytest.fixture
def cure(chief: Caller) -> Cure:
    """Take the steps of a case, as the community developer does."""
    return Cure(chief.named("user:developer"))


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def every(caller: Caller, address: str) -> list[dict[str, Any]]:
    answer = await caller.request("GET", f"{address}{'&' if '?' in address else '?'}limit=200")
    assert answer.status_code == 200, (address, answer.text)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def total(rows: list[dict[str, Any]], name: str) -> str:
    return baht(sum(satang(row[name]) for row in rows))


async def test_frozen_figures_lead_to_the_lines_and_loans_of_their_moment_whatever_came_after(
    cure: Cure, chief: Caller, database: Database
) -> None:
    sick = await a_sick_fund(database, number=3)
    case = await cure.opened(sick.fund)
    async with database.transaction() as session:
        await a_contribution(session, sick.fund.id, amount=100_000)
        await pay_all(session, sick.loans[0])
    await cure.surveyed(case)
    auditor = chief.may("ledgers:read")
    for figures in (await auditor.get(f"/v1/{case}")).json()["figures"]:
        links = figures["links"]
        for name, sign in (("capital", -1), ("cash", 1), ("outstanding", 1)):
            lines = await every(auditor, links[name])
            moved = sum(satang(line["debit"]) - satang(line["credit"]) for line in lines)
            assert baht(sign * moved) == figures[name], name
        for name in ("overdue_principal", "overdue_interest", "written_off"):
            assert total(await every(auditor, links[name]), name) == figures[name], name
        loans = await every(auditor, links["open_loans"])
        assert total(loans, "outstanding") == figures["outstanding"]
        assert len(loans) == figures["open_loans"]
        assert sum(loan["oldest_due_on"] is not None for loan in loans) == figures["overdue_loans"]
        assert (await every(auditor, links["journals"]))[-1]["number"] == figures["journal_number"]
        assert (await auditor.request("GET", loans[0]["links"]["loan"])).status_code == 200
        stranger = auditor.where("10")
        refused(await stranger.request("GET", links["open_loans"]), 404, "problem_case_not_found")
        refused(await auditor.only({"funds:read"}).request("GET", links["open_loans"]), 403, "scope_missing")
    with pytest.raises(Exception, match="permission denied"):
        await rows(database, "UPDATE problem_figure_loans SET overdue_principal = 0")


async def test_each_figure_of_the_board_is_the_sum_of_what_it_links_to(
    cure: Cure, chief: Caller, database: Database
) -> None:
    areas = ("34190201", "34190202", "34190301")
    sick = [await a_sick_fund(database, number=1, area_code=area) for area in areas]
    first = await cure.opened(sick[0].fund)
    closed = await chief.post(f"/v1/{first}/closure", {"reason": "เปิดผิด"}, **ANY)
    assert closed.status_code == 200
    async with database.transaction() as session:
        await pay_all(session, sick[1].loans[0])
    for one in sick[:2]:
        await cure.opened(one.fund)
    year = str(fiscal_year(business_date(clock.now())))
    for query in ({"level": "province"}, {"level": "district", "fiscal_year": year}):
        (line,) = (await chief.get("/v1/problem-cases/board", **query)).json()["items"]
        links = line["links"]
        assert len(await every(chief, links["funds"])) == line["funds"] == 3
        reported = await every(chief, links["capital"])
        assert total(reported, "capital") == line["capital"] == "840000.00"
        cases = await every(chief, links["problem_funds"])
        assert len(cases) == line["problem_funds"] == 2
        assert total(cases, "overdue_before") == line["overdue_before"] == "12000.00"
        loans = await every(chief, links["borrowing_households"])
        assert len({loan["borrower_id"] for loan in loans}) == line["borrowing_households"] == 2
        below = await every(chief, links["rows"])
        for name in ("funds", "problem_funds", "solved", "borrowing_households"):
            assert sum(one[name] for one in below) == line[name], name
        for name in ("capital", "overdue_before", "overdue_after"):
            assert total(below, name) == line[name], name
    before = (await chief.get("/v1/problem-cases", newest="true", opened_to="2025-01-01")).json()["items"]
    assert before == []
