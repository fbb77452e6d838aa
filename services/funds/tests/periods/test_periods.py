"""Closing months and years: what was stored stays, nothing is booked behind it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from funds.ledger import queries, service
from funds.ledger.checking import differences
from funds.ledger.errors import PeriodClosed
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.periods import service as periods
from funds.periods.errors import PeriodNotEnded
from funds.periods.schemas import NewPeriod
from shared.db import Database
from shared.ids import uuid7
from shared.money import baht
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import CHAIR, NOW, OFFICER, a_fund


@pytest.fixture
def treasurer(officer: Caller) -> Caller:
    return officer.only({"ledgers:read", "ledgers:write", "funds:approve"}).named("user:treasurer")


@pytest.fixture
async def path(database: Database) -> str:
    """Name the books of a fund that earned 900.00 and spent 200.00 in fiscal year 2568."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=28_000_000)
        earned = (Line(Account.CASH, debit=90_000), Line(Account.INTEREST_INCOME, credit=90_000))
        spent = (Line(Account.EXPENSES, debit=20_000), Line(Account.BANK, credit=20_000))
        for on, kind, lines in (
            (date(2025, 3, 31), JournalKind.INTEREST, earned),
            (date(2025, 9, 30), JournalKind.EXPENSE, spent),
            (date(2025, 10, 1), JournalKind.EXPENSE, spent),
        ):
            entry = Entry(kind, "receipt", uuid7(), on, lines)
            await service.post(session, fund_id=fund.id, entry=entry, actor=OFFICER, now=NOW)
    return f"/v1/ledgers/{fund.id}"


async def test_a_month_closes_with_its_trial_balance_and_takes_nothing_more(
    treasurer: Caller, path: str
) -> None:
    made = await treasurer.post(f"{path}/periods", {"period_to": "2025-03-31"})
    assert made.status_code == 201, made.text
    period = made.json()
    assert (period["kind"], period["period_from"], period["last_number"]) == ("month", None, 4)
    assert {row["account"]: row["balance"] for row in period["rows"]} == {
        "1000": "900.00",
        "1010": "280000.00",
        "3000": "280000.00",
        "4000": "900.00",
    }
    assert period["debit"] == period["credit"] == "280900.00"
    assert (await treasurer.get(made.headers["location"])).json() == period
    entry = {
        "kind": "transfer",
        "business_date": "2025-03-31",
        "memo": "ถอนเงิน",
        "lines": [{"account": "1000", "debit": "5.00"}, {"account": "1010", "credit": "5.00"}],
    }
    refused = await treasurer.post(f"{path}/adjustments", entry)
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    taken = await treasurer.post(f"{path}/adjustments", {**entry, "business_date": "2025-04-01"})
    assert taken.status_code == 201


async def test_a_year_moves_its_result_into_the_surplus(treasurer: Caller, path: str) -> None:
    period = (await treasurer.post(f"{path}/periods", {"period_to": "2025-09-30", "kind": "year"})).json()
    balances = {row["account"]: row["balance"] for row in period["rows"]}
    assert (balances["4000"], balances["5300"], balances["3900"]) == ("0.00", "0.00", "700.00")
    journals = (await treasurer.get(f"{path}/journals", kind="closing")).json()["items"]
    assert [(one["business_date"], one["total"]) for one in journals] == [("2025-09-30", "900.00")]
    summary = (await treasurer.get(f"{path}/summary")).json()
    assert (summary["surplus"], summary["result"]) == ("700.00", "-200.00")


