"""The debtor register: who owes what on a day, and together what account 1100 says."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from funds.demand import queries
from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.repayments import quoting
from shared import clock
from shared.db import Database
from shared.ids import uuid7
from shared.money import baht, satang
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW, OFFICER, a_fund, a_loan
from tests.repayments.helpers import pay


@pytest.fixture
def treasurer(officer: Caller) -> Caller:
    return officer.only({"ledgers:read", "loans:read", "export"})


@pytest.fixture
async def path(database: Database) -> str:
    """Lend twice, and have 250.00 of the first loan repaid and 40.00 paid ahead a day later."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=90_000_000)
        first = await a_loan(session, fund)
        await a_loan(session, fund)
        lines = (
            Line(Account.CASH, debit=29_000),
            Line(Account.LOANS, credit=25_000, loan_id=first),
            Line(Account.ADVANCES, credit=4_000, loan_id=first),
        )
        entry = Entry(JournalKind.REPAYMENT, "receipt", uuid7(), date(2026, 1, 15), lines)
        await ledger.post(session, fund_id=fund.id, entry=entry, actor=OFFICER, now=NOW)
    return f"/v1/ledgers/{fund.id}"


async def register(caller: Caller, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await caller.get(f"{path}/debtors", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_what_debtors_owe_sums_to_the_control_account(treasurer: Caller, path: str) -> None:
    found = await register(treasurer, path)
    first, second = sorted(found, key=lambda one: satang(one["outstanding"]))
    assert (first["outstanding"], first["repaid"], first["advance"]) == ("99750.00", "250.00", "40.00")
    assert (second["outstanding"], second["advance"]) == ("100000.00", "0.00")
    assert first["name"].startswith("กลุ่ม")
    balances = (await treasurer.get(f"{path}/trial-balance")).json()["rows"]
    loans = next(row for row in balances if row["account"] == "1100")
    assert sum(satang(one["outstanding"]) for one in found) == satang(loans["balance"])


async def test_the_register_is_of_any_day(treasurer: Caller, path: str) -> None:
    assert await register(treasurer, path, on="2026-01-14") == []
    assert len(await register(treasurer, path, on="2026-01-15", settled="true")) == 2


async def test_it_goes_on_where_it_stopped_and_is_taken_away_as_a_file(treasurer: Caller, path: str) -> None:
    whole = await register(treasurer, path)
    page = (await treasurer.get(f"{path}/debtors", limit="1", count="true")).json()
    rest = (await treasurer.get(f"{path}/debtors", limit="1", cursor=page["next"])).json()
    assert (page["items"] + rest["items"], page["total"], rest["next"]) == (whole, 2, None)
    answer = await treasurer.request("GET", f"{path}/debtors", headers={"Accept": "text/csv"})
    table = list(csv.reader(io.StringIO(answer.text)))
    assert [row[0] for row in table] == ["เลขที่สัญญา", *(one["contract_no"] for one in whole)]


async def test_names_are_shown_to_whoever_may_see_loans_and_leave_an_audit_row(
    treasurer: Caller, path: str, database: Database
) -> None:
    refused = await treasurer.only({"ledgers:read"}).get(f"{path}/debtors")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    await register(treasurer, path)
    found = await rows(database, "SELECT actor FROM audit WHERE action = 'debtor.list'")
    assert [row["actor"] for row in found] == ["user:tester"]


async def test_lateness_is_of_this_moment_whether_the_daily_run_came_or_not(
    treasurer: Caller, database: Database
) -> None:
    now = clock.now()
    today = clock.business_date(now)
    async with database.transaction() as session:
        fund = await a_fund(session, capital=90_000_000)
        late, paid = [await a_loan(session, fund, terms={"first_due": date(2026, 3, 1)}) for _ in range(2)]
        quote = await quoting.payoff(session, loan_id=paid, on=None, principal=OFFICER, now=now)
        await pay(session, paid, today, quote.total, early="payoff", now=now)
        (owed,) = await queries.overdue(
            session, queries.Overdue(areas=("34",), day=today, fund_id=fund.id), after=None, limit=9
        )
    found = await register(treasurer, f"/v1/ledgers/{fund.id}", settled="true")
    shown = {one["loan_id"]: (one["days_late"], one["overdue"]) for one in found}
    days = (today - date(2026, 3, 1)).days
    assert shown == {str(late): (days, baht(owed["overdue_total"])), str(paid): (0, "0.00")}
    assert "schedule_no" not in found[0]
