"""Books to try things on: funds with capital, and entries as lending makes them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service
from funds.ledger.rules import Account, Entry, JournalKind, Line
from shared.db import Database
from shared.ids import uuid7
from shared.testing.cluster import Cluster

JOURNAL = """
INSERT INTO journals (id, fund_id, kind, document_kind, document_id, business_date, value_date, recorded_at,
    actor, reverses, line_count, total)
VALUES ($1, $2, $3, 'receipt', gen_random_uuid(), $4, $4, '2023-03-15T05:00:00Z', 'user:thief', $5, $6, $7)
RETURNING number
"""
LINE = """
INSERT INTO journal_lines (journal_id, line_no, fund_id, number, business_date, account, debit, credit,
    loan_id, member_id)
SELECT id, $2, fund_id, number, business_date, $3, $4, $5, $6, $7 FROM journals WHERE id = $1
"""


@dataclass(frozen=True)
class Books:
    """A day on which a treasurer books, and what she books."""

    now: datetime = datetime(2023, 3, 15, 5, tzinfo=UTC)
    today: date = date(2023, 3, 15)
    treasurer: str = "user:treasurer"
    chair: str = "user:chair"
    village: str = "34150103"

    async def fund(
        self,
        session: AsyncSession,
        *,
        capital: int = 28_000_000,
        kind: str = "poverty",
        area: str = "34150103",
    ) -> UUID:
        """Open a fund's books with its capital (in satang) in the bank; return the fund's id."""
        fund_id = uuid7()
        await service.open_books(session, fund_id=fund_id, kind=kind, area_code=area, now=self.now)
        if capital:
            await self.post(session, fund_id, self.capital(capital))
        return fund_id

    async def post(self, session: AsyncSession, fund_id: UUID, entry: Entry) -> service.Posted:
        """Book an entry as the treasurer, now."""
        return await service.post(session, fund_id=fund_id, entry=entry, actor=self.treasurer, now=self.now)

    async def reverse(
        self, session: AsyncSession, fund_id: UUID, journal_id: UUID, **changes: Any
    ) -> service.Posted:
        """Reverse a journal as the chair, today."""
        given: dict[str, Any] = {"actor": self.chair, "business_date": self.today, **changes}
        return await service.reverse(
            session,
            fund_id=fund_id,
            journal_id=journal_id,
            memo="พิมพ์ผิด",
            now=self.now,
            **given,
        )

    def capital(self, amount: int, *, on: date | None = None) -> Entry:
        """Return capital paid into the bank."""
        lines = (Line(Account.BANK, debit=amount), Line(Account.CAPITAL, credit=amount))
        return self.entry(JournalKind.CAPITAL, *lines, on=on)

    def disbursement(self, amount: int, *, loan_id: UUID | None = None, on: date | None = None) -> Entry:
        """Return a loan paid out of the bank."""
        loan = Line(Account.LOANS, debit=amount, loan_id=loan_id or uuid7())
        return self.entry(JournalKind.DISBURSEMENT, loan, Line(Account.BANK, credit=amount), on=on)

    def repayment(self, principal: int, interest: int = 0, *, loan_id: UUID, on: date | None = None) -> Entry:
        """Return an instalment paid in cash."""
        lines = [
            Line(Account.CASH, debit=principal + interest),
            Line(Account.LOANS, credit=principal, loan_id=loan_id),
        ]
        if interest:
            lines.append(Line(Account.INTEREST_INCOME, credit=interest))
        return self.entry(JournalKind.REPAYMENT, *lines, on=on)

    def expense(self, amount: int, *, on: date | None = None) -> Entry:
        """Return paper bought with cash from the bank."""
        lines = (Line(Account.EXPENSES, debit=amount), Line(Account.BANK, credit=amount))
        return self.entry(JournalKind.EXPENSE, *lines, on=on)

    def entry(self, kind: JournalKind, *lines: Line, on: date | None = None) -> Entry:
        """Return an entry proved by some document."""
        return Entry(kind, "receipt", uuid7(), on or self.today, lines)


@pytest.fixture
def books() -> Books:
    """Books and a day."""
    return Books()


@pytest.fixture
async def sql(cluster: Cluster, database_name: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the app role of the service."""
    connection = await asyncpg.connect(cluster.url("funds", database_name))
    yield connection
    await connection.close()


@pytest.fixture
async def fund(database: Database, books: Books) -> UUID:
    """Open books with 280,000.00 baht; a loan of 50,000.00 is out of them."""
    async with database.transaction() as session:
        fund_id: UUID = await books.fund(session)
        await books.post(session, fund_id, books.disbursement(5_000_000))
    return fund_id


class Scribe:
    """Writes journals by hand."""

    def __init__(self, sql: asyncpg.Connection, fund: UUID, books: Books) -> None:
        self.sql, self.fund, self.books = sql, fund, books
        self.JOURNAL, self.LINE = JOURNAL, LINE

    async def journal(self, lines: int = 2, total: int = 100, kind: str = "adjustment", **other: Any) -> UUID:
        """Write a journal without its lines."""
        journal_id = uuid7()
        on, reverses = other.get("on", self.books.today), other.get("reverses")
        fund = other.get("fund", self.fund)
        await self.sql.fetchval(JOURNAL, journal_id, fund, kind, on, reverses, lines, total)
        return journal_id

    async def line(self, journal_id: UUID, number: int, account: str, debit: int, credit: int) -> None:
        """Write a line of it."""
        loan = uuid7() if account == Account.LOANS else None
        await self.sql.execute(LINE, journal_id, number, account, debit, credit, loan, None)

    async def whole(self, total: int = 100, **other: Any) -> UUID:
        """Write a journal of two lines: paper bought with money of the bank."""
        journal_id = await self.journal(total=total, **other)
        await self.line(journal_id, 1, "5300", total, 0)
        await self.line(journal_id, 2, "1010", 0, total)
        return journal_id


@pytest.fixture
def scribe(sql: asyncpg.Connection, fund: UUID, books: Books) -> Scribe:
    """Somebody with the service's password and SQL."""
    return Scribe(sql, fund, books)
