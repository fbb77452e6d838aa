"""Reports over HTTP: equal to a recount of the journals, in the caller's areas, followed down to receipts."""

import csv
import io
from datetime import date
from random import Random
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from funds.documents.words import amount
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.periods import service as periods
from funds.periods.rules import PeriodKind
from funds.periods.schemas import NewPeriod
from funds.reports import routes
from shared.db import Database, driver
from shared.ids import uuid7
from shared.money import baht, satang
from shared.testing.caller import Caller
from tests.factories import CHAIR, NOW, OFFICER, a_fund, a_person

WHOLE = a_person("department", areas=("",))
YEAR = "2569"
AREAS = ("341901", "341902", "341501", "331001")

RECOUNT = """
SELECT
    sum(debit - credit) FILTER (WHERE account = '1100' AND kind = 'disbursement'
        AND business_date >= $2) AS lent,
    sum(credit - debit) FILTER (WHERE account = '1100' AND kind IN ('repayment', 'advance')
        AND business_date >= $2) AS repaid,
    sum(credit - debit) FILTER (WHERE account = '4000' AND kind <> 'closing'
        AND business_date >= $2) AS interest,
    sum(debit - credit) FILTER (WHERE account = '5000' AND kind = 'grant'
        AND business_date >= $2) AS grants,
    sum(debit - credit) FILTER (WHERE account = '1100') AS outstanding,
    sum(credit - debit) FILTER (WHERE account = '3000') AS capital,
    sum(debit - credit) FILTER (WHERE account IN ('1000', '1010')) AS money
FROM (
    SELECT line.*, coalesce(original.kind, journal.kind) AS kind FROM journal_lines AS line
    JOIN journals AS journal ON journal.id = line.journal_id
    LEFT JOIN journals AS original ON original.id = journal.reverses
    WHERE journal.area_code LIKE $1 || '%' AND line.business_date <= $3
) AS line
"""


@pytest.fixture
def auditor(officer: Caller) -> Caller:
    return officer.only({"funds:read", "ledgers:read", "export"}).where("")


async def lines_of_a_life(session: Any, fund_id: UUID, random: Random) -> None:
    """Lend, repay, give and undo in two fiscal years."""
    loans = [uuid7() for _ in range(4)]
    owed = dict.fromkeys(loans, 0)
    for _ in range(40):
        on = date(2025, random.randint(1, 12), random.randint(1, 28))
        loan, amount = random.choice(loans), random.randint(1, 900_000)
        kind = random.choice(("lend", "lend", "repay", "grant"))
        paid = min(amount, owed[loan])
        if kind == "repay" and paid:
            fee = Line(Account.INTEREST_INCOME, credit=77)
            back = Line(Account.LOANS, credit=paid, loan_id=loan)
            entry = Entry(
                JournalKind.REPAYMENT,
                "receipt",
                uuid7(),
                on,
                (Line(Account.CASH, debit=paid + 77), back, fee),
            )
            owed[loan] -= paid
        elif kind == "grant":
            given = (Line(Account.GRANTS, debit=amount), Line(Account.BANK, credit=amount))
            entry = Entry(JournalKind.GRANT, "receipt", uuid7(), on, given)
        else:
            out = (Line(Account.LOANS, debit=amount, loan_id=loan), Line(Account.BANK, credit=amount))
            entry = Entry(JournalKind.DISBURSEMENT, "receipt", uuid7(), on, out)
            owed[loan] += amount
        posted = await ledger.post(session, fund_id=fund_id, entry=entry, actor=OFFICER, now=NOW)
        if entry.kind is JournalKind.GRANT and random.random() < 0.4:
            day = date(2025, 12, 30)
            await ledger.reverse(
                session,
                fund_id=fund_id,
                journal_id=posted.journal_id,
                business_date=day,
                memo=None,
                actor=CHAIR,
                now=NOW,
            )