async def test_periods_follow_each_other(treasurer: Caller, path: str) -> None:
    for day in ("2025-01-31", "2025-02-28", "2025-06-30"):
        assert (await treasurer.post(f"{path}/periods", {"period_to": day})).status_code == 201
    first = (await treasurer.get(f"{path}/periods", limit="2")).json()
    assert [(one["period_from"], one["period_to"]) for one in first["items"]] == [
        ("2025-03-01", "2025-06-30"),
        ("2025-02-01", "2025-02-28"),
    ]
    rest = (await treasurer.get(f"{path}/periods", limit="2", cursor=first["next"])).json()
    assert [one["period_to"] for one in rest["items"]] == ["2025-01-31"]
    for body, status, code in (
        ({"period_to": "2025-06-30"}, 409, "period_closed"),
        ({"period_to": "2025-05-31"}, 409, "period_closed"),
        ({"period_to": "2025-07-30"}, 422, "not_month_end"),
        ({"period_to": "2099-07-31"}, 409, "period_not_ended"),
        ({"period_to": "2099-09-30", "kind": "year"}, 409, "period_not_ended"),
        ({"period_to": "2025-07-31", "kind": "week"}, 422, "invalid_request"),
    ):
        answer = await treasurer.post(f"{path}/periods", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    missing = await treasurer.get(f"{path}/periods/2025-05-31")
    assert (missing.status_code, missing.json()["code"]) == (404, "period_not_found")


async def test_a_period_waits_for_entries_that_nobody_has_decided(treasurer: Caller, path: str) -> None:
    entry = {
        "kind": "transfer",
        "business_date": "2025-03-31",
        "memo": "ถอนเงิน",
        "lines": [{"account": "1000", "debit": "5.00"}, {"account": "1010", "credit": "5.00"}],
    }
    waiting = (await treasurer.post(f"{path}/adjustments", entry)).json()
    answer = await treasurer.post(f"{path}/periods", {"period_to": "2025-03-31"})
    assert (answer.status_code, answer.json()["code"]) == (409, "adjustments_open")
    assert (await treasurer.post(f"{path}/periods", {"period_to": "2025-02-28"})).status_code == 201
    decision = {"decision": "reject", "reason": "ไม่มีใบเสร็จ"}
    await treasurer.named("user:chair").post(f"{path}/adjustments/{waiting['id']}/decision", decision)
    assert (await treasurer.post(f"{path}/periods", {"period_to": "2025-03-31"})).status_code == 201


async def test_a_period_is_over_only_in_bangkok(database: Database) -> None:
    evening = datetime(2026, 1, 31, 16, 59, tzinfo=UTC)  # 23:59 in Bangkok
    async with database.transaction() as session:
        fund = await a_fund(session, capital=100)
        by: dict[str, Any] = {"fund_id": fund.id, "new": NewPeriod(period_to=date(2026, 1, 31))}
        savepoint = await session.begin_nested()
        with pytest.raises(PeriodNotEnded):
            await periods.close(session, **by, actor=OFFICER, now=evening)
        await savepoint.rollback()
        await periods.close(session, **by, actor=OFFICER, now=evening.replace(hour=17, minute=0))


async def test_a_posting_in_flight_is_in_the_closed_period_or_refused(
    database: Database, treasurer: Caller, path: str
) -> None:
    fund_id = UUID(path.rpartition("/")[2])
    lines = (Line(Account.EXPENSES, debit=100), Line(Account.BANK, credit=100))
    entry = Entry(JournalKind.EXPENSE, "receipt", uuid7(), date(2025, 2, 1), lines)
    async with database.transaction() as session:
        await service.post(session, fund_id=fund_id, entry=entry, actor=OFFICER, now=NOW)
        closing = await treasurer.get(path)  # others read meanwhile
        assert closing.status_code == 200
    period = (await treasurer.post(f"{path}/periods", {"period_to": "2025-02-28"})).json()
    assert {row["account"]: row["balance"] for row in period["rows"]}["5300"] == "1.00"
    with pytest.raises(PeriodClosed):
        async with database.transaction() as session:
            await service.post(session, fund_id=fund_id, entry=entry, actor=OFFICER, now=NOW)
    async with database.read() as session:
        assert await queries.balance(session, fund_id, Account.EXPENSES) == 40_100


async def test_what_is_told_late_is_booked_in_the_open_period_and_values_of_before_change_nothing_closed(
    database: Database, treasurer: Caller, path: str
) -> None:
    """A receipt of February comes to light in April, when March is closed: its own day is its value date."""
    fund_id = UUID(path.rpartition("/")[2])
    closed = (await treasurer.post(f"{path}/periods", {"period_to": "2025-03-31"})).json()
    lines = (Line(Account.EXPENSES, debit=700), Line(Account.BANK, credit=700))
    late = Entry(
        JournalKind.EXPENSE, "receipt", uuid7(), date(2025, 4, 1), lines, value_date=date(2025, 2, 14)
    )
    async with database.transaction() as session:
        posted = await service.post(session, fund_id=fund_id, entry=late, actor=OFFICER, now=NOW)
        undone: dict[str, Any] = {"journal_id": posted.journal_id, "business_date": date(2025, 4, 2)}
        await service.reverse(session, fund_id=fund_id, memo="ลงซ้ำ", actor=CHAIR, now=NOW, **undone)
    assert (await treasurer.get(f"{path}/periods/2025-03-31")).json() == closed
    told = {row["account"]: row for row in closed["rows"]}
    then = (await treasurer.get(f"{path}/trial-balance", on="2025-03-31")).json()
    assert {row["account"]: row for row in then["rows"]} == told
    april = (await treasurer.get(f"{path}/trial-balance", on="2025-04-01")).json()
    assert {row["account"]: row["balance"] for row in april["rows"]}["5300"] == "7.00"
    (journal,) = (await treasurer.get(f"{path}/journals", kind="expense", to="2025-04-30")).json()["items"]
    assert (journal["business_date"], journal["value_date"]) == ("2025-04-01", "2025-02-14")
    async with database.transaction() as session:
        assert await differences(session, fund_id=fund_id) == []


async def test_the_trial_balance_of_every_day_is_what_was_booked_until_then(
    database: Database, treasurer: Caller, path: str
) -> None:
    fund_id = UUID(path.rpartition("/")[2])
    counted = await rows(
        database,
        "SELECT day::date AS day, coalesce(sum(debit), 0)::bigint AS debit "
        "FROM generate_series('2024-12-31'::date, '2025-10-02', '1 day') AS day "
        "LEFT JOIN journal_lines ON business_date <= day AND fund_id = $1 GROUP BY 1 ORDER BY 1",
        fund_id,
    )
    asked = {date(2025, 3, 30), date(2025, 3, 31), date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 2)}
    for row in counted:
        if row["day"] in asked:
            found = (await treasurer.get(f"{path}/trial-balance", on=row["day"].isoformat())).json()
            assert found["debit"] == found["credit"] == baht(row["debit"])
