"""Repayments over HTTP and, beside it, through `repayments.service.record` in the measuring process.

Every receipt pays the next instalment of a loan on its due date and is allocated, booked, told and audited
in a transaction of its own, 12 at a time. Many funds: each receipt in one of 200 funds by turns. One hot
fund: all in the same, over 600 loans. Over HTTP: the service is one process of its own with a pool of 8, its
answers are the whole receipt; the load comes from the measuring process, on the same processors.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

import orjson
from rich.table import Table

from shared import clock
from shared.db import Database
from shared.ids import uuid7
from shared.security import SCOPES, Principal
from shared.testing.identity import TestIssuer
from tools.bench import lists, load
from tools.bench.funds import Home

FUNDS, LOANS, HOT_LOANS, INSTALMENTS = 200, 40, 600, 24
CONNECTIONS, SECONDS = 12, 10.0
MANY_LIMIT, HOT_LIMIT = 400, 120
_TREASURER = Principal("user:bench", None, frozenset(SCOPES), ("34",), (), "bench")
_numbers = count(1)


async def run(home: Home, table: Table) -> None:
    """Measure repayments over many funds and on one."""
    database = Database(home.dsn, application_name="bench", pool_size=CONNECTIONS)
    hot, *funds = [await _fund(database, loans=HOT_LOANS if at == 0 else LOANS) for at in range(FUNDS + 1)]
    await home.analyze()
    many = _receipts([loan for of_fund in zip(*funds, strict=True) for loan in of_fund])
    kinds = (
        (f"{FUNDS} funds", many, MANY_LIMIT),
        ("one hot fund", _receipts(hot), HOT_LIMIT),
    )
    await _record_for(database, many, seconds=2.0)  # warms up
    # Plans made for books of two hundred journals read them through, and are kept until somebody looks again.
    await home.analyze()
    for name, receipts, limit in kinds:
        times = await _record_for(database, receipts, seconds=SECONDS)
        _told(table, f"{name}, in process", len(times) / SECONDS, times, limit)
    await database.close()
    issuer = TestIssuer.new()
    async with lists.process("funds", home.dsn, home.secrets, issuer) as server:
        await _sent_for(server.port, issuer, many, seconds=2.0)  # likewise
        for name, receipts, limit in kinds:
            outcome = await _sent_for(server.port, issuer, receipts, seconds=SECONDS)
            _told(table, f"{name}, over HTTP", outcome.rate, sorted(outcome.latencies), limit)


def _told(table: Table, name: str, rate: float, times: list[float], limit: int) -> None:
    middle, late = statistics.median(times) * 1000, times[len(times) * 99 // 100] * 1000
    table.add_row(
        f"repayments, {name}",
        f"{rate:,.0f}/s, p50 {middle:.1f} ms, p99 {late:.1f} ms",
        f"≥ {limit}/s",
        "kept" if rate >= limit else "MISSED",
    )


def _due(number: int) -> date:
    return date(2024 + number // 12, 1 + number % 12, 15)


def _receipts(loans: list[UUID]) -> Iterator[tuple[UUID, date]]:
    """Yield the next instalment of each loan by turns: its loan and the day it falls due."""
    return ((loan, _due(number)) for number in range(INSTALMENTS) for loan in loans)


async def _fund(database: Database, *, loans: int) -> list[UUID]:
    """Register a savings group whose books before had so many loans; return them."""
    from funds.ledger import service as ledger  # noqa: PLC0415  # the tools run without a service too
    from funds.ledger.rules import Account, Entry, JournalKind, Line  # noqa: PLC0415
    from funds.loans import service as lending  # noqa: PLC0415
    from funds.loans.rules import BookLoan, PlannedRow  # noqa: PLC0415
    from funds.products import service as products  # noqa: PLC0415
    from funds.registry import service as registry  # noqa: PLC0415
    from funds.registry.rules import Kind  # noqa: PLC0415
    from funds.registry.schemas import NewFund  # noqa: PLC0415

    now, cut_off = clock.now(), date(2023, 12, 31)
    by: dict[str, Any] = {"actor": _TREASURER, "now": now}
    rows = [PlannedRow(_due(number), 27_800, 5_000) for number in range(INSTALMENTS)]
    principal = sum(row.principal for row in rows)
    async with database.transaction() as session:
        new = NewFund(kind=Kind.SAVINGS, name_th="กลุ่มวัด", area_code="34150103")
        fund_id = await registry.register(session, new=new, **by)
        product = await products.terms_of_code(session, "SAVINGS_LOAN", on=cut_off)
        book = [
            BookLoan(
                product_id=product.product_id,
                borrower_kind="member",
                borrower_id=uuid7(),
                contract_no=f"ก {number}",
                contract_date=date(2023, 6, 1),
                principal=principal,
                outstanding=principal,
                annual_rate=Fraction(12, 100),
                instalments=rows,
            )
            for number in range(loans)
        ]
        ids = await lending.open_from_book(session, fund_id=fund_id, loans=book, cut_off=cut_off, **by)
        owed = [Line(Account.LOANS, debit=principal, loan_id=loan_id) for loan_id in ids]
        lines = (*owed, Line(Account.CAPITAL, credit=principal * loans))
        entry = Entry(JournalKind.OPENING, "bench", uuid7(), cut_off, lines)
        await ledger.post(session, fund_id=fund_id, entry=entry, **by)
    return ids


def _slip(receipts: Iterator[tuple[UUID, date]]) -> dict[str, Any]:
    loan_id, day = next(receipts)
    slip = {"loan_id": loan_id, "receipt_no": f"R{next(_numbers)}", "paid_on": day}
    return {**slip, "amount": "328.00", "channel": "cash"}


async def _record_for(
    database: Database, receipts: Iterator[tuple[UUID, date]], *, seconds: float
) -> list[float]:
    """Record receipts for so long; return how long each took, sorted."""
    from funds.repayments import service  # noqa: PLC0415
    from funds.repayments.schemas import NewRepayment  # noqa: PLC0415

    times: list[float] = []
    until = time.monotonic() + seconds

    async def cashier() -> None:
        while (began := time.monotonic()) < until:
            new = NewRepayment.model_validate(_slip(receipts))
            async with database.transaction() as session:
                await service.record(session, new=new, actor=_TREASURER, now=clock.now())
            times.append(time.monotonic() - began)

    await asyncio.gather(*(cashier() for _ in range(CONNECTIONS)))
    return sorted(times)


async def _sent_for(
    port: int, issuer: TestIssuer, receipts: Iterator[tuple[UUID, date]], *, seconds: float
) -> load.Outcome:
    """Send receipts to the service for so long."""
    token = issuer.token("funds", scopes=("loans:write",), areas=("34",), sub="user:bench")

    def requests() -> Iterator[bytes]:
        while True:
            yield load.post("/v1/repayments", orjson.dumps(_slip(receipts)), token=token)

    outcome = await load.closed_loop(port, requests(), connections=CONNECTIONS, seconds=seconds)
    if outcome.refused:
        raise RuntimeError(outcome.last.decode())
    return outcome
