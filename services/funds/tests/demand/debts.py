"""Late loans for the tests of what is done about them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.registry.rules import FundFacts, Kind
from shared.clock import business_date
from tests.factories import NOW, a_fund, a_loan

FIRST_DUE = date(2026, 3, 1)
"""Of ten instalments, on the first of each month, of 100,000.00 baht lent on 15 January 2026."""
LATE = datetime(2026, 5, 10, 3, 0, tzinfo=UTC)
"""70 days after the first instalment fell due; three are late."""
TODAY = business_date(LATE)


async def a_late_loan(
    session: AsyncSession, *, kind: Kind = Kind.WOMENS, **changes: Any
) -> tuple[FundFacts, UUID]:
    """Lend what nobody repays; returns the fund and the loan."""
    fund = await a_fund(session, kind=kind, capital=50_000_000, now=NOW)
    return fund, await a_loan(session, fund, now=NOW, terms={"first_due": FIRST_DUE}, **changes)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)
