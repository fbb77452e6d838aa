"""Books to try things on: funds with capital, and entries as lending makes them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service
from funds.ledger.rules import Account, Entry, JournalKind, Line
from shared.ids import uuid7


@dataclass(frozen=True)
class Books:
    """A day on which a treasurer books, and what she books."""

    now: datetime = datetime(2023, 3, 15, 5, tzinfo=UTC)
    today: date = date(2023, 3, 15)
    treasurer: str = "user:treasurer"
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

    async def reverse(self, session: AsyncSession, fund_id: UUID, journal_id: UUID) -> service.Posted:
        """Reverse a journal as the treasurer, today."""
        return await service.reverse(
            session,
            fund_id=fund_id,
            journal_id=journal_id,
            business_date=self.today,
            memo="พิมพ์ผิด",
            actor=self.treasurer,
            now=self.now,
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
