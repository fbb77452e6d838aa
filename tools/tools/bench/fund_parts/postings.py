"""Journals of three lines through `ledger.service.post`, one transaction each, one process, 12 at a time.

Many funds: each posting in one of 200 funds by turns. One hot fund: all in the same.
"""

import asyncio
import time
from datetime import date
from uuid import UUID

from rich.table import Table

from shared import clock
from shared.db import Database
from shared.ids import uuid7
from tools.bench.funds import Home

FUNDS, CONNECTIONS, SECONDS = 200, 12, 10.0
MANY_LIMIT, HOT_LIMIT = 400, 120
_CAPITAL = 100_000_000


async def run(home: Home, table: Table) -> None:
    """Measure postings over many funds and on one."""
    database = Database(home.dsn, application_name="bench", pool_size=CONNECTIONS)
    funds = [await _fund(database) for _ in range(FUNDS)]
    await _post_for(database, funds, seconds=2.0)  # warms up
    for name, among, limit in (
        (f"postings over {FUNDS} funds", funds, MANY_LIMIT),
        ("postings on one hot fund", funds[:1], HOT_LIMIT),
    ):
        times = await _post_for(database, among, seconds=SECONDS)
        rate = len(times) / SECONDS
        middle, late = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
        table.add_row(
            name,
            f"{rate:,.0f}/s, p50 {middle:.1f} ms, p99 {late:.1f} ms",
            f"≥ {limit}/s",
            "kept" if rate >= limit else "MISSED",
        )
    await database.close()


async def _fund(database: Database) -> UUID:
    from funds.ledger import service  # noqa: PLC0415  # the tools run without a service too
    from funds.ledger.rules import Account, Entry, JournalKind, Line  # noqa: PLC0415

    fund_id, now = uuid7(), clock.now()
    lines = (Line(Account.BANK, debit=_CAPITAL), Line(Account.CAPITAL, credit=_CAPITAL))
    entry = Entry(JournalKind.CAPITAL, "bench", uuid7(), date(2023, 1, 2), lines)
    async with database.transaction() as session:
        await service.open_books(session, fund_id=fund_id, kind="poverty", area_code="34150103", now=now)
        await service.post(session, fund_id=fund_id, entry=entry, actor="user:bench", now=now)
    return fund_id


async def _post_for(database: Database, funds: list[UUID], *, seconds: float) -> list[float]:
    """Post repayments for so long; return how long each took, sorted."""
    from funds.ledger import service  # noqa: PLC0415
    from funds.ledger.rules import Account, Entry, JournalKind, Line  # noqa: PLC0415

    times: list[float] = []
    loan_id, now, until = uuid7(), clock.now(), time.monotonic() + seconds

    async def poster(number: int) -> None:
        while (began := time.monotonic()) < until:
            number += 1
            lines = (
                Line(Account.CASH, debit=32_800),
                Line(Account.LOANS, credit=27_800, loan_id=loan_id),
                Line(Account.INTEREST_INCOME, credit=5_000),
            )
            day = date(2023, 1 + number % 12, 1 + number % 28)
            entry = Entry(JournalKind.REPAYMENT, "repayment", uuid7(), day, lines, document_no=f"R{number}")
            fund_id = funds[number * 7 % len(funds)]
            async with database.transaction() as session:
                await service.post(session, fund_id=fund_id, entry=entry, actor="user:bench", now=now)
            times.append(time.monotonic() - began)

    await asyncio.gather(*(poster(number * 1_000) for number in range(CONNECTIONS)))
    return sorted(times)
