"""Reports over HTTP: equal to a recount of the journals, in the caller's areas, followed down to receipts."""

import csv
import io
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from funds.demand import daily
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.periods import service as periods
from funds.periods.rules import PeriodKind
from funds.periods.schemas import NewPeriod
from funds.reports.keeping import keep
from shared.db import Database, driver
from shared.ids import uuid7
from shared.money import baht, satang
from shared.testing.caller import Caller
from tests.factories import NOW, OFFICER, a_fund, a_loan, a_person

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
                actor=OFFICER,
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
    for name, amount in counted.items():
        assert total[name] == baht(int(amount or 0)), name
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


@pytest.fixture
async def late(database: Database) -> UUID:
    """Lend 100,000.00 in ten instalments in January; nobody pays until the end of June."""
    now = datetime(2026, 6, 30, 5, tzinfo=UTC)
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341903", capital=90_000_000)
        loan_id = await a_loan(session, fund)
        fresh = await a_fund(session, area_code="341904", capital=90_000_000)
        await a_loan(session, fresh, now=now)
    await daily.run_day(database, date(2026, 6, 30), now=now)
    del loan_id
    return fund.id


@pytest.mark.usefixtures("late")
async def test_lateness_is_todays_for_the_present_year_and_was_kept_for_a_past_one(
    auditor: Caller, database: Database
) -> None:
    by_fund = {row["code"]: row for row in await rows(auditor, by="fund", area="3419")}
    bad, good = by_fund["341903"], by_fund["341904"]
    assert (bad["late_loans"], bad["outstanding"], bad["par30"]) == (1, "100000.00", "100000.00")
    assert (bad["par30_percent"], bad["par90_percent"]) == ("100.00", "100.00")
    assert bad["overdue"] == "50000.00"
    assert (good["overdue"], good["par30_percent"], good["repayment_rate"]) == ("0.00", "0.00", None)
    total = (await auditor.get("/v1/fund-reports/total", area="3419")).json()
    assert (total["par30_percent"], total["villages"], total["zero_overdue_villages"]) == ("50.00", 2, 1)
    assert total["repayment_rate"] == "0.00"
    assert total["definitions"]["par"]["th"].startswith("เงินต้นคงเหลือทั้งสัญญา")

    unknown = (await auditor.get("/v1/fund-reports/total", fiscal_year=YEAR)).json()
    assert (unknown["outstanding"], unknown["overdue"], unknown["par30_percent"]) == ("200000.00", None, None)
    assert unknown["loans"] == 2
    async with database.transaction() as session:
        await keep(session, day=date(2026, 9, 29))
        await keep(session, day=date(2026, 9, 30))
    known = (await auditor.get("/v1/fund-reports/total", fiscal_year=YEAR)).json()
    assert (known["overdue"], known["zero_overdue_villages"]) == ("50000.00", 1)
    async with database.transaction() as session:
        connection = await driver(session)
        await connection.execute(
            "UPDATE loan_arrears SET overdue_principal = 0, overdue_total = 0, days_late = 0"
        )
        await keep(session, day=date(2026, 9, 1))  # a clock that was set back changes nothing that is newer
    assert (await auditor.get("/v1/fund-reports/total", fiscal_year=YEAR)).json() == known


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
    years = (await auditor.get("/v1/fund-reports/years")).json()
    assert [year["fiscal_year"] for year in years] == [2568, 2569]
    assert years[-1]["outstanding"] == (await auditor.get("/v1/fund-reports/total")).json()["outstanding"]


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
