"""What reports say of late loans is true at once: of today, and of years that have ended."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from funds.book_imports import jobs as book_jobs
from funds.reports import keeping
from shared import clock, jobs
from shared.clock import business_date
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.book_imports.asking import ANY, begun, checked
from tests.book_imports.books import workbook
from tests.factories import a_fund, a_loan
from tests.repayments.helpers import pay, take_back

FIRST = date(2026, 3, 1)
VILLAGES = ("34190301", "34190302")
KEPT = "SELECT fund_id, month, overdue FROM fund_arrears_months ORDER BY 1, 2"
LATENESS = ("late_loans", "overdue", "par30", "par60", "par90")


@pytest.fixture
def auditor(officer: Caller) -> Caller:
    return officer.only({"funds:read", "ledgers:read", "loans:read"}).where("34")


@pytest.fixture
async def lent(database: Database) -> list[UUID]:
    """Lend 50,000.00 in January 2569 in each of two villages, five monthly instalments from March on."""
    terms = {"first_due": FIRST}
    made = []
    async with database.transaction() as session:
        for village in VILLAGES:
            fund = await a_fund(session, kind="poverty", area_code=village, capital=28_000_000)
            made.append(await a_loan(session, fund, amount=5_000_000, instalments=5, terms=terms))
    return made


async def total(caller: Caller, **query: str) -> dict[str, Any]:
    answer = await caller.get("/v1/fund-reports/total", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lateness(report: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(report[name] for name in LATENESS)


async def test_what_is_repaid_is_gone_from_the_running_year_at_once_and_back_when_it_is_reversed(
    auditor: Caller, database: Database, lent: list[UUID]
) -> None:
    found = await total(auditor)
    assert lateness(found) == (2, "100000.00", "100000.00", "100000.00", "100000.00")
    assert (found["villages"], found["zero_overdue_villages"]) == (2, 0)
    today = business_date(clock.now())
    async with database.transaction() as session:
        receipt = await pay(session, lent[0], today, 5_000_000, now=clock.now())
        await pay(session, lent[1], today, 1_500_000, now=clock.now())
    found = await total(auditor)
    assert lateness(found) == (1, "35000.00", "35000.00", "35000.00", "35000.00")
    assert (found["par30_percent"], found["villages"], found["zero_overdue_villages"]) == ("100.00", 1, 0)
    async with database.transaction() as session:
        await take_back(session, receipt, today)
    assert lateness(await total(auditor)) == (2, "85000.00", "85000.00", "85000.00", "85000.00")


async def keep(database: Database) -> None:
    """Keep the ends of years, as the worker does each hour."""
    await keeping.work(database, day=business_date(clock.now()), stop=asyncio.Event())


async def test_the_end_of_a_past_year_is_what_it_was_then(
    auditor: Caller, database: Database, lent: list[UUID]
) -> None:
    async with database.transaction() as session:
        await pay(session, lent[0], date(2026, 9, 1), 4_000_000)
        await pay(session, lent[1], date(2026, 10, 1), 5_000_000)
    assert lateness(await total(auditor, fiscal_year="2568")) == (0, *["0.00"] * 4)
    late = (2, *["60000.00"] * 4)
    assert lateness(await total(auditor, fiscal_year="2569")) == late
    await keep(database)
    assert lateness(await total(auditor, fiscal_year="2569")) == late
    by_fund = (await auditor.get("/v1/fund-reports", by="fund", fiscal_year="2569")).json()["items"]
    assert [row["overdue"] for row in by_fund] == ["10000.00", "50000.00"]
    assert lateness(await total(auditor)) == (1, *["10000.00"] * 4)


async def test_more_ends_of_years_than_one_look_finds_are_kept_one_look_after_the_other(
    database: Database, lent: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 2)
    monkeypatch.setattr(keeping, "FUNDS", 1)
    await keep(database)
    kept = await rows(database, KEPT)
    monkeypatch.undo()
    await keep(database)
    assert await rows(database, KEPT) == kept
    assert len(kept) > len(lent)


async def test_a_receipt_of_a_past_year_that_comes_later_changes_the_end_of_that_year_at_once(
    auditor: Caller, database: Database, lent: list[UUID]
) -> None:
    today = business_date(clock.now())
    await keep(database)
    before = await rows(database, KEPT)
    assert sum(row["overdue"] for row in before if row["month"] == date(2026, 9, 1)) == 10_000_000
    async with database.transaction() as session:
        await pay(session, lent[0], date(2026, 9, 20), 5_000_000, now=clock.now())
    now = (1, *["50000.00"] * 4)
    assert lateness(await total(auditor, fiscal_year="2569")) == now  # though it is kept otherwise
    assert (await total(auditor, fiscal_year="2569"))["outstanding"] == "50000.00"
    await keep(database)
    after = await rows(database, KEPT)
    assert sum(row["overdue"] for row in after if row["month"] == date(2026, 9, 1)) == 5_000_000
    assert lateness(await total(auditor, fiscal_year="2569")) == now
    async with database.transaction() as session:  # of this year: nothing of a past one is counted again
        await pay(session, lent[1], today, 1_000_000, now=clock.now())
    await keep(database)
    assert await rows(database, KEPT) == after


async def test_whole_principals_of_loans_more_than_30_60_and_90_days_late_are_at_risk(
    auditor: Caller, database: Database
) -> None:
    today = business_date(clock.now())
    async with database.transaction() as session:
        for number, days in enumerate((0, 30, 31, 61, 91), 1):
            fund = await a_fund(session, kind="poverty", area_code=f"341904{number:02d}", capital=28_000_000)
            terms = {"first_due": today - timedelta(days=days)}
            await a_loan(session, fund, amount=number * 100_000, instalments=5, terms=terms)
    found = await total(auditor, area="341904")
    assert (found["late_loans"], found["outstanding"]) == (4, "15000.00")
    assert (found["par30"], found["par60"], found["par90"]) == ("12000.00", "9000.00", "5000.00")


async def test_a_book_taken_over_with_overdue_loans_is_in_the_report_at_once(
    officer: Caller, auditor: Caller, database: Database, settings_values: dict[str, Any]
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", area_code="34190102")
    keeper = officer.may("ledgers:read", "ledgers:write", "loans:read", "jobs:read", "imports:write")
    work = book_jobs.work(files_url=settings_values["files_url"])

    async def run() -> None:
        await jobs.run_pending(database, work)

    path = await begun(keeper, str(fund.id))
    await checked(keeper, path, workbook(), run)
    posted = await keeper.may("funds:approve").named("user:approver").post(f"{path}/post", {}, **ANY)
    assert posted.status_code == 202, posted.text
    await run()
    late = (2, *["35000.00"] * 4)
    assert lateness(await total(auditor)) == late
    assert lateness(await total(auditor, fiscal_year="2567")) == late  # due on 30 September 2566
    assert lateness(await total(auditor, fiscal_year="2566")) == (0, *["0.00"] * 4)
    assert (await total(auditor, fiscal_year="2565"))["outstanding"] == "35000.00"
