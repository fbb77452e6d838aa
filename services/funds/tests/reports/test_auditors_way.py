"""An auditor follows each figure of a report down: to its lines, journals, documents and receipts."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from funds.adjustments import service as adjustments
from funds.adjustments.rules import Decision
from funds.adjustments.schemas import NewAdjustment, NewDecision
from funds.grants import service as grants
from funds.periods import service as periods
from funds.periods.rules import PeriodKind
from funds.periods.schemas import NewPeriod
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared import clock
from shared.clock import business_date
from shared.dates import fiscal_year
from shared.db import Database
from shared.money import baht, satang
from shared.testing.caller import Caller
from tests.factories import APPROVER, CHAIR, NOW, OFFICER, a_fund, a_loan, a_person
from tests.grants.factories import a_grant
from tests.repayments.helpers import pay, take_back

AREA = "341905"
FIRST = date(2026, 3, 1)
DEPARTMENT = a_person("department", areas=("",))
COUNTS = ("funds", "members", "loans", "grants_made", "late_loans", "villages", "zero_overdue_villages")
MONEY = (
    "lent", "repaid", "interest", "grants", "written_off", "capital", "money", "outstanding", "overdue",
    "par30", "par60", "par90",
)  # fmt: skip
OF_LINES = {"lent": 1, "repaid": -1, "written_off": -1, "interest": -1, "grants": 1, "outstanding": 1,
            "capital": -1, "money": 1}  # fmt: skip
"""Figures that are sums of lines: of debits less credits, or the other way round."""
DOWN = ("province", "district", "tambon", "village", "fund")
PAPERS = {"repayment": "{}/receipt.pdf", "loan_disbursement": "/v1/loans/{loan_id}/contract.pdf"}


@pytest.fixture
def auditor(officer: Caller) -> Caller:
    """Call with what the role `auditor` may, everywhere."""
    scopes = {"funds:read", "loans:read", "ledgers:read", "savings:read", "households:read", "audit:read"}
    return officer.only(scopes).where("")


@pytest.fixture
async def fund_id(database: Database) -> UUID:
    """Let a women's fund lend, be repaid, give, lose and undo in two fiscal years."""
    today = business_date(clock.now())
    terms = {"first_due": FIRST}
    by: dict[str, Any] = {"now": NOW}
    async with database.transaction() as session:
        fund = await a_fund(session, area_code=AREA, capital=90_000_000)
        neighbour = await a_fund(session, area_code="341906", capital=10_000_000)
        await a_loan(session, neighbour, amount=2_000_000, terms=terms)
        paid = await a_loan(session, fund, terms=terms)
        await a_loan(session, fund, amount=4_000_000, terms=terms)
        lost = await a_loan(session, fund, amount=1_000_000, terms=terms)
        await pay(session, paid, date(2026, 4, 1), 3_000_000)
        wrong = await pay(session, paid, date(2026, 5, 1), 2_000_000)
        await take_back(session, wrong, date(2026, 5, 2))
        await pay(session, paid, today, 1_234_567, now=clock.now())
        await a_grant(session, fund)
        undone = await a_grant(session, fund, amount=500_000)
        await grants.reverse(session, grant_id=undone, reason="จ่ายซ้ำ", actor=CHAIR, **by)
        paper = NewAdjustment.model_validate(
            {
                "kind": "expense",
                "business_date": "2026-01-10",
                "memo": "ค่ากระดาษ",
                "lines": [{"account": "5300", "debit": "200.00"}, {"account": "1010", "credit": "200.00"}],
            }
        )
        proposed = await adjustments.propose(session, fund_id=fund.id, new=paper, actor=OFFICER, **by)
        await adjustments.decide(
            session,
            fund_id=fund.id,
            adjustment_id=proposed,
            new=NewDecision(decision=Decision.POST),
            actor=APPROVER,
            **by,
        )
        await write_offs.propose(
            session, loan_id=lost, new=NewWriteOff(reason="หายสาบสูญ"), actor=CHAIR, now=clock.now()
        )
        await write_offs.decide(
            session,
            if_match="*",
            loan_id=lost,
            decision=WriteOffDecision(decision="approve"),
            actor=APPROVER,
            now=clock.now(),
        )
        closing = NewPeriod(period_to=date(2025, 9, 30), kind=PeriodKind.YEAR)
        await periods.close(session, fund_id=fund.id, new=closing, actor=DEPARTMENT, **by)
    return fund.id


