"""The list of loans that are late today."""

from datetime import UTC, datetime

from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund, a_loan


async def test_only_loans_with_an_overdue_instalment_are_listed_as_late(
    officer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=90_000_000)
        old = await a_loan(session, fund)
        await a_loan(session, fund, now=clock.now())
    lender = officer.only({"loans:read"})
    listed = (await lender.get("/v1/loans", late="true")).json()["items"]
    assert [one["id"] for one in listed] == [str(old)]
    assert listed[0]["days_late"] >= (clock.now() - datetime(2026, 2, 16, tzinfo=UTC)).days
    assert len((await lender.get("/v1/loans", late="false")).json()["items"]) == 2