@pytest.fixture
async def funds(database: Database) -> list[UUID]:
    """Make funds with two fiscal years of journals in three provinces' tambons."""
    random = Random(7)  # noqa: S311  # the same life each time
    async with database.transaction() as session:
        made = [(await a_fund(session, area_code=code, capital=90_000_000, actor=WHOLE)).id for code in AREAS]
        for fund_id in made:
            await lines_of_a_life(session, fund_id, random)
        closing = NewPeriod(period_to=date(2025, 9, 30), kind=PeriodKind.YEAR)
        await periods.close(session, fund_id=made[0], new=closing, actor=WHOLE, now=NOW)
    return made


async def rows(caller: Caller, **query: str) -> list[dict[str, Any]]:
    answer = await caller.get("/v1/fund-reports", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.usefixtures("funds")
@pytest.mark.parametrize("area", ["", "34", "3419", "341902", "99"])
@pytest.mark.parametrize(("year", "first", "last"), [
    ("2568", date(2024, 10, 1), date(2025, 9, 30)), ("2569", date(2025, 10, 1), date(2026, 9, 30)),
])  # fmt: skip
async def test_a_report_is_what_a_recount_of_the_journals_says(
    auditor: Caller, database: Database, area: str, year: str, first: date, last: date
) -> None:
    query = {"fiscal_year": year, **({"area": area} if area else {})}
    total = (await auditor.get("/v1/fund-reports/total", **query)).json()
    async with database.read() as session:
        counted = await (await driver(session)).fetchrow(RECOUNT, area, first, last)
    assert counted is not None
    for name, booked in counted.items():
        assert total[name] == baht(int(booked or 0)), name
    for by in ("fund", "village", "tambon", "district", "province"):
        found = await rows(auditor, by=by, **query)
        for name in counted.keys():  # noqa: SIM118  # a record
            assert sum(int(row[name].replace(".", "")) for row in found) == int(counted[name] or 0), (
                by,
                name,
            )
        assert sum(row["funds"] for row in found) == total["funds"]


async def test_rows_are_of_the_callers_areas_and_named(auditor: Caller, funds: list[UUID]) -> None:
    assert [row["code"] for row in await rows(auditor, by="province")] == ["33", "34"]
    mine = auditor.where("3419", "341501")
    assert [(row["code"], row["funds"]) for row in await rows(mine, by="district")] == [
        ("3415", 1),
        ("3419", 2),
    ]
    assert [row["name"]["th"] for row in await rows(mine, by="district", area="3419")] == ["พิบูลมังสาหาร"]
    assert await rows(mine, by="fund", area="33") == []
    (row,) = await rows(mine, by="fund", area="341902")
    assert (row["fund_id"], row["name"]["th"]) == (str(funds[1]), "กองทุนทดสอบ")
    assert await rows(mine, by="fund", kind="savings") == []


@pytest.mark.usefixtures("funds")
@pytest.mark.parametrize("areas", [("3311",), ()])
async def test_a_stranger_gets_empty_totals_charts_and_papers(
    auditor: Caller, areas: tuple[str, ...]
) -> None:
    stranger = auditor.where(*areas)
    total = (await stranger.get("/v1/fund-reports/total")).json()
    assert (total["funds"], total["outstanding"], total["members"]) == (0, "0.00", 0)
    assert (await stranger.get("/v1/fund-reports/years")).json() == []
    for path in ("chart.svg", "years.svg", "report.pdf"):
        answer = await stranger.get(f"/v1/fund-reports/{path}")
        assert answer.status_code == 200
        assert "พิบูล" not in answer.text


@pytest.mark.usefixtures("funds")
async def test_lists_go_on_where_they_stopped(auditor: Caller) -> None:
    for by in ("fund", "tambon"):
        whole = await rows(auditor, by=by)
        first = (await auditor.get("/v1/fund-reports", by=by, limit="3", count="true")).json()
        rest = (await auditor.get("/v1/fund-reports", by=by, limit="3", cursor=first["next"])).json()
        assert first["items"] + rest["items"] == whole
        assert (first["total"], rest["next"]) == (4, None)


@pytest.mark.usefixtures("funds")
@pytest.mark.parametrize("year", ["2568", "2569"])
async def test_every_figure_of_a_fund_is_the_sum_of_the_lines_it_links_to(auditor: Caller, year: str) -> None:
    found = await rows(auditor, by="fund", fiscal_year=year)
    row = next(one for one in found if one["code"] == AREAS[0])  # its year 2568 is closed
    signs = {"lent": 1, "repaid": -1, "written_off": -1, "interest": -1, "grants": 1}
    for name, sign in signs.items():
        answer = await auditor.request("GET", row["links"][name] + "&limit=200")
        assert answer.status_code == 200, answer.text
        lines = answer.json()["items"]
        moved = sum(satang(one["debit"]) - satang(one["credit"]) for one in lines)
        assert baht(sign * moved) == row[name], name
    last = (await auditor.request("GET", row["links"]["outstanding"] + "&limit=200")).json()["items"][-1]
    assert last["balance"] == row["outstanding"]
    assert row["lent"] != "0.00"
    journal = await auditor.get(f"/v1/ledgers/{row['fund_id']}/journals/{last['journal_id']}")
    assert journal.json()["document_kind"] == "receipt"
    (district,) = await rows(auditor, by="district", area="3419", fiscal_year=year)
    below = (await auditor.request("GET", district["links"]["rows"])).json()["items"]
    assert [one["code"] for one in below] == ["341901", "341902"]


@pytest.mark.usefixtures("funds")
async def test_reports_are_taken_away_as_table_chart_and_paper(auditor: Caller) -> None:
    answer = await auditor.request("GET", "/v1/fund-reports?by=tambon", headers={"Accept": "text/csv"})
    table = list(csv.reader(io.StringIO(answer.text)))
    assert table[0][:3] == ["รหัสพื้นที่", "ชื่อ", "กองทุน"]
    assert [row[0] for row in table[1:]] == sorted(AREAS)
    for path in ("chart.svg?by=fund&figure=lent", "chart.svg?figure=par30", "years.svg"):
        drawn = await auditor.request("GET", f"/v1/fund-reports/{path}")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        ET.fromstring(drawn.text)  # noqa: S314  # our own
    paper = await auditor.get("/v1/fund-reports/report.pdf", by="district", fiscal_year=YEAR)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "พิบูลมังสาหาร" in text
    drawn = await auditor.request("GET", "/v1/fund-reports/chart.svg?by=village&figure=lent")
    assert "หมู่ 1" not in drawn.text  # the funds are of tambons
    assert "กุดชมภู" in drawn.text
    years = (await auditor.get("/v1/fund-reports/years")).json()
    assert [year["fiscal_year"] for year in years] == [2568, 2569]
    assert years[-1]["outstanding"] == (await auditor.get("/v1/fund-reports/total")).json()["outstanding"]


@pytest.mark.usefixtures("funds")
async def test_a_chart_draws_the_largest_first_wherever_they_lie(
    auditor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_MOST_BARS", 2)
    for by in ("tambon", "fund"):
        found = await rows(auditor, by=by, fiscal_year=YEAR)
        largest = sorted((satang(row["lent"]) for row in found), reverse=True)[:2]
        answer = await auditor.get("/v1/fund-reports/chart.svg", by=by, figure="lent", fiscal_year=YEAR)
        titles = ET.fromstring(answer.text).iter("{http://www.w3.org/2000/svg}title")  # noqa: S314  # our own
        drawn = [title.text.rpartition(": ")[2] for title in titles if title.text and ": " in title.text]
        assert drawn == [amount(one) for one in largest]


async def test_what_cannot_be_asked_is_refused(auditor: Caller) -> None:
    for path, code in (
        ("?fiscal_year=2599", "fiscal_year_in_future"),
        ("/total?fiscal_year=2599", "fiscal_year_in_future"),
        ("?by=street", "invalid_request"),
        ("?area=3", "invalid_request"),
        ("?year=2566", "unknown_parameter"),
    ):
        answer = await auditor.request("GET", f"/v1/fund-reports{path}")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