async def everything(caller: Caller, address: str) -> list[dict[str, Any]]:
    """Return all pages of a list, a few rows each."""
    found: list[dict[str, Any]] = []
    joined = address + ("&" if "?" in address else "?") + "limit=7"
    cursor = None
    while True:
        page = joined if cursor is None else f"{joined}&cursor={cursor}"
        answer = await caller.request("GET", page)
        assert answer.status_code == 200, (address, answer.text)
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return found


def sums(rows: list[dict[str, Any]], name: str) -> int:
    """Return the sum of a column of rows, amounts in satang."""
    return sum(satang(row[name]) if name in MONEY else row[name] for row in rows)


async def report(caller: Caller, by: str, **query: str) -> list[dict[str, Any]]:
    answer = await caller.get("/v1/fund-reports", by=by, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.usefixtures("fund_id")
@pytest.mark.parametrize(
    "years", [{"fiscal_year": "2568"}, {"fiscal_year": "2569"}, {}, {"fiscal_year_from": "2568"}]
)
async def test_each_figure_of_the_country_is_the_sum_of_the_rows_it_links_to_down_to_the_funds(
    auditor: Caller, years: dict[str, str]
) -> None:
    whole = (await auditor.get("/v1/fund-reports/total", **years)).json()
    above, level = [whole], 0
    while level < len(DOWN):
        below = []
        for row in above:
            found = await everything(auditor, row["links"]["rows"])
            for name in (*COUNTS, *MONEY):
                expected = satang(row[name]) if name in MONEY else row[name]
                assert sums(found, name) == expected, (DOWN[level], name)
            below += found
        above, level = below, level + 1
    assert {row["code"] for row in above} == {AREA, "341906"}


@pytest.mark.parametrize("years", [{"fiscal_year": "2568"}, {"fiscal_year": "2569"}, {}])
async def test_each_figure_of_a_fund_is_the_sum_of_the_lines_and_loans_it_links_to(
    auditor: Caller, fund_id: UUID, years: dict[str, str]
) -> None:
    (row,) = [one for one in await report(auditor, "fund", **years) if one["fund_id"] == str(fund_id)]
    links = row["links"]
    assert set(links) == {*COUNTS, *MONEY, "journals"} - {"funds", "villages", "zero_overdue_villages"}
    for name, sign in OF_LINES.items():
        lines = await everything(auditor, links[name])
        moved = sum(satang(line["debit"]) - satang(line["credit"]) for line in lines)
        assert baht(sign * moved) == row[name], name
    for name, column in (
        ("overdue", "overdue"), ("par30", "outstanding"), ("par60", "outstanding"), ("par90", "outstanding"),
    ):  # fmt: skip
        loans = await everything(auditor, links[name])
        assert baht(sum(satang(loan[column]) for loan in loans)) == row[name], name
    assert len(await everything(auditor, links["late_loans"])) == row["late_loans"]
    assert len(await everything(auditor, links["members"])) == row["members"]
    standing = [one for one in await everything(auditor, links["grants_made"]) if one["state"] != "reversed"]
    assert len(standing) == row["grants_made"]
    lent_on = {line["loan_id"] for line in await everything(auditor, links["loans"])}
    assert len(lent_on) == row["loans"]


async def test_each_line_leads_to_its_journal_its_document_and_its_paper(
    auditor: Caller, fund_id: UUID
) -> None:
    seen = set()
    for account in ("1000", "1010", "1100", "3900", "4000", "5000", "5300", "5400"):
        for line in await everything(auditor, f"/v1/ledgers/{fund_id}/accounts/{account}/lines"):
            address = f"/v1/ledgers/{fund_id}/journals/{line['journal_id']}"
            journal = (await auditor.get(address)).json()
            assert journal["number"] == line["number"]
            assert journal["document"], journal["document_kind"]
            document = await auditor.request("GET", journal["document"])
            assert document.status_code == 200, (journal["document"], document.text)
            seen.add(journal["document_kind"])
            paper = PAPERS.get(journal["document_kind"])
            if paper is not None:
                loan_id = next(one["loan_id"] for one in journal["lines"] if one["loan_id"])
                answer = await auditor.get(paper.format(journal["document"], loan_id=loan_id))
                assert answer.content.startswith(b"%PDF"), answer.text
    assert seen == {
        "capital", "loan_disbursement", "repayment", "loan_reallocation", "grant", "adjustment",
        "loan_write_off",
    }  # fmt: skip


async def test_a_late_loan_of_a_report_leads_to_the_lines_that_are_its_outstanding(
    auditor: Caller, fund_id: UUID
) -> None:
    for years in ({}, {"fiscal_year": "2569"}):
        path = "/v1/fund-reports/late-loans"
        found = (await auditor.get(path, fund_id=str(fund_id), count="true", **years)).json()
        assert found["total"] == len(found["items"]) > 0
        for loan in found["items"]:
            lines = await everything(auditor, loan["links"]["lines"])
            lines = [line for line in lines if line["account"] == "1100"]
            assert lines[-1]["balance"] == loan["outstanding"]
            for name in ("loan", "schedules"):
                assert (await auditor.request("GET", loan["links"][name])).status_code == 200
        late = satang(found["items"][0]["overdue"])
        assert 0 < late <= satang(found["items"][0]["outstanding"])


async def test_late_loans_are_those_of_the_callers_areas_and_need_the_right_to_read_loans(
    auditor: Caller, fund_id: UUID
) -> None:
    path = "/v1/fund-reports/late-loans"
    mine = (await auditor.where(AREA).get(path, count="true")).json()
    assert {loan["fund_id"] for loan in mine["items"]} == {str(fund_id)}
    for years in ({}, {"fiscal_year": "2569"}):
        stranger = (await auditor.where("3311").get(path, count="true", **years)).json()
        assert (stranger["items"], stranger["total"]) == ([], 0)
        other = (await auditor.get(path, kind="poverty", count="true", **years)).json()
        assert (other["items"], other["total"]) == ([], 0)
    assert (await auditor.only({"funds:read"}).get(path)).status_code == 403


async def test_several_years_together_are_the_sum_of_each(auditor: Caller, fund_id: UUID) -> None:
    del fund_id
    each = [
        (await auditor.get("/v1/fund-reports/total", fiscal_year=year)).json() for year in ("2568", "2569")
    ]
    both = (await auditor.get("/v1/fund-reports/total", fiscal_year="2569", fiscal_year_from="2568")).json()
    for name in ("lent", "repaid", "interest", "grants", "written_off"):
        assert satang(both[name]) == sums(each, name), name
    for name in ("outstanding", "capital", "money", "overdue", "members"):
        assert both[name] == each[1][name], name
    assert (both["fiscal_year_from"], both["fiscal_year"]) == (2568, 2569)
    assert (both["first"], both["last"]) == ("2024-10-01", "2026-09-30")
    refused = await auditor.get("/v1/fund-reports/total", fiscal_year="2568", fiscal_year_from="2569")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "ends_before_start")
    ahead = await auditor.get("/v1/fund-reports/total", fiscal_year_from="2690")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "fiscal_year_in_future")
    only = (await auditor.get("/v1/fund-reports/years", fiscal_year_from="2569")).json()
    assert {row["fiscal_year"] for row in only} == {2569, fiscal_year(business_date(clock.now()))}
    for row in (await auditor.get("/v1/fund-reports/years", area=AREA, kind="womens")).json():
        total = (await auditor.request("GET", row["links"]["total"])).json()
        below = await everything(auditor, row["links"]["rows"])
        for name in ("lent", "repaid", "grants", "outstanding"):
            assert total[name] == row[name], name
            assert baht(sums(below, name)) == row[name], name
